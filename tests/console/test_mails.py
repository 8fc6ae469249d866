"""Mails that are on no ticket yet, looked at and decided on in the console."""

from email import message_from_bytes
from email.utils import parseaddr

import pytest
from sqlalchemy import update

from gateway.mail.model import Verdict
from gateway.serving.bells import Bells
from gateway.store import alarms, claims
from gateway.store.schema import spool
from lib.console import CHIEF, Visitor, visitor
from lib.workbench import Workbench, mail

ADA = "ada@north.example"


@pytest.fixture
def chief(bench: Workbench) -> Visitor:
    """A supervisor at a browser."""
    return visitor(bench, "supervisor")


def hold(bench: Workbench, *subjects: str) -> None:
    """Let mails be held: an agent's that nobody vouches for."""
    bench.verdict = Verdict.UNKNOWN
    for subject in subjects:
        bench.deliver(mail(author=f"Ada <{ADA}>", subject=subject), sender=ADA)
    bench.work()
    bench.verdict = Verdict.PASS


def fail(bench: Workbench) -> None:
    """Let a mail fail."""
    bench.deliver(mail(subject="Lost"))
    (claimed,) = bench.claim()
    with bench.house.database.writing() as connection:
        claims.fail(connection, claimed, "nobody knows", bench.time)


def page(who: Visitor, path: str) -> str:
    """Give a page that has to be there."""
    answer = who.get(path)
    assert 200 == answer.status_code, path
    return answer.text


def test_empty_queues_say_what_they_are_for(chief: Visitor) -> None:
    """Each says that there is nothing, and none shows a button that does nothing."""
    for path, sentence in (
        ("/held", "No mail is held"),
        ("/failed", "No mail has failed"),
        ("/mails/waiting", "No mail waits"),
        ("/mails/dropped", "No mail was dropped"),
        ("/outbox", "All outgoing mail was sent"),
        ("/outbox?state=failed", "No outgoing mail is in this state"),
    ):
        text = page(chief, path)
        assert sentence in text
        assert 'type="checkbox"' not in text


def test_held_mails_are_listed_with_why(bench: Workbench, chief: Visitor) -> None:
    """The newest first, whatever they call themselves."""
    hold(bench, "One", "<script>alert(1)</script>")
    text = page(chief, "/held")
    assert text.index("&lt;script&gt;alert(1)&lt;/script&gt;") < text.index(">One<")
    assert "<script>" not in text
    assert "Held (2)" in text
    assert "nothing proves that it is theirs" in text
    assert "No mail is held" in page(chief, "/held?desk=south")


def test_a_mail_is_shown(bench: Workbench, chief: Visitor) -> None:
    """What it says, where it stands, and why it went its way."""
    hold(bench, "One")
    text = page(chief, "/mails/1")
    for sentence in ("It stays white.", "held: agent-not-proven", "You are no agent of this desk"):
        assert sentence in text
    assert 404 == chief.get("/mails/7").status_code
    assert 404 == chief.get(f"/mails/{10**30}").status_code
    as_agent = page(visitor(bench, "supervisor", ADA), "/mails/1")
    assert "You are an agent of this desk" in as_agent


def test_the_original_is_only_downloaded(bench: Workbench, chief: Visitor) -> None:
    """Byte for byte, as a file that no browser shows."""
    content = mail(body="<script>alert(1)</script>").replace("\n", "\r\n").encode()
    bench.deliver_bytes(content)
    bench.work()
    answer = chief.get("/mails/1/original")
    assert content == answer.content
    assert "message/rfc822" == answer.headers["content-type"]
    assert 'attachment; filename="mail-1.eml"' == answer.headers["content-disposition"]
    assert "sandbox; default-src 'none'" == answer.headers["content-security-policy"]
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert 404 == chief.get("/mails/7/original").status_code


def test_another_agents_mail_is_not_downloaded(bench: Workbench, chief: Visitor) -> None:
    """It bears an address by which one acts as them; nor is that address shown."""
    bench.deliver(mail())
    bench.work()
    told = message_from_bytes(bench.rows("outbox")[1]["content"])
    signed = parseaddr(told["Reply-To"] or told["From"])[1]
    bench.deliver(mail(author=ADA, body=f"Write to {signed}"), recipient=signed, sender=ADA)
    bench.work()
    text = page(chief, "/mails/2")
    assert "Write to help+" in text
    assert signed not in text
    assert "Only its author can download it" in text
    assert 403 == chief.get("/mails/2/original").status_code
    assert 200 == visitor(bench, "supervisor", ADA).get("/mails/2/original").status_code
    assert 200 == chief.get("/mails/1/original").status_code


def test_what_could_not_be_read_is_not_downloaded_where_it_bears_an_agents_address(
    bench: Workbench, chief: Visitor
) -> None:
    """Nobody looks into such a mail to say whose it is, neither here nor on its case."""
    bench.deliver(mail())
    bench.work()
    told = message_from_bytes(bench.rows("outbox")[1]["content"])
    signed = parseaddr(told["Reply-To"] or told["From"])[1]
    for body, to in ((f"Write to {signed}", signed), ("Nothing.", "help@north.example")):
        bench.deliver(mail(author=ADA, to=to, body=body), recipient=to, sender=ADA)
    with bench.house.database.writing() as connection:
        connection.execute(update(spool).where(spool.c.id > 1).values(attempts=9))
    bench.work()
    assert ["unreadable"] * 2 == [row["reason"] for row in bench.rows("spool")[1:]]
    files = ("/mails/{}/original", "/ticket-mails/{}/original", "/files/{}/0/0")
    found = [[chief.get(file.format(one)).status_code for file in files] for one in (2, 3)]
    assert [[403, 404, 404], [200, 200, 200]] == found


def test_html_stands_in_a_frame_in_which_nothing_runs(bench: Workbench, chief: Visitor) -> None:
    """And from which nothing is fetched."""
    bench.verdict = Verdict.UNKNOWN
    html = '<p style="color:red">Red</p><img src="https://x.example/"><script>alert(1)</script>'
    headers = "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8"
    bench.deliver(mail(author=ADA, body=html, headers=headers), sender=ADA)
    bench.work()
    assert '<iframe class="letter" sandbox="" src="/mails/1/html"' in page(chief, "/mails/1")
    frame = chief.get("/mails/1/html")
    assert '<p style="color:red">Red</p>' in frame.text
    assert "script" not in frame.text
    assert "x.example" not in frame.text
    policy = frame.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")


def test_a_mail_that_ended_its_worker_is_not_read(bench: Workbench, chief: Visitor) -> None:
    """Who looks at it sees its envelope, and downloads it."""
    bench.deliver(mail(subject="Deadly", body="Boom"))
    bench.claim()
    text = page(chief, "/mails/1")
    assert "Boom" not in text
    assert "jan@klant.example" in text
    assert "download it to read all of it" in text


def test_mails_are_admitted(bench: Workbench, chief: Visitor) -> None:
    """Several at once; they go their way, workers are woken, and it is noted who did it."""
    rung = []
    chief = visitor(bench, "supervisor", bells=Bells(received=lambda: rung.append("received")))
    hold(bench, "One", "Two", "Three")
    answer = chief.post("/held/admit", {"mail-1": "on", "mail-3": "on", "mail-x": "on"})
    assert "/held?done=admitted&mails=1,3" == answer.headers["location"]
    assert "2 mails are admitted" in chief.follow(answer).text
    assert ["received"] == rung
    bench.work()
    assert ["filed", "held", "filed"] == bench.states()
    assert [CHIEF, "", CHIEF] == [row["admitted_by"] for row in bench.rows("spool")]
    noted = [(row["actor"], row["action"], row["about"]) for row in bench.rows("audit")]
    assert [(CHIEF, "mail.admit", "mail 1"), (CHIEF, "mail.admit", "mail 3")] == noted
    assert "Nothing was done" in chief.follow(chief.post("/held/admit", {"mail-1": "on"})).text


def test_mails_are_dropped_once_that_is_confirmed(bench: Workbench, chief: Visitor) -> None:
    """And held again if somebody thinks better of it."""
    hold(bench, "One", "Two")
    asked = chief.follow(chief.post("/held/ask", {"mail-1": "on"}))
    assert "<h1>Drop 1 mail?</h1>" in asked.text
    assert '<li><a href="/mails/1">One</a></li>' in asked.text
    assert ["held", "held"] == bench.states()
    dropped = chief.follow(chief.post("/held/drop", {"mail-1": "on"}))
    assert "1 mail is dropped." in dropped.text
    assert '<form class="act" method="post" action="/mails/hold">' in dropped.text
    assert ["filed", "held"] == bench.states()
    assert "Hold again" in page(chief, "/mails/1")
    assert "One" in page(chief, "/mails/dropped")
    again = chief.follow(chief.post("/mails/hold", {"mail-1": "on", "mail-2": "on"}))
    assert "1 mail is held again." in again.text
    assert ["held", "held"] == bench.states()
    actions = [row["action"] for row in bench.rows("audit")]
    assert ["mail.drop", "mail.hold"] == actions
    assert [] == bench.rows("lessons")


def test_a_spam_filter_learns(bench: Workbench, chief: Visitor) -> None:
    """What is no spam though it was held as such, and what is."""
    hold(bench, "One", "Two")
    with bench.house.database.writing() as connection:
        connection.execute(update(spool).where(spool.c.id == 1).values(reason="spam"))
    chief.post("/held/admit", {"mail-1": "on"})
    chief.post("/held/drop", {"mail-2": "on", "spam": "yes"})
    assert [(1, False), (2, True)] == [(row["spool"], row["spam"]) for row in bench.rows("lessons")]


def test_failed_mails_are_taken_in_again(bench: Workbench, chief: Visitor) -> None:
    """As if for the first time; what did not fail is let alone."""
    fail(bench)
    hold(bench, "Held")
    assert "nobody knows" in page(chief, "/failed")
    answer = chief.follow(chief.post("/failed/retry", {"mail-1": "on", "mail-2": "on"}))
    assert "1 mail waits again." in answer.text
    assert ["waiting", "held"] == bench.states()
    assert ["mail.retry"] == [row["action"] for row in bench.rows("audit")]


def test_alarms_stand_on_top(bench: Workbench, chief: Visitor) -> None:
    """On every page about mails."""
    with bench.house.database.writing() as connection:
        alarms.begin(connection, "it", "Something is wrong with <it>.")
    for path in ("/held", "/outbox", "/mails/waiting"):
        assert "<li>Something is wrong with &lt;it&gt;.</li>" in page(chief, path)


def test_long_queues_have_pages(bench: Workbench, chief: Visitor) -> None:
    """Which are turned by links."""
    hold(bench, *(f"Held {number}" for number in range(30)))
    first = page(chief, "/held")
    assert 'href="/held?older=6"' in first
    second = page(chief, "/held?older=6")
    assert 'href="/held?newer=5"' in second
    assert "Held 0" in second
    assert "Nothing is left on this page" in page(chief, "/held?older=1")
    assert len(first) < 20_000


def test_an_agent_sees_none_of_it(bench: Workbench) -> None:
    """And does nothing to it."""
    agent = visitor(bench, "agent", ADA)
    hold(bench, "One")
    for path in ("/held", "/mails/1", "/mails/1/original", "/mails/1/html", "/outbox", "/outbox/1"):
        assert 403 == agent.get(path).status_code
    for path in ("/held/admit", "/held/drop", "/mails/hold", "/failed/retry", "/outbox/retry"):
        assert 403 == agent.post(path, {"mail-1": "on"}).status_code
    assert ["held"] == bench.states()


def test_a_desk_is_called_what_people_call_it(bench: Workbench, chief: Visitor) -> None:
    """In the list and on a mail's own page stands the desk's title, not the name of its file."""
    hold(bench, "Really Ada")
    (row,) = [one for one in bench.rows("spool") if one["state"] == "held"]
    (desk,) = [one for one in bench.house.desks if one.name == row["desk"]]
    assert desk.title != desk.name
    assert f'<td data-label="Desk">{desk.title}</td>' in page(chief, "/held")
    assert f"<dt>Desk</dt><dd>{desk.title}</dd>" in page(chief, f"/mails/{row['id']}")
