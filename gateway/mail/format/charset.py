"""Bytes to text that is safe to keep: the charset ladder, and what no text of ours may hold.

The ladder: the declared label as the WHATWG Encoding Standard reads it, then strict UTF-8, then a
hint, where the caller has one, then windows-1252 with replacement. Nothing is guessed from
statistics: on short mails guessing is wrong more often than it is right.
"""

import codecs
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

# Charsets that mail is written in and that the web's standard has no label for. All are plain
# tables or shifts between tables, so nothing but text can come out of them.
_OF_MAIL = {
    "ansi": "cp1252",
    "cp437": "cp437",
    "ibm437": "cp437",
    "cp775": "cp775",
    "cp850": "cp850",
    "ibm850": "cp850",
    "cp852": "cp852",
    "ibm852": "cp852",
    "cp858": "cp858",
    "cp857": "cp857",
    "cp932": "cp932",
    "cp936": "gbk",
    "cp949": "cp949",
    "cp950": "big5hkscs",
    "hz-gb-2312": "hz",
    "iso-2022-kr": "iso2022_kr",
    "ms936": "gbk",
    "ms949": "cp949",
    "ms950": "big5hkscs",
    "unicode-1-1-utf-8": "utf-8",
    "utf-32": "utf-32",
    "utf-32be": "utf-32-be",
    "utf-32le": "utf-32-le",
    "utf8mb4": "utf-8",
}

# What to try where a codec takes the bytes not whole: the tables that programs really use under
# its label are larger than those of the standard.
_LARGER = {
    "gbk": ("gb18030",),
    "iso2022_jp": ("iso2022_jp_ext", "iso2022_jp_2004"),
    "euc_jp": ("euc_jis_2004",),
    "cp932": ("shift_jis_2004",),
    "big5hkscs": ("cp950",),
}

_MULTIBYTE = frozenset({*_LARGER, "gb18030", "cp949", "iso2022_kr", "hz"})

# In these a run of ASCII bytes need not be ASCII text.
_SHIFTING = ("iso2022", "hz")
_WIDE = ("utf-16", "utf-32")

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

    Only labels of the Encoding Standard and of a short table are known, which keeps `utf-7`,
    `zlib` and other traps of Python's own registry out.
    """
    plain = label.strip().strip("\"'").strip().lower()
    if plain in _SAYS_NOTHING or not plain.isascii() or len(plain) > 64:
        return None
    for spelling in (plain, plain.replace("_", "-"), plain.replace("-", "")):
        if spelling in _OF_MAIL:
            return _OF_MAIL[spelling]
        encoding = webencodings.lookup(spelling)
        if encoding is not None and encoding.name not in _USELESS:
            return str(encoding.codec_info.name)
    return None


def hint_of(label: str) -> str:
    """Give the codec for bytes that stand beside a text with this label; "" if it is no help.

    UTF-8 needs no hint, and in codecs that ASCII text could be mistaken for it would do harm.
    """
    codec = codec_of(label)
    if codec is None or codec in {"utf-8", _FALLBACK} or codec.startswith(_SHIFTING + _WIDE):
        return ""
    return codec


def decode(data: bytes, label: str = "", hint: str = "") -> str:
    """Decode by the ladder; never raises, and gives no lone surrogate.

    `hint` is what `hint_of` gave for the text that these bytes stand beside, "" if none does.
    """
    codec = codec_of(label)
    if codec is None and b"\x1b$" in data and is_japanese(data):
        codec = "iso2022_jp"
    if data.isascii() and (codec is None or not _is_more_than_ascii(data, codec)):
        return data.decode("ascii")
    if codec is not None and codec.startswith("utf-16") and data[:2] == codecs.BOM_UTF16_BE:
        codec = "utf-16"
    wider = _LARGER.get(codec, ()) if codec else ()
    others = () if data.isascii() else ("utf-8-sig", hint)
    for name in (codec, *wider, *others):
        if name:
            try:
                return _strictly(data, name).removeprefix("\ufeff")
            except UnicodeError:
                continue
    return _with_replacement(data, codec)


def is_japanese(data: bytes) -> bool:
    """Say whether a text shifts to Japanese characters, as nothing but ISO-2022-JP does (RFC 1468).

    It was sent without any label for as long as there was mail in Japan.
    """
    return b"\x1b$B" in data or b"\x1b$@" in data


def _strictly(data: bytes, codec: str) -> str:
    if codec == "iso2022_jp_2004":
        # Mailers write the characters that makers added to JIS X 0208, as the circled numbers are,
        # without naming another table; they have the same places in JIS X 0213.
        data = data.replace(b"\x1b$B", b"\x1b$(Q")
    return data.decode(codec)


def _is_more_than_ascii(data: bytes, codec: str) -> bool:
    """Say whether bytes that all are ASCII may mean something else in a codec.

    Some programs label plain ASCII as UTF-16; real UTF-16 has a NUL in every blank and line end.
    """
    if codec.startswith(_WIDE):
        return b"\0" in data
    return codec.startswith(_SHIFTING) and (b"\x1b" in data or b"~{" in data or b"\x0e" in data)


def _with_replacement(data: bytes, codec: str | None) -> str:
    """Decode what no codec takes whole: the declared charset or UTF-8 with some damage, else 1252.

    A multibyte text is cut or damaged more often than it is something else.
    """
    if codec in _MULTIBYTE:
        text = data.decode(codec, "replace")
        if text.count("\N{REPLACEMENT CHARACTER}") * 4 <= len(text):
            return text
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
