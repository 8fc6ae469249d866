"""What machines ask a daemon: whether it lives, is ready, and how it does."""
