"""Mails of customers who are each somebody else, so that every mail has its own effects."""

import itertools
from dataclasses import dataclass

_NUMBERS = itertools.count(1)
_LINE = b"What was ordered has not arrived, and nobody answers the door bell.\r\n"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with its envelope sender."""

    sender: str
    message_id: str
    content: bytes


def letter(size: int = 0) -> Letter:
    """Write a mail like no other, of about `size` bytes at least."""
    number = next(_NUMBERS)
    sender, message_id = f"c{number}@klant{number % 7}.example", f"<{number}@klant.example>"
    head = (
        f"From: Customer {number} <{sender}>\r\nTo: help@north.example\r\n"
        f"Subject: Order {number:05} is missing\r\nMessage-ID: {message_id}\r\n\r\n"
    )
    body = f"Order {number:05} has not come.\r\n".encode() + _LINE * (size // len(_LINE))
    return Letter(sender, message_id, head.encode() + body)


def large() -> Letter:
    """Write a mail that is kept as a file (`large_mail`)."""
    return letter(600 * 1024)
