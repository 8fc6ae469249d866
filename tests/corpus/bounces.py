"""What a bounce says: whose delivery failed, with which status, for good or for now."""

from collections.abc import Iterator

from corpus.labels import Labelled
from corpus.seen import Seen
from corpus.verdict import How
from gateway.mail.model import Undelivered

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
    """Compare whether delivery failed for good.

    `hardbounce` is narrower in some sources: only an address that does not exist. So the class of
    an expected status decides, and `hardbounce` where there is no status.
    """
    said = one.expected.get("bounce_permanent")
    codes = _words(one, "bounce_status")
    hard = one.expected.get("hardbounce")
    flags = [flag is True for flag in hard] if isinstance(hard, list) else []
    flags += [False] * (len(codes) - len(flags))
    if one.kind != "bounce":
        return
    classes = {code[:1] for code in codes if code} & {"2", "4", "5"}
    if isinstance(said, list):
        wanted = sorted({"for good" if one_of is True else "not" for one_of in said})
    elif classes or any(flags):
        wanted = sorted({"for good" if code == "5" else "not" for code in classes} or {"for good"})
    else:
        return  # no status, and not hard in the narrower sense: nothing is said
    got = sorted({"for good" if r.permanent else "not" for r in _recipients(seen)})
    yield (None if got == wanted else How.OTHER if got else How.NONE), wanted, got


def _words(one: Labelled, key: str) -> list[str]:
    value = one.expected.get(key)
    return [str(item) for item in value] if isinstance(value, list) else []


def _recipients(seen: Seen) -> tuple[Undelivered, ...]:
    return seen.bounce.recipients if seen.bounce else ()
