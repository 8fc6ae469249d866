"""What a desk's rules make of a mail or a due timer, as values; nothing is done yet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one rule: `hit`, or why it did not."""

    rule: str
    hit: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A value that a rule gives, and which rule: a template, a target, a name.

    `rule` is "" for what a timer says itself.
    """

    value: str
    rule: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of a ticket, the value that a rule gives it, and which rule.

    `field` is one of type, severity, status, language, product, assignee, group, tag.
    """

    field: str
    value: str
    rule: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Targets that a rule tells, as the desk file has them, and by which template.

    `rule` is "" for whom a timer tells itself.
    """

    targets: tuple[str, ...]
    template: str
    rule: str


@dataclass(frozen=True, slots=True)
class CopyTo:
    """A partner of the customer who gets a mail: their address, and by which template."""

    address: str
    template: str
    rule: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What all rules together come to.

    Of `settings`, the last of a field holds. `reply` is the one canned answer. `work` says whether
    the case is agents' work, None if no rule says so. `hold` and `refuse` keep the mail from its
    ticket; `keep` files it without moving anything. `missing` are the names of the details that the
    acknowledgement asks for. `counted` are the rules that hit and may do so only so often for a
    sender. `verdicts` are all rules, in the order in which they were asked.
    """

    settings: tuple[Setting, ...] = ()
    reply: Said | None = None
    work: bool | None = None
    notices: tuple[Notice, ...] = ()
    copies: tuple[CopyTo, ...] = ()
    escalations: tuple[Said, ...] = ()
    hold: Said | None = None
    refuse: Said | None = None
    keep: Said | None = None
    missing: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    @property
    def is_work(self) -> bool:
        """Say whether agents are told of the case: a canned answer alone makes it nobody's work."""
        return self.work if self.work is not None else self.reply is None


NO_RULING = Ruling()
"""What holds where no rule was asked."""
