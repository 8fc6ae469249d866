"""Whether a mail is spam: what a filter before us wrote, and what Rspamd says when asked."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from gateway.config.settings import Spam, SpamMark
from gateway.errors import Transient
from gateway.mail.model import Envelope
from gateway.mail.parse import parse
from gateway.mail.spam import marked_as_spam
from gateway.rspamd import Rspamd

_ALL = tuple(SpamMark)


@pytest.mark.parametrize(
    ("field", "spam"),
    [
        ("X-Spam-Flag: YES", True),
        ("X-Spam-Flag: yes", True),
        ("X-Spam-Flag: NO", False),
        ("X-Spam-Status: Yes, score=7.1 required=5.0 tests=BAYES_99", True),
        ("X-Spam-Status: No, score=-1.9 required=5.0", False),
        ("X-Spam: Yes", True),
        ("X-Spam: ", False),
        ("X-Spam: yesterday", False),
        ("X-MS-Exchange-Organization-SCL: 5", True),
        ("X-MS-Exchange-Organization-SCL: 9", True),
        ("X-MS-Exchange-Organization-SCL: 1", False),
        ("X-MS-Exchange-Organization-SCL: -1", False),
        ("X-Forefront-Antispam-Report: CIP:192.0.2.1;CTRY:;LANG:en;SCL:6;SRV:;", True),
        ("X-Forefront-Antispam-Report: CIP:192.0.2.1;SCL:1;SRV:;", False),
        ("X-Spam-Level: *****", False),
        ("Subject: X-Spam-Flag: YES", False),
    ],
)
def test_a_mark_is_a_verdict(field: str, spam: bool) -> None:  # noqa: FBT001  a table's column
    """Each filter has words of its own."""
    mail = parse(f"From: a@b.example\r\n{field}\r\n\r\nText".encode())
    assert spam == bool(marked_as_spam(mail, _ALL))


def test_only_the_marks_that_are_named_count() -> None:
    """What an operator does not use, nobody reads; one "yes" among several fields is enough."""
    content = b"From: a@b.example\r\nX-Spam-Flag: NO\r\nX-Spam-Flag: YES\r\n\r\nText"
    mail = parse(content)
    assert "" == marked_as_spam(mail, ())
    assert "" == marked_as_spam(mail, (SpamMark.SCL,))
    assert "x-spam-flag says so" == marked_as_spam(mail, (SpamMark.FLAG,))


class _Filter(HTTPServer):
    """A server that answers as Rspamd does, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        self.answer: object = {"action": "no action"}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: _Filter

    def do_POST(self) -> None:
        """Answer what the test wants answered."""
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers.items()), content))
        body = json.dumps(self.server.answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
        """Say nothing."""


@pytest.fixture
def spam_filter() -> Iterator[_Filter]:
    """A filter on a port of its own."""
    with _Filter() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _rspamd(url: str, seconds: list[float] | None = None) -> Rspamd:
    clock = seconds if seconds is not None else [0.0]
    settings = Spam(rspamd=url, controller=url, password_file="secret")
    return Rspamd(settings, lambda: "hunter2", lambda: clock[0])


_ENVELOPE = Envelope("jan@klant.example", "support@desk.example", "192.0.2.7", "mx.klant.example")


@pytest.mark.parametrize(
    ("action", "spam"),
    [
        ("reject", True),
        ("add header", True),
        ("rewrite subject", True),
        ("greylist", False),
        ("soft reject", False),
        ("no action", False),
        ("something new", False),
    ],
)
def test_rspamd_is_asked_about_the_whole_mail(
    spam_filter: _Filter, action: str, *, spam: bool
) -> None:
    """It gets the bytes and the envelope; its action says whether the mail is spam."""
    spam_filter.answer = {"action": action, "score": 16.2, "required_score": 15.0}
    said = _rspamd(spam_filter.url).ask([(b"Subject: x\r\n\r\nText", _ENVELOPE)])
    expected = f"Rspamd says {action!r} with a score of 16.2 of 15.0" if spam else ""
    assert [expected] == said
    [(path, headers, content)] = spam_filter.asked
    assert ("/checkv2", b"Subject: x\r\n\r\nText") == (path, content)
    assert "192.0.2.7" == headers["IP"]
    assert "jan@klant.example" == headers["From"]
    assert "support@desk.example" == headers["Rcpt"]
    assert "Password" not in headers


@pytest.mark.parametrize("answer", [[], "spam", {"action": ["reject"]}, {"score": "x"}, None])
def test_an_answer_that_is_none_lets_the_mail_through(spam_filter: _Filter, answer: object) -> None:
    """A filter that talks nonsense holds nothing up."""
    spam_filter.answer = answer
    assert [""] == _rspamd(spam_filter.url).ask([(b"x", _ENVELOPE)])


def test_what_cannot_stand_in_a_field_is_not_told(spam_filter: _Filter) -> None:
    """A line break in what a client said of itself adds no field to our question."""
    envelope = Envelope("jan@klant.example", "a@b.example", "192.0.2.7", "x\r\nPassword: y")
    assert [""] == _rspamd(spam_filter.url).ask([(b"x", envelope)])
    assert {"Helo", "Password"}.isdisjoint(spam_filter.asked[0][1])


def test_a_filter_that_fails_is_left_alone_for_a_while(spam_filter: _Filter) -> None:
    """Mail goes on meanwhile, and after half a minute it is asked again."""
    clock = [0.0]
    rspamd = _rspamd(spam_filter.url, clock)
    spam_filter.status = 500
    assert ["", ""] == rspamd.ask([(b"x", _ENVELOPE)] * 2)
    assert 1 == len(spam_filter.asked)
    clock[0] = 31.0
    spam_filter.status, spam_filter.answer = 200, {"action": "reject"}
    assert all(rspamd.ask([(b"x", _ENVELOPE)]))


def test_a_filter_that_takes_too_long_is_left_alone(spam_filter: _Filter) -> None:
    """A batch of mails ends in time, however slow each answer is."""
    ticks = iter(range(0, 10_000, 1))
    settings = Spam(rspamd=spam_filter.url)
    rspamd = Rspamd(settings, str, lambda: float(next(ticks)))
    assert [""] * 50 == rspamd.ask([(b"x", _ENVELOPE)] * 50)
    assert len(spam_filter.asked) < 20


def test_it_learns_with_the_password(spam_filter: _Filter) -> None:
    """Spam and what was taken for it wrongly have paths of their own."""
    spam_filter.answer = {"success": True}
    rspamd = _rspamd(spam_filter.url)
    assert rspamd.learn(b"x", spam=True)
    assert rspamd.learn(b"x", spam=False)
    assert ["/learnspam", "/learnham"] == [path for path, _, _ in spam_filter.asked]
    assert {"hunter2"} == {headers["Password"] for _, headers, _ in spam_filter.asked}


def test_who_does_not_answer_is_told_later(spam_filter: _Filter) -> None:
    """Whoever teaches knows that nothing was learnt, and the password stands in no message."""
    spam_filter.status = 403
    with pytest.raises(Transient) as refused:
        _rspamd(spam_filter.url).learn(b"x", spam=True)
    assert "hunter2" not in str(refused.value)
