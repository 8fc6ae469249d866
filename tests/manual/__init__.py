"""The manual page, written from what the command line's help says."""
