"""A busy history: conversations of all desks, played into one house one after another."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from gateway.conversation.model import Conversation, Step
from gateway.conversation.placeholders import Unresolved, address_of, resolve
from gateway.conversation.played import SentMail
from gateway.conversation.read import read
from gateway.conversation.stage import Stage
from gateway.mail.parse import parse
from gateway.store.schema import tickets

_APART = timedelta(hours=1)


class LivelyStage(Stage):
    """A stage on which no two things happen at the same moment, as in life."""

    def now(self) -> datetime:
        """Give the virtual time, which goes on."""
        self._moment += timedelta(milliseconds=1)
        return self._moment

    def pass_time(self, until: datetime) -> list[SentMail]:
        """Let time pass, and never turn it back."""
        return super().pass_time(max(until, self.now()))


def play_history(stage: Stage, files: Sequence[Path]) -> None:
    """Play conversations one after another, whatever comes of them; people stay known."""
    desks = [desk.name for desk in stage.house.desks]
    conversations = [read(path, desks) for path in files]
    for conversation in conversations:
        stage.know(conversation.people, conversation.articles, conversation.orders)
    for conversation in conversations:
        _Played(stage, conversation).play()


class _Played:
    """One conversation that becomes history."""

    def __init__(self, stage: Stage, conversation: Conversation) -> None:
        self._stage = stage
        self._conversation = conversation
        self._shift = stage.now() + _APART - conversation.start
        self._before = len(self._numbers())
        self._sent: list[SentMail] = []

    def play(self) -> None:
        """Play every step, up to one that rests on what came out otherwise here."""
        for step in self._conversation.steps:
            self._sent += self._stage.pass_time(step.moment + self._shift)
            try:
                if step.mail is not None:
                    self._deliver(step, step.mail)
            except Unresolved:
                return

    def _deliver(self, step: Step, text: str) -> None:
        lookup = {
            "case": lambda number: self._numbers()[self._before :][int(number) - 1],
            "reply_to": lambda argument: self._last(argument).reply_to,
            "message_id": lambda argument: self._last(argument).mail.message_id,
            "return_path": lambda argument: self._last(argument).reverse_path,
        }
        try:
            written = resolve(text, lookup).lstrip("\n").replace("\n", "\r\n").encode()
            given = [resolve(one, lookup) for one in step.recipients or ()]
            path = resolve(step.reverse_path or "", lookup).strip("<>")
        except IndexError as error:
            raise Unresolved("there is no such case here") from error
        mail = parse(written)
        author = mail.author or mail.claimed_author
        if step.reverse_path is None:
            path = author.address if author else ""
        routes = self._stage.house.routes
        named = [one.address for one in (*mail.to, *mail.cc) if routes.is_ours(one.address)]
        own = next(d.address for d in self._stage.house.desks if d.name == self._conversation.desk)
        recipients = dict.fromkeys(given or named or [own])
        self._stage.deliver(written, path, list(recipients), authentic=step.authentic)
        self._sent += self._stage.work()

    def _numbers(self) -> list[str]:
        with self._stage.house.database.reading() as connection:
            found = connection.execute(select(tickets.c.number).order_by(tickets.c.id))
            return list(found.scalars())

    def _last(self, argument: str) -> SentMail:
        for sent in reversed(self._sent):
            if sent.recipient == address_of(argument):
                return sent
        raise Unresolved(f"nothing was sent to {argument}")
