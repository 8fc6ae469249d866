"""Checks that hold for every text in every file of the configuration."""

import unicodedata
from collections.abc import Iterator

from gateway.config.toml_file import TomlFile
from gateway.errors import Finding

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_CONDITIONS = frozenset({"when", "known"})


def check_texts(file: TomlFile) -> Iterator[Finding]:
    """Find control and unseen characters; they could end a line of SMTP, IMAP or a mail's header.

    TOML's escapes and multi-line strings can write them where nobody would notice. A condition may
    stand on several lines.
    """
    for location, text in file.texts():
        name = next(step for step in reversed(location) if isinstance(step, str))
        fine = "\n\t" if name in _CONDITIONS else ""
        unseen = next((c for c in text if _is_unseen(c) and c not in fine), None)
        if unseen is not None:
            yield file.finding(
                f'"{name}" has the character U+{ord(unseen):04X} in it, which cannot be seen',
                *location,
            )


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN
