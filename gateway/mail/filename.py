"""Names of attachments as people see them: one clean file name, never a path.

Attachments are stored by number or by hash; these names are only shown and offered for saving.
"""

import re
import unicodedata

from gateway.mail.charset import normalized

MAX_BYTES = 150

_LONGEST_EXTENSION = 20
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))

_EXTENSIONS = {
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/vcard": "vcf",
    "text/rfc822-headers": "txt",
    "message/rfc822": "eml",
    "message/global": "eml",
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
    "message/feedback-report": "txt",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/gzip": "gz",
    "application/json": "json",
    "application/xml": "xml",
    "application/ms-tnef": "dat",
    "application/pgp-signature": "asc",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/tiff": "tif",
    "image/bmp": "bmp",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
}


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


def made_up(media_type: str, part: int) -> str:
    """Give an unnamed part a name that stays the same each time the mail is read."""
    kind = "message" if media_type.startswith("message/rfc822") else "part"
    return f"{kind}-{part}.{_EXTENSIONS.get(media_type, 'bin')}"


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
