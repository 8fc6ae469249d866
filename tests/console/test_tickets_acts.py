"""What an agent does on a ticket in the console goes the way of a mail, once, and is explained."""

from datetime import timedelta
from pathlib import Path

from httpx import Response

from gateway.backtest import Backtest, Window
from gateway.backtest import Verdict as Looked
from gateway.mail.model import Verdict
from gateway.mail.parse import parse
from gateway.store.schema import tickets
from lib.console import Visitor, visitor
from lib.workbench import START, Workbench, mail

ADA = "ada@north.example"


HIDDEN = ("once", "shown_at")


def opened(bench: Workbench) -> str:
    """Let a mail open a ticket; its case number."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    number: str = bench.rows("tickets")[-1]["number"]
    return number


def fresh(ada: Visitor, number: str) -> dict[str, str]:
    """Give what the form on a ticket's page sends beside what one types."""
    page = ada.get(f"/tickets/{number}").text
    return {name: page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in HIDDEN}


def sent(bench: Workbench, answer: Response, ada: Visitor) -> str:
    """Let what was sent go its way; what the page says of it."""
    assert "On its way." in ada.follow(answer).text
    bench.work()
    page = ada.follow(answer).text
    return page.partition('<div id="sent"')[2].partition("<h2")[0]


def test_an_answer_goes_to_the_customer_as_if_it_came_by_mail(bench: Workbench) -> None:
    """It is an entry of the agent's, a mail to the customer, and a trace; nothing else is sent."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    before = len(bench.rows("outbox"))
    bench.verdict = Verdict.UNKNOWN  # nobody vouches for it but the address that was signed
    answer = ada.post(
        f"/tickets/{number}", {"text": "Hello Jan,\n\nit works.", **fresh(ada, number)}
    )
    assert "Done." in sent(bench, answer, ada)
    entry = bench.rows("entries")[-1]
    assert ("answer", ADA, "Hello Jan,\n\nit works.") == (
        entry["kind"],
        entry["author"],
        entry["text"],
    )
    new = bench.rows("outbox")[before:]
    assert [("customer/answer", "jan@klant.example")] == [
        (one["template"], one["recipient"]) for one in new
    ]
    assert "To jan@klant.example: on its way" in ada.get(f"/tickets/{number}").text
    filed = bench.rows("spool")[-1]
    assert ("console", "filed", "answered") == (filed["source"], filed["state"], filed["reason"])
    assert ["ticket.act"] == [act["action"] for act in bench.rows("audit")]


def test_a_form_that_is_sent_twice_is_one_answer(bench: Workbench) -> None:
    """Whether the second comes before the first was filed, or after."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    fields = {"text": "Hello Jan", **fresh(ada, number)}
    first = ada.post(f"/tickets/{number}", fields)
    again = ada.post(f"/tickets/{number}", fields)
    assert first.headers["location"] == again.headers["location"]
    bench.work()
    assert first.headers["location"] == ada.post(f"/tickets/{number}", fields).headers["location"]
    bench.work()
    assert 1 == sum(one["template"] == "customer/answer" for one in bench.rows("outbox"))


def test_commands_are_carried_out_together_and_the_note_stays(bench: Workbench) -> None:
    """Status and assignee are set; what was noted goes to no customer."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    fields = {"text": "Seen before.", "kind": "note", "status": "Answered", "take": "yes"}
    answer = ada.post(f"/tickets/{number}", {**fields, **fresh(ada, number)})
    assert "Done." in sent(bench, answer, ada)
    ticket = bench.rows("tickets")[0]
    assert ("Answered", ADA) == (ticket["status"], ticket["assignee"])
    assert ("note", True) == tuple(bench.rows("entries")[-1][name] for name in ("kind", "internal"))
    assert "customer/answer" not in {one["template"] for one in bench.rows("outbox")}


def test_what_is_refused_is_shown_with_what_was_typed(bench: Workbench) -> None:
    """Nothing is done; the page says why, and the text can be sent again."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    fields = {"text": "A text of mine.", "status": "No such"}
    answer = ada.post(f"/tickets/{number}", {**fields, **fresh(ada, number)})
    assert "there is no such name" in sent(bench, answer, ada)
    assert "A text of mine.</textarea>" in ada.follow(answer).text
    assert "New" == bench.rows("tickets")[0]["status"]


def test_an_empty_form_is_asked_to_say_something(bench: Workbench) -> None:
    """And spam without the box ticked is not yet spam; nothing is put into the spool."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    assert 422 == ada.post(f"/tickets/{number}", {"text": " \r\n "}).status_code
    assert 422 == ada.post(f"/tickets/{number}", {"spam": "yes"}).status_code
    assert 1 == len(bench.rows("spool"))


def test_a_colleague_who_answered_meanwhile_is_read_first(bench: Workbench) -> None:
    """The text is kept and nothing is sent until it is sent once more from the newer page."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    form = {"text": "My answer.", **fresh(ada, number)}
    bench.time += timedelta(minutes=1)
    _answered_by_another(bench)
    overtaken = ada.post(f"/tickets/{number}", form)
    assert 409 == overtaken.status_code
    assert "My answer.</textarea>" in overtaken.text
    again = ada.post(f"/tickets/{number}", {"text": "My answer.", **fresh(ada, number)})
    assert "Done." in sent(bench, again, ada)


def _answered_by_another(bench: Workbench) -> None:
    """Let somebody else's answer have gone out now."""
    with bench.house.database.writing() as connection:
        connection.execute(
            tickets.update().values(answered_by="bob@north.example", answered_at=bench.now())
        )


def test_an_answer_that_waits_is_confirmed_on_the_page(bench: Workbench) -> None:
    """One that was overtaken on its way is held; the page asks, and sends it or does not."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    for verdict in ("admit", "drop"):
        answer = ada.post(f"/tickets/{number}", {"text": verdict, **fresh(ada, number)})
        bench.time += timedelta(seconds=1)
        _answered_by_another(bench)
        held = sent(bench, answer, ada)
        assert "It waits for a word of yours." in held
        mail_id = answer.headers["location"].partition("sent=")[2].partition("#")[0]
        fields = {"mail": mail_id, "verdict": verdict, "once": verdict}
        said = ada.post(f"/ticket-confirm/{number}", fields)
        assert "Done." in sent(bench, said, ada)
        bench.work()
    texts = [one["text"] for one in bench.rows("entries") if one["kind"] == "answer"]
    assert ["admit"] == texts


def test_the_address_of_the_console_is_worth_nothing_by_mail(bench: Workbench) -> None:
    """Whoever learns it, and forges the agent's name on top, is no agent."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    ada.post(f"/tickets/{number}", {"text": "Hello Jan"})
    signed = bench.rows("spool")[-1]["recipient"]
    assert "+w" in signed
    bench.work()
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(
        mail(author=f"Ada <{ADA}>", to=signed, body="#close", message_id="<2@evil.example>"),
        recipient=signed,
        sender=ADA,
    )
    bench.work()
    assert "held" == bench.rows("spool")[-1]["state"]
    assert "New" == bench.rows("tickets")[0]["status"]


def test_what_somebody_else_wrote_is_no_business_of_yours(bench: Workbench) -> None:
    """The fate of a mail is shown to its author; only they confirm it."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    answer = ada.post(f"/tickets/{number}", {"text": "Hello Jan"})
    chief = visitor(bench, "admin", "chief@elsewhere.example")
    assert 'id="sent"' not in chief.get(answer.headers["location"]).text
    assert (
        404
        == chief.post(f"/ticket-confirm/{number}", {"mail": "2", "verdict": "admit"}).status_code
    )
    assert (
        400 == ada.post(f"/ticket-confirm/{number}", {"mail": "x", "verdict": "admit"}).status_code
    )
    assert (
        404 == ada.post(f"/ticket-confirm/{number}", {"mail": "2", "verdict": "admit"}).status_code
    )


def test_what_was_done_in_the_console_is_decided_alike_anew(
    bench: Workbench, tmp_path: Path
) -> None:
    """A backtest knows who acted, on which ticket, and how the ticket was then."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    for fields in ({"text": "Hello Jan", "take": "yes"}, {"status": "Done"}, {"status": "No such"}):
        bench.time += timedelta(minutes=1)
        ada.post(f"/tickets/{number}", {**fields, **fresh(ada, number)})
        bench.work()
    folder = tmp_path / "backtest"
    folder.mkdir()
    with Backtest(bench.house, folder, Window(START)) as backtest:
        found = list(backtest.run())
    assert [Looked.SAME] * 4 == [one.verdict for one in found]


def test_a_form_that_is_shown_again_by_going_back_is_another_mail(bench: Workbench) -> None:
    """The same said once more is one mail; whatever else is said there is not taken for it."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    form = {**fresh(ada, number), "kind": "note"}
    said = ("First", "First", "Second", "Third")
    forms = [*({**form, "text": text} for text in said), {**form, "once": "", "text": "Third"}]
    assert {303} == {ada.post(f"/tickets/{number}", one).status_code for one in forms}
    bench.work()
    assert ["First", "Second", "Third", "Third"] == [e["text"] for e in bench.rows("entries")[2:]]


def test_what_is_typed_goes_out_as_it_stands(bench: Workbench) -> None:
    """Nothing quotes here: lines that look like quotations are the agent's own, above and below."""
    text = (
        "Hello Jan,\n\nyou wrote:\n\n> It stays white.\n\nThe vendor says:\n\n"
        "From: Vendor <help@vendor.example>\nSent: Monday, March 2, 2026 9:00 AM\n"
        "To: Jan <jan@vendor.example>\nSubject: White\n\nPress F1."
    )
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    for kind in ("answer", "note"):
        form = {"text": text, "kind": kind, **fresh(ada, number)}
        assert "Done." in sent(bench, ada.post(f"/tickets/{number}", form), ada)
    assert [text, text] == [entry["text"] for entry in bench.rows("entries")[-2:]]
    assert "Press F1." in parse(bytes(bench.to_customers()[-1]["content"])).text
    quoted = {"text": "> It stays white.", "kind": "note", **fresh(ada, number)}
    assert "Done." in sent(bench, ada.post(f"/tickets/{number}", quoted), ada)
    assert "> It stays white." == bench.rows("entries")[-1]["text"]
