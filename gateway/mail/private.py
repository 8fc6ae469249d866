"""What in a text is its reader's alone: what our own mails bear for them, and nobody else.

A customer who answers quotes them. Those who read the answer could rate in the customer's place, or
write as the customer.
"""

from gateway.mail.case_link import without_links
from gateway.mail.feedback_link import without_secrets
from gateway.mail.reply_address import without_tokens


def without_private(text: str) -> str:
    """Give a text without the secrets of links, and of addresses by which somebody acts."""
    return without_tokens(without_links(without_secrets(text)))
