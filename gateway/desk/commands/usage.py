"""Which commands there are and how each is written: one list, for help and for the docs."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from gateway.desk.commands.model import CommandOutcome
from gateway.desk.decision import Line

_MOST_LETTERS = 40


class Takes(StrEnum):
    """Whether a command has words after it."""

    NOTHING = "nothing"
    MAYBE = "maybe"
    WORDS = "words"


class About(StrEnum):
    """What a command is about: it is refused in a mail that is about nothing of the kind."""

    CASE = "case"
    HELD = "held"
    CASE_OR_HELD = "case or held"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class Usage:
    """A command: its name without the `#`, what follows it as help writes it, what it is about."""

    name: str
    argument: str = ""
    takes: Takes = Takes.NOTHING
    about: About = About.CASE

    def __str__(self) -> str:
        """Give it as one writes it."""
        return f"#{self.name} {self.argument}".rstrip()


USAGES: tuple[Usage, ...] = (
    Usage("status", "STATUS", Takes.WORDS),
    Usage("severity", "SEVERITY", Takes.WORDS),
    Usage("type", "TYPE", Takes.WORDS),
    Usage("assign", "AGENT | GROUP | nobody", Takes.WORDS),
    Usage("take"),
    Usage("resolve", "[KIND]", Takes.MAYBE),
    Usage("close"),
    Usage("hold", "7d | 2026-04-01 14:00", Takes.WORDS),
    Usage("wait"),
    Usage("defect", "NUMBER [URL]", Takes.WORDS),
    Usage("merge", "[NUMBER]", Takes.MAYBE),
    Usage("duplicate-of", "NUMBER", Takes.WORDS),
    Usage("split", "[NUMBER]", Takes.MAYBE),
    Usage("time", "30m", Takes.WORDS),
    Usage("cc", "ADDRESS ...", Takes.WORDS),
    Usage("kb", "ARTICLE", Takes.WORDS),
    Usage("reply", "TEMPLATE", Takes.WORDS),
    Usage("note", "[TEXT]", Takes.MAYBE),
    Usage("admit", about=About.HELD),
    Usage("drop", about=About.HELD),
    Usage("spam", about=About.CASE_OR_HELD),
    Usage("away", "7d | 2026-04-01 | no", Takes.WORDS, About.ANYTHING),
    Usage("new", "ADDRESS", Takes.WORDS, About.ANYTHING),
    Usage("help", about=About.ANYTHING),
)
"""All commands, in the order in which help lists them."""

_BY_NAME: Mapping[str, Usage] = {usage.name: usage for usage in USAGES}


def usage_of(name: str) -> Usage | None:
    """Give the command of that name, in lower case without the `#`."""
    return _BY_NAME.get(name)


def nearest(word: str) -> str:
    """Give the command that a word may have been meant for, with its `#`; "" if none is near."""
    found = get_close_matches(word[:_MOST_LETTERS].lower(), list(_BY_NAME), n=1, cutoff=0.7)
    return f"#{found[0]}" if found else ""


def help_lines() -> tuple[Line, ...]:
    """Give a line of a transcript for each command."""
    return tuple(Line(str(usage), CommandOutcome.HELP, usage.name) for usage in USAGES)
