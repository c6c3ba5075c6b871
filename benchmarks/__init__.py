"""What the program costs: each module prints its figures; none is a test."""
