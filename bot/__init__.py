"""Who talks: the command line, one module for each channel, delivery of replies."""
