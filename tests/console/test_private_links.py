"""A customer who answers a notice quotes what is theirs; nobody at the console can act by it."""

from email import message_from_bytes
from html import escape
from pathlib import Path

from lib.console import visitor
from lib.rating import ADA, asking, closed, link, notices
from lib.workbench import Workbench, mail


def answered(bench: Workbench) -> tuple[str, str]:
    """Let the customer quote the notice's link and Reply-To; give the secrets of both."""
    closed(bench)
    token = link(bench)
    own = str(message_from_bytes(notices(bench)[-1]["content"])["Reply-To"])
    number = bench.rows("tickets")[0]["number"]
    url = f"https://desk.example/support/feedback/{token}"
    quoted = f'<a href="{url}">{url}</a> {escape(own)}'
    body = f"<p>Not solved.</p><blockquote>{quoted}</blockquote>"
    headers = "Content-Type: text/html; charset=utf-8\n"
    bench.deliver(mail(subject=f"Re: [{number}] It", body=body, headers=headers))
    bench.work()
    return token, own.partition("@")[0].partition("+")[2]


def test_no_page_about_a_ticket_shows_the_secret_of_a_link(tmp_path: Path) -> None:
    """Neither what was said, nor why it went its way, nor the HTML of the mail."""
    with asking(tmp_path, "sqlite:///casepost.db") as bench:
        token, acting = answered(bench)
        number = bench.rows("tickets")[0]["number"]
        last = bench.rows("spool")[-1]["id"]
        ada = visitor(bench, "agent", ADA)
        pages = [
            ada.get(path).text
            for path in (
                f"/tickets/{number}",
                f"/ticket-mails/{last}/why",
                f"/ticket-mails/{last}/html",
            )
        ]

    assert [True] * 3 == ["/feedback/\N{HORIZONTAL ELLIPSIS}" in page for page in pages]
    assert [False] * 3 == [token in page or acting in page for page in pages]
