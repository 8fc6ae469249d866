"""Other programs that turn mail into tickets, each in an environment of its own.

The drivers run under the peers' Python and import nothing of ours.
"""
