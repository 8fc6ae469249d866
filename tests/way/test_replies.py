"""What is new in an answer, and what of ours is known again in it."""

import dataclasses

from gateway.config.desk import Desk
from gateway.desk.person import Person
from gateway.desk.route import Routes
from gateway.mail.parse import parse
from gateway.mail.reply.marker import MARKERS
from gateway.store import directory
from gateway.store.archive import KeptEntry, whole
from lib.workbench import Workbench, mail


def entries(bench: Workbench) -> tuple[KeptEntry, ...]:
    """Give the entries of the only ticket."""
    (ticket,) = bench.rows("tickets")
    with bench.house.database.reading() as connection:
        found = whole(connection, str(ticket["number"]))
    assert found is not None
    return found.entries


def quoted(text: str) -> str:
    """Quote a text as mail programs do."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def acknowledged(bench: Workbench) -> tuple[str, str]:
    """Open a ticket; the Message-ID and the text of its acknowledgement."""
    bench.deliver(mail())
    bench.work()
    outgoing = bench.rows("outbox")[0]
    return str(outgoing["message_id"]), parse(bytes(outgoing["content"])).text


def answered(bench: Workbench, ours: str, body: str) -> KeptEntry:
    """Answer our mail; the entry that it became."""
    bench.deliver(mail(answers=ours, body=body))
    bench.work()
    return entries(bench)[-1]


def unmarked(bench: Workbench) -> None:
    """Make the desk one that sets no marker line."""
    desks: tuple[Desk, ...] = tuple(
        dataclasses.replace(desk, reply_marker=False) for desk in bench.house.desks
    )
    bench.house = dataclasses.replace(bench.house, desks=desks, routes=Routes(desks))


def test_what_stands_above_our_line_is_new(bench: Workbench) -> None:
    """Whatever the program makes of what is below; the text stays whole."""
    ours, text = acknowledged(bench)
    assert text.startswith(MARKERS["en"])

    entry = answered(bench, ours, f"It is white.\n\n{quoted(text)}\n\nSent from my phone")

    assert "It is white." == entry.reply_text
    assert "Thank you" in entry.text
    assert "quotation" == entry.folds[0].kind


def test_without_a_line_what_we_sent_is_known_again(bench: Workbench) -> None:
    """A program that does not mark what it quotes."""
    unmarked(bench)
    ours, text = acknowledged(bench)
    assert text.startswith("Hello")

    entry = answered(bench, ours, f"It is white.\n\n{text}")

    assert "It is white." == entry.reply_text


def test_our_own_entries_have_no_line_and_nothing_folded(bench: Workbench) -> None:
    """The line is for mail programs, not for who reads the ticket."""
    acknowledged(bench)

    said = entries(bench)[-1]

    assert ("out", ()) == (said.direction, said.folds)
    assert said.text.startswith("Hello")


def test_the_line_is_in_the_language_of_the_mail(bench: Workbench) -> None:
    """Here the customer's own."""
    with bench.house.database.writing() as connection:
        directory.put(connection, [Person("jan@klant.example", language="nl")])

    _, text = acknowledged(bench)

    assert text.startswith(MARKERS["nl"])
