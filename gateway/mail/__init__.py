"""Mail as values: reading RFC 5322 bytes, judging them, and composing our own. Pure; no I/O."""
