"""The project's life after submission: what is reported, where the project stands, what is due."""
