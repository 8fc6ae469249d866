"""Whatever a mail says: the pages of its ticket show it as text, and hand it out as a file."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from lib.console import visitor
from lib.workbench import Workbench
from lib.xss import PIECES, attacks, findings

ADA = "ada@north.example"
SOME = PIECES[::10]


@pytest.mark.parametrize(
    "pieces", [SOME, pytest.param(PIECES, marks=pytest.mark.thorough)], ids=["some", "all"]
)
def test_nothing_of_a_mail_becomes_a_part_of_a_page(
    bench: Workbench, pieces: tuple[str, ...]
) -> None:
    """No element, attribute or address of a page is a mail's; files of it are downloads alone."""
    for content in attacks("help@north.example", pieces=pieces):
        bench.deliver_bytes(content, sender="mallory@evil.example")
    bench.work()
    bench.time += timedelta(minutes=1)  # what is like many others has waited for them
    bench.work()
    assert {"filed"} == set(bench.states())
    ada = visitor(bench, "agent", ADA)
    found = [*findings(ada.get("/tickets?shown=all").text)]
    for ticket in bench.rows("tickets"):
        found += findings(ada.get(f"/tickets/{ticket['number']}").text)
    entries = [entry for entry in bench.rows("entries") if entry["spool"]]
    for entry in entries:
        mail, file = entry["spool"], entry["attachments"][0]
        found += findings(ada.get(f"/ticket-mails/{mail}/why").text)
        frame = ada.get(f"/ticket-mails/{mail}/html")
        assert frame.headers["content-security-policy"].startswith("sandbox; default-src 'none'; ")
        dressed = findings(frame.text.partition("</style>")[2])
        found += [one for one in dressed if not one.startswith("style=")]
        for path in (
            f"/files/{mail}/{file['part']}/{file['piece']}",
            f"/ticket-mails/{mail}/original",
        ):
            headers = ada.get(path).headers
            assert "application/octet-stream" == headers["content-type"]
            assert headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
            assert "nosniff" == headers["x-content-type-options"]
    assert [] == found
    assert len(pieces) == len(entries)


def test_what_is_asked_for_is_text_too(bench: Workbench) -> None:
    """What stands in the address of a list, or in a form that is shown again, is no HTML."""
    bench.deliver_bytes(next(attacks("help@north.example")), sender="mallory@evil.example")
    bench.work()
    number = bench.rows("tickets")[0]["number"]
    ada = visitor(bench, "agent", ADA)
    for piece in SOME:
        fields = urlencode({"q": piece, "tag": piece, "assignee": piece})
        assert [] == findings(ada.get(f"/tickets?{fields}").text)
        again = ada.post(f"/tickets/{number}", {"text": piece, "spam": "yes", "kb": piece})
        assert (422, []) == (again.status_code, findings(again.text))
