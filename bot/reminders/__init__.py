"""Deadlines that are kept count of and reminded of: when, whom, and in what words."""
