"""Reading a file of text that a person wrote: bounded, and in UTF-8."""

from pathlib import Path
from typing import NoReturn

from gateway.errors import Finding, Misconfigured


def read_text(path: Path, longest: int) -> str:
    """Give the text of a file of at most `longest` bytes, without the byte order mark of editors.

    Raises Misconfigured with the one thing that is wrong.
    """
    try:
        with path.open("rb") as file:
            data = file.read(longest + 1)
    except FileNotFoundError:
        refuse(path, 0, "there is no such file")
    except OSError as error:
        refuse(path, 0, f"cannot be read: {error.strerror}")
    if len(data) > longest:
        refuse(path, 0, f"is larger than {longest} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        refuse(path, line, "is not UTF-8 text; save the file in that encoding")


def refuse_pipe(path: Path) -> None:
    """Raise Misconfigured for what a daemon would wait for as long as nobody writes into it."""
    if path.is_fifo():
        refuse(path, 0, "is a pipe, which nothing may ever come out of; it must be a file")


def refuse(path: Path, line: int, message: str) -> NoReturn:
    """Raise Misconfigured with one finding; `line` is 0 where it is about the whole file."""
    raise Misconfigured((Finding(str(path), line, message),)) from None
