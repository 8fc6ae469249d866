"""A file packed inside a MIME part, in a format older than MIME or beside it."""

from dataclasses import dataclass

# Files beyond this number stay packed.
MAX_PIECES = 100


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file taken out of a part: its name as it came, "" if it has none, and its bytes.

    `media_type` and `content_id` are "" where the format does not say them.
    """

    name: str
    content: bytes
    media_type: str = ""
    content_id: str = ""
