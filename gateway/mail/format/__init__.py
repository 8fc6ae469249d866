"""The Internet Message Format and MIME, from bytes to parts (RFC 5322, RFC 2045 to 2049)."""
