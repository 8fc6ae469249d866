"""An IMAP source and a real Dovecot."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient, SocketTimeout
from sqlalchemy import select

from gateway.config.settings import Backlog, TlsMode
from gateway.errors import Transient
from gateway.imap_source.connection import Connection
from gateway.store.schema import imap_uids, sources, spool
from servers.certificates import Certificate
from servers.dovecot import Dovecot
from servers.imap_rig import Rig, account, mail, rig


@pytest.fixture
def post(dovecot_server: Dovecot, house_url: str, tmp_path: Path) -> Iterator[Rig]:
    """A source's surroundings with a fresh mailbox on a shared Dovecot, on each database."""
    with rig(account(dovecot_server.new_user(), dovecot_server.imap), house_url, tmp_path) as r:
        yield r


@pytest.fixture
def office(dovecot_server: Dovecot, tmp_path: Path) -> Iterator[Rig]:
    """The same, on SQLite only."""
    user = dovecot_server.new_user()
    with rig(account(user, dovecot_server.imap), "sqlite:///casepost.db", tmp_path) as r:
        yield r


def deliver(dovecot: Dovecot, post: Rig, *numbers: int) -> None:
    """Deliver mails into the mailbox that the rig's account reads."""
    for number in numbers:
        dovecot.deliver(mail(number), post.account.user)


def client(dovecot: Dovecot, post: Rig, folder: str = "INBOX") -> IMAPClient:
    """Open the mailbox as a person's mail program does."""
    timeout = SocketTimeout(connect=10, read=10)
    found = IMAPClient("127.0.0.1", dovecot.imap, ssl=False, timeout=timeout)
    found.login(post.account.user, dovecot.password)
    found.select_folder(folder)
    return found


def test_mail_arrives_while_idle(dovecot_server: Dovecot, post: Rig) -> None:
    """New mail is filed at once, long before the next scan of the whole folder is due."""
    with post.running(idle=3600):
        post.wait(lambda: post.last_success() is not None, "the first scan")
        deliver(dovecot_server, post, 1)
        post.wait_for_rows(1)
        deliver(dovecot_server, post, 2, 3)
        post.wait_for_rows(3)
        post.wait(lambda: post.marked() == 3, "the keyword")
    row = post.all(select(spool).where(spool.c.message_id == "<1@klant.example>"))[0]
    assert "imap:support" == row.source
    assert "jan@klant.example" == row.reverse_path
    assert post.account.user == row.recipient
    assert not row.quiet
    assert post.received.is_set()
    assert (3, 0) == post.received_and_repeated()
    with client(dovecot_server, post) as person:
        assert {(b"$CasepostFiled",)} == {
            tuple(flag for flag in flags if flag != b"\\Recent")
            for flags in person.get_flags([1, 2, 3]).values()
        }


def append(dovecot: Dovecot, post: Rig, numbers: range, age: timedelta = timedelta(0)) -> None:
    """Put mails into the mailbox at once, as if they had come that long ago."""
    when = datetime.now(UTC) - age
    with client(dovecot, post) as person:
        person.multiappend("INBOX", [{"msg": mail(n), "date": when} for n in numbers])


def test_filed_mail_moves(dovecot_server: Dovecot, post: Rig) -> None:
    """With `move:FOLDER` a filed mail leaves the folder, and one that is not filed stays."""
    with client(dovecot_server, post) as person:
        person.create_folder("Done & filed")
    deliver(dovecot_server, post, 1, 2)
    with post.running(when_filed="move:Done & filed"):
        post.wait(lambda: post.marked() == 2, "both moved")
        deliver(dovecot_server, post, 3)
        post.wait(lambda: post.marked() == 3, "the third moved")
    with client(dovecot_server, post, "Done & filed") as person:
        assert 3 == len(person.search())
        assert 0 == person.select_folder("INBOX")[b"EXISTS"]
    assert 3 == post.rows()


def test_a_missing_target_folder_stops_no_mail(dovecot_server: Dovecot, office: Rig) -> None:
    """What cannot be moved is filed all the same, said in `sources`, and moved when it can be."""
    deliver(dovecot_server, office, 1)
    office.run_once(when_filed="move:Nowhere")
    assert "filed mails cannot be moved to Nowhere" in office.last_error()
    assert (1, 0) == (office.rows(), office.marked())
    with client(dovecot_server, office) as person:
        person.create_folder("Nowhere")
    office.run_once(when_filed="move:Nowhere")
    assert (1, 1) == (office.rows(), office.marked())


def test_nothing_means_nothing(dovecot_server: Dovecot, office: Rig) -> None:
    r"""With `nothing` no flag changes, not even \Recent: the folder is never opened to write."""
    deliver(dovecot_server, office, 1)
    office.run_once(when_filed="nothing")
    assert 1 == office.rows()
    with client(dovecot_server, office) as person:
        assert {1: (b"\\Recent",)} == person.get_flags([1])


def test_seen_says_nothing(dovecot_server: Dovecot, office: Rig) -> None:
    r"""A mail that a person read first is filed; \Seen is left as the person wants it."""
    deliver(dovecot_server, office, 1, 2)
    with client(dovecot_server, office) as person:
        person.add_flags([1], [rb"\Seen"])
    with office.running():
        office.wait_for_rows(2)
        with client(dovecot_server, office) as person:
            person.remove_flags([1], [rb"\Seen"])
            person.add_flags([2], [rb"\Seen"])
        deliver(dovecot_server, office, 3)
        office.wait_for_rows(3)
    office.run_once()
    assert (3, 0) == office.received_and_repeated()
    with client(dovecot_server, office) as person:
        seen = {uid for uid, flags in person.get_flags([1, 2, 3]).items() if rb"\Seen" in flags}
    assert {2} == seen


@pytest.mark.parametrize("when_filed", ["keyword", "move:Done"])
@pytest.mark.parametrize("point", ["before the mark", "after the mark"])
def test_a_crash_around_the_mark(
    dovecot_server: Dovecot,
    office: Rig,
    monkeypatch: pytest.MonkeyPatch,
    when_filed: str,
    point: str,
) -> None:
    """A mail that was committed when its source died is marked later and never filed again."""
    with client(dovecot_server, office) as person:
        person.create_folder("Done")
    deliver(dovecot_server, office, 1, 2)
    died = threading.Event()

    def die(*_: object) -> bool:
        died.set()
        raise Transient("died")

    with monkeypatch.context() as patch:
        if point == "before the mark":
            patch.setattr("gateway.imap_source.marks.Marks.mark", die)
        else:
            patch.setattr("gateway.imap_source.session.Session._set_marked", die)
        source = office.source(when_filed=when_filed)
        source.start()
        office.wait(died.is_set, "the crash")
        assert source.stop(5)
    assert (2, 0) == (office.rows(), office.marked())
    office.run_once(when_filed=when_filed)
    assert (2, 2) == (office.rows(), office.marked())
    assert (2, 0) == office.received_and_repeated()
    with client(dovecot_server, office, "Done") as person:
        assert (2 if when_filed == "move:Done" else 0) == len(person.search())


def test_a_crash_before_the_commit(
    dovecot_server: Dovecot, post: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was fetched but not committed is fetched again; no file of a large mail is left."""
    dovecot_server.deliver(mail(1, "x" * 70 + "\r\n" * 60_000), post.account.user)

    def fail(*_: object) -> None:
        raise Transient("the database went away")

    with monkeypatch.context() as patch:
        patch.setattr("gateway.store.imap.record", fail)
        with post.running():
            post.wait(lambda: "went away" in post.last_error(), "the failure")
    assert 0 == post.rows()
    assert [] == list((post.folder / "large" / "incoming").iterdir())
    post.run_once()
    assert 1 == post.rows()
    assert (1, 0) == post.received_and_repeated()


def test_a_new_uidvalidity_files_nothing_again(dovecot_server: Dovecot, post: Rig) -> None:
    """Known mails are recognised by their content; new ones are filed, old new ones quietly."""
    post.run_once()
    append(dovecot_server, post, range(1, 121))
    post.run_once()
    assert 120 == post.rows()
    dovecot_server.change_uid_validity(post.account.user)
    post.run_once()
    assert 120 == post.rows()
    assert (120, 0) == post.received_and_repeated()

    append(dovecot_server, post, range(121, 122), age=timedelta(days=1))
    dovecot_server.change_uid_validity(post.account.user)
    with post.running():
        post.wait_for_rows(121)
        deliver(dovecot_server, post, 122)
        post.wait_for_rows(122)
    found = select(spool.c.message_id).where(spool.c.quiet)
    assert [("<121@klant.example>",)] == [tuple(row) for row in post.all(found)]


def test_a_change_of_uidvalidity_while_idle(dovecot_server: Dovecot, office: Rig) -> None:
    """A folder that is replaced under the source is noticed, and its known mails recognised."""
    with office.running(idle=0.2):
        deliver(dovecot_server, office, 1)
        office.wait_for_rows(1)
        with client(dovecot_server, office) as person:
            person.create_folder("Aside")
            person.copy([1], "Aside")
        dovecot_server.change_uid_validity(office.account.user)
        deliver(dovecot_server, office, 2)
        office.wait_for_rows(2)
        spaces = select(imap_uids.c.uidvalidity).distinct()
        office.wait(lambda: len(office.all(spaces)) == 2, "both UIDVALIDITYs known")
    assert 2 == office.rows()


def test_a_folder_that_is_deleted_and_made_again(dovecot_server: Dovecot, office: Rig) -> None:
    """A missing folder is said clearly; when it is back, its mail is filed, known mail is not."""
    with client(dovecot_server, office) as person:
        person.create_folder("Support")
        person.append("Support", mail(1))
    with office.running(folder="Support", idle=0.2):
        office.wait_for_rows(1)
        with client(dovecot_server, office) as person:
            person.delete_folder("Support")
        office.wait(lambda: "Support cannot be opened" in office.last_error(), "the complaint")
        with client(dovecot_server, office) as person:
            person.create_folder("Support")
            person.append("Support", mail(1))
            person.append("Support", mail(2))
        office.wait_for_rows(2)


@pytest.mark.parametrize(
    ("settings", "quiet"),
    [({}, 5), ({"answer_backlog": True}, 0), ({"backlog": Backlog.SKIP}, 0)],
    ids=["file", "answer", "skip"],
)
def test_first_start_on_a_full_mailbox(
    dovecot_server: Dovecot, office: Rig, settings: dict[str, Any], quiet: int
) -> None:
    """Backlog is filed without an answer, or with one, or not at all; what comes later is new."""
    append(dovecot_server, office, range(1, 6), age=timedelta(days=2))
    with office.running(**settings):
        office.wait(lambda: office.last_success() is not None, "the first scan")
        skipped = settings.get("backlog") is Backlog.SKIP
        assert (0 if skipped else 5) == office.rows()
        assert quiet == len(office.all(select(spool.c.id).where(spool.c.quiet)))
        deliver(dovecot_server, office, 6)
        office.wait_for_rows(1 if skipped else 6)
    assert quiet == len(office.all(select(spool.c.id).where(spool.c.quiet)))
    assert 6 == len(office.all(select(imap_uids.c.uid)))
    office.run_once(**settings)
    assert (1 if skipped else 6) == office.rows()


def test_a_mail_over_the_limit_stays(
    dovecot_server: Dovecot, office: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """A mail over `message_size` is not fetched, left in place, told once, and stops no other."""
    office.message_size = 100_000
    dovecot_server.deliver(mail(1, "x" * 70 + "\r\n" * 60_000), office.account.user)
    deliver(dovecot_server, office, 2)
    office.run_once(when_filed="move:Nowhere")
    office.run_once(when_filed="move:Nowhere")
    assert 1 == office.rows()
    assert 1 == len([r for r in caplog.records if "over message_size" in r.getMessage()])
    passed = select(imap_uids.c.spool, imap_uids.c.marked).where(imap_uids.c.uid == 1)
    assert [(None, True)] == [tuple(row) for row in office.all(passed)]
    with client(dovecot_server, office) as person:
        assert [1, 2] == person.search()


def test_a_restarted_server(own_dovecot: Dovecot, tmp_path: Path) -> None:
    """When the server is gone the source says so, and comes back by itself."""
    user = own_dovecot.new_user()
    with (
        rig(account(user, own_dovecot.imap), "sqlite:///casepost.db", tmp_path) as post,
        post.running(),
    ):
        deliver(own_dovecot, post, 1)
        post.wait_for_rows(1)
        own_dovecot.stop()
        post.wait(lambda: post.last_error() != "", "the complaint")
        own_dovecot.start()
        deliver(own_dovecot, post, 2)
        post.wait_for_rows(2)


def test_a_server_that_falls_silent(own_dovecot: Dovecot, tmp_path: Path) -> None:
    """A hung server is given up after the read timeout, and used again when it moves."""
    user = own_dovecot.new_user()
    settings = account(user, own_dovecot.imap, idle=0.5, read_timeout=0.5, connect_timeout=0.5)
    with (
        rig(settings, "sqlite:///casepost.db", tmp_path) as post,
        post.running(),
    ):
        deliver(own_dovecot, post, 1)
        post.wait_for_rows(1)
        own_dovecot.freeze()
        post.wait(lambda: "did not answer in time" in post.last_error(), "the timeout")
        own_dovecot.thaw()
        deliver(own_dovecot, post, 2)
        post.wait_for_rows(2)


def test_a_frozen_server_does_not_hold_up_the_end(own_dovecot: Dovecot, tmp_path: Path) -> None:
    """`stop` cuts a connection that nobody answers on, and ends the waiting for IDLE at once."""
    user = own_dovecot.new_user()
    settings = account(user, own_dovecot.imap, read_timeout=300, idle=3600)
    with rig(settings, "sqlite:///casepost.db", tmp_path) as post:
        source = post.source()
        source.start()
        post.wait(lambda: post.last_success() is not None, "the first scan")
        own_dovecot.freeze()
        assert source.stop(0.5)


def test_a_thousand_mails_cost_few_commands(
    dovecot_server: Dovecot, post: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backlog comes in batches: one FETCH and one durable commit each, one STORE for ten."""
    append(dovecot_server, post, range(1000))
    lines: list[str] = []
    send = Connection.send

    def record(self: Connection, data: bytes) -> None:
        lines.extend(re.findall(r"^\w+ (UID \w+|\w+)", data.decode()))
        send(self, data)

    monkeypatch.setattr(Connection, "send", record)
    commits = post.count_commits(monkeypatch)
    with post.running():
        post.wait(lambda: post.marked() == 1000, "1,000 marks")
    assert 1000 == post.rows()
    commands = Counter(lines)
    assert 2 + 20 == commands["UID FETCH"]
    assert 2 == commands["UID STORE"]
    assert 1 == commands["UID SEARCH"]
    assert 20 == Counter(commits)["durable"]
    assert Counter(commits)["lazy"] <= 7


@pytest.mark.parametrize("mode", [TlsMode.TLS, TlsMode.STARTTLS])
def test_tls(dovecot_server: Dovecot, certificate: Certificate, office: Rig, mode: TlsMode) -> None:
    """Mail comes over TLS from a server that the configured authority vouches for."""
    deliver(dovecot_server, office, 1)
    port = dovecot_server.imaps if mode is TlsMode.TLS else dovecot_server.imap
    with office.running(tls=mode, port=port, ca_file=certificate.authority):
        office.wait_for_rows(1)
        deliver(dovecot_server, office, 2)
        office.wait_for_rows(2)


@pytest.mark.parametrize("mode", [TlsMode.TLS, TlsMode.STARTTLS])
def test_a_server_that_nobody_vouches_for(
    dovecot_server: Dovecot, office: Rig, monkeypatch: pytest.MonkeyPatch, mode: TlsMode
) -> None:
    """A certificate of an unknown authority ends the connection before the password is sent."""

    def login(*_: object) -> None:
        raise AssertionError("the password was sent")

    monkeypatch.setattr("gateway.imap_source.wire.Mailbox.login", login)
    port = dovecot_server.imaps if mode is TlsMode.TLS else dovecot_server.imap
    with office.running(tls=mode, port=port):
        office.wait(lambda: office.last_error() != "", "the complaint")
    assert "the certificate of 127.0.0.1 is not trusted" in office.last_error()


def test_accounts_are_independent(dovecot_server: Dovecot, office: Rig) -> None:
    """An account whose login is refused says so, and the other one goes on."""
    deliver(dovecot_server, office, 1)
    office.password = "wrong"
    refused = office.source(name="other")
    refused.start()
    office.password = dovecot_server.password
    complaint = select(sources.c.last_error).where(sources.c.name == "imap:other")
    with office.running():
        office.wait_for_rows(1)
        office.wait(lambda: bool(office.one(complaint)), "the complaint")
        deliver(dovecot_server, office, 2)
        office.wait_for_rows(2)
    assert refused.stop(5)
    assert "refused the login" in office.one(complaint)
    assert "wrong" not in office.one(complaint)
