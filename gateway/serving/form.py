"""What a form of ours sends, read with bounds."""

import unicodedata
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request

_TYPE = "application/x-www-form-urlencoded"


async def sent(request: Request, *, largest: int, most: int) -> Mapping[str, str] | None:
    """Give the fields of a form, of each the last; None if it is not ours.

    A body has at most `largest` bytes and `most` fields. NUL, which PostgreSQL keeps in no text, is
    left out.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        return None
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > largest:
                return None
    except ClientDisconnect:
        return None
    try:
        fields = parse_qs(
            body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=most
        )
    except ValueError:
        return None
    return {name: values[-1].replace("\0", "") for name, values in fields.items()}


def clean(text: str) -> str:
    """Give what somebody typed with plain ends of lines, and without control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) != "Cc")
