"""A conversation over real sockets with a daemon of its own, for a person to watch."""
