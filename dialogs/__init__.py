"""What is said: the state machine, parsing of answers, messages, review. Pure: no I/O, no clock."""
