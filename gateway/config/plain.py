"""Checks that hold for every text in every file of the configuration."""

import unicodedata
from collections.abc import Iterator

from gateway.config.toml_file import TomlFile
from gateway.errors import Finding

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def check_texts(file: TomlFile) -> Iterator[Finding]:
    """Find control and unseen characters; they could end a line of SMTP, IMAP or a mail's header.

    TOML's escapes and multi-line strings can write them where nobody would notice.
    """
    for location, text in file.texts():
        unseen = next((c for c in text if unicodedata.category(c) in _UNSEEN), None)
        if unseen is not None:
            name = next(step for step in reversed(location) if isinstance(step, str))
            yield file.finding(
                f'"{name}" has the character U+{ord(unseen):04X} in it, which cannot be seen',
                *location,
            )
