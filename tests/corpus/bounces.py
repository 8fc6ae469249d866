"""What a bounce says: whose delivery failed, with which status, for good or for now."""

from collections.abc import Iterator
from itertools import zip_longest

from corpus.labels import Labelled
from corpus.seen import Seen
from corpus.verdict import How
from gateway.mail.model import Undelivered

_FOR_GOOD, _FOR_NOW = "for good", "for now"
# Reasons that pass, whatever the class of the status.
_PASSING = frozenset({"mailboxfull", "expired", "networkerror", "systemfull", "toomanyconn"})
_Outcome = tuple[How | None, object, object]


def bounced(one: Labelled, seen: Seen) -> Iterator[_Outcome]:
    """Compare the addresses that a bounce names."""
    wanted = one.expected.get("bounce_recipients")
    if isinstance(wanted, list):
        addresses = sorted({str(address).lower() for address in wanted})
        got = sorted({r.address.lower() for r in _recipients(seen)})
        if got == addresses:
            yield None, addresses, got
        else:
            yield How.OTHER if got else How.NONE, addresses, got


def status(one: Labelled, seen: Seen) -> Iterator[_Outcome]:
    """Compare the status codes (RFC 3463), each once: sources differ in whom they count."""
    wanted = sorted(set(_words(one, "bounce_status")) - {""})
    if wanted and one.kind == "bounce":
        got = sorted({r.status for r in _recipients(seen)} - {""})
        if got == wanted:
            yield None, wanted, got
        elif not got:
            yield How.NONE, wanted, got
        elif set(got) <= set(wanted):
            yield How.LESS, wanted, got
        else:
            yield How.MORE if set(wanted) <= set(got) else How.OTHER, wanted, got


def permanent(one: Labelled, seen: Seen) -> Iterator[_Outcome]:
    """Compare whether delivery failed for good."""
    if one.kind == "bounce":
        wanted, doubtful = _permanence(one)
        got = {_FOR_GOOD if r.permanent else _FOR_NOW for r in _recipients(seen)}
        agreed = got == wanted or (doubtful and wanted <= got)
        if wanted:
            yield (None if agreed else How.OTHER if got else How.NONE), sorted(wanted), sorted(got)


def _permanence(one: Labelled) -> tuple[set[str], bool]:
    """Give what a source says of permanence, and whether it contradicts itself in part.

    `hardbounce` is narrower in some sources: only an address that does not exist. So the class of
    the status decides, and `hardbounce` where there is none. Of a full mailbox both can be said.
    """
    said = one.expected.get("bounce_permanent")
    if isinstance(said, list):
        return {_FOR_GOOD if permanent is True else _FOR_NOW for permanent in said}, False
    found, doubtful = set(), False
    hard = one.expected.get("hardbounce")
    flags = hard if isinstance(hard, list) else []
    rows = zip_longest(_words(one, "bounce_status"), flags, _words(one, "bounce_reasons"))
    for code, flag, reason in rows:
        if code and flag is False and reason in _PASSING:
            doubtful = True
        elif code:
            found.add(_FOR_GOOD if code.startswith("5") else _FOR_NOW)
        elif flag is True:
            found.add(_FOR_GOOD)
    return found, doubtful


def _words(one: Labelled, key: str) -> list[str]:
    value = one.expected.get(key)
    return [str(item) for item in value] if isinstance(value, list) else []


def _recipients(seen: Seen) -> tuple[Undelivered, ...]:
    return seen.bounce.recipients if seen.bounce else ()
