"""What is new in a mail: its text without what it repeats."""

from gateway.mail.model import Mail


def reply_text(mail: Mail) -> str:
    """Give the text that the author of a mail wrote, trimmed."""
    return mail.text.strip()
