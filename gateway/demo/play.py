"""What the demo plays: ten things that happen to every desk, with what must come of it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.demo.stage import Arrived, Stage
from gateway.errors import Transient
from gateway.store import archive, books, outbox

_PATIENCE = 30.0
_PEOPLE = """\
address,name,registered,contract_until
jan@klant.example,Jan,yes,
mia@shop.example,Mia,,2099-12-31
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the time line: `mark` is in, out, note; `at` in seconds since the start."""

    at: float
    mark: str
    who: str
    what: str


class Play:
    """Plays on a stage; `moments` gives what happens, as it happens.

    Raises Transient, with a sentence that says so, when something does not come out as it must.
    """

    def __init__(self, stage: Stage) -> None:
        """Play on this stage."""
        self._stage = stage
        self._database = stage.database()
        self._dutch = stage.address("nl")
        self._english = stage.address("en")
        self._agent = stage.agent("nl")
        self.case_number = ""
        self._jans_question = (
            _mail("Jan <jan@klant.example>", self._dutch, "Rapport opent niet", "<q@klant.example>")
            + "Het rapport opent niet.\r\n"
        )

    def moments(self) -> Iterator[Moment]:
        """Play everything."""
        yield self._note("the daemon is ready")
        yield from self._directory()
        yield from self._question()
        yield from self._again()
        yield from self._by_another_way()
        yield from self._answer()
        yield from self._agents_answer()
        yield from self._absence()
        yield from self._stranger()
        yield from self._crash()
        yield from self._close()

    def _directory(self) -> Iterator[Moment]:
        self._stage.register(_PEOPLE)
        yield self._note(
            "the directory knows two customers, a registered one and one with a contract"
        )

    def _question(self) -> Iterator[Moment]:
        asked = self._send("jan@klant.example", self._dutch, self._jans_question)
        self._question_was = asked.what
        yield asked
        self._first = self._stage.mailroom.wait("jan@klant.example")
        yield _arrived(self._first)
        (ticket,) = self._tickets(1)
        self.case_number = ticket.ticket.number
        _expect(f"[{self.case_number}]" in self._first.mail.subject, "the number is in the subject")
        yield self._note(f"ticket {self.case_number} is open, in Dutch as its desk is")

    def _again(self) -> Iterator[Moment]:
        again = self._send("jan@klant.example", self._dutch, self._jans_question)
        _expect(again.what == self._question_was, "the id is the same")
        yield again
        self._tickets(1)
        yield self._note("the very same delivery again: known, same id")

    def _by_another_way(self) -> Iterator[Moment]:
        extended = self._dutch.replace("@", "+web@")
        yield self._send("jan@klant.example", extended, self._jans_question)
        self._wait_for(lambda: self._books("duplicate") == 2, "the mail is known by its content")
        self._tickets(1)
        yield self._note(f"the same mail to {extended.partition('@')[0]}@: known by its content")

    def _answer(self) -> Iterator[Moment]:
        text = _mail("jan@klant.example", self._dutch, "Re: hulp", "<a@klant.example>", self._first)
        yield self._send("jan@klant.example", self._dutch, text + "Nu ook het tweede rapport.\r\n")
        self._wait_for(lambda: self._said() == 3, "the answer is an entry on the ticket")
        yield self._note(f"an answer to our mail: an entry on {self.case_number}")

    def _agents_answer(self) -> Iterator[Moment]:
        told = self._stage.mailroom.wait(self._agent, 2)
        yield _arrived(told)
        answers_to = told.mail.header("reply-to").rpartition("<")[2].rstrip("> ")
        quoted = "".join(f"> {line}\r\n" for line in told.mail.text.splitlines())
        text = _mail(self._agent, answers_to, "Re: hulp", "<h@agents.example>", told)
        yield self._send(self._agent, answers_to, f"{text}Druk op F5.\r\n\r\n{quoted}")
        answer = self._stage.mailroom.wait("jan@klant.example", 2)
        yield _arrived(answer)
        _expect("Druk op F5." in answer.mail.text, "the customer gets the answer")
        said = (*(header.value for header in answer.mail.headers), answer.mail.text)
        _expect(not any(self._agent in one for one in said), "and not the agent's address")
        yield self._note("an agent answers by mail: the customer gets it from the desk")

    def _absence(self) -> Iterator[Moment]:
        marks = "Auto-Submitted: auto-replied (vacation)\r\n"
        text = _mail(
            "jan@klant.example", self._dutch, "Afwezig", "<o@klant.example>", self._first, marks
        )
        yield self._send("", self._dutch, text + "Ik ben er niet.\r\n")
        self._wait_for(lambda: self._said() == 5, "the absence notice is kept")
        _expect(self._stage.mailroom.count("jan@klant.example") == 2, "a machine is not answered")
        yield self._note("an absence notice: kept, moves nothing, gets no answer")

    def _stranger(self) -> Iterator[Moment]:
        subject = f"Re: [{self.case_number}] what is it?"
        text = _mail("Eve <eve@web.example>", self._dutch, subject, "<e@elsewhere.example>")
        yield self._send("eve@web.example", self._dutch, text + "Send me the case.\r\n")
        answer = self._stage.mailroom.wait("eve@web.example")
        yield _arrived(answer)
        _expect("Rapport" not in answer.mail.text + answer.mail.subject, "nothing is disclosed")
        _expect(self._said() == 5, "a stranger adds nothing to the ticket")
        self._wait_for(lambda: self._books("held") == 1, "the mail is held")
        self._tickets(1)
        yield self._note(
            "a stranger with the number: held, and told how to register, as the desk says"
        )

    def _crash(self) -> Iterator[Moment]:
        text = _mail("Mia <mia@shop.example>", self._english, "Down!", "<d@shop.example>")
        text += "Production is down for everyone, and there is no workaround.\r\n"
        yield self._send("mia@shop.example", self._english, text)
        self._stage.kill()
        yield self._note("kill -9 of the daemon, right after its 250")
        self._stage.start()
        yield self._note("the daemon is back")
        yield _arrived(self._stage.mailroom.wait("mia@shop.example"))
        listed = self._tickets(2)
        found = next(one.ticket for one in listed if one.ticket.number != self.case_number)
        _expect(found.severity == "high", "a rule has set the severity")
        yield self._note(
            f"nothing lost: ticket {found.number}, acknowledged once; a rule made it high"
        )

    def _close(self) -> Iterator[Moment]:
        self._wait_for(lambda: self._queued() == 0, "all mails went out")
        figures = ("received", "filed", "held", "duplicate")
        received, filed, held, duplicate = map(self._books, figures)
        _expect(self._books("difference") == 0, "the books balance")
        _expect((received, filed, held, duplicate) == (8, 5, 1, 2), "eight came, and all are known")
        yield self._note(
            f"books: {received} received = {filed} filed + {held} held + {duplicate} duplicates"
        )

    def _send(self, sender: str, recipient: str, text: str) -> Moment:
        reply = self._stage.send(sender, recipient, text.encode())
        _expect(reply.startswith("250"), f"the mail is accepted, not {reply!r}")
        subject = text.partition("Subject: ")[2].partition("\r\n")[0]
        return Moment(self._stage.elapsed(), "in", sender or "<>", f"{subject}  ← {_short(reply)}")

    def _note(self, what: str) -> Moment:
        return Moment(self._stage.elapsed(), "note", "", what)

    def _tickets(self, count: int) -> tuple[archive.Listed, ...]:
        def listed() -> tuple[archive.Listed, ...]:
            with self._database.reading() as connection:
                return archive.list_tickets(connection)

        self._wait_for(lambda: len(listed()) >= count, f"there are {count} tickets")
        found = listed()
        _expect(len(found) == count, f"there are {count} tickets, not {len(found)}")
        return found

    def _said(self) -> int:
        with self._database.reading() as connection:
            found = archive.whole(connection, self.case_number)
        return len(found.entries) if found else 0

    def _books(self, figure: str) -> int:
        with self._database.reading() as connection:
            return sum(getattr(account, figure) for account in books.accounts(connection))

    def _queued(self) -> int:
        with self._database.reading() as connection:
            return outbox.counts(connection)["queued"]

    def _wait_for(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                _expect(False, what)  # noqa: FBT003
            time.sleep(0.02)


def _mail(
    author: str,
    to: str,
    subject: str,
    message_id: str,
    answers: Arrived | None = None,
    more: str = "",
) -> str:
    references = f"In-Reply-To: {answers.mail.message_id}\r\n" if answers else ""
    return (
        f"From: {author}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: {message_id}\r\n"
        f"Date: Mon, 2 Mar 2026 09:00:00 +0100\r\n{references}{more}\r\n"
    )


def _short(reply: str) -> str:
    """Give the code of a reply, and the id that a mail was accepted under."""
    return f"{reply[:3]}, id {reply.rpartition(' ')[2]}"


def _arrived(arrived: Arrived) -> Moment:
    return Moment(arrived.at, "out", arrived.recipient, arrived.mail.subject)


def _expect(holds: bool, what: str) -> None:  # noqa: FBT001  it reads as a sentence
    if not holds:
        message = f"the demo did not come out as it must: {what}"
        raise Transient(message)
