"""The mails of the benchmark: the mix that a support address sees.

60 % new and small, 25 % answers to an acknowledgement, 10 % with an HTML alternative, 5 % with an
attachment of 200 kB. All text is made up of numbered sentences, so that no two mails are equal.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

_ATTACHMENT = 200_000
_SENTENCE = "Sentence {n} says that the report of {day} does not open on the second screen. "


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail for the benchmark with its envelope."""

    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """An acknowledgement that an answer can refer to."""

    customer: str
    case_number: str
    message_id: str


def mix(count: int, recipient: str, asked: Sequence[Asked], run: str) -> Iterator[Letter]:
    """Give `count` mails; the same for the same arguments. `run` tells two runs' mails apart."""
    random = Random(run)  # noqa: S311  the mails shall be the same each time
    shares = ["new"] * 60 + ["answer"] * 25 + ["html"] * 10 + ["attachment"] * 5
    kinds = [shares[number % len(shares)] for number in range(count)]
    random.shuffle(kinds)
    answers = iter(asked)
    for number, kind in enumerate(kinds):
        customer = f"customer-{run}-{number}@klant.example"
        match kind:
            case "answer":
                yield _answer(number, next(answers), recipient, run)
            case "html":
                yield _html(number, customer, recipient, run)
            case "attachment":
                yield _attachment(number, customer, recipient, run, random.randbytes(_ATTACHMENT))
            case _:
                yield _new(number, customer, recipient, run)


def seeds(count: int, recipient: str, run: str) -> Iterator[Letter]:
    """Give the mails whose acknowledgements will be answered."""
    for number in range(count):
        yield _new(number, f"asker-{run}-{number}@klant.example", recipient, f"seed-{run}")


def large(number: int, recipient: str, run: str, random: Random, size: int = _ATTACHMENT) -> Letter:
    """Give a mail with an attachment of so many bytes, by default as the mix has some."""
    customer = f"customer-{run}-{number}@klant.example"
    return _attachment(number, customer, recipient, run, random.randbytes(size))


def _head(number: int, customer: str, recipient: str, run: str, more: str = "") -> str:
    return (
        "Received: from mail.klant.example (mail.klant.example [192.0.2.7])\r\n"
        f"\tby mx.klant.example with ESMTPS id {run}.{number};\r\n"
        "\tMon, 2 Mar 2026 09:00:00 +0100\r\n"
        f"From: Customer {number} <{customer}>\r\n"
        f"To: <{recipient}>\r\n"
        f"Subject: Report {number} does not open\r\n"
        "Date: Mon, 2 Mar 2026 09:00:00 +0100\r\n"
        f"Message-ID: <{run}.{number}@mail.klant.example>\r\n"
        f"{more}MIME-Version: 1.0\r\n"
    )


def _text(number: int, size: int = 2000) -> str:
    sentence = _SENTENCE.format(n=number, day="Monday")
    line = sentence + "\r\n"
    return line * (size // len(line) + 1)


_PLAIN = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"


def _new(number: int, customer: str, recipient: str, run: str) -> Letter:
    head = _head(number, customer, recipient, run)
    return Letter(customer, recipient, (head + _PLAIN + _text(number)).encode())


def _answer(number: int, asked: Asked, recipient: str, run: str) -> Letter:
    more = f"In-Reply-To: {asked.message_id}\r\nReferences: {asked.message_id}\r\n"
    head = _head(number, asked.customer, recipient, run, more)
    head = head.replace("Subject: ", f"Subject: Re: [{asked.case_number}] ")
    return Letter(asked.customer, recipient, (head + _PLAIN + _text(number)).encode())


def _html(number: int, customer: str, recipient: str, run: str) -> Letter:
    boundary = f"alternative-{number}"
    paragraphs = _text(number).replace("\r\n", "</p>\r\n<p>")
    content = (
        _head(number, customer, recipient, run)
        + f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
        + f"--{boundary}\r\n{_PLAIN}{_text(number)}\r\n"
        + f"--{boundary}\r\n{_PLAIN.replace('plain', 'html')}"
        + f"<html><body><p>{paragraphs}</p></body></html>\r\n--{boundary}--\r\n"
    )
    return Letter(customer, recipient, content.encode())


def _attachment(number: int, customer: str, recipient: str, run: str, content: bytes) -> Letter:
    boundary = f"mixed-{number}"
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    text = (
        _head(number, customer, recipient, run)
        + f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
        + f"--{boundary}\r\n{_PLAIN}{_text(number)}\r\n"
        + f"--{boundary}\r\nContent-Type: image/png\r\n"
        + 'Content-Disposition: attachment; filename="screen.png"\r\n'
        + "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return Letter(customer, recipient, text.encode() + encoded + b"--%s--\r\n" % boundary.encode())
