"""Questions about the regulation: how they are cut into words, which article answers them, what is said."""
