"""The house that a conversation is played in: real in all but its clock, its DNS and its MSA.

Mail takes its real way: accepted into the spool, claimed, taken in, and what it leads to is taken
from the outbox by a courier that always succeeds.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from gateway import agenda, defects, intake, monthly
from gateway.conversation.browser import Doubted, Visit, send_form
from gateway.conversation.model import Rate
from gateway.conversation.played import SentMail
from gateway.conversation.prepared import reopen
from gateway.desk.article import Page
from gateway.desk.defects import Fix
from gateway.desk.directory_row import Registered
from gateway.desk.entitled import Order
from gateway.house import House
from gateway.mail.authenticity.evidence import Evidence
from gateway.mail.format.prescan import first_message_id
from gateway.mail.model import Authenticity, Envelope, Verdict
from gateway.mail.parse import parse
from gateway.store import (
    account_names,
    archive,
    books,
    claims,
    diary,
    directory,
    knowledge,
    orders,
    outbox,
    raw,
    spool,
)
from gateway.store.archive import Explained
from gateway.store.claimant import this_process
from gateway.store.outbox import OutboxState
from gateway.store.plain import shown
from gateway.web.pages import pages

_LEASE = timedelta(seconds=60)
_BATCH = 50
# How long a customer looks at a page before they send its form.
_READING = timedelta(seconds=10)
# A program looks at what a mail leads to before its reader does.
_SCANNED = timedelta(minutes=1)
_CONVERSATION = "the conversation"


class Stage:
    """A house with a clock that is told the time; `close` it."""

    def __init__(self, house: House, start: datetime) -> None:
        """Play in a house that was opened for this, with nothing in it."""
        self._moment = start
        self._authentic = True
        # As they are since something last happened; they are asked for several times in a step.
        self._tickets: list[dict[str, object]] | None = None
        self.house = house

    def close(self) -> None:
        """End the house as a daemon does that is asked to."""
        self.house.numbers.give_back()
        self.house.database.close()

    def restart(self) -> None:
        """End the house and open it again on what was kept."""
        self.close()
        self._tickets = None
        self.house = reopen(self.house)

    def know(
        self,
        people: Sequence[Registered],
        articles: Sequence[Page] = (),
        bought: Sequence[Order] = (),
    ) -> None:
        """Enter people and what they bought into the directory, and articles of knowledge."""
        with self.house.database.writing() as connection:
            directory.put(connection, [row.person for row in people])
            domains = {domain: row.person.organisation for row in people for domain in row.domains}
            directory.put_domains(connection, domains)
            orders.put(connection, bought)
            account_names.refresh(connection, [row.person.address for row in people])
            knowledge.put(connection, _CONVERSATION, articles)

    def now(self) -> datetime:
        """Give the virtual time."""
        return self._moment

    def pass_time(self, until: datetime) -> list[SentMail]:
        """Let time pass; what falls due on the way happens at its own moment."""
        sent = self.work()
        while (due := self._next_due()) is not None and due <= until:
            self._moment = max(self._moment, due)
            self._tickets = None
            agenda.sweep(self.house, self._moment)
            monthly.send(self.house, self._moment)
            sent += self.work()
        self._moment = until
        self._tickets = None  # how they stand with their targets is as of now
        return sent

    def _next_due(self) -> datetime | None:
        with self.house.database.reading() as connection:
            due = [outbox.next_due(connection), diary.next_due(connection)]
        due.append(monthly.next_due(self.house, self._moment))
        return min((one for one in due if one is not None), default=None)

    def deliver(
        self, content: bytes, reverse_path: str, recipients: Sequence[str], *, authentic: bool
    ) -> tuple[spool.Accepted, ...]:
        """Take a mail as the listener does, for recipients that are desks' addresses."""
        house = self.house
        self._authentic = authentic
        raw_mail = raw.from_bytes(content, house.large)
        raw_mail = raw.keep(house.database, raw_mail, house.large)
        envelopes = [Envelope(reverse_path, recipient, "192.0.2.1") for recipient in recipients]
        group = tuple(
            spool.Delivery(
                key=spool.smtp_key(envelope, raw_mail),
                source="smtp",
                envelope=envelope,
                raw=raw_mail,
                message_id=first_message_id(raw_mail.head),
                received_at=self._moment,
            )
            for envelope in envelopes
        )
        with house.database.writing() as connection:
            return spool.accept(connection, [group], house.node)[0]

    def rate(self, token: str, said: Rate) -> list[SentMail]:
        """Rate by a link; give what it leads to. Raises NotSent and Doubted.

        A customer opened the page a moment before now, and says that they are one where it asks. A
        program had been there before them.
        """
        served = partial(pages, lambda: self.house)
        path, fields = f"/feedback/{token}", {"stars": str(said.stars), "comment": said.comment}
        if said.scanner:
            send_form(served, Visit(path, self._moment - _SCANNED, self._moment - _SCANNED), fields)
        else:
            seen_at = self._moment - _READING
            try:
                send_form(served, Visit(path, seen_at, self._moment), fields)
            except Doubted as asked:
                send_form(served, Visit(asked.question, seen_at, self._moment), {})
        self._tickets = None
        return self.work()

    def fix(self, desk: str, fix: Fix) -> list[SentMail]:
        """Say that a defect of a desk is fixed, as the command does; give what it leads to."""
        defects.tell(
            self.house, next(d for d in self.house.desks if d.name == desk), fix, self._moment
        )
        self._tickets = None
        return self.work()

    def work(self) -> list[SentMail]:
        """Take every waiting mail its way and send what is queued."""
        claimant = this_process(self.house.node)
        database = self.house.database
        while True:
            with database.writing(durable=False) as connection:
                claimed = claims.claim(connection, claimant, self._moment, _LEASE, _BATCH)
            if not claimed:
                return self._send()
            with database.reading() as connection:
                batch = claims.load(connection, claimed, self.house.large)
            self._tickets = None
            intake.take_in(self.house, batch, self.now, self._authenticate)

    def _authenticate(self, batch: Sequence[Evidence]) -> list[Authenticity]:
        """Say of mails what the conversation says of them."""
        if self._authentic:
            said = Authenticity(Verdict.PASS, "the conversation says so")
        else:
            said = Authenticity(Verdict.FAIL, "the conversation says that it is forged")
        return [said for _ in batch]

    def _send(self) -> list[SentMail]:
        """Send what is due, as a courier whose every attempt succeeds."""
        claimant = this_process(self.house.node)
        now = self._moment
        sent: list[SentMail] = []
        while True:
            with self.house.database.writing() as connection:
                claimed = outbox.claim(connection, claimant, now, _LEASE, _BATCH)
                if not claimed:
                    return sent
                names = outbox.templates(connection, [mail.id for mail in claimed])
                results = [
                    outbox.Result(mail.id, mail.epoch, OutboxState.SENT, None, "250 2.0.0 OK")
                    for mail in claimed
                ]
                outbox.settle(connection, results, now)
            self._tickets = None
            sent += [
                SentMail(now, names[one.id], one.recipient, one.reverse_path, parse(one.content))
                for one in sorted(claimed, key=lambda mail: mail.id)
            ]

    def tickets(self) -> list[dict[str, object]]:
        """Give all tickets as `show --json` does, in order of opening."""
        if self._tickets is None:
            with self.house.database.reading() as connection:
                numbers = [listed.ticket.number for listed in archive.list_tickets(connection)]
                wholes = [archive.whole(connection, number) for number in numbers]
            desks = {desk.name: desk for desk in self.house.desks}
            self._tickets = [
                shown(whole, desks.get(whole.ticket.desk), self._moment)
                for whole in wholes
                if whole is not None
            ]
        return self._tickets

    def held(self) -> int:
        """Count the mails that are held."""
        with self.house.database.reading() as connection:
            return sum(account.held for account in books.accounts(connection))

    def became(self, spool_id: int) -> Explained | None:
        """Say what became of a mail."""
        with self.house.database.reading() as connection:
            return archive.explained(connection, spool_id)

    def traces(self) -> tuple[tuple[str, dict[str, object]], ...]:
        """Give why each mail went its way, with the desk that it was for."""
        with self.house.database.reading() as connection:
            return archive.traces(connection)
