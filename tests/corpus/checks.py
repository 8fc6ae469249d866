"""What is compared with what a mail's source expects, check by check.

Each check is a function that gives no verdict where the source says nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from corpus import bounces, forwards, kinds, replies
from corpus.folded import difference, folded, squeezed
from corpus.labels import Labelled
from corpus.seen import LANGUAGES, Seen
from corpus.verdict import How, Verdict
from gateway.mail.model import Disposition

Check = Callable[[Labelled, Seen], Iterator[tuple[How | None, object, object]]]

# As the sources call them, in whatever form.
_LANGUAGE_NAMES: Mapping[str, str] = {
    "german": "de",
    "english": "en",
    "spanish": "es",
    "finnish": "fi",
    "french": "fr",
    "dutch": "nl",
    "swedish": "sv",
}


def verdicts(one: Labelled, seen: Seen) -> Iterator[Verdict]:
    """Give the verdict of every check on which the mail's source says something."""
    for name, check in CHECKS.items():
        for how, expected, got in check(one, seen):
            yield Verdict(one.name, one.corpus, name, how, shown(expected), shown(got))


def shown(value: object) -> str:
    """Give a value for people to read."""
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return ", ".join(shown(item) for item in value)
    return "" if value is None else str(value)


def _subject(one: Labelled, seen: Seen) -> Iterator[tuple[How | None, object, object]]:
    wanted = one.expected.get("subject")
    if isinstance(wanted, str):
        how = difference(wanted, seen.mail.subject)
        yield how, folded(wanted), folded(seen.mail.subject)


def _sender(one: Labelled, seen: Seen) -> Iterator[tuple[How | None, object, object]]:
    wanted = one.expected.get("from_addr")
    if isinstance(wanted, str):
        author = seen.mail.author or seen.mail.claimed_author
        got = author.address if author else ""
        how = None if got.lower() == wanted.lower() else How.OTHER if got else How.NONE
        yield how, wanted, got


def _to(one: Labelled, seen: Seen) -> Iterator[tuple[How | None, object, object]]:
    wanted = one.expected.get("to")
    if isinstance(wanted, list):
        addresses = [str(address).lower() for address in wanted]
        got = [mailbox.address.lower() for mailbox in seen.mail.to]
        yield _of_lists(addresses, got), addresses, got


def _of_lists(wanted: Sequence[str], got: Sequence[str]) -> How | None:
    if sorted(wanted) == sorted(got):
        return None
    if not got:
        return How.NONE
    if set(got) <= set(wanted):
        return How.LESS
    return How.MORE if set(wanted) <= set(got) else How.OTHER


def _count(one: Labelled, seen: Seen) -> Iterator[tuple[How | None, object, object]]:
    wanted = one.expected.get("n_attachments")
    if isinstance(wanted, int):
        got = len(seen.mail.attachments)
        inline = [a for a in seen.mail.attachments if a.disposition is Disposition.INLINE]
        how = None if got == wanted else How.MORE if got > wanted else How.LESS
        if how is How.MORE and got - len(inline) <= wanted:
            how = How.INLINE
        yield (
            how,
            wanted,
            [f"{got}:", *(f"{a.name} ({a.media_type})" for a in seen.mail.attachments)],
        )


def _names(one: Labelled, seen: Seen) -> Iterator[tuple[How | None, object, object]]:
    got = [folded(a.name) for a in seen.mail.attachments]
    some = one.expected.get("some_attachment_names")
    if isinstance(some, list):
        missing = [str(name) for name in some if folded(str(name)) not in got]
        yield (How.LESS if missing else None), missing or some, got
    wanted = one.expected.get("attachment_names")
    if isinstance(wanted, list):
        # An attachment without a name gets one from us.
        named = [folded(name) for name in wanted if isinstance(name, str) and name.strip()]
        missing = [name for name in named if name not in got]
        yield (How.OTHER if missing else None), missing or named, got


def _text(one: Labelled, seen: Seen) -> Iterator[tuple[How | None, object, object]]:
    wanted = one.expected.get("text")
    if isinstance(wanted, str):
        yield difference(wanted, seen.mail.text), wanted, seen.mail.text
    contained = one.expected.get("body_contains")
    if isinstance(contained, list):
        text = squeezed(seen.mail.text)
        missing = [str(words) for words in contained if squeezed(str(words)) not in text]
        yield (How.LESS if missing else None), missing or contained, seen.mail.text


def _language(one: Labelled, seen: Seen) -> Iterator[tuple[How | None, object, object]]:
    wanted = _LANGUAGE_NAMES.get(one.lang.lower(), one.lang.lower())
    if wanted in LANGUAGES:
        how = None if seen.language == wanted else How.OTHER if seen.language else How.NONE
        yield how, wanted, seen.language or "unsure"


CHECKS: Mapping[str, Check] = {
    "subject": _subject,
    "sender": _sender,
    "to": _to,
    "attachments": _count,
    "names": _names,
    "text": _text,
    "kind": kinds.kind,
    "bounced": bounces.bounced,
    "status": bounces.status,
    "permanent": bounces.permanent,
    "reply": replies.reply,
    "first": replies.first,
    "contains": replies.contains,
    "without": replies.without,
    "signature": replies.signature,
    "forward": forwards.forward,
    "language": _language,
}
