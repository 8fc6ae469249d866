"""Faults of everything around a daemon, and what must hold all the same: `make faults`."""
