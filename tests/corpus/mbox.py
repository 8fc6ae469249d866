"""A file of many mails, one behind the other (RFC 4155)."""

import re
from collections.abc import Iterator

# Any mail may begin so; in the middle of a file it is a border behind a blank line only.
_BORDER = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\n")


def mails(box: bytes) -> Iterator[bytes]:
    """Give the mails of a box without their `From ` lines; what precedes the first is dropped."""
    borders = list(_BORDER.finditer(box))
    ends = [border.start() for border in borders[1:]] + [len(box)]
    for border, end in zip(borders, ends, strict=True):
        yield box[border.end() : end]
