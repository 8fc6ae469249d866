"""What a mail is like, so that others about the same matter are found: its text, and its crash.

A text is taken as the pairs of words that stand beside each other in it, and two texts are as much
alike as the share of pairs that they have in common. Of each text a sketch is kept from which that
share can be told (the smallest hashes of its pairs), and bands by which an index finds texts with
nearly the same sketch (MinHash, one permutation). All hashes are BLAKE2, the same everywhere.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, pairwise
from struct import unpack

from gateway.config.desk import Desk
from gateway.mail.forward import Forwarded
from gateway.mail.forwarding.subject_prefix import without_prefixes
from gateway.mail.model import Mail
from gateway.mail.reply.closing import is_greeting
from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import new_text
from gateway.mail.topic import topic

# Words of a longer mail do not change what it is about.
_MOST_CHARACTERS = 256 * 1024
_MOST_LINES = 5000
_MOST_LETTERS = 40
_MOST_SIGNATURE = 300
_MOST_SUBJECT = 1000
# One word in common is no more than the name of the product.
_LEAST_WORDS = 2
_NEAR_SUBJECT = 0.6
# A text with less to it also counts with its subject, and with hardly anything it is like no other.
_FEW_PAIRS = 8
_LEAST_PAIRS = 3

# With so many hashes, 0.45 is measured with a standard deviation of 0.031.
_SKETCH = 256
_HASH = 4
# Texts with four words of five in common share 0.43 to 0.5 of their pairs, unrelated ones 0.1.
_NEAR = 0.38
_RELATED = 0.25

# Of two hashes each: of texts with 0.45 in common one band at least is equal 998 times in 1000.
BANDS = 32
_BINS = 64
_ALL_BITS = 2**64 - 1

# One run of characters, so that any text is read in one pass; ideographs stand for themselves.
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[\w@/.'\u2019:\-]+")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a mail is like.

    `sketch` is of its text, empty where there is too little of it; `bands` are what an index finds
    it by. `signature` stands for that of a crash, "" if the mail has none.
    """

    sketch: bytes = b""
    bands: tuple[str, ...] = ()
    signature: str = ""


NO_LIKENESS = Likeness()
"""That of a mail which opens no ticket."""


def likeness_of(mail: Mail, original: Forwarded | None, desk: Desk) -> Likeness:
    """Say what is new in a mail, or in the one that it forwards, is like."""
    subject, text = (original.subject, original.text) if original else (mail.subject, mail.text)
    return likeness(subject, new_text(text, folds(text)), desk)


def likeness(subject: str, text: str, desk: Desk) -> Likeness:
    """Say what a mail is like, by its subject and what is new in its text.

    Numbers, addresses, greetings and quoted lines do not count, nor does what comes after the
    first 256 Ki characters or 5000 lines.
    """
    lines = text[:_MOST_CHARACTERS].splitlines()[:_MOST_LINES]
    pairs = _pairs("\n".join(_own_lines(lines)))
    if len(pairs) < _FEW_PAIRS:
        pairs |= _pairs(subject[:_MOST_LINES])
    signature = _signature([subject, *lines], desk)
    if len(pairs) < _LEAST_PAIRS:
        return Likeness(signature=signature)
    hashes = sorted(pairs)
    sketch = b"".join([(value >> 32).to_bytes(_HASH, "big") for value in hashes[:_SKETCH]])
    return Likeness(sketch, _bands(hashes), signature)


def resemblance(one: bytes, other: bytes) -> float:
    """Tell from two sketches which share of their pairs of words two texts have in common."""
    return _share(one, other, 0.0)


def _share(one: bytes, other: bytes, least: float) -> float:
    """Give the share that two texts have in common, or anything below `least` if it is less."""
    ours, theirs = _hashes(one), _hashes(other)
    if not ours or not theirs:
        return 0.0
    common = ours & theirs
    cut = len(ours) == _SKETCH or len(theirs) == _SKETCH
    size = len(ours) + len(theirs) - len(common)
    counted = min(size, _SKETCH) if cut else size
    # What is common can only be less among the smallest, which cost more to find.
    if len(common) < least * counted or counted == size:
        return len(common) / counted
    largest = sorted(ours | theirs)[counted - 1]
    return sum(value <= largest for value in common) / counted


def near_subjects(one: str, other: str) -> bool:
    """Say whether two subjects are about the same: most of their words are, or all that count."""
    ours, theirs = _telling(one), _telling(other)
    common = len(ours & theirs)
    if common < _LEAST_WORDS:
        return False
    return topic(one) == topic(other) or common / len(ours | theirs) >= _NEAR_SUBJECT


def _telling(subject: str) -> set[str]:
    """Give the words of a subject apart from the shortest, which stand in all."""
    return {word for word in _words(without_prefixes(subject[:_MOST_SUBJECT])) if len(word) > 2}


def near_texts(one: bytes, other: bytes) -> bool:
    """Say whether two sketches are of nearly the same text."""
    return _share(one, other, _NEAR) >= _NEAR


def related_texts(one: bytes, other: bytes) -> bool:
    """Say whether two people of one organisation may have written of the same, in other words."""
    return _share(one, other, _RELATED) >= _RELATED


# Each mail of a batch is compared with the same tickets.
@lru_cache(maxsize=512)
def _hashes(sketch: bytes) -> frozenset[int]:
    return frozenset(unpack(f">{len(sketch) // _HASH}I", sketch))


def _own_lines(lines: list[str]) -> Iterator[str]:
    """Give the lines that say something: neither the greeting nor what is quoted."""
    begun = False
    for line in lines:
        words = line.strip()
        if not words or words.startswith(">"):
            continue
        if not begun:
            begun = True
            if is_greeting(words):
                continue
        yield words


def _words(text: str) -> list[str]:
    tokens = _TOKEN.findall(text.casefold())
    return [word for token in tokens for word in _words_of(token)]


def _words_of(token: str) -> tuple[str, ...]:
    """Give the words in a token, none in what is never the same in two mails."""
    if token.isalpha():
        return (token[:_MOST_LETTERS],)
    plain = token.strip(".:'\u2019-/_")
    if plain.isalpha():
        return (plain[:_MOST_LETTERS],)
    if _is_reference(plain):
        return ()
    return tuple(word[:_MOST_LETTERS] for word in _LETTERS.findall(plain))


def _is_reference(token: str) -> bool:
    """Say whether a token is an address, a number, a version, a place in memory: never the same."""
    if "@" in token or "://" in token or token.startswith("www."):
        return True
    return any(map(str.isdigit, token))


def _pairs(text: str) -> set[int]:
    """Give a hash of each two words that stand beside each other."""
    pieces = text.casefold().split()
    # What stands between blanks was mostly in mails before; what is long would fill the memory.
    if max(map(len, pieces), default=0) <= _MOST_LETTERS:
        found: Iterable[tuple[int, ...]] = map(_hashes_again, pieces)
    else:
        found = (_hashes_again(p) if len(p) <= _MOST_LETTERS else _hashes_of(p) for p in pieces)
    hashes = chain.from_iterable(found)
    return {(one + 3 * other) & _ALL_BITS for one, other in pairwise(hashes)}


def _hashes_of(text: str) -> tuple[int, ...]:
    """Give a hash of each word in a text in lower case."""
    return tuple(_hash(word) for token in _TOKEN.findall(text) for word in _words_of(token))


_hashes_again = lru_cache(maxsize=8192)(_hashes_of)


def _hash(word: str) -> int:
    """Give 64 bits of a word."""
    return int.from_bytes(blake2b(word.encode(errors="replace"), digest_size=8).digest(), "big")


def _bands(hashes: list[int]) -> tuple[str, ...]:
    """Give the bands of hashes in ascending order: the smallest hashes of some bins each."""
    # The last to be entered is the smallest.
    smallest = {value % _BINS: value for value in reversed(hashes)}
    if len(smallest) == _BINS:
        rows = [smallest[order[0]] for order in _ORDERS]
    else:
        rows = [_filled(smallest, order) for order in _ORDERS]
    return tuple(
        f"{band}.{(rows[2 * band] ^ rows[2 * band + 1] * 5) & _ALL_BITS:016x}"
        for band in range(BANDS)
    )


def _filled(smallest: dict[int, int], order: bytes) -> int:
    """Give the hash of the first bin in this order that has one, the same bin for like texts."""
    for place in order:
        if place in smallest:
            return smallest[place]
    raise ValueError("there are no hashes")


def _order(row: int) -> bytes:
    """Give all bins in an order of this row's own, in which an empty one is passed over."""
    drawn = {place: blake2b(f"{row} {place}".encode()).digest() for place in range(_BINS)}
    return bytes([row, *sorted(drawn.keys() - {row}, key=drawn.__getitem__)])


_ORDERS = tuple(_order(row) for row in range(2 * BANDS))


def _signature(lines: list[str], desk: Desk) -> str:
    """Stand for what follows one of the desk's marks of a crash's signature, the first there is."""
    marks = [(len(mark), mark.casefold()) for mark in desk.duplicates.signatures if mark.strip()]
    if not marks:
        return ""
    for line in lines:
        said = line.lstrip()[:_MOST_SIGNATURE]
        for length, mark in marks:
            if said[:length].casefold() == mark:
                signature = " ".join(said[length:].split())
                if signature:
                    return blake2b(signature.encode(errors="replace"), digest_size=16).hexdigest()
    return ""
