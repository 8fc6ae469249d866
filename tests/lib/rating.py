"""A house that asks for feedback: cases are closed in it, and rated by their links."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gateway import feedback
from gateway.config.load import load
from gateway.desk.requested import Said
from gateway.desk.route import Routes
from gateway.desk.scanner import Showing
from gateway.feedback import Form
from gateway.house import open_house
from gateway.mail.feedback_link import found_in
from gateway.mail.parse import parse
from lib.workbench import Workbench, mail, workbench

ADA = "ada@north.example"
JAN = "jan@klant.example"

_MANAGER = """
[[agent]]
address = "chief@north.example"
name = "Chief"
role = "manager"
"""


@contextmanager
def asking(folder: Path, url: str, policy: str = "", more: str = "") -> Iterator[Workbench]:
    """Open a house whose desk `north` asks, as often as it closes cases unless `policy` says.

    `policy` are further keys of `[feedback]`.
    """
    if "not_within" not in policy:
        policy = f'not_within = ""\n{policy}'
    text = f"{_MANAGER}{more}\n[feedback]\nask = true\n{policy}\n"
    with workbench(folder, url, policy=text, pages=True) as bench:
        yield bench


@contextmanager
def asked(folder: Path, policy: str = "") -> Iterator[Workbench]:
    """Open a house with one case, which is closed and whose customer is asked.

    It is a copy of one that came this far, which takes longer than most tests.
    """
    for name, content in _asked(policy):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    house = open_house(load(folder / "house" / "casepost.toml"))
    try:
        yield Workbench(house)
    finally:
        house.database.close()


@cache
def _asked(policy: str) -> tuple[tuple[Path, bytes], ...]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        with asking(folder, "sqlite:///casepost.db", policy) as bench:
            closed(bench)
        files = (file for file in folder.rglob("*") if file.is_file())
        return tuple((file.relative_to(folder), file.read_bytes()) for file in files)


def say(bench: Workbench, body: str, case: int = 1) -> None:
    """Let Ada write on a case, by the address of her own that she got for it."""
    number = bench.rows("tickets")[case - 1]["number"]
    own = f"<{len(bench.rows('spool'))}@north.example>"
    text = mail(author=f"Ada <{ADA}>", subject=f"Re: [{number}] It", body=body, message_id=own)
    bench.deliver(text, sender=ADA)
    bench.work()


def closed(bench: Workbench, author: str = f"Jan <{JAN}>") -> int:
    """Let somebody open a case and Ada answer and close it; give which one it is."""
    bench.deliver(mail(author=author, message_id=f"<{len(bench.rows('spool'))}@klant.example>"))
    bench.work()
    case = len(bench.rows("tickets"))
    say(bench, "#close\n\nPlease try once more.", case)
    return case


def notices(bench: Workbench, to: str = JAN) -> list[dict[str, Any]]:
    """Give the closure notices that somebody got, oldest first."""
    sent = (row for row in bench.rows("outbox") if row["recipient"] == to)
    return [row for row in sent if row["template"] in {"customer/closed", "customer/feedback"}]


def link_in(row: dict[str, Any]) -> str:
    """Give the token in an outgoing mail, "" if there is none."""
    return found_in(parse(bytes(row["content"])).text)


def link(bench: Workbench) -> str:
    """Give the token in the last closure notice."""
    return link_in(notices(bench)[-1])


def rate(bench: Workbench, token: str, stars: int, comment: str = "") -> Form:
    """Rate, a while after the form was shown."""
    shown = Showing(bench.now() - timedelta(minutes=1))
    form = feedback.rate(bench.house, token, Said(stars, comment), shown, bench.now)
    assert form is not None
    return form


def with_policy(bench: Workbench, **policy: object) -> None:
    """Change what the desk `north` says of feedback."""
    desks = tuple(
        replace(desk, feedback=replace(desk.feedback, **policy)) if desk.name == "north" else desk  # type: ignore[arg-type]
        for desk in bench.house.desks
    )
    bench.house = replace(bench.house, desks=desks, routes=Routes(desks))
