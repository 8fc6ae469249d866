"""Bytes to text that is safe to keep: the charset ladder, and what no text of ours may hold.

The ladder: the declared label as the WHATWG Encoding Standard reads it, then strict UTF-8, then
windows-1252 with replacement. Nothing is guessed from statistics: on short mails guessing is
wrong more often than it is right.
"""

import re
import unicodedata
from functools import lru_cache

import webencodings

_FALLBACK = "cp1252"

# Mailers write these when they did not think about charsets at all, so the bytes are the better
# witness: UTF-8 comes first for them.
_SAYS_NOTHING = frozenset({"", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown"})

# Codecs that webencodings knows but that decode to nothing useful.
_USELESS = frozenset({"replacement", "x-user-defined"})

# C0 and C1 controls without tab and line feed, line and paragraph separator, lone surrogates.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LINE_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# The same with the controls that turn the direction of what follows: they can make a line read
# as something else. The plain direction marks (U+200E, U+200F) are needed by honest text.
_UNWANTED_IN_LINE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@lru_cache(maxsize=256)
def codec_of(label: str) -> str | None:
    """Give Python's codec for a charset label out of a mail, None if the label says nothing.

    Only labels of the Encoding Standard are known, which keeps `utf-7`, `zlib` and other traps of
    Python's own registry out.
    """
    plain = label.strip().strip("\"'").lower()
    if plain in _SAYS_NOTHING or not plain.isascii() or len(plain) > 64:
        return None
    encoding = webencodings.lookup(plain)
    if encoding is None or encoding.name in _USELESS:
        return None
    return str(encoding.codec_info.name)


def decode(data: bytes, label: str = "") -> str:
    """Decode by the ladder; never raises, and gives no lone surrogate."""
    if data.isascii() and b"\x1b" not in data:  # ISO-2022-JP is ASCII with escapes
        codec = codec_of(label)
        if codec is None or not codec.startswith("utf-16"):
            return data.decode("ascii")
    for codec in (codec_of(label), "utf-8-sig"):
        if codec is None:
            continue
        try:
            return data.decode(codec)
        except UnicodeError:
            continue
    return _with_replacement(data)


def _with_replacement(data: bytes) -> str:
    """Decode what no codec takes whole: UTF-8 with some damage, else windows-1252."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\N{REPLACEMENT CHARACTER}")
    sound = sum(1 for character in text if character > "\x7f") - damaged
    return text if sound > damaged else data.decode(_FALLBACK, "replace")


def clean_text(text: str) -> str:
    """Make a body's text safe: line ends are LF, no controls, no lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNWANTED.search(text) is None:
        return text
    text = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", _LINE_BREAKS.sub("\n", text))
    return _UNWANTED.sub("", text)


def clean_line(text: str) -> str:
    """Make one line of a text: blanks of any kind collapse, controls are taken out."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    line = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", line)
    return " ".join(_UNWANTED_IN_LINE.sub(" ", line).split())


def normalized(text: str) -> str:
    """Give the composed form (NFC), so that equal names compare equal."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
