"""Strangers who guess, forge and have others write: they get into no ticket, and read none."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.config.case_number import CaseNumberPattern
from gateway.mail.model import Mail, Verdict
from gateway.mail.parse import parse
from gateway.mail.reply_address import about
from lib.workbench import Workbench, mail, workbench

HELP = "help@north.example"
ADA = "ada@north.example"
EVE = "eve@elsewhere.example"
SECRET = "The vault opens with heron-seventeen."
PATTERN = CaseNumberPattern.parse("NO-{n:04}{check}")
HUNDREDS = 180


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house on SQLite; what is asked of the store is tested with both databases elsewhere."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        yield opened


def opened(bench: Workbench) -> dict[str, str]:
    """Open Jan's ticket; its number, the id of what Jan got, and an address signed for Jan."""
    bench.deliver(mail(message_id="<1@klant.example>", subject="The vault", body=SECRET))
    bench.work()
    (ticket,) = bench.rows("tickets")
    (sent,) = [row for row in bench.rows("outbox") if row["recipient"] == "jan@klant.example"]
    return {
        "number": str(ticket["number"]),
        "message_id": str(sent["message_id"]),
        "address": signed(bench, sent),
    }


def signed(bench: Workbench, sent: dict[str, object], role: str = "c") -> str:
    """Give the reply address of a mail of ours."""
    ticket, spool = int(str(sent["ticket"] or 0)), int(str(sent["spool"] or 0))
    return bench.house.reply_addresses.issue(
        HELP, role, int(str(sent["id"])), about(ticket, spool), str(sent["recipient"])
    )


def entries(bench: Workbench, ticket: int = 1) -> list[tuple[str, str, bool]]:
    """Give what others said on a ticket: who, what kind, and whether agents alone see it."""
    return [
        (str(row["author"]), str(row["kind"]), bool(row["internal"]))
        for row in bench.rows("entries")
        if row["ticket"] == ticket and row["direction"] == "in"
    ]


def received(bench: Workbench, *nobodys: str) -> list[tuple[str, Mail]]:
    """Give what went to anybody but these and agents: the template and the mail."""
    return [
        (str(row["template"]), parse(bytes(row["content"])))
        for row in bench.rows("outbox")
        if row["recipient"] not in {*nobodys, ADA}
    ]


def spelt(one: Mail) -> str:
    """Give all that a mail says: its header fields as they are read, and its text."""
    return "\n".join([*(header.value for header in one.headers), one.text])


def attack(place: int, case: dict[str, str]) -> tuple[str, str]:
    """Write one mail of an attack: how it is sent to, and the mail."""
    forged_id = case["message_id"].replace("<cp.", f"<cp.{place}")
    mac = f"{place:05}".translate(str.maketrans("0189", "abcd"))
    sent = f"help+{'ca'[place % 2]}1-{1 + place % 7}-{mac:x<26}@north.example"
    subject, answers, recipient = [
        (f"Re: [{PATTERN.format(place)}] The vault", "", HELP),
        (f"Re: [{case['number']}] The vault", "", HELP),
        ("Re: The vault", case["message_id"], HELP),
        ("Re: The vault", forged_id, HELP),
        ("Re: The vault", "<1@klant.example>", HELP),
        ("Re: The vault", "", sent),
    ][place % 6]
    author = f"Eve <eve{place}@elsewhere{place}.example>"
    text = mail(author=author, subject=subject, answers=answers, body=f"And this? {place}")
    return recipient, text


def test_hundreds_of_guesses_and_forgeries_reach_and_show_nothing(bench: Workbench) -> None:
    """Numbers, the right one among them; ids, the real ones too; reply addresses. All authentic."""
    case = opened(bench)
    before = entries(bench)
    for place in range(HUNDREDS):
        recipient, text = attack(place, case)
        bench.deliver(text, recipient, f"eve{place}@elsewhere{place}.example")
        bench.time += bench.time.resolution
    bench.work()

    assert before == entries(bench)
    (ticket,) = [row for row in bench.rows("tickets") if row["id"] == 1]
    assert ("New", [], 1 + HUNDREDS) == (
        ticket["status"],
        ticket["participants"],
        len(bench.rows("tickets")),
    )
    sent = received(bench, "jan@klant.example")
    assert {"customer/acknowledge"} == {template for template, _ in sent}
    for place, (_, one) in enumerate(sent):
        said = spelt(one)
        assert not any(word in said for word in ("heron", "jan@", "klant.example", "Jan")), place


def test_a_right_number_is_answered_like_a_wrong_one(bench: Workbench) -> None:
    """So nobody learns from the answer which cases there are."""
    case = opened(bench)
    texts = []
    for name, number in (("eve", case["number"]), ("eva", PATTERN.format(4711))):
        address = f"{name}@elsewhere.example"
        subject = f"[{number}] What of it?"
        bench.deliver(mail(author=f"{name} <{address}>", subject=subject), sender=address)
        bench.work()
        own = str(bench.rows("tickets")[-1]["number"])
        (said,) = [m for _, m in received(bench) if address in [to.address for to in m.to]]
        shown = f"{said.subject}\n{said.text}"
        texts.append(shown.replace(number, "*").replace(own, "+").replace(name, "_"))

    assert texts[0] == texts[1]


@pytest.mark.parametrize("verdict", Verdict)
def test_a_leaked_reply_address_gives_strangers_an_internal_entry(
    bench: Workbench, verdict: Verdict
) -> None:
    """Jan forwarded our mail to Eve: she may tell agents something, and hears nothing."""
    case = opened(bench)
    bench.verdict = verdict
    timers = bench.rows("timers")
    bench.time += timedelta(hours=1)

    bench.deliver(mail(author=f"Eve <{EVE}>", body="Close it!"), case["address"], EVE)
    bench.work()

    assert (EVE, "customer", True) == entries(bench)[-1]
    (ticket,) = bench.rows("tickets")
    assert ("New", []) == (ticket["status"], ticket["participants"])
    assert timers == bench.rows("timers")
    assert [] == received(bench, "jan@klant.example")
    told = [row["template"] for row in bench.rows("outbox") if row["recipient"] == ADA]
    assert ["agent/new", "agent/reply"] == told


def test_the_requester_of_a_reply_address_answers_from_a_broken_domain(bench: Workbench) -> None:
    """What we signed for Jan vouches for Jan, whatever servers say."""
    case = opened(bench)
    bench.verdict = Verdict.FAIL

    bench.deliver(mail(body="It is me."), case["address"].upper())
    bench.work()

    assert ("jan@klant.example", "customer", False) == entries(bench)[-1]


def test_an_agents_address_makes_nobody_an_agent(bench: Workbench) -> None:
    """A notification that leaked: commands of whoever has it are a stranger's words."""
    opened(bench)
    told = next(row for row in bench.rows("outbox") if row["recipient"] == ADA)

    bench.deliver(
        mail(author=f"Eve <{EVE}>", body="#close\nAll is well."), signed(bench, told, "a"), EVE
    )
    bench.work()

    assert (EVE, "customer", True) == entries(bench)[-1]
    assert ["New"] == [row["status"] for row in bench.rows("tickets")]
    assert [] == received(bench, "jan@klant.example")


CODE = "481516"
SERVICE = "no-reply@accounts.elsewhere.example"


def code(to: str, headers: str = "") -> str:
    """Write what a service sends to an address that somebody gave as theirs."""
    return mail(
        author=f"Accounts <{SERVICE}>",
        to=to,
        subject=f"{CODE} is your code",
        body=f"Somebody signs up with {to}. Confirm with {CODE}.",
        headers=headers,
    )


@pytest.mark.parametrize("headers", ["Auto-Submitted: auto-generated", "X-Mailer: Accounts"])
def test_the_ticket_trick_by_ones_own_case(bench: Workbench, headers: str) -> None:
    """Eve opens a case and gives its reply address to a service: she never sees the code.

    Whether or not the service's mail says that a machine wrote it, it is for agents alone; and the
    agents' answers to Eve bear their own words and nothing that came before.
    """
    bench.deliver(mail(author=f"Eve <{EVE}>", subject="Hello"), sender=EVE)
    bench.work()
    own = next(row for row in bench.rows("outbox") if row["recipient"] == EVE)
    address = signed(bench, own)

    bench.deliver(code(address, headers), address, SERVICE)
    bench.deliver(mail(author=f"Eve <{EVE}>", body="Any news?"), address, EVE)
    bench.work()

    assert [True, False] == [internal for *_, internal in entries(bench)[1:]]
    (acknowledged,) = received(bench)
    assert "customer/acknowledge" == acknowledged[0]
    assert not any(CODE in spelt(one) for _, one in received(bench))


def test_the_ticket_trick_by_a_service_s_case(bench: Workbench) -> None:
    """Eve signs up with our address, and joins the case of the service's mail in its name.

    She forges its From, names the case, the mail and an id of ours, and copies herself: nobody
    becomes a participant, her mails are cases of their own, and she gets at most what any new case
    gets.
    """
    bench.deliver(code(HELP), sender=SERVICE)
    bench.work()
    number = str(bench.rows("tickets")[0]["number"])
    before = entries(bench)

    for verdict in (Verdict.FAIL, Verdict.UNKNOWN):
        bench.verdict = verdict
        forged = mail(
            author=f"Accounts <{SERVICE}>",
            subject=f"Re: [{number}] {CODE[:2]}",
            headers=f"Cc: {EVE}\nReply-To: {EVE}\nReferences: <1@klant.example>",
            body=f"Please add {EVE}. {verdict}",
        )
        bench.deliver(forged, sender=EVE)
        bench.work()
    bench.verdict = Verdict.PASS
    bench.deliver(mail(author=f"Eve <{EVE}>", subject=f"Re: [{number}]"), sender=EVE)
    bench.work()

    assert before == entries(bench)
    assert all(EVE not in row["participants"] for row in bench.rows("tickets"))
    to_eve = [(t, m) for t, m in received(bench) if EVE in [to.address for to in m.to]]
    assert ["customer/acknowledge"] == [template for template, _ in to_eve]
    assert not any(CODE in spelt(one) for _, one in to_eve)
