"""What says that a machine made a mail; `mail/automatic.py` weighs it."""
