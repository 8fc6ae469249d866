"""What a thread or a task has in hand, so that all that is logged meanwhile says so.

Even a line that a library of others writes: whatever writes the log asks `now`.
"""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import MappingProxyType, TracebackType

_NOTHING: Mapping[str, object] = MappingProxyType({})
_in_hand: ContextVar[Mapping[str, object]] = ContextVar("in_hand", default=_NOTHING)

FIELDS = "casepost_fields"
"""The attribute of a log record that says what the line itself is about, in the same words."""


class InHand:
    """Something in hand while a block runs; what is in hand around it, by other names, stays."""

    __slots__ = ("_before", "_fields")

    def __init__(self, fields: Mapping[str, object]) -> None:
        """Name what it is, in the words of the mail log."""
        self._fields = fields
        self._before: Token[Mapping[str, object]] | None = None

    def __enter__(self) -> None:
        """Take it."""
        self._before = _in_hand.set({**_in_hand.get(), **self._fields})

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put it down."""
        if self._before is not None:
            _in_hand.reset(self._before)


def mail(*spool_ids: int) -> InHand:
    """Have received mails in hand: one, or all of a batch."""
    return InHand({"mail": spool_ids[0] if len(spool_ids) == 1 else spool_ids})


def case(number: str) -> InHand:
    """Have a case in hand."""
    return InHand({"case": number})


def outgoing(outbox: int, spool_id: int | None) -> InHand:
    """Have an outgoing mail in hand, and the received one that led to it, if any."""
    return InHand({"outbox": outbox} if spool_id is None else {"mail": spool_id, "outbox": outbox})


def now() -> Mapping[str, object]:
    """Give what is in hand, by names of the mail log; a tuple where there are several."""
    return _in_hand.get()
