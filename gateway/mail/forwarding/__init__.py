"""How a forwarded mail stands in another; `mail/forward.py` puts it together."""
