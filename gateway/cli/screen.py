"""What people and programs see of a command: standard output, standard error, progress."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

# The daemon is a command, too, and shows nothing: rich is loaded by who draws.
if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

_WIDTH_OF_A_FILE = 120


def screen() -> "Console":
    """Give the standard output; text from mails is never taken for markup there."""
    from rich.console import Console  # noqa: PLC0415  as said above

    width = None if sys.stdout.isatty() else _WIDTH_OF_A_FILE
    return Console(markup=False, highlight=False, emoji=False, width=width)


def plain(text: object) -> str:
    """Give a text that a mail may have brought without what a terminal would act upon."""
    return "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in str(text)
    )


def on_one_line(text: object) -> str:
    """Give a text on one line."""
    return plain(" ".join(str(text).split()))


def print_json(value: object) -> None:
    """Print a value as JSON, on one line, in ASCII, which every terminal and program can take."""
    sys.stdout.write(json.dumps(value) + "\n")


def print_json_list(values: Iterable[object]) -> None:
    """Print values as a list in the same way, each as it comes."""
    sys.stdout.write("[")
    for place, value in enumerate(values):
        sys.stdout.write((", " if place else "") + json.dumps(value))
    sys.stdout.write("]\n")


def complain(sentence: str) -> None:
    """Say what is wrong, on standard error."""
    sys.stderr.write(f"casepost: {on_one_line(sentence)}\n")


def shown(path: Path | str) -> str:
    """Give a path as short as it can be from here."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def progress(things: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Go through things and show how far we are, where standard error is a terminal."""
    from rich.console import Console  # noqa: PLC0415  as said above
    from rich.progress import (  # noqa: PLC0415  as said above
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
    )

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    disable = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=disable) as bar:
        yield from bar.track(things, total=total, description=what)


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None]]:
    """Give whom to tell what is being done, how much is done, and of how much; shown the same."""
    from rich.console import Console  # noqa: PLC0415  as said above
    from rich.progress import (  # noqa: PLC0415  as said above
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
    )

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    disable = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=disable) as bar:
        task = bar.add_task("")

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield tell
