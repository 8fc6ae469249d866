"""Read a secret from the file that the configuration names; its content is shown nowhere."""

import logging
import stat
from collections.abc import Mapping
from pathlib import Path

from gateway.errors import Finding, Misconfigured

_log = logging.getLogger("casepost.config")

_LONGEST = 64 * 1024


def read_secret(name: str, settings: Path, environment: Mapping[str, str]) -> str:
    """Read the secret called `name` in the settings file; its one trailing newline is dropped.

    A bare name is looked for in `$CREDENTIALS_DIRECTORY` first (systemd's LoadCredential), then,
    as any path, beside the settings file. Raises Misconfigured if it is missing, empty, or more
    than one line of UTF-8 text. A file that everybody may read is used, with a warning.
    """
    path = secret_path(name, settings, environment)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise _refused(path, "the secret is not in a plain file")
        with path.open("rb") as file:
            data = file.read(_LONGEST + 1)
    except FileNotFoundError:
        raise _refused(path, "the secret's file does not exist") from None
    except OSError as error:
        raise _refused(path, f"the secret's file cannot be read: {error.strerror}") from None
    if mode & stat.S_IROTH:
        _log.warning("%s: everybody on this machine can read this secret; chmod 600 it", path)
    return _line(path, data)


def secret_path(name: str, settings: Path, environment: Mapping[str, str]) -> Path:
    """Give the file that a secret is read from, whether or not it exists."""
    credentials = environment.get("CREDENTIALS_DIRECTORY", "")
    if credentials and "/" not in name:
        path = Path(credentials) / name
        if path.exists():
            return path
    return settings.parent / name


def _line(path: Path, data: bytes) -> str:
    if len(data) > _LONGEST:
        raise _refused(path, f"the secret is larger than {_LONGEST} bytes")
    try:
        text = data.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise _refused(path, "the secret is not UTF-8 text") from None
    if not text:
        raise _refused(path, "the secret's file is empty")
    if any(ord(c) < ord(" ") or ord(c) == 0x7F for c in text):
        raise _refused(path, "the secret is more than one line, or has control characters in it")
    return text


def _refused(path: Path, message: str) -> Misconfigured:
    return Misconfigured((Finding(str(path), 0, message),))
