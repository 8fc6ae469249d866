"""Serving pages: a thread, its connections, and what holds for every answer."""
