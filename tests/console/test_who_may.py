"""Every page and form of the console, and who may have it: one table, and nothing beside it."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from gateway.config.served import Console
from gateway.console import application
from gateway.console.visit import form_token
from lib.console import BASE_URL, Visitor, visitor
from lib.workbench import Workbench, mail, workbench

ADA, SUE = "ada@north.example", "ada@south.example"
# What the path of a page stands for in the house below.
PLACES = {
    "{number:path}": "{number}",
    "{mail:id}": "1",
    "{part:id}": "2",
    "{piece:id}": "0",
    "{user:id}": "1",
    "{id:id}": "1",
}
TEMPLATE = "desk=north&language=en&name=customer/acknowledge"
FILE = """\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B

It stays white.
--B
Content-Disposition: attachment; filename=a.log

white
--B--"""
# An agent of another desk, an agent of the desk, a supervisor, an admin. A form is sent without
# what it is about: whoever may send it learns that, or that nothing has changed (303).
TABLE = """
GET  /                                          200 200 200 200
GET  /overview                                  200 200 200 200
GET  /overview/figures                          200 200 200 200
GET  /account                                   200 200 200 200
POST /account/sessions                          303 303 303 303
POST /account/password                          422 422 422 422
GET  /users                                     403 403 403 200
POST /users                                     403 403 403 422
GET  /users/{user:id}                           403 403 403 200
POST /users/{user:id}                           403 403 403 400
POST /users/{user:id}/password                  403 403 403 200
GET  /audit                                     403 403 403 200
GET  /tickets                                   200 200 200 200
GET  /tickets/{number:path}                     404 200 200 200
POST /tickets/{number:path}                     404 422 403 403
POST /ticket-confirm/{number:path}              400 400 400 400
GET  /ticket-mails/{mail:id}/why                404 200 200 200
GET  /ticket-mails/{mail:id}/html               404 200 200 200
GET  /ticket-mails/{mail:id}/original           404 200 200 200
GET  /files/{mail:id}/{part:id}/{piece:id}      404 200 200 200
GET  /templates                                 403 403 200 200
GET  /templates/edit                            403 403 200 200
POST /templates/edit                            403 403 404 404
POST /templates/live                            403 403 404 404
GET  /templates/frame                           403 403 200 200
POST /templates/frame                           403 403 404 404
GET  /templates/versions                        403 403 200 200
GET  /templates/version                         403 403 200 200
GET  /templates/version-frame                   403 403 200 200
POST /templates/back                            403 403 403 404
GET  /held                                      403 403 200 200
GET  /failed                                    403 403 200 200
GET  /mails/waiting                             403 403 200 200
GET  /mails/dropped                             403 403 200 200
GET  /mails/{id:id}                             403 403 200 200
GET  /mails/{id:id}/original                    403 403 200 200
GET  /mails/{id:id}/html                        403 403 200 200
POST /held/admit                                403 403 303 303
POST /held/ask                                  403 403 303 303
GET  /held/drop                                 403 403 303 303
POST /held/drop                                 403 403 303 303
POST /mails/hold                                403 403 303 303
POST /failed/retry                              403 403 303 303
GET  /outbox                                    403 403 200 200
GET  /outbox/retry                              403 403 200 200
POST /outbox/retry                              403 403 303 303
GET  /outbox/{id:id}                            403 403 200 200
GET  /outbox/{id:id}/html                       403 403 200 200
GET  /rules                                     403 403 200 200
GET  /rules/try                                 403 403 200 200
POST /rules/try                                 403 403 422 422
GET  /rules/backtests                           403 403 200 200
POST /rules/backtests                           403 403 400 400
GET  /rules/backtests/{id:id}                   403 403 404 404
GET  /rules/backtests/{id:id}/progress          403 403 404 404
POST /rules/backtests/{id:id}/stop              403 403 303 303
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
FORMS = [row[1] for row in ROWS if row[0] == "POST"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A house with a case of `north`, and a user of whom nobody minds what becomes."""
    with workbench(tmp_path_factory.mktemp("house"), "sqlite:///casepost.db") as opened:
        visitor(opened, "agent", "zoe@north.example")
        headers, _, body = FILE.partition("\n\n")
        opened.deliver(mail(headers=headers, body=body))
        opened.work()
        yield opened


def path_of(bench: Workbench, path: str) -> str:
    """Give a page's address in that house."""
    for name, value in PLACES.items():
        path = path.replace(name, value)
    number = str(bench.rows("tickets")[0]["number"])
    return path.format(number=number)


def said(who: Visitor, method: str, path: str) -> int:
    """Give what somebody is told who asks for a page, or sends an empty form."""
    if method == "POST":
        return who.post(path, {"do": "save", "days": "0"}).status_code
    return who.get(f"{path}?{TEMPLATE}" if path.startswith("/templates/") else path).status_code


def test_the_table_has_every_page() -> None:
    """A new page needs a row that says who may have it."""
    pages = {("POST" if one.posts else "GET", one.path) for one in application._PAGES}  # noqa: SLF001
    assert pages == {(method, path) for method, path, *_ in ROWS}


def test_everybody_may_what_the_table_says(bench: Workbench) -> None:
    """Whoever is not signed in is led there, and never further; others' cases are not there."""
    people = (
        visitor(bench, "agent", SUE),
        visitor(bench, "agent", ADA),
        visitor(bench, "supervisor", "sam@north.example"),
        visitor(bench),
    )
    stranger = Visitor(bench)
    found = []
    for method, path, *_ in ROWS:
        place = path_of(bench, path)
        stranger.cookies.clear()
        led = stranger.ask(method, place, data={"token": stranger.token})
        assert 303 == led.status_code, path
        assert led.headers["location"].startswith("/sign-in"), path
        found.append([method, path, *(str(said(one, method, place)) for one in people)])
    assert [] == [(row, one) for row, one in zip(ROWS, found, strict=True) if row != one]


def test_no_other_site_can_send_a_form(bench: Workbench) -> None:
    """Without this session's token, or from elsewhere, each is refused for whoever may send it."""
    agent, chief = visitor(bench, "agent", ADA), visitor(bench)
    theirs = visitor(bench).token
    ours = {"origin": BASE_URL}
    for path in FORMS:
        who = agent if path.startswith("/ticket") else chief
        place, own = path_of(bench, path), {"token": who.token}
        for fields, headers in (
            ({"x": "1"}, ours),
            ({"token": ""}, ours),
            ({"token": theirs}, ours),
            (own, {"origin": "null"}),
            (own, {"origin": f"{BASE_URL}.evil.example"}),
            (own, {"sec-fetch-site": "cross-site"}),
            (own, {"sec-fetch-site": "same-site"}),
        ):
            answer = who.ask("POST", place, data=fields, headers=headers)
            assert 403 == answer.status_code, (path, fields, headers)
        for kind in ("text/plain", "multipart/form-data; boundary=b", "application/json", ""):
            content = f"token={who.token}".encode()
            asked = who.ask("POST", place, content=content, headers={**ours, "content-type": kind})
            assert 400 == asked.status_code, (path, kind)
        assert 405 == who.get(place).status_code or ["GET", path] in [row[:2] for row in ROWS]


def test_an_id_that_no_row_can_have_is_no_page(bench: Workbench) -> None:
    """However long it is: neither reading it nor looking for it comes to grief."""
    chief, stranger = visitor(bench), Visitor(bench)
    for path in {row[1] for row in ROWS if ":id}" in row[1]}:
        for number in (str(10**18), str(2**63), "9" * 5000):
            place = path.partition("{")[0] + number + path.rpartition("}")[2]
            answers = [who.ask("GET", place) for who in (chief, stranger)]
            assert {404} == {one.status_code for one in answers}, place[:60]


@pytest.mark.parametrize(
    ("base_url", "origin", "status"),
    [
        ("http://console.example:80", "http://console.example", 303),
        ("https://Console.example", "https://console.example", 303),
        ("https://console.example:443", "https://console.example", 303),
        ("https://console.example:8443", "https://console.example", 403),
        ("https://console.example", "http://console.example", 403),
        ("https://console.example", "https://console.example:8443", 403),
        ("https://console.example", "https://console.example.evil.example", 403),
    ],
)
def test_a_browser_writes_our_address_in_its_own_way(
    users_bench: Workbench, base_url: str, origin: str, status: int
) -> None:
    """Without the usual port and in small letters; any other is another site's."""
    chief = visitor(users_bench)
    house = users_bench.house
    here = replace(house.settings, console=Console(base_url=base_url))
    users_bench.house = replace(house, settings=here)
    if base_url.startswith("https:"):
        chief.cookies = {"__Host-casepost": chief.cookies["casepost"]}
    fields = {"token": form_token(next(iter(chief.cookies.values())))}
    headers = {"origin": origin, "host": urlsplit(base_url).netloc.lower()}
    answer = chief.ask("POST", "/account/sessions", data=fields, headers=headers)
    assert status == answer.status_code
