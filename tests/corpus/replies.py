"""New text against what the tests of a reply parser expect of it."""

from collections.abc import Iterator

from corpus.folded import difference, squeezed, words_of
from corpus.labels import Labelled
from corpus.seen import Seen
from corpus.verdict import How
from gateway.mail.reply.model import FoldKind

_Outcome = tuple[How | None, object, object]


def reply(one: Labelled, seen: Seen) -> Iterator[_Outcome]:
    """Compare the new text as a whole."""
    wanted = one.expected.get("reply_text")
    if isinstance(wanted, str):
        yield _but_for_a_signature(wanted, seen), wanted, seen.new
    page = one.expected.get("reply_html_top")
    if isinstance(page, str):
        words = words_of(page)
        yield _but_for_a_signature(words, seen), words, seen.new


def first(one: Labelled, seen: Seen) -> Iterator[_Outcome]:
    """Compare with the first piece of new text: where answers stand inline there is MORE."""
    wanted = one.expected.get("reply_first_fragment")
    if isinstance(wanted, str) and "reply_text" not in one.expected:
        yield _but_for_a_signature(wanted, seen), wanted, seen.new


def contains(one: Labelled, seen: Seen) -> Iterator[_Outcome]:
    """Look for words that the new text has to keep."""
    for words in _list(one, "reply_contains"):
        found = squeezed(words) in squeezed(seen.new)
        yield (None if found else How.LESS), words, seen.new


def without(one: Labelled, seen: Seen) -> Iterator[_Outcome]:
    """Look for words that have to be folded away."""
    for words in _list(one, "reply_not_contains"):
        found = squeezed(words) in squeezed(seen.new)
        yield (How.MORE if found else None), f"not: {words}", seen.new


def signature(one: Labelled, seen: Seen) -> Iterator[_Outcome]:
    """Compare what was folded as a signature."""
    wanted = one.expected.get("signature")
    if isinstance(wanted, str):
        got = "\n".join(_signatures(seen))
        yield difference(wanted, got), wanted, got


def with_signature(seen: Seen) -> str:
    """Give the new text with the signatures left in their places."""
    text, out, start = seen.mail.text, [], 0
    for fold in seen.folds:
        if fold.kind is not FoldKind.SIGNATURE:
            out.append(text[start : fold.start])
            start = fold.end
    return "".join([*out, text[start:]]).strip()


def _but_for_a_signature(wanted: str, seen: Seen) -> How | None:
    how = difference(wanted, seen.new)
    if how is not None and squeezed(with_signature(seen)) == squeezed(wanted):
        return How.SIGNATURE
    return how


def _signatures(seen: Seen) -> Iterator[str]:
    return (seen.mail.text[f.start : f.end] for f in seen.folds if f.kind is FoldKind.SIGNATURE)


def _list(one: Labelled, key: str) -> list[str]:
    value = one.expected.get(key)
    return [str(item) for item in value] if isinstance(value, list) else []
