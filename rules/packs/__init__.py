"""One folder for each city: its rules as YAML."""
