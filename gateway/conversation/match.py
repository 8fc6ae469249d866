"""Does a value, or a mail, match what is expected of it; and if not, why not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.config.address import canonical
from gateway.conversation.model import MailExpected
from gateway.conversation.played import SentMail
from gateway.conversation.read_expected import written
from gateway.mail.model import Mailbox

_ANY = "*"


def misfits(expected: Any, actual: Any, name: str) -> Iterator[str]:  # noqa: ANN401  plain values
    """Say in which parts a plain value is not as expected.

    Tables match on the keys that they name, lists one by one, times as instants; a number matches
    a list of that length, and "" matches what is not there.
    """
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for key, inner in expected.items():
            if key in actual:
                yield from misfits(inner, actual[key], f"{name}.{key}" if name else key)
            else:
                yield f"{name or 'it'} has no {key}; it has {', '.join(actual) or 'nothing'}"
    elif isinstance(actual, list):
        yield from _list_misfits(expected, actual, name)
    elif not _same(expected, actual):
        found = "not there" if actual is None else written(actual)
        yield f"{name} is {found}, not {written(expected)}"


def _list_misfits(expected: object, actual: list[Any], name: str) -> Iterator[str]:
    length = len(expected) if isinstance(expected, list) else expected
    if isinstance(length, bool) or not isinstance(length, int):
        yield f"{name} is a list, not {written(expected)}"
    elif length != len(actual):
        yield f"{name} has {len(actual)} elements, not {length}: {written(actual)}"
    elif isinstance(expected, list):
        for index, (one, other) in enumerate(zip(expected, actual, strict=True), 1):
            yield from misfits(one, other, f"{name}[{index}]")


def _same(expected: object, actual: object) -> bool:
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if actual is None:
        return expected == ""
    return expected == actual or (
        (instant := _instant(expected)) is not None and instant == _instant(actual)
    )


def _instant(value: object) -> datetime | None:
    """Read a time with its offset, as TOML or JSON has it."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


def mail_misfits(expected: MailExpected, sent: SentMail) -> Iterator[str]:
    """Say in which parts a mail is not as expected; texts match as a part, case as written."""
    mail = sent.mail
    senders = [_written(mail.author)] if mail.author else []
    if expected.template not in {_ANY, sent.template}:
        yield f"mail is {written(sent.template)}"
    for name, part, whole in (
        ("to", expected.to, [sent.recipient, *(_written(box) for box in mail.to)]),
        (
            "from",
            expected.sender,
            senders,
        ),
        ("subject", expected.subject, [mail.subject]),
        ("language", expected.language, [sent.language]),
    ):
        if part and not any(part in text for text in whole):
            yield f"{name} is {written(whole[-1] if whole else '')}"
    for header, part in expected.headers:
        value = sent.header(header)
        if value is None:
            yield f"there is no header {header}"
        elif part not in value:
            yield f"header {header} is {written(value)}"
    texts = [mail.subject, mail.text]
    yield from (f"lacks {written(part)}" for part in expected.contains if not _has(texts, part))
    yield from (f"contains {written(part)}" for part in expected.lacks if _has(texts, part))


def _written(mailbox: Mailbox) -> str:
    """Write a mailbox as people do."""
    return f"{mailbox.name} <{mailbox.address}>" if mailbox.name else mailbox.address


def _has(texts: Sequence[str], part: str) -> bool:
    """Say whether a part stands in one of the texts, however lines were broken there."""
    unbroken = " ".join(part.split())
    return any(part in text or (unbroken and unbroken in " ".join(text.split())) for text in texts)


def is_to(sent: SentMail, address: str) -> bool:
    """Say whether a mail went to an address, or to one that has this part."""
    try:
        return sent.recipient == canonical(address)
    except ValueError:
        return address in sent.recipient


def assign(wishes: Sequence[Sequence[int]]) -> list[int | None]:
    """Give each wisher one of the things it can have, so that as many as can be get one.

    `wishes` has, for each, the things that would do; the answer has for each the thing it gets.
    """
    owner: dict[int, int] = {}

    def find(wisher: int, tried: set[int]) -> bool:
        for thing in wishes[wisher]:
            if thing not in tried:
                tried.add(thing)
                if thing not in owner or find(owner[thing], tried):
                    owner[thing] = wisher
                    return True
        return False

    for wisher in range(len(wishes)):
        find(wisher, set())
    got = {wisher: thing for thing, wisher in owner.items()}
    return [got.get(wisher) for wisher in range(len(wishes))]
