"""What in a text is its reader's alone: the secrets of links that our own mails bear.

A customer who answers quotes them. Those who read the answer could rate in the customer's place.
"""

from gateway.mail.case_link import without_links
from gateway.mail.feedback_link import without_secrets


def without_private(text: str) -> str:
    """Give a text in which the secrets of links are left out."""
    return without_links(without_secrets(text))
