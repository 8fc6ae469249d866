"""MAPI properties as they stand in a TNEF stream ([MS-OXTNEF] section 2.1.3.4).

Linear in the length of the stream: every count and length in it is checked against the bytes that
are left before anything is made of it.
"""

from collections.abc import Container

# The type and the first value of each property by its id.
Properties = dict[int, tuple[int, bytes]]

# Some hundreds are usual.
_MAX_PROPERTIES = 10_000

_MULTIPLE = 0x1000
_NAMED = 0x8000
_INTEGER = 0x0003
_FIXED = {
    0x0001: 0,
    0x0002: 4,
    _INTEGER: 4,
    0x0004: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x000A: 4,
    0x000B: 4,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_NARROW = frozenset({0x0002, 0x000B})
STRING = 0x001E
UNICODE = 0x001F
_VARIABLE = frozenset({STRING, UNICODE, 0x000D, 0x0102})


class BrokenStreamError(ValueError):
    """A stream that does not keep to its own lengths."""


class Reader:
    """A place in a stream of little-endian numbers and byte strings."""

    def __init__(self, data: bytes) -> None:
        """Begin at the first byte."""
        self._data = data
        self._position = 0

    def left(self) -> int:
        """Give the number of bytes not yet read."""
        return len(self._data) - self._position

    def number(self, size: int) -> int:
        """Read an unsigned number of so many bytes; raises BrokenStreamError at the end."""
        return int.from_bytes(self.take(size), "little")

    def take(self, size: int) -> bytes:
        """Read so many bytes; raises BrokenStreamError if there are fewer."""
        end = self._position + size
        if end > len(self._data):
            raise BrokenStreamError(f"{size} bytes wanted, {self.left()} left")
        taken = self._data[self._position : end]
        self._position = end
        return taken

    def skip(self, size: int) -> None:
        """Pass over so many bytes; raises BrokenStreamError if there are fewer."""
        if size > self.left():
            raise BrokenStreamError(f"{size} bytes to skip, {self.left()} left")
        self._position += size


def properties(data: bytes, wanted: Container[int]) -> Properties:
    """Read the properties of these ids: their type and first value; others are passed over.

    Raises BrokenStreamError if the stream does not keep to its own lengths.
    """
    reader = Reader(data)
    found: Properties = {}
    count = reader.number(4)
    if count > _MAX_PROPERTIES:
        raise BrokenStreamError(f"{count} properties")
    for _ in range(count):
        kind = reader.number(2)
        number = reader.number(2)
        if number >= _NAMED:
            reader.skip(16)
            # A name is a number, or a string with its length.
            reader.skip(_padded(reader.number(4)) if reader.number(4) else 4)
        value = _value(reader, kind, keep=number in wanted)
        if number in wanted:
            found.setdefault(number, (kind & ~_MULTIPLE, value))
    return found


def _value(reader: Reader, kind: int, *, keep: bool) -> bytes:
    """Read or pass over a value; of several the first is given."""
    several = bool(kind & _MULTIPLE)
    kind &= ~_MULTIPLE
    if kind in _VARIABLE:
        first = b""
        count = reader.number(4)
        if count * 4 > reader.left():
            raise BrokenStreamError(f"{count} values")
        for index in range(count):
            size = reader.number(4)
            if keep and index == 0:
                first = reader.take(size)
                reader.skip(min(_padded(size) - size, reader.left()))
            else:
                reader.skip(min(_padded(size), max(size, reader.left())))
        return first
    if kind not in _FIXED:
        raise BrokenStreamError(f"property type {kind:#x}")
    if not several:
        return reader.take(_FIXED[kind])
    size = 2 if kind in _NARROW else _FIXED[kind]
    values = reader.number(4) * size
    first = reader.take(min(values, size))
    reader.skip(_padded(values) - len(first))
    return first


def _padded(size: int) -> int:
    return size + -size % 4
