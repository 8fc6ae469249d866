"""Commands as values: what an agent's mail asks for, and the words for what came of it."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name in lower case without the `#`, and the words after it, as written."""

    name: str
    argument: str

    def __str__(self) -> str:
        """Give the command as it is written in a transcript."""
        return f"#{self.name} {self.argument}".rstrip()


@dataclass(frozen=True, slots=True)
class Commanded:
    """What an agent's mail asks for: its commands, in their order, and the text below them.

    `unknown` are lines that look like a command and are none: then nothing is done.
    """

    commands: tuple[Command, ...] = ()
    text: str = ""
    unknown: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        """Say whether one of these commands is among them."""
        return any(command.name in names for command in self.commands)

    @property
    def any(self) -> bool:
        """Say whether the mail asks for anything, rightly or wrongly."""
        return bool(self.commands or self.unknown)


NO_COMMANDS = Commanded()


class CommandOutcome(StrEnum):
    """What came of a command: the word in a line of a transcript, a closed list.

    Beside each stands what the line's value is. Templates say both in words.
    """

    # Done.
    STATUS_SET = "status-set"  # The status.
    SEVERITY_SET = "severity-set"  # The severity.
    TYPE_SET = "type-set"  # The type.
    ASSIGNED = "assigned"  # Whom to: a name, or an address.
    UNASSIGNED = "unassigned"
    RESOLVED = "resolved"  # The status.
    RESOLVED_AS = "resolved-as"  # The kind of solution.
    RESOLVED_WITHOUT_KIND = "resolved-without-kind"  # The kinds of solution that there are.
    CLOSED = "closed"  # The status.
    ON_HOLD = "on-hold"  # Until when.
    WAITING = "waiting"  # The status.
    DEFECT_RECORDED = "defect-recorded"  # Its number and URL.
    MERGED = "merged"  # The number of the case that this one is a duplicate of.
    SPLIT = "split"  # The number of the case that is no duplicate any more.
    TIME_RECORDED = "time-recorded"  # The time, as it was written.
    PARTICIPANTS_ADDED = "participants-added"  # Their addresses.
    ARTICLE_ADDED = "article-added"  # Its title.
    CANNED_ANSWER_SENT = "canned-answer-sent"  # Its name.
    ADMITTED = "admitted"  # Of a held mail: whose it is, "" if nobody knows.
    DROPPED = "dropped"  # The same.
    SPAM = "spam"  # Of a case its number, of a held mail as above.
    AWAY = "away"  # Until when.
    BACK = "back"
    CASE_OPENED = "case-opened"  # Whom for.
    KEPT_INTERNAL = "kept-internal"
    UNCHANGED = "unchanged"  # What it was already.
    ANSWERED = "answered"  # To whom the text below the commands went.

    # Help: how the command is written; the value is its name.
    HELP = "help"

    # Wrong, so that nothing was done.
    UNKNOWN_COMMAND = "unknown-command"  # The nearest one, "" if none is near.
    TOO_MANY_COMMANDS = "too-many-commands"  # How many there may be.
    TOO_LONG = "too-long"  # How many characters there may be.
    NEEDS_ARGUMENT = "needs-argument"  # How the command is written.
    TAKES_NO_ARGUMENT = "takes-no-argument"  # How the command is written.
    UNKNOWN_NAME = "unknown-name"  # What there is.
    NO_SUCH_ARTICLE = "no-such-article"
    AMBIGUOUS = "ambiguous"  # What it could be.
    NOT_ON_THIS_DESK = "not-on-this-desk"  # What the desk has not: a key of its file.
    MAY_NOT_FOLLOW = "may-not-follow"  # The statuses that may.
    NOT_FOR_SEVERITY = "not-for-severity"  # The kinds of solution that a case of this one may have.
    NO_TIME = "no-time"  # How the command is written.
    IN_THE_PAST = "in-the-past"  # When that was.
    TOO_FAR = "too-far"  # How the command is written.
    NO_ADDRESS = "no-address"  # What is none.
    TOO_MANY_PARTICIPANTS = "too-many-participants"  # How many there may be.
    OUR_ADDRESS = "our-address"  # The desk's, or an agent's.
    NO_LINK = "no-link"  # How the command is written.
    NO_SUCH_CASE = "no-such-case"  # What was asked for.
    SAME_CASE = "same-case"  # Its number.
    CIRCULAR = "circular"  # The number of the case that is a duplicate of this one.
    ALREADY_MERGED = "already-merged"  # The number of the case that it was merged into.
    NOT_MERGED = "not-merged"  # The number of the case.
    NO_PROPOSAL = "no-proposal"  # No likely duplicate was proposed.
    NEEDS_CASE = "needs-case"  # The mail is about none.
    NEEDS_HELD_MAIL = "needs-held-mail"  # The mail is about none.
    NO_LONGER_HELD = "no-longer-held"
    NEEDS_TEXT = "needs-text"
    CONTRADICTS = "contradicts"  # The command that it does not go with.
    NOBODY_TO_SEND_TO = "nobody-to-send-to"
    BELOW_TEXT = "below-text"  # A command that only counts above the text.
    UNCLEAR = "unclear"  # What of the mail is new cannot be told, so that it is not passed on.
    # Right by itself, and not done because another was wrong.
    NOT_DONE = "not-done"
