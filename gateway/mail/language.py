"""In which of a desk's languages a text is written.

The small words of a text settle most mails; the model is asked about the others.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from gateway.mail.function_words import LANGUAGES, WORDS

_MAX_TEXT = 16 * 1024
# Some 250 words; more tell no more.
_MAX_PROSE = 1536

# Measured on some 14,000 sentences of 2 to 60 words in the seven languages and 6,000 in their
# neighbours: of a hundred answers about one in a thousand is wrong, two in three texts of two or
# three words and nearly all longer ones are answered.
_FEWEST_WORDS = 2
_FEW_WORDS = 4
_SURE = 0.8
_SURE_OF_FEW = 0.95
_LIKELY = 0.5
_NEAR = 0.2
_ORDINARY = 0.2
# Danish and Norwegian have many of the small words of Swedish, Portuguese of Spanish, Estonian of
# Finnish; these have no such double that desks are likely to meet.
_WITHOUT_DOUBLES = frozenset({"en", "de", "nl", "fr"})

# What is no sentence of anybody's: fenced code, stack traces, lines of logs.
_FENCE = "```"
_TRACE = re.compile(
    r"\s*(?:at [\w.$<>/]+ ?\(|File \"|Traceback |Caused by: |\.\.\. \d+ more|Exception in thread|"
    r"#\d+ |\$ |\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d\d:\d\d:\d\d|\S{1,60}(?:Exception|Error): )"
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_LONGEST_KEPT = 40
_AROUND = "\"'\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb.,;:!?\u2026()[]*"


class _Identifier(Protocol):
    """What is used of py3langid's `LanguageIdentifier`."""

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Give all languages with their probabilities, likeliest first."""
        ...


def detect(text: str, languages: Sequence[str]) -> str:
    """Give the language of a text, "" where that is unsure; a single one needs no text.

    `text` is what the author wrote themselves, without quotations.
    """
    choices = tuple(dict.fromkeys(languages))
    if len(choices) < 2:
        return "".join(choices)
    words = _prose(text)
    return _chosen(words, choices) if words else ""


def _prose(text: str) -> list[str]:
    """Give the words of the sentences in a text, in order, the first 1.5 KiB of them."""
    words: list[str] = []
    room = _MAX_PROSE
    for line in _sentences(text[:_MAX_TEXT]):
        said = _words(line)
        room -= sum(map(len, said)) + len(said)
        words += said
        if room < 0:
            break
    while room < 0:
        room += len(words.pop()) + 1
    return words


def _sentences(text: str) -> Iterator[str]:
    """Give the lines that are neither quoted nor a program's."""
    fenced = traced = False
    for line in text.split("\n"):
        if line.lstrip().startswith(_FENCE):
            fenced = not fenced
            continue
        # In a trace the lines of the program that failed are indented.
        traced = bool(_TRACE.match(line)) or (traced and line[:1].isspace())
        if not fenced and not traced and not line.startswith(">"):
            yield line


def _words(line: str) -> list[str]:
    """Give what is a word of some language: no address, path, number, name or code."""
    tokens = line.split()
    if line.isupper():
        said = map(_said_loudly, tokens)
    elif max(map(len, tokens), default=0) <= _LONGEST_KEPT:
        # The tokens of a mail were mostly in others before.
        said = map(_said_again, tokens)
    else:
        # Long ones would fill the memory.
        said = map(_said, tokens)
    return list(filter(None, said))


def _said_loudly(token: str) -> str:
    """Give the word in a token of a line in capitals, "" if there is none."""
    word = token.strip(_AROUND)
    return word if word.isalpha() or _WORD.fullmatch(word) else ""


def _said(token: str) -> str:
    """Give the word in a token, "" if there is none; capitals beyond the first make a name."""
    word = _said_loudly(token)
    return word if word[1:].islower() or len(word) == 1 else ""


_said_again = functools.lru_cache(maxsize=8192)(_said)


def _chosen(words: list[str], choices: tuple[str, ...]) -> str:
    """Weigh the small words and the model's probabilities; "" if they do not settle it."""
    if len(words) < _FEWEST_WORDS:
        return ""
    votes = _votes(words, choices)
    plain = max(votes, key=lambda language: votes[language])
    if plain in _WITHOUT_DOUBLES and _is_plain(votes[plain], _lead(votes, plain), len(words)):
        return plain if plain in choices else ""
    identifier = _identifier()
    ranking = dict(identifier.rank(" ".join(words))) if identifier else {}
    candidates = {language: ranking.pop(language, 0.0) for language in choices}
    best = max(choices, key=lambda language: candidates[language])
    if not candidates[best]:
        return ""
    share = candidates[best] / sum(candidates.values())
    # How it compares with the likeliest language in which nobody at the desk writes.
    distance = candidates[best] / max(ranking.values(), default=1.0)
    own, lead = votes[best], _lead({choice: votes[choice] for choice in choices}, best)
    if distance >= 1.0:
        alone = _SURE if len(words) >= _FEW_WORDS else _SURE_OF_FEW
        return best if share >= alone or (lead >= 1 and share >= _LIKELY) else ""
    witnessed = lead >= 2 and own >= len(words) * _ORDINARY
    return best if witnessed and share >= _LIKELY and distance >= _NEAR else ""


def _votes(words: list[str], choices: tuple[str, ...]) -> dict[str, int]:
    """Count for each language how many of the words are small words of it."""
    votes = dict.fromkeys((*WORDS, *choices), 0)
    for word, count in Counter(words).items():
        for language in LANGUAGES.get(word.lower().replace("\u2019", "'"), ()):
            votes[language] += count
    return votes


def _lead(votes: dict[str, int], language: str) -> int:
    """Say by how many words a language is ahead of the next."""
    return votes[language] - max(count for name, count in votes.items() if name != language)


def _is_plain(own: int, lead: int, words: int) -> bool:
    """Say whether the small words alone settle it, so that the model is not needed."""
    return lead >= 4 and own >= words * 0.25 and 3 * (own - lead) <= own


@functools.cache
def _identifier() -> _Identifier | None:
    """Load the model once a process, and only where a language is in question.

    It takes most of a second and some 100 MB. Nothing restricts it to the desk's languages: the
    others show when a text is in none of these. It is unpacked by way of a temporary file; None
    where there can be none or memory is short: no mail may fail for want of its language.
    """
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  see above

    try:
        identifier: _Identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except (OSError, MemoryError):
        return None
    return identifier
