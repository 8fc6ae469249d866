"""How bounces are read, in the standard form and in all others; `mail/dsn.py` puts it together."""
