"""Strict TOML to frozen dataclasses, with cross-checks; nothing here opens a socket or a database."""
