"""What a text names that may be an account: the few things that are then looked for, and no more.

What is searched is bounded: the subject, the beginning of the text, and its end, where people say
who they are.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from gateway.config.policy import Found
from gateway.desk.account_name import (
    MOST_WORDS,
    AccountName,
    folded_number,
    host_in,
    is_distinctive,
    label_name,
    registrable,
    words,
)
from gateway.desk.entitled import FoundBy
from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import FoldKind, new_text

_MOST_OF_SUBJECT = 30
_MOST_OF_TEXT = 100
_MOST_HOSTS = 50
# Of one part: a token may be many words.
_MOST_WORDS = 200
_MOST_PIECES = 4
_MOST_NAMED = 50
_LONGEST_SUBJECT = 1000
_LONGEST_TEXT = 32_768
_LONGEST_TOKEN = 300
_LONGEST_NUMBER = 64
_LONGEST_LABEL = 80
_LEAST_OF_NUMBER = 4
_YEARS = range(1900, 2100)
# An order number of few digits is one only after one of these.
_BEFORE_A_NUMBER = 2
_ORDERS = re.compile(
    r"order|purchase|invoice|licen[cs]e|bestel|factuur|licentie|bestell|auftrag|rechnung|lizenz"
    r"|tilau|lasku|lisenssi"
)
_TOKEN = re.compile(r"[^\s,;()<>\[\]{}\"'|=]+")
_QUOTED = re.compile(r"^[ \t]{0,3}>.*$", re.MULTILINE)
_END = ".:!?"


@dataclass(frozen=True, slots=True)
class Searched:
    """A text that may name an account, and by which kinds of names, in the desk's order.

    `numbers` are case numbers of ours in it: they are no numbers of orders.
    """

    subject: str
    text: str
    kinds: tuple[Found, ...]
    numbers: tuple[str, ...] = ()


def named_in(searched: Searched, sent: Sequence[str] = ()) -> frozenset[AccountName]:
    """Give what a text may name accounts by, in its subject and in what is new in it.

    Nothing counts that is quoted; a signature does. `sent` are texts that we sent before.
    """
    text = searched.text[:_LONGEST_TEXT]
    quoted = [fold for fold in folds(text, sent) if fold.kind is FoldKind.QUOTATION]
    said = _TOKEN.findall(_QUOTED.sub("", new_text(text, quoted)))
    subject = _TOKEN.findall(searched.subject[:_LONGEST_SUBJECT])[:_MOST_OF_SUBJECT]
    # One list each, so that no name is put together from two ends.
    parts = [subject, said]
    if len(said) > 2 * _MOST_OF_TEXT:
        parts = [subject, said[:_MOST_OF_TEXT], said[-_MOST_OF_TEXT:]]
    parts = [[token[:_LONGEST_TOKEN] for token in part] for part in parts]
    ours = {folded_number(number) for number in searched.numbers}
    found = chain.from_iterable(_named(kind, parts, ours) for kind in searched.kinds)
    return frozenset(found)


def _named(kind: Found, parts: Sequence[list[str]], ours: Collection[str]) -> Iterator[AccountName]:
    names: Iterable[str] = ()
    match kind:
        case "site":
            names = _sites([token for part in parts for token in part])
        case "order":
            names = (n for part in parts for n in _numbers(part) if n not in ours)
        case "organisation":
            names = (name for part in parts for name in _phrases(part, 1))
        case "name":
            names = (name for part in parts for name in _phrases(part, 2))
    found_by = FoundBy(kind)
    return (AccountName(found_by, name) for name in names)


def _sites(tokens: Sequence[str]) -> Iterator[str]:
    hosts = [host for token in tokens if (host := host_in(token.rstrip(_END)))]
    for host in dict.fromkeys(hosts[:_MOST_HOSTS]):
        yield host
        yield registrable(host)
    labels = (label_name(t) for t in tokens if "@" not in t and len(t) <= _LONGEST_LABEL)
    yield from filter(None, labels)


def _numbers(tokens: Sequence[str]) -> Iterator[str]:
    """Give what may be an order's number: a whole token with a digit in it."""
    for place, token in enumerate(tokens):
        # A number may stand behind a colon without a blank: "order:A-1042".
        for piece in token.split(":", _MOST_PIECES):
            number = folded_number(piece) if len(piece) <= _LONGEST_NUMBER else ""
            if not any(c.isdigit() for c in number):
                continue
            before = (*tokens[max(place - _BEFORE_A_NUMBER, 0) : place], token)
            if _is_long_enough(number) or piece.startswith("#") or _speaks_of_orders(before):
                yield number


def _is_long_enough(number: str) -> bool:
    """Say whether a number is one wherever it stands: neither a count nor a year."""
    is_year = number.isascii() and number.isdigit() and int(number) in _YEARS
    return len(number) >= _LEAST_OF_NUMBER and not is_year


def _speaks_of_orders(tokens: Iterable[str]) -> bool:
    return any(_ORDERS.search(token.casefold()) for token in tokens)


def _phrases(tokens: Sequence[str], least: int) -> Iterator[str]:
    """Give names of so many words and more; hosts and addresses are none."""
    spoken = (token for token in tokens if not host_in(token.rstrip(_END)))
    said = [word for token in spoken for word in words(token)][:_MOST_WORDS]
    for start in range(len(said)):
        for count in range(least, MOST_WORDS + 1):
            name = said[start : start + count]
            if len(name) == count and is_distinctive(name):
                yield " ".join(name)


def told_apart(names: Iterable[AccountName]) -> tuple[AccountName, ...]:
    """Give names of one kind that accounts have, without those that are part of another.

    Whoever names a host names its domain as well, and means the host. Nothing is left of more
    names than one mail has reason to say.
    """
    listed = tuple(dict.fromkeys(names))
    if len(listed) > _MOST_NAMED:
        return ()
    return tuple(n for n in listed if not any(_is_part(n.name, other.name) for other in listed))


def _is_part(name: str, other: str) -> bool:
    if name == other:
        return False
    if "." not in other:
        return f" {name} " in f" {other} "
    return other.endswith(f".{name}") or label_name(registrable(other).partition(".")[0]) == name
