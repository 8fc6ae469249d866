"""What conversations a mail belongs to, by the store: mails of ours, merges, ancestors."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from gateway.desk.known import HeldMail, Known, KnownId, SentMail
from gateway.desk.person import Person
from gateway.mail.model import Clues, Issued, ReplyClue
from gateway.store import directory
from gateway.store.lookup import Question, look_up
from gateway.store.schema import absences, ancestors, events, outbox, spool, tickets
from lib.workbench import START, Workbench, mail

NOTHING = Clues((), (), ())
JAN = "jan@klant.example"
ADA = "ada@north.example"


def ask(bench: Workbench, clues: Clues = NOTHING, author: str = JAN, **more: Any) -> Known:  # noqa: ANN401
    """Ask about a mail."""
    question = Question(100, "north", clues, author, "f", START, **more)
    with bench.house.database.reading() as connection:
        return look_up(connection, [question])[0]


def answering(*numbers: int) -> Clues:
    """Name mails of ours by reply addresses."""
    found = (ReplyClue("c", "1", number, "a" * 26, "help@north.example") for number in numbers)
    return Clues((), (), (), tuple(found))


def cases(bench: Workbench, count: int) -> list[int]:
    """Open as many tickets; the number of the mail that Jan got on each."""
    for number in range(1, 1 + count):
        bench.deliver(mail(subject=f"Matter {number}", body=f"Of its own: {number * 'x '}"))
        bench.work()
    return [int(row["id"]) for row in bench.rows("outbox") if row["recipient"] == JAN]


def change(bench: Workbench, ticket: int, **values: object) -> None:
    """Change a ticket's row."""
    with bench.house.database.writing() as connection:
        connection.execute(update(tickets).where(tickets.c.id == ticket).values(**values))


def named(known: Known) -> list[int]:
    """Give the known tickets by their ids."""
    return sorted(ticket.id for ticket in known.tickets)


def test_a_mail_of_ours_is_found_by_its_number(bench: Workbench) -> None:
    """With its ticket, whom it went to, and when; by an id of ours as by a reply address."""
    sent, other = cases(bench, 2)

    by_address = ask(bench, answering(sent))
    by_id = ask(bench, Clues((Issued(sent, "<unknown@north.example>"),), (), ()))

    expected = SentMail(sent, 1, 0, JAN, START, "customer/acknowledge", automatic=True)
    assert ([expected], [1]) == (list(by_address.replied), named(by_address))
    assert expected == by_id.mail(sent)
    assert [None, None] == [by_address.mail(other), ask(bench, answering(4711)).mail(4711)]


def test_a_held_mail_is_found_by_the_mail_that_is_about_it(bench: Workbench) -> None:
    """In whatever state it is by now."""
    (sent,) = cases(bench, 1)
    with bench.house.database.writing() as connection:
        connection.execute(update(spool).values(state="held", reason="spam", author=JAN))
        connection.execute(update(outbox).where(outbox.c.id == sent).values(ticket=None, spool=1))

    known = ask(bench, answering(sent))

    assert (HeldMail(1, "north", "held", "spam", JAN),) == known.held
    assert (0, 1) == (known.replied[0].ticket, known.replied[0].spool)
    assert () == known.tickets


def test_the_tickets_that_a_ticket_was_merged_into_are_known_with_it(bench: Workbench) -> None:
    """To the end of the chain, but no further than ten, and not for ever in a ring."""
    cases(bench, 1)
    (first,) = bench.rows("tickets")
    with bench.house.database.writing() as connection:
        for number in range(2, 14):
            row = {**first, "id": number, "number": f"NO-{number}", "merged_into": number + 1}
            connection.execute(tickets.insert().values(row))
    change(bench, 1, number="NO-1", merged_into=2)
    change(bench, 13, merged_into=0)

    def from_number(number: int) -> list[int]:
        return named(ask(bench, Clues((), (), (f"NO-{number}",))))

    assert list(range(1, 12)) == from_number(1)
    assert [11, 12, 13] == from_number(11)
    change(bench, 13, merged_into=12)
    assert [12, 13] == from_number(12)


def test_ancestors_lead_to_the_tickets_whose_mails_answer_them(bench: Workbench) -> None:
    """Newest first, apart from the ids that were seen."""
    cases(bench, 2)
    with bench.house.database.writing() as connection:
        for ticket in (1, 2):
            row = {"message_id": "<unseen@klant.example>", "ticket": ticket}
            connection.execute(ancestors.insert().values(row))

    known = ask(bench, Clues((), ("<unseen@klant.example>", "<other@klant.example>"), ()))

    assert [KnownId("<unseen@klant.example>", 2), KnownId("<unseen@klant.example>", 1)] == list(
        known.ancestors
    )
    assert ((), [1, 2]) == (known.ids, named(known))


def test_children_are_known_to_agents_alone(bench: Workbench) -> None:
    """Up to a thousand are read for an answer to all of them, and none for anybody else."""
    (sent, *_) = cases(bench, 3)
    for ticket in (2, 3):
        change(bench, ticket, parent=1)

    agents = ask(bench, answering(sent), ADA, of_agent=True)

    assert [2, 3] == [child.id for child in agents.children]
    assert () == ask(bench, answering(sent)).children


def test_what_agents_were_told_is_known_in_their_answers(bench: Workbench) -> None:
    """As its recipients got it: it is no entry."""
    cases(bench, 1)
    told = next(int(row["id"]) for row in bench.rows("outbox") if row["recipient"] == ADA)

    (text,) = ask(bench, answering(told), ADA, of_agent=True).told

    assert "It" in text or "Of its own" in text
    assert () == ask(bench, answering(told)).told


def test_the_bounces_of_a_day_are_counted(bench: Workbench) -> None:
    """Only where one is asked about."""
    (sent,) = cases(bench, 1)
    with bench.house.database.writing() as connection:
        for place, hours in enumerate((25, 24, 23, 1)):
            row = {
                "ticket": 1,
                "version": 100 + place,
                "at": START - timedelta(hours=hours),
                "kind": "bounced",
                "actor": "casepost",
                "why": "",
                "changes": [],
            }
            connection.execute(events.insert().values(row))

    assert ((1, 2),) == ask(bench, answering(sent), of_bounce=True).bounces
    assert () == ask(bench, answering(sent)).bounces


def test_people_are_known_by_their_aliases(bench: Workbench) -> None:
    """The author, and who takes part in a ticket; a main address goes before an alias."""
    (sent,) = cases(bench, 1)
    jan = Person(JAN, "Jan", "Klant", aliases=("j@home.example", "jan.work@klant.example"))
    kim = Person("kim@klant.example", aliases=(JAN,))
    with bench.house.database.writing() as connection:
        directory.put(connection, [jan, kim])

    known = ask(bench, answering(sent), "j@home.example")

    assert (jan, (jan,)) == (known.person, known.people)
    assert jan == known.in_directory("jan.work@klant.example")
    assert kim == ask(bench, author="kim@klant.example").person
    assert ask(bench, author="x@home.example").person is None


def test_whose_a_domain_is_and_who_is_away_is_known(bench: Workbench) -> None:
    """The author's domain as a whole; absences until they are over."""
    later = START + timedelta(hours=1)
    with bench.house.database.writing() as connection:
        directory.put_domains(connection, {"klant.example": "Klant"})
        connection.execute(absences.insert().values(agent=ADA, until=later))
        connection.execute(absences.insert().values(agent="ben@north.example", until=START))

    known = ask(bench, agents=(ADA, "ben@north.example", "cees@north.example"))

    assert ("Klant", frozenset({ADA})) == (known.organisation, known.away)
    assert "" == ask(bench, author="jan@sub.klant.example").organisation
    assert frozenset() == ask(bench).away
