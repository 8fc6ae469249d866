"""The files with a client's secrets, read when they are needed, so that a changed one is found."""

import os
from dataclasses import dataclass
from pathlib import Path

from gateway.config.secrets import read_secret, secret_path
from gateway.errors import Finding, Misconfigured

_LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class SecretFiles:
    """Secrets as the settings file at `settings` names them."""

    settings: Path

    def line(self, name: str | None) -> str:
        """Read a secret of one line; "" where none is named. Raises Misconfigured."""
        return read_secret(name, self.settings, os.environ) if name else ""

    def text(self, name: str | None) -> str:
        """Read a secret of several lines, as a key is; "" where none is named.

        Raises Misconfigured.
        """
        if not name:
            return ""
        path = self.path(name)
        try:
            with path.open("rb") as file:
                content = file.read(_LONGEST + 1)
        except OSError as error:
            raise _refused(path, f"the secret's file cannot be read: {error.strerror}") from None
        if len(content) > _LONGEST:
            raise _refused(path, f"the secret is larger than {_LONGEST} bytes")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            raise _refused(path, "the secret is not UTF-8 text") from None

    def path(self, name: str) -> Path:
        """Give the file that a secret is read from, whether or not it exists."""
        return secret_path(name, self.settings, os.environ)


def _refused(path: Path, message: str) -> Misconfigured:
    return Misconfigured((Finding(str(path), 0, message),))
