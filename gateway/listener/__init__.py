"""Takes mail by SMTP and LMTP: the dialog, its limits, and the 250 that means "it is ours now"."""
