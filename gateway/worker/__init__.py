"""Intake workers: crash-only processes that take mails their way, and who looks after them."""
