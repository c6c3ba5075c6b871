"""What is kept: projects, answers, inbox and outbox, in one transaction a turn."""
