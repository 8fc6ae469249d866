"""The rules of a source, without a server: envelopes, ages, batches, waiting."""

import imaplib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gateway.config.settings import Backlog, ImapAccount
from gateway.errors import Transient
from gateway.imap_source.age import ages
from gateway.imap_source.envelope import envelope
from gateway.imap_source.health import Health, sentence_for
from gateway.imap_source.login import LoginRefused
from gateway.imap_source.trouble import Trouble
from gateway.imap_source.wire import Listed, Opened
from gateway.store.imap import FolderState, UidSpace
from gateway.store.schema import sources
from servers.imap_rig import Rig, account, rig

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPACE = UidSpace("support", "INBOX", 7)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"Return-Path: <Jan@Klant.example>\r\nReceived: x\r\n", "jan@klant.example"),
        (b"Delivered-To: a@b.example\r\nReturn-Path: jan@klant.example\r\n", "jan@klant.example"),
        (b"Return-Path: <>\r\n", ""),
        (b"Return-Path:\r\n", None),
        (b"Return-Path: <no address>\r\n", None),
        (b"Return-Path: <a@b>\r\n <c@d>\r\n", "a@b"),
        (b"Received: x\r\nReturn-Path: <forged@klant.example>\r\n", None),
        (b"Subject: Hei\r\n\r\nReturn-Path: <body@klant.example>\r\n", None),
        (b"", None),
    ],
)
def test_the_reverse_path(head: bytes, expected: str | None) -> None:
    """Return-Path counts where the delivering server put it, and nowhere else."""
    assert expected == envelope(head, account("support", 1)).reverse_path


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"recipient_header": "Delivered-To"}, "first+tag@desk.example"),
        ({"recipient_header": "X-Original-To"}, "angle@desk.example"),
        ({"recipient_header": "X-Missing"}, ""),
        ({"recipient_header": "X-Broken", "address": "Desk@desk.example"}, "desk@desk.example"),
        ({"address": "desk@desk.example", "user": "other@desk.example"}, "desk@desk.example"),
        ({"user": "User@Desk.example"}, "user@desk.example"),
        ({"user": "DOMAIN\\user"}, ""),
    ],
)
def test_the_recipient(settings: dict[str, str], expected: str) -> None:
    """It comes from the account's header, its address, its user name, or only from the mail."""
    head = (
        b"delivered-to: First+tag@Desk.example\r\nDelivered-To: second@desk.example\r\n"
        b"X-Original-To: Desk <angle@desk.example>\r\nX-Broken: a b\r\nTo: to@desk.example\r\n\r\n"
    )
    found = account(**{"user": "support", "port": 1, **settings})  # type: ignore[arg-type]
    assert expected == envelope(head, found).recipient


@given(st.binary(max_size=300))
def test_an_envelope_is_read_from_anything(head: bytes) -> None:
    """No bytes make it raise, and what it finds holds no control character."""
    found = envelope(b"Return-Path: <" + head, account("a@b.example", 1))
    assert "a@b.example" == found.recipient
    assert all(c.isprintable() for c in found.reverse_path or "")


def rule(
    settings: ImapAccount, last_success: datetime | None, *, validity: int = 7
) -> tuple[str, ...]:
    """Say what becomes of mails that came before, between and after the milestones."""
    opened = Opened(validity, 9, next_uid=10, writable=True, flags=None)
    found = ages(settings, opened, FolderState(NOON, 7), last_success)
    words = []
    for hours in (-1, 1, 3):  # The first start is at noon, the last success two hours later.
        mail = Listed(5, 100, NOON + hours * HOUR)
        words.append("skip" if found.is_skipped(mail) else "quiet" if found.is_quiet(mail) else "-")
    return tuple(words)


@pytest.mark.parametrize(
    ("settings", "first", "later", "changed"),
    [
        ({}, ("quiet", "-", "-"), ("quiet", "-", "-"), ("quiet", "quiet", "-")),
        ({"answer_backlog": True}, ("-", "-", "-"), ("-", "-", "-"), ("quiet", "quiet", "-")),
        (
            {"backlog": Backlog.SKIP},
            ("skip", "-", "-"),
            ("quiet", "-", "-"),
            ("skip", "quiet", "-"),
        ),
    ],
)
def test_ages(
    settings: dict[str, object],
    first: tuple[str, ...],
    later: tuple[str, ...],
    changed: tuple[str, ...],
) -> None:
    """What a mail's age means at the first scan, afterwards, and when UIDVALIDITY changed."""
    mine = account("support", 1, **settings)
    assert first == rule(mine, None)
    assert first == rule(mine, NOON - HOUR), "the last success was another folder's"
    assert later == rule(mine, NOON + 2 * HOUR)
    assert changed == rule(mine, NOON + 2 * HOUR, validity=8)
    assert first == rule(mine, None, validity=8)


def test_mail_that_came_after_the_start_is_new() -> None:
    """A UID that did not exist when the folder was opened is never backlog to be skipped."""
    opened = Opened(7, 9, next_uid=10, writable=True, flags=None)
    mine = account("support", 1, backlog=Backlog.SKIP)
    found = ages(mine, opened, FolderState(NOON, 7), None)
    assert found.is_skipped(Listed(9, 1, NOON - HOUR))
    assert not found.is_skipped(Listed(10, 1, NOON - HOUR))


@given(st.lists(st.integers(0, 100), max_size=50), st.integers(1, 7), st.integers(1, 150))
def test_batches(sizes: list[int], count: int, size: int) -> None:
    """Batches have every mail once, in order, and are bounded in number and, but for one, size."""
    mails = [Listed(uid, one, NOON) for uid, one in enumerate(sizes, 1)]
    found = list(Trouble(lambda: NOON).batches(SPACE, mails, count, size))
    assert mails == [mail for batch in found for mail in batch]
    for batch in found:
        assert 1 <= len(batch) <= count
        assert len(batch) == 1 or sum(mail.size for mail in batch) <= size


def test_trouble_comes_last_and_alone() -> None:
    """Mails of a failed FETCH are tried one by one after the others, then rest for an hour."""
    now = NOON
    trouble = Trouble(lambda: now)
    mails = [Listed(uid, 10, NOON) for uid in range(1, 6)]

    def batches() -> list[list[int]]:
        return [[m.uid for m in batch] for batch in trouble.batches(SPACE, mails, 50, 1000)]

    trouble.failed(SPACE, mails[:3])
    assert [[4, 5], [1], [2], [3]] == batches()
    trouble.failed(SPACE, mails[:1])
    assert [[4, 5], [2], [3], [1]] == batches()
    trouble.over(SPACE, mails[1:2])
    trouble.failed(SPACE, mails[:1])
    trouble.failed(SPACE, mails[:1])
    assert [[2, 4, 5], [3]] == batches()
    now += HOUR
    assert [[2, 4, 5], [3], [1]] == batches()


def test_no_mail_rests_until_the_day_after_tomorrow() -> None:
    """The hour began under a clock that was two days ahead, and was set right since."""
    now = NOON + 48 * HOUR
    trouble = Trouble(lambda: now)
    mails = [Listed(1, 10, NOON)]
    for _ in range(5):
        trouble.failed(SPACE, mails)
    assert [] == list(trouble.batches(SPACE, mails, 50, 1000))
    now = NOON
    assert [mails] == list(trouble.batches(SPACE, mails, 50, 1000))


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Rig]:
    """A database without a server."""
    with rig(
        account("support", 1, reconnect_first=1, reconnect_most=300),
        "sqlite:///casepost.db",
        tmp_path,
    ) as found:
        yield found


def health(post: Rig, jitter: float = 1.0) -> Health:
    """Make an account's health with fixed chance."""
    return Health(post.account, post.database, lambda: NOON, lambda: jitter)


def test_waiting(post: Rig) -> None:
    """The wait doubles from one second to five minutes, with full jitter, until it works again."""
    found = health(post)
    waits = [found.failed(TimeoutError()) for _ in range(11)]
    assert [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] == waits
    found.succeeded()
    assert 1 == found.failed(TimeoutError())
    assert 0 == health(post, jitter=0.0).failed(TimeoutError())
    assert 0.5 == health(post, jitter=0.5).failed(TimeoutError())


def test_refusals_in_a_row(post: Rig) -> None:
    """Only three refused logins in a row make the long pause."""
    found = health(post)
    refused = LoginRefused("no")
    assert [1, 2] == [found.failed(refused) for _ in range(2)]
    found.logged_in()
    assert [4, 8] == [found.failed(refused) for _ in range(2)]
    assert [900, 900] == [found.failed(refused) for _ in range(2)]


def test_what_people_read(post: Rig) -> None:
    """Success and failure stand side by side in `sources`."""
    found = health(post)
    found.failed(ConnectionRefusedError(111, "Connection refused"))
    found.succeeded()
    (row,) = post.all(select(sources))
    assert ("imap:support", NOON, NOON) == (row.name, row.last_success_at, row.last_error_at)
    assert "the connection to 127.0.0.1 failed: Connection refused" == row.last_error


def test_what_a_server_says_is_one_line(post: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """No control character of a server's answer reaches the log or the database."""
    health(post).complain("it said \x1b[31mred\x07\r\nnext")
    assert "it said  [31mred   next" == post.last_error()
    assert caplog.messages == ["imap:support: it said  [31mred   next"]


def untrusted() -> ssl.SSLCertVerificationError:
    """Make the error of a certificate that does not hold."""
    error = ssl.SSLCertVerificationError()
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TimeoutError(), "imap.example did not answer in time"),
        (OSError("odd"), "the connection to imap.example failed: odd"),
        (untrusted(), "the certificate of imap.example is not trusted: self-signed certificate"),
        (imaplib.IMAP4.abort(b"b\r\nye"), "the conversation with imap.example failed: b  ye"),
        (imaplib.IMAP4.error(), "the conversation with imap.example failed: "),
        (Transient("x" * 1000), "x" * 300),
        (KeyError("secret"), "unexpected KeyError, see the log"),
    ],
)
def test_sentences(error: Exception, expected: str) -> None:
    """Each error is one printable line."""
    assert expected == sentence_for(error, "imap.example")
