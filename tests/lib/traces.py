"""All that one customer leaves behind in a house: cases, answers, orders, ratings, held mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, update

from gateway.config.load import load
from gateway.house import open_house
from gateway.mail.model import Mail
from gateway.mail.parse import parse
from gateway.store import audit
from gateway.store.audit import Act
from gateway.store.database import insert
from gateway.store.schema import (
    account_names,
    backtests,
    correspondents,
    defect_notices,
    feedback,
    orders,
    outbox,
    person_aliases,
    persons,
    rule_hits,
    sign_in_failures,
)
from lib.workbench import START, Workbench, mail, workbench

JAN, ALIAS, EVA, ADA = (
    "jan@klant.example",
    "j.jansen@thuis.example",
    "eva@klant.example",
    "ada@north.example",
)
NEAR = "an@klant.example"
"""Somebody else, whose address stands within Jan's."""
SECRET = "Quixotische"
NAME = "Jan Zwaluw"
LARGE = 600 * 1024
POLICY = """
[[rule]]
name = "strange"
when = 'mail.subject.contains("strange")'
hold = true
"""


@dataclass(frozen=True, slots=True)
class Traces:
    """A house, and the cases of Jan, of Eva, and of somebody whose address is nearly Jan's."""

    bench: Workbench
    case: str
    evas: str
    near: str


@contextmanager
def traces(folder: Path, url: str) -> Iterator[Traces]:
    """Open a house under `folder` that has everything of Jan's; on SQLite it is a copy of one."""
    if not url.startswith("sqlite"):
        with workbench(folder, url, policy=POLICY) as bench:
            _leave(bench)
            yield _traces(bench)
        return
    for name, content in _left().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    house = open_house(load(folder / "house" / "casepost.toml"))
    try:
        yield _traces(Workbench(house))
    finally:
        house.database.close()


@cache
def _left() -> dict[str, bytes]:
    """Give the files of such a house, by their names: to make one takes longer than most tests."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with workbench(folder, "sqlite:///casepost.db", policy=POLICY) as bench:
            _leave(bench)
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _traces(bench: Workbench) -> Traces:
    return Traces(bench, *(row["number"] for row in bench.rows("tickets")))


def _leave(bench: Workbench) -> None:
    with bench.house.database.writing() as connection:
        _enter_jan(connection)
    bench.deliver(mail(author=f"{NAME} <{JAN}>", subject=f"{SECRET} page", body=f"{SECRET} 1."))
    bench.work()
    _ada_answers(bench, JAN, "Dear Jan Zwaluw, please try again.")
    large = f"{SECRET} 2.\n" + "padding of no importance\n" * (LARGE // 25)
    answer = mail(author=f"{NAME} <{ALIAS}>", subject=f"Re: {SECRET} page", body=large)
    bench.deliver(_answering(bench, answer, JAN), sender=ALIAS)
    bench.work()
    _evas_case(bench)
    bench.deliver(mail(author=NEAR, subject="Another"), sender=NEAR)
    bench.deliver(mail(author=f"{NAME} <{JAN}>", subject="strange", body=f"{SECRET} 3."))
    bench.work()
    with bench.house.database.writing() as connection:
        _send_all(connection, bench)
        _enter_more(connection, bench.rows("tickets"))
    outgoing = bench.house.data / "outgoing"
    outgoing.mkdir()
    for row in bench.rows("outbox"):
        (outgoing / f"{row['id']}.eml").write_bytes(row["content"])


def _enter_jan(connection: Connection) -> None:
    person = {"address": JAN, "name": NAME, "organisation": "Klant", "language": "en"}
    connection.execute(persons.insert().values(**person, facts={"plan": "gold"}))
    connection.execute(person_aliases.insert().values(alias=ALIAS, address=JAN))
    bought = {"site": "", "product": "Kit", "version": "", "purchased_on": "", "plan": ""}
    connection.execute(
        orders.insert().values(number=f"O-{SECRET}", address=JAN, **bought, facts={"note": SECRET})
    )
    connection.execute(account_names.insert().values(kind="person", name=NAME, address=JAN))


def _enter_more(connection: Connection, tickets: list[dict[str, Any]]) -> None:
    """Enter what only time, other people or other programs leave."""
    first = tickets[0]["id"]
    muted = {"muted_until": None, "muted_why": f"550 <{JAN}>"}
    connection.execute(
        insert(connection, correspondents)
        .values(address=JAN, **muted)
        .on_conflict_do_update(index_elements=[correspondents.c.address], set_=muted)
    )
    failed = {"peer": "192.0.2.9", "at": START}
    connection.execute(sign_in_failures.insert().values(address=JAN, **failed))
    connection.execute(
        rule_hits.insert().values(spool=1, rule="often", desk="north", sender=JAN, at=START)
    )
    notice = {"desk": "north", "number": "bug-7", "ticket": first, "at": START}
    connection.execute(defect_notices.insert().values(recipient=JAN, **notice))
    asked = {"asked_at": START, "expires_at": START + timedelta(days=30), "rated_at": START}
    rated = {"stars": 2, "comment": f"{SECRET} 4", "first_rated_at": START}
    connection.execute(
        feedback.insert().values(
            token="t" * 64, ticket=first, recipient=JAN, mail=1, agent=ADA, **asked, **rated
        )
    )
    audit.note(connection, Act(START, "operator", "held.drop", "17", f"a mail of {JAN}"))
    backtests_row = {"mail": 1, "subject": f"{SECRET} page", "author": JAN, "field": "thread"}
    connection.execute(
        backtests.insert().values(
            actor="operator",
            began_at=START,
            since=START,
            state="done",
            result={"differences": [backtests_row]},
        )
    )


def _evas_case(bench: Workbench) -> None:
    """Have Eva write, Ada add Jan to her case, Jan write there, and Eva quote him."""
    bench.deliver(mail(author=EVA, subject="Evas page", body="Grey."), sender=EVA)
    bench.work()
    _ada_answers(bench, EVA, f"#cc {JAN}\n\nJan of {JAN} may know more.")
    joined = mail(author=f"{NAME} <{JAN}>", subject="Re: Evas page", body=f"{SECRET} 5.")
    bench.deliver(_answering(bench, joined, JAN), sender=JAN)
    bench.work()
    quoting = mail(author=EVA, subject="Re: Evas page", body=f"As {JAN} told me.")
    bench.deliver(_answering(bench, quoting, EVA), sender=EVA)
    bench.work()


def _last_to(bench: Workbench, address: str) -> Mail:
    return parse(
        bytes([r for r in bench.rows("outbox") if r["recipient"] == address][-1]["content"])
    )


def _answering(bench: Workbench, text: str, address: str) -> str:
    """Let a mail answer what somebody got last."""
    return f"In-Reply-To: {_last_to(bench, address).message_id}\n{text}"


def _ada_answers(bench: Workbench, customer: str, body: str) -> None:
    """Have Ada answer what she was told last."""
    case = [row for row in bench.rows("tickets") if row["requester"] == customer][-1]["id"]
    told = [r for r in bench.rows("outbox") if r["recipient"] == ADA and r["ticket"] == case]
    to = address_of(told[-1])
    bench.deliver(mail(author=ADA, to=to, subject="Re: it", body=body), to, sender=ADA)
    bench.work()


def _send_all(connection: Connection, bench: Workbench) -> None:
    connection.execute(update(outbox).values(state="sent", settled_at=bench.time))


def address_of(told: dict[str, Any]) -> str:
    """Give where an answer to an outgoing mail goes."""
    return parse(bytes(told["content"])).header("reply-to").rpartition("<")[2].strip("<> ")
