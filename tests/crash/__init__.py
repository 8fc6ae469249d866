"""Kills a daemon at every point there is, and looks whether any mail was lost or doubled.

`make crash` runs it, `python -m crash --help` says what it takes; docs/reliability.md has figures.
"""
