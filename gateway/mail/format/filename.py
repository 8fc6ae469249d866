"""Names of attachments as people see them: one clean file name, never a path.

Attachments are stored by number or by hash; these names are only shown and offered for saving.
"""

import re
import unicodedata

from gateway.mail.format import media_types
from gateway.mail.format.charset import normalized

MAX_BYTES = 150

_LONGEST_EXTENSION = 20
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_SLASHES = str.maketrans("/\\", "__")
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def clean(name: str) -> str:
    """Make a name from a mail safe to show and to save; "" if nothing is left of it.

    Folders, controls, invisible and direction-turning characters, leading dots, trailing dots and
    blanks go; device names of Windows get a `_`; at most 150 bytes of UTF-8, the extension kept.
    """
    name = normalized(name.replace("\\", "/").rpartition("/")[2])
    if not name.isprintable():
        name = "".join(c for c in name if unicodedata.category(c) not in _INVISIBLE)
    name = " ".join(name.translate(_FORBIDDEN).split()).lstrip(". ").rstrip(". ")
    if _DEVICES.fullmatch(name):
        name = f"_{name}"
    return _shortened(name).rstrip(". ")


def of_title(title: str, media_type: str) -> str:
    """Make a name of a title, such as the subject of an attached mail; "" if nothing is left of it.

    A title has no folders: its slashes are written as `_`.
    """
    stem = clean(title.translate(_SLASHES))
    return _shortened(f"{stem}.{media_types.extension(media_type)}") if stem else ""


def made_up(media_type: str, part: int, piece: int = 0) -> str:
    """Give an unnamed part, or piece of a part, a name that stays the same at every reading."""
    if media_type in {"text/calendar", "application/ics"}:
        return "invite.ics"
    kind = "message" if media_type == "message/rfc822" else "part"
    number = f"{part}-{piece}" if piece else f"{part}"
    return f"{kind}-{number}.{media_types.extension(media_type)}"


def _shortened(name: str) -> str:
    data = name.encode("utf-8")
    if len(data) <= MAX_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    tail = (dot + extension).encode("utf-8")
    if not stem or len(tail) > _LONGEST_EXTENSION:
        return data[:MAX_BYTES].decode("utf-8", "ignore")
    kept = stem.encode("utf-8")[: MAX_BYTES - len(tail)].decode("utf-8", "ignore")
    return f"{kept}{dot}{extension}"
