"""Tickets in the console: who sees them, what their pages show, and what is listed."""

from datetime import timedelta

from gateway.store.schema import entries
from lib.console import visitor
from lib.workbench import Workbench, mail

ADA = "ada@north.example"
OTHER_ADA = "ada@south.example"


def opened(bench: Workbench, **said: str) -> str:
    """Let a mail open a ticket; its case number."""
    bench.deliver(mail(**said))
    bench.work()
    number: str = bench.rows("tickets")[-1]["number"]
    return number


def test_an_agent_sees_the_tickets_of_their_desks_and_no_others(bench: Workbench) -> None:
    """For others there is neither page, mail, original nor action; supervisors see all."""
    number = opened(bench)
    paths = (
        f"/tickets/{number}",
        *(f"/ticket-mails/1/{what}" for what in ("why", "html", "original")),
    )
    ada, other = visitor(bench, "agent", ADA), visitor(bench, "agent", OTHER_ADA)
    chief = visitor(bench, "supervisor", "chief@elsewhere.example")
    assert [200] * 4 == [ada.get(path).status_code for path in paths]
    assert [404] * 4 == [other.get(path).status_code for path in paths]
    assert [200] * 4 == [chief.get(path).status_code for path in paths]
    assert 404 == other.post(f"/tickets/{number}", {"take": "yes"}).status_code
    assert number in ada.get("/tickets").text
    assert number not in other.get("/tickets").text
    assert 200 == other.get(f"/tickets?q={number}").status_code
    assert number in chief.get("/tickets").text


def test_who_is_no_agent_looks_and_does_nothing(bench: Workbench) -> None:
    """Their page has no form, and what they send all the same changes nothing."""
    number = opened(bench)
    chief = visitor(bench, "admin", "chief@elsewhere.example")
    page = chief.get(f"/tickets/{number}").text
    assert f'action="/tickets/{number}"' not in page
    assert "You may look at this case." in page
    assert 403 == chief.post(f"/tickets/{number}", {"take": "yes"}).status_code
    assert 1 == len(bench.rows("spool"))


def test_a_case_shows_what_was_said_with_its_quotation_folded(bench: Workbench) -> None:
    """Entries with author and time, events, timers, and a link to why."""
    body = "It stays white.\n\nOn Monday Ada wrote:\n> Did you try it?"
    number = opened(bench, body=body)
    page = visitor(bench, "agent", ADA).get(f"/tickets/{number}").text
    assert '<div class="text">It stays white.</div>' in page
    assert "2 lines of quotation</summary>" in page
    assert '<a href="/ticket-mails/1/why">' in page
    assert "remind" in page
    assert "opened, " in page


def test_why_says_what_explain_says(bench: Workbench) -> None:
    """Each stage of a mail's way: sender, decision, what was sent."""
    opened(bench)
    page = visitor(bench, "agent", ADA).get("/ticket-mails/1/why").text
    for said in ("filed: opened", "customer/acknowledge to jan@klant.example", "stranger: nobody"):
        assert said in page


def test_a_case_number_alone_leads_to_its_case(bench: Workbench) -> None:
    """As it stands in a subject, too, and in any letter case."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    for typed in (number, number.lower(), f"[{number}]"):
        answer = ada.get(f"/tickets?q={typed}")
        assert (303, f"/tickets/{number}") == (answer.status_code, answer.headers["location"])


def test_lists_of_nobodys_and_of_ones_own(bench: Workbench) -> None:
    """The tabs ask for what they say."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    assert number in ada.get("/tickets?assignee=nobody").text
    assert "No ticket fits" in ada.get("/tickets?assignee=me").text
    ada.post(f"/tickets/{number}", {"take": "yes"})
    bench.work()
    assert number in ada.get("/tickets?assignee=me").text
    assert "No ticket fits" in ada.get("/tickets?assignee=nobody").text


def test_what_is_odd_in_an_address_asks_for_nothing(bench: Workbench) -> None:
    """A place, a phase or an order that we never wrote gives the list as it always is."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    for odd in (
        "after=x",
        "after=1.99999999999999999.d",
        "shown=x",
        "order=x",
        "desk=x",
        "after=0.0.d",
    ):
        assert number in ada.get(f"/tickets?{odd}").text
    for path in ("/tickets/none", f"/tickets/{'9' * 99}", "/ticket-mails/99/why", "/files/1/9/9"):
        assert 404 == ada.get(path).status_code
    assert 200 == ada.get(f"/tickets/{number}?before=x&sent=99999").status_code


def test_a_long_conversation_is_read_page_by_page(bench: Workbench) -> None:
    """The newest fifty entries come first, and each older one is on some page, once."""
    number = opened(bench)
    ids = bench.rows("entries")
    with bench.house.database.writing() as connection:
        row = {name: value for name, value in ids[0].items() if name not in {"id", "spool", "text"}}
        rows = [
            {
                **row,
                "id": 10_000 - place,
                "at": row["at"] + timedelta(minutes=place),
                "text": f"No. {place:03}!",
            }
            for place in range(1, 121)
        ]
        connection.execute(entries.insert(), rows)
    ada = visitor(bench, "agent", ADA)
    said: list[str] = []
    path = f"/tickets/{number}"
    while path:
        page = ada.get(path).text
        said += [line for line in page.splitlines() if "No. " in line]
        _, older, rest = page.partition('<a class="button" href="/tickets/')
        path = f"/tickets/{rest.partition(chr(34))[0]}" if older and "before=" in rest[:60] else ""
    assert 120 == len(said) == len(set(said))


def test_an_agents_own_mail_is_for_them_alone(bench: Workbench) -> None:
    """It bears an address by which one acts as that agent; nobody else may download it."""
    number = opened(bench)
    ada = visitor(bench, "agent", ADA)
    ada.post(f"/tickets/{number}", {"text": "Hello Jan"})
    bench.work()
    chief = visitor(bench, "admin", "chief@elsewhere.example")
    assert 200 == ada.get("/ticket-mails/2/original").status_code
    assert 404 == chief.get("/ticket-mails/2/original").status_code
    assert "mail cannot be downloaded" in chief.get("/ticket-mails/2/why").text
