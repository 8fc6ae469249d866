"""Bounces written for people: what programs say in them, and where they name the recipients.

Most mail systems of before RFC 3464, and some of today, only write a text. Its wording differs by
program and language; that a mail came back is told by phrases that no person uses unprompted, and
whom it did not reach by the lines in which an address stands apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.mail import enclosed, prescan
from gateway.mail.delivery_status import (
    MAX_DIAGNOSTIC,
    MAX_RECIPIENTS,
    first_address,
    is_permanent,
    status_in,
)
from gateway.mail.model import Header, Undelivered

MAX_TEXT = 64 * 1024
MAX_REPORT = 16 * 1024
_MAX_LINES = 400
_MAX_LINE = 300


@dataclass(frozen=True, slots=True)
class BounceText:
    """The text of a supposed bounce in two: what its program says, and the mail it gives back.

    `report` is a list of lines, bounded in number and length. `returned` are the fields of the
    returned mail's header block, () if the text does not give it back.
    """

    report: tuple[str, ...]
    returned: tuple[Header, ...]

    @property
    def words(self) -> str:
        """Give the report in lower case on one line, for phrases that lines break."""
        return " ".join(" ".join(self.report).lower().split())


# Lines behind which only the returned mail stands.
_COPY = re.compile(
    r"[\s>*=-]{0,40}(?:below (?:this|the next) line is a copy of (?:the|your) message|"
    r"this is a copy of (?:the|your) (?:\w{1,12} )?message|"
    r"(?:original|returned|your original) (?:message|mail|text)(?: (?:follows|text|headers?))?|"
    r"unsent message (?:below|follows)|undelivered message (?:follows|headers)|"
    r"the (?:header|body|headers) of (?:the|your) (?:original )?message|"
    r"a copy of (?:the|your)(?: original)? (?:message|mail)|start of returned message|"
    r"message (?:headers?|text|contents?) follows?|message header|copy of (?:the )?message|"
    r"included is a copy of the message header|rfc ?822 (?:message )?headers?|"
    r"received headers?|returned message)\b",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"[>|\s]{0,8}(Return-Path|Received|Message-ID|From|To|Subject|Date|MIME-Version|Sender|"
    r"DKIM-Signature|Delivered-To|X-[A-Za-z-]{1,40}|Content-Type|Reply-To|Organization)[ \t]?:",
    re.IGNORECASE,
)
_FIELD_LINES = 3


def read(text: str) -> BounceText:
    """Part a text at the header block of the mail that it gives back; never raises."""
    lines = text[:MAX_TEXT].split("\n")
    start = _start_of_copy(lines)
    report = [line[:_MAX_LINE].strip("\r") for line in lines[: min(start, _MAX_LINES)]]
    size = 0
    for count, line in enumerate(report):
        size += len(line) + 1
        if size > MAX_REPORT:
            report = report[:count]
            break
    return BounceText(tuple(report), _returned(lines[start:]))


def _start_of_copy(lines: list[str]) -> int:
    """Find the first line of what is given back; the number of lines if nothing is."""
    run = 0
    for number, line in enumerate(lines):
        if _FIELD.match(line):
            run += 1
            if run == _FIELD_LINES:
                return _back_to_first(lines, number)
        elif not line.startswith((" ", "\t")):
            run = 0
            if number and _COPY.match(line):
                return number
    return len(lines)


def _back_to_first(lines: list[str], number: int) -> int:
    run = _FIELD_LINES
    while run > 1:
        number -= 1
        run -= bool(_FIELD.match(lines[number]))
    return number


_FIELD_NAME = re.compile(r"[!-9;-~]{1,60}[ \t]?:")


def _returned(lines: list[str]) -> tuple[Header, ...]:
    """Read the header block in the lines from the copy on, quoted or indented as it may be."""
    first = next((n for n, line in enumerate(lines[:40]) if _FIELD.match(line)), None)
    if first is None:
        return ()
    margin = len(lines[first]) - len(lines[first].lstrip(" \t>|"))
    prefix = lines[first][:margin]
    block: list[str] = []
    for line in lines[first : first + _MAX_LINES]:
        plain = line.removeprefix(prefix) if prefix else line
        if not plain.strip(" \t>|"):
            break
        folded = plain.startswith((" ", "\t")) or not _FIELD_NAME.match(plain)
        block.append(f" {plain.strip()}" if folded and block else plain)
    return enclosed.header_block("\n".join(block) + "\n\n")


# What mail systems say of a mail that they give up, in words that run on over line ends.
_UNDELIVERED = (
    "this is the qmail-send program",
    "this is the mail delivery agent at",
    "this is the mail system at",
    "this is the deliver program at",
    "this is the postfix program at",
    "this is the machine generated message from mail service",
    "the mta program at",
    "created automatically by mail delivery software",
    "the original message was received at",
    "had permanent fatal errors",
    "had permanent delivery errors",
    "had delivery problems",
    "transcript of session follows",
    "did not reach the following recipient",
    "did not reach some or all of the intended recipients",
    "could not be delivered",
    "could not deliver",
    "couldn't be delivered",
    "couldn't deliver",
    "cannot be delivered",
    "can not be delivered",
    "can't be delivered",
    "was not delivered",
    "wasn't delivered",
    "were not delivered",
    "not been delivered",
    "not be delivered to",
    "unable to deliver",
    "wasn't able to deliver",
    "unable to be delivered",
    "failed to deliver",
    "undeliverable",
    "undelivered",
    "delivery to the following",
    "delivery has failed",
    "delivery failed",
    "delivery failure",
    "delivery error",
    "delivery status notification",
    "delivery aborted",
    "non-delivery",
    "nondelivery",
    "not deliver your message",
    "not delivered to the following",
    "returned to sender",
    "returned mail",
    "returned to you",
    "did not receive a copy of your message",
    "did not receive this message",
    "did not receive your message",
    "failed recipients",
    "failed addresses",
    "invalid recipient",
    "unknown recipient",
    "recipient unknown",
    "unknown user",
    "user unknown",
    "no such user",
    "unknown local",
    "unrouteable address",
    "address rejected",
    "recipient rejected",
    "mailbox is full",
    "mailbox unavailable",
    "mailbox not found",
    "over quota",
    "exceeded storage allocation",
    "host unknown",
    "has encountered delivery problems",
    "a message that you sent was rejected",
    "was rejected by the",
    "message was blocked",
    "undeliverable address",
    "undeliverable to",
    "message delivery",
    "konnte nicht zugestellt",
    "nicht zugestellt werden",
    "nicht ausgeliefert",
    "unzustellbar",
    "nicht zustellbar",
    "fehler bei der zustellung",
    "kon niet worden bezorgd",
    "kon niet worden afgeleverd",
    "niet worden bezorgd",
    "niet worden afgeleverd",
    "niet worden besteld",
    "onbestelbaar",
    "n'a pas pu être",
    "n'a pu être",
    "n’a pas pu être",
    "échec de la remise",
    "non remis",
    "impossible de remettre",
    "no se pudo entregar",
    "no se ha podido entregar",
    "no pudo ser entregado",
    "no ha podido ser entregado",
    "error en la entrega",
    "non è stato possibile recapitare",
    "impossibile recapitare",
    "non è stato recapitato",
    "mancato recapito",
    "não pôde ser entregue",
    "não foi entregue",
    "não foi possível entregar",
    "kunde inte levereras",
    "inte levereras",
    "inte kunnat levereras",
    "oavsändbar",
    "olevererbar",
    "ei voitu toimittaa",
    "ei voida toimittaa",
    "toimitus epäonnistui",
    "kunne ikke leveres",
    "ikke leveret",
    "kunne ikke levere",
    "nie mogła zostać dostarczona",
    "nie została dostarczona",
    "nedoručitel",
    "nebylo možné doručit",
    "не доставлено",
    "не было доставлено",
    "не может быть доставлено",
    "недоставлен",
    "не удалось доставить",
    "невозможно доставить",
    "送信できません",
    "配信できません",
    "配信不能",
    "お届けできません",
    "届けることができません",
    "配送できません",
    "宛先不明",
    "退信",
    "无法投递",
    "無法投遞",
    "无法送达",
    "無法傳送",
    "未能送达",
    "배달되지",
    "전송하지 못",
)
_DELAYED = (
    "transient non-fatal",
    "warning message only",
    "do not need to resend",
    "not yet been delivered",
    "not been delivered yet",
    "has been delayed",
    "is delayed",
    "was delayed",
    "delivery is delayed",
    "delivery attempts will continue",
    "will continue to be attempted",
    "will be retried",
    "will keep trying",
    "will continue trying",
    "still trying",
    "still being retried",
    "will retry",
    "no action is required on your part",
    "this is just a warning",
    "advisory-only",
    "delayed delivery",
    "still undelivered",
    "could not send message for past",
    "message still undelivered",
    "noch nicht zugestellt",
    "nog niet",
    "pas encore",
    "aún no",
    "non ancora",
    "ännu inte",
    "ei ole vielä",
)
_GIVEN_UP = (
    "fatal error",
    "permanent error",
    "permanent failure",
    "permanently",
    "giving up",
    "gave up",
    "given up",
    "has failed",
    "delivery failed",
    "could not be delivered to one or more",
    "in the queue too long",
    "retry timeout exceeded",
    "retry time not reached",
    "delivery attempts have been made",
    "message expired",
    "will not be retried",
    "no further attempts",
)


def says_undelivered(words: str) -> str:
    """Give the phrase by which a report's words show that a mail was not delivered, or ""."""
    return next((p for p in _UNDELIVERED if p in words), "") or says_delayed(words)


def says_delayed(words: str) -> str:
    """Give the phrase by which a report warns that a mail will come late, "" if it is for good."""
    if any(phrase in words for phrase in _GIVEN_UP):
        return ""
    return next((phrase for phrase in _DELAYED if phrase in words), "")


_AN_ADDRESS = r"[^\s<>\"'(),:;@\[\]]{1,64}@[^\s<>\"'(),:;@\[\]]{1,189}"
# An address that stands by itself, most telling first: `<a@b>:` and `a@b:` open a paragraph.
_LEADING = (
    re.compile(rf"\s{{0,8}}<({_AN_ADDRESS})>[ \t]?(?:[:(]|$)"),
    re.compile(rf"\s{{0,8}}({_AN_ADDRESS})[ \t]?(?:[:(]|$)"),
    re.compile(
        rf"[\s*>-]{{0,12}}(?:rcpt to|to|recipients?|failed recipient|address|user|for|original "
        rf"recipient|recipient address|e-?mail address)[ \t]?:?[ \t]*(?:\[?smtp:|rfc822;)?"
        rf"[ \t]?[<\"'\[(]?({_AN_ADDRESS})",
        re.IGNORECASE,
    ),
    re.compile(rf"[\s*>\d.)\"'\[-]{{0,12}}<?({_AN_ADDRESS})"),
)
_ANYWHERE = re.compile(_AN_ADDRESS)
_DIAGNOSTIC_LINES = 6


def recipients(report: tuple[str, ...], not_these: frozenset[str]) -> tuple[Undelivered, ...]:
    """Find the recipients that a report names, in the clearest of the ways in which it does.

    `not_these` are canonical addresses that are no recipients: the sender's and the reporter's.
    """
    places = _places(report, not_these)
    ends = [number for _, number in places[1:]] + [len(report)]
    return tuple(
        _described(address, report[number : min(end, number + _DIAGNOSTIC_LINES)], report)
        for (address, number), end in zip(places, ends, strict=False)
    )


def described(address: str, report: tuple[str, ...]) -> Undelivered:
    """Describe a recipient who is known from elsewhere by what the report says."""
    number = next((n for n, line in enumerate(report) if address and address in line.lower()), 0)
    near = report[number : number + _DIAGNOSTIC_LINES]
    return _described(address, near, report)


def _places(report: tuple[str, ...], not_these: frozenset[str]) -> list[tuple[str, int]]:
    """Give the recipients, each with the line where it was first found."""
    for found in (*map(_leading, _LEADING), _anywhere):
        places: dict[str, int] = {}
        for number, line in enumerate(report):
            for text in found(line):
                address = first_address(text)
                if address and address not in not_these and len(places) < MAX_RECIPIENTS:
                    places.setdefault(address, number)
        if places:
            return list(places.items())
    return []


def _leading(pattern: re.Pattern[str]):  # type: ignore[no-untyped-def]
    def found(line: str) -> Iterator[str]:
        match = pattern.match(line)
        if match:
            yield match.group(1)

    return found


def _anywhere(line: str) -> Iterator[str]:
    return (match.group() for match in _ANYWHERE.finditer(line))


def _described(address: str, near: tuple[str, ...], report: tuple[str, ...]) -> Undelivered:
    status = status_in("\n".join(near)) or status_in("\n".join(report))
    delayed = says_delayed(" ".join(" ".join(report).lower().split()))
    return Undelivered(
        address=address,
        status=status,
        permanent=not delayed and is_permanent(status),
        diagnostic=_diagnostic(near),
    )


def _diagnostic(near: tuple[str, ...]) -> str:
    """Give the lines that say why, up to the first blank one after the address."""
    lines: list[str] = []
    for line in near:
        if not line.strip() and len(lines) > 1:
            break
        if line.strip():
            lines.append(line.strip())
    return " ".join(lines)[:MAX_DIAGNOSTIC]
