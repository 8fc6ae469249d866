"""Raw header values to text, mailboxes and times; the one module that knows mail-parser.

mail-parser gives two things here: its address scanner, which is linear and reports what it had to
recover, and its date reader. Its whole-mail parser is not used: it costs 1.2 ms a mail, drops the
bytes of raw 8-bit headers, and mixes the text of attached mails into the mail's own.
"""

import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from mailparser.dates import parse_mail_date
from mailparser.utils import get_addresses

from gateway.mail.format.charset import clean_line, decode, is_japanese
from gateway.mail.format.transfer_encoding import base64_bytes

# RFC 2047, also without a charset, and with the blanks and question marks inside the encoded text
# that many mailers leave there. The text ends before what may begin another word, so that each
# character is looked at once; "=?=" is the padding of base64 and the end of a word.
_WORD = re.compile(r"=\?([^?\s]{0,80})\?([bBqQ])\?((?:[^?=]|\?(?!=)|=(?!\?)|=(?=\?=))*+)\?=")
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?)")

_SHORT = 300
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)", re.DOTALL)

# Most fields: one mailbox in which no character has a second meaning, so that there is only one
# reading. Tried first because the full scan takes five times as long.
_ONE_PLAIN = re.compile(
    r'(?:([A-Za-z0-9_-]+(?: [A-Za-z0-9_-]+)*|"[A-Za-z0-9_.,-]+(?: [A-Za-z0-9_.,-]+)*") )?(<)?'
    r"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?(2)>)"
)

# Dates as RFC 5322 wants them, which nearly all are; the full reading takes ten times as long.
_PLAIN_DATE = re.compile(
    r"(?:[A-Z][a-z]{2}, {1,2})?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) "
    r"([0-9]{2}):([0-5][0-9]):([0-5][0-9]) ([+-])([0-9]{2})([0-5][0-9])(?: \([A-Za-z]{1,9}\))?"
)
_MONTHS = dict(
    zip(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        range(1, 13),
        strict=True,
    )
)

# What the lenient reader would pass over.
_HALF_DAY = re.compile(r"(?i)[0-9 ][ap]\.?m\b")
_ZONE_NAME = re.compile(r" ?(?:GMT|UTC)(?=[+-][0-9])")
_ZONE_COLON = re.compile(r"([+-][0-9]{2}):(?=[0-9]{2}\b)")

# These concern how a name was encoded and cannot change which address was meant.
_HARMLESS = frozenset({"overlong-encoded-word"})


def unicode_of(raw: bytes, hint: str = "") -> str:
    """Give the Unicode text of a raw header value: UTF-8 (RFC 6532), else the mail's own charset.

    `hint` is what `charset.hint_of` gave for the mail's text, "" if it gave nothing.
    """
    return raw.decode("ascii") if raw.isascii() else decode(raw, "", hint)


def is_utf8(raw: bytes) -> bool:
    """Say whether a raw header value is ASCII or UTF-8, as it has to be (RFC 6532)."""
    if raw.isascii():
        return True
    try:
        raw.decode("utf-8")
    except UnicodeError:
        return False
    return True


def text(raw: bytes, hint: str = "") -> str:
    """Give the decoded, unfolded, cleaned text of an unstructured field; `hint` as above.

    What comes out of encoded words is text, even if there is something like a word in it. Only
    where a word is all that comes out has a program encoded the field twice, and it is undone.
    """
    value = unicode_of(raw, hint)
    if "\x1b$" in value and is_japanese(raw):
        value = decode(raw)
    if "=?" not in value:
        return clean_line(value)
    value = _with_words_decoded(value).strip()
    if value.startswith("=?") and _WORD.fullmatch(value):
        value = _with_words_decoded(value)
    return clean_line(value)


def plain_text(raw: bytes) -> str:
    """Give a field's unfolded, cleaned text with its encoded words left as they are."""
    return clean_line(unicode_of(raw))


def _with_words_decoded(value: str) -> str:
    """Decode the encoded words of a value; neighbours of one charset are joined as bytes first.

    A character cut in two at the border of two words is against RFC 2047 section 5 and common.
    """
    value = _BETWEEN_WORDS.sub("", value)
    out: list[str] = []
    pending: list[bytes] = []
    label = ""
    position = 0
    for match in _WORD.finditer(value):
        data = _word_bytes(match)
        if data is None:
            continue
        charset = match.group(1).partition("*")[0].lower()  # RFC 2231 section 5: a language tag
        if pending and (match.start() != position or charset != label):
            out.append(decode(b"".join(pending), label))
            pending = []
        out.append(value[position : match.start()])
        pending.append(data)
        label, position = charset, match.end()
    if pending:
        out.append(decode(b"".join(pending), label))
    out.append(value[position:])
    return "".join(out)


def _word_bytes(match: re.Match[str]) -> bytes | None:
    """Undo the B or Q encoding of one encoded word; None if it is none after all."""
    encoded = match.group(3)
    if not encoded.isascii():
        return None
    data = encoded.encode("ascii")
    if match.group(2) in "qQ":
        return binascii.a2b_qp(data.replace(b"_", b" "))
    return base64_bytes(data)


def addresses(field: str) -> tuple[list[tuple[str, str]], bool]:
    """Scan an address field: (name, address) pairs, and whether nothing had to be recovered.

    Groups (RFC 5322 section 3.4) and source routes count as unclean: no person writes from one,
    and programs disagree on whom they name. Linear time.
    """
    if not field.strip():
        return [], False
    plain = _ONE_PLAIN.fullmatch(field.strip(" \t\r\n")) if len(field) < _SHORT else None
    if plain and (plain.group(2) or not plain.group(1)):
        return [((plain.group(1) or "").strip('"'), plain.group(3))], True
    defects: list[dict[str, object]] = []
    try:
        found = get_addresses(field, defects=defects, decode_names=False)
    except (ValueError, LookupError, RecursionError):
        return [], False
    pairs = [(_decoded(str(name)), str(address)) for name, address in found if address]
    clean = bool(pairs) and all(_is_harmless(defect) for defect in defects)
    return pairs, clean and not (":" in field and _names_group(field))


def _decoded(name: str) -> str:
    """Undo encoded words with our own reader: mail-parser's raises on base64 that is none."""
    return text(name.encode("utf-8", "replace")) if "=?" in name else name


def _is_harmless(defect: dict[str, object]) -> bool:
    """Say whether a defect leaves no doubt about which address was meant."""
    reason, raw = str(defect["reason"]), str(defect["raw"])
    if reason in _HARMLESS:
        return True
    if reason != "invalid-display-name" or not raw.isprintable():
        return False
    # Outlook writes the bare address as a name, others put [brackets] there unquoted. With no
    # other address in front of the angle there is none that another reader could take instead.
    name, _, rest = raw.rpartition("<")
    return "@" not in name or name.strip().lower() == rest.strip().rstrip(">").lower()


def _names_group(field: str) -> bool:
    """Say whether a colon stands outside quotes and comments; only for well-formed fields."""
    return ":" in _COMMENT.sub("", _QUOTED.sub("", field))


def date(raw: bytes) -> datetime | None:
    """Read a date field (RFC 5322 sections 3.3 and 4.3) as aware UTC; None if it says none."""
    if not raw:
        return None
    written = unicode_of(raw[:1000])
    plain = _PLAIN_DATE.fullmatch(written.strip())
    try:
        if plain and plain.group(2) in _MONTHS:
            return _plain_date(plain)
        value = parse_mail_date(written).value
        return value if isinstance(value, datetime) else _loose_date(written)
    except (ValueError, OverflowError):
        return None


def _loose_date(written: str) -> datetime | None:
    """Read what programs write that do not keep to RFC 5322: no comma, no zone, `GMT+0100`.

    A time without a zone counts as UTC. Raises ValueError or OverflowError if there is none such.
    """
    if len(written) > _SHORT or _HALF_DAY.search(written):
        return None
    parts = parsedate_tz(_ZONE_COLON.sub(r"\1", _ZONE_NAME.sub(" ", written)))
    if parts is None:
        return None
    local = datetime(*parts[:6], tzinfo=timezone(timedelta(seconds=parts[9] or 0)))
    return local.astimezone(UTC)


def _plain_date(match: re.Match[str]) -> datetime:
    """Make a UTC time of a plain date; raises ValueError or OverflowError if there is none such."""
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    zone = timezone(-offset if sign == "-" else offset)
    local = datetime(
        int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=zone
    )
    return local.astimezone(UTC)
