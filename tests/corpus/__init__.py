"""A table of how a folder of labelled mail is read, printed by `make corpus`."""
