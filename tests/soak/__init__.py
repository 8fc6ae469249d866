"""Steady load on two nodes that share a PostgreSQL, while processes are killed: `make soak`."""
