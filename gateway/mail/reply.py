"""What a mail says: all of its text, quotations and signature included."""

from gateway.mail.model import Mail


def reply_text(mail: Mail) -> str:
    """Give a mail's text without blank lines around it."""
    return mail.text.strip()
