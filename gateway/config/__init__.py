"""Strict TOML to frozen dataclasses, with cross-checks; it opens no socket and no database."""
