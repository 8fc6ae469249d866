"""What an agent forwards: whose mail it was."""

from collections.abc import Iterator
from email.utils import parseaddr

from corpus.folded import folded
from corpus.labels import Labelled
from corpus.seen import Seen
from corpus.verdict import How


def forward(one: Labelled, seen: Seen) -> Iterator[tuple[How | None, object, object]]:
    """Compare the author of a forwarded mail, and that a reply is no forward."""
    wanted = one.expected.get("quote_type")
    got = seen.forwarded
    if wanted == "reply":
        yield (None if got is None else How.OTHER), "no forward", got.author.address if got else ""
    elif wanted == "forward":
        address = parseaddr(str(one.expected.get("quoted_from", "")))[1].lower()
        found = got.author.address if got else ""
        how = None if found == address else How.OTHER if found else How.NONE
        yield how, address, found
        subject = one.expected.get("quoted_subject")
        if got is not None and isinstance(subject, str):
            same = folded(got.subject) == folded(subject)
            yield (None if same else How.OTHER), subject, got.subject
