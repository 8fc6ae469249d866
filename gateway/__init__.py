"""Casepost turns mail into tickets and answers it."""

__version__ = "0.1.0"
