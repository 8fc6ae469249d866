"""An IMAP source and servers that are odd, poor or broken."""

import errno
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.config.settings import TlsMode
from gateway.errors import Misused
from gateway.imap_source import login, session
from gateway.imap_source.trouble import _FAILURES_BEFORE_REST
from gateway.store.schema import imap_uids, spool
from servers.fake_imap import Dialog, FakeImap, fetch, serving
from servers.imap_rig import Rig, account, mail, rig


@pytest.fixture
def fake() -> Iterator[FakeImap]:
    """A scripted server with three mails."""
    with serving(FakeImap(mails={uid: mail(uid) for uid in (1, 2, 3)})) as found:
        yield found


@pytest.fixture
def post(fake: FakeImap, tmp_path: Path) -> Iterator[Rig]:
    """A source's surroundings whose account is on that server."""
    with rig(account("support", fake.port), "sqlite:///casepost.db", tmp_path) as found:
        yield found


def warnings(caplog: pytest.LogCaptureFixture, part: str) -> int:
    """Count the log lines with some text in them."""
    return len([record for record in caplog.records if part in record.getMessage()])


def test_no_mail_of_others_is_expunged(fake: FakeImap, post: Rig) -> None:
    """Without MOVE a mail is copied and only it is removed; a plain EXPUNGE is never sent."""
    fake.capabilities = "IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS"
    with post.running(when_filed="move:Done"):
        post.wait(lambda: post.marked() == 3, "the mails moved")
    moving = [c for c in fake.commands() if c in {"UID COPY", "UID STORE"} or "EXPUNGE" in c]
    assert ["UID COPY", "UID STORE", "UID EXPUNGE"] == moving
    assert {"\\Deleted"} == set(fake.keywords.values())


def test_a_server_that_cannot_move(
    fake: FakeImap, post: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """Without MOVE and UIDPLUS filed mail stays where it is, which is told once, and works."""
    fake.capabilities = "IMAP4rev1 AUTH=PLAIN IDLE"
    with post.running(when_filed="move:Done", idle=0.01):
        post.wait(lambda: fake.commands().count("SELECT") > 3, "some scans")
    assert (3, 0) == (post.rows(), post.marked())
    assert 1 == warnings(caplog, "neither MOVE nor UIDPLUS")
    assert {"UID COPY", "UID STORE", "EXPUNGE", "UID EXPUNGE"}.isdisjoint(fake.commands())


def test_a_server_without_keywords(
    fake: FakeImap, post: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """Where PERMANENTFLAGS allows no new keyword none is set, and mail is filed all the same."""
    fake.permanent_flags = r"\Seen \Deleted"
    with post.running(idle=0.01):
        post.wait(lambda: fake.commands().count("SELECT") > 3, "some scans")
    assert (3, 0) == (post.rows(), post.marked())
    assert 1 == warnings(caplog, "keeps no keywords")
    assert "UID STORE" not in fake.commands()


def test_a_keyword_that_is_known_already(fake: FakeImap, post: Rig) -> None:
    """A server that takes no new keywords takes ours if it has it, however it is written."""
    fake.permanent_flags = r"\Seen $casepostfiled"
    with post.running():
        post.wait(lambda: post.marked() == 3, "the keyword")
    assert {"$CasepostFiled"} == set(fake.keywords.values())


def test_a_read_only_folder(fake: FakeImap, post: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """A folder that we may only read is read."""
    fake.answers["SELECT"] = _read_only
    post.run_once()
    assert (3, 0) == (post.rows(), post.marked())
    assert 1 == warnings(caplog, "read-only")


def _read_only(dialog: Dialog, _tag: str, _rest: str) -> str:
    dialog.say("* 3 EXISTS")
    return "OK [READ-ONLY] done"


def test_a_server_without_uidvalidity(fake: FakeImap, post: Rig) -> None:
    """UIDs that mean nothing are not used, and the reason is said."""
    fake.uidvalidity = 0
    with post.running():
        post.wait(lambda: "no UIDVALIDITY" in post.last_error(), "the complaint")
    assert 0 == post.rows()


def test_a_server_without_idle(fake: FakeImap, post: Rig) -> None:
    """Where there is no IDLE the folder is scanned again and again."""
    fake.capabilities = "IMAP4rev1 AUTH=PLAIN"
    with post.running(idle=0.02, when_filed="nothing"):
        post.wait_for_rows(3)
        fake.mails[9] = mail(9)
        post.wait_for_rows(4)
    assert "IDLE" not in fake.commands()


def test_a_server_that_refuses_idle(fake: FakeImap, post: Rig) -> None:
    """Where IDLE is refused it is not asked again over that connection."""
    fake.answers["IDLE"] = lambda *_: "NO not today"
    with post.running(idle=0.02, when_filed="nothing"):
        post.wait_for_rows(3)
        fake.mails[9] = mail(9)
        post.wait_for_rows(4)
    assert 1 == fake.commands().count("IDLE")


def damaged(fake: FakeImap, uid: int, answer: Callable[[Dialog], str]) -> None:
    """Let every FETCH of bodies fail that has a certain mail in it."""

    def script(dialog: Dialog, tag: str, rest: str) -> str:
        if "BODY" in rest and str(uid) in rest.split(maxsplit=1)[0].split(","):
            return answer(dialog)
        return fetch(dialog, tag, rest)

    fake.answers["UID FETCH"] = script


def hang_up(dialog: Dialog) -> str:
    """Answer with the end of the connection."""
    dialog.say("* BYE internal error")
    raise ConnectionError


@pytest.mark.parametrize("answer", [lambda _: "NO one mail is damaged", hang_up])
def test_a_damaged_mail_holds_up_no_other(
    fake: FakeImap, post: Rig, caplog: pytest.LogCaptureFixture, answer: Callable[[Dialog], str]
) -> None:
    """Beside a mail that the server cannot give, the others are filed and new mail comes in."""
    damaged(fake, 2, answer)
    with post.running(idle=0.02):
        post.wait_for_rows(2)
        fake.mails[4] = mail(4)
        post.wait_for_rows(3)
        post.wait(lambda: warnings(caplog, "again in an hour") == 1, "the pause")
        scans = fake.commands().count("SELECT")
        post.wait(lambda: fake.commands().count("SELECT") > scans + 3, "more scans")
        alone = [line for line in fake.lines if re.search(rb"UID FETCH 2 .*BODY", line)]
        assert _FAILURES_BEFORE_REST == len(alone)
    found = post.all(select(imap_uids.c.uid).order_by(imap_uids.c.uid))
    assert [1, 3, 4] == [row.uid for row in found]


def test_a_size_that_was_wrong(fake: FakeImap, post: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """A mail that is larger than the server had said is passed over like any that is too large."""
    fake.mails[2] = mail(2, "x" * 5000)
    post.message_size = 4000

    def script(dialog: Dialog, tag: str, rest: str) -> str:
        if "SIZE" in rest:
            for uid in (1, 2, 3):
                dialog.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE 10)")
            return "OK done"
        return fetch(dialog, tag, rest)

    fake.answers["UID FETCH"] = script
    post.run_once()
    assert 2 == post.rows()
    assert 1 == warnings(caplog, "over message_size")


def test_an_unsolicited_answer(fake: FakeImap, post: Rig) -> None:
    """What the server says of other mails between the answers confuses nothing."""

    def script(dialog: Dialog, tag: str, rest: str) -> str:
        dialog.say("* 1 FETCH (FLAGS (\\Seen))")
        dialog.say("* 4 EXISTS")
        dialog.fake.mails.setdefault(7, mail(7))
        return fetch(dialog, tag, rest)

    fake.answers["UID FETCH"] = script
    with post.running(idle=3600):
        post.wait_for_rows(4)
    found = post.all(select(spool.c.message_id).order_by(spool.c.message_id))
    assert [f"<{n}@klant.example>" for n in (1, 2, 3, 7)] == [row.message_id for row in found]


def refuse(text: str) -> Callable[[Dialog, str, str], str]:
    """Script an answer to AUTHENTICATE."""

    def script(dialog: Dialog, _tag: str, _rest: str) -> str:
        dialog.say("+ ")
        dialog.hear()
        return text

    return script


def test_refused_logins_pause(fake: FakeImap, post: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """After three refused logins in a row the server is left alone, and the secret stays one."""
    fake.answers["AUTHENTICATE"] = refuse("NO [AUTHENTICATIONFAILED] bad password swordfish")
    with post.running():
        post.wait(lambda: warnings(caplog, "next attempt in 900 s") == 1, "the pause")
        assert 3 == fake.commands().count("AUTHENTICATE")
    assert "refused the login of support" in post.last_error()
    assert "swordfish" not in post.last_error() + caplog.text


def test_a_server_that_cannot_check(fake: FakeImap, post: Rig) -> None:
    """A server whose password check is down is asked again soon."""
    fake.answers["AUTHENTICATE"] = refuse("NO [UNAVAILABLE] later")
    with post.running():
        post.wait(lambda: fake.commands().count("AUTHENTICATE") > 5, "more attempts")
        fake.answers.clear()
        post.wait_for_rows(3)


def test_a_login_that_breaks(fake: FakeImap, post: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """A connection that ends while we log in is no refusal, however often it does."""
    fake.answers["AUTHENTICATE"] = break_off
    with post.running():
        post.wait(lambda: fake.commands().count("AUTHENTICATE") > 5, "more attempts")
        fake.answers.clear()
        post.wait_for_rows(3)
    assert "could not log support in" in post.last_error()
    assert 0 == warnings(caplog, "refused")


def test_a_full_disk(fake: FakeImap, post: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail that cannot be kept stays unmarked on the server until it can be."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with post.running(idle=0.05):
        post.wait(lambda: post.marked() == 3, "the first mails")
        with monkeypatch.context() as patch:
            patch.setattr("gateway.store.raw.from_bytes", full)
            fake.mails[4] = mail(4)
            post.wait(lambda: "No space left on device" in post.last_error(), "the complaint")
            assert "a mail cannot be kept" in post.last_error()
            assert {1, 2, 3} == set(fake.keywords)
        post.wait_for_rows(4)


def break_off(dialog: Dialog, _tag: str, _rest: str) -> str:
    """Answer any command with the end of the connection."""
    return hang_up(dialog)


def test_a_mark_that_breaks_the_connection(fake: FakeImap, post: Rig) -> None:
    """When the connection ends while mails are marked, they are marked over the next one."""
    fake.answers["UID STORE"] = break_off
    with post.running():
        post.wait_for_rows(3)
        post.wait(lambda: fake.commands().count("UID STORE") > 1, "more attempts")
        fake.answers.clear()
        post.wait(lambda: post.marked() == 3, "the marks")
    assert (3, 0) == post.received_and_repeated()


def test_a_missing_authority(post: Rig, tmp_path: Path) -> None:
    """A `ca_file` that cannot be read is named."""
    with post.running(tls=TlsMode.TLS, ca_file=tmp_path / "none.pem"):
        post.wait(lambda: "none.pem cannot be used: No such file" in post.last_error(), "that")


def test_a_server_that_always_has_news(fake: FakeImap, post: Rig) -> None:
    """A server that repeats the number of mails in every answer does not keep us busy."""

    def search(dialog: Dialog, _tag: str, _rest: str) -> str:
        dialog.say("* SEARCH 1 2 3")
        dialog.say("* 3 EXISTS")
        return "OK done"

    fake.answers["UID SEARCH"] = search
    with post.running(idle=3600, when_filed="nothing"):
        post.wait(lambda: "IDLE" in fake.commands(), "IDLE")
    assert 3 == fake.commands().count("UID SEARCH")


def test_a_password_file_that_appears(
    tmp_path: Path, post: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is asked for at each login, and what is wrong with it is said."""
    file = tmp_path / "password"
    source = post.source()
    monkeypatch.setattr(source, "_password", file.read_text)
    source.start()
    post.wait(lambda: "No such file" in post.last_error(), "the complaint")
    file.write_text("swordfish")
    post.wait_for_rows(3)
    assert source.stop(5)


def test_a_token_command(fake: FakeImap, post: Rig) -> None:
    """The token is what the command prints, without a shell."""
    command = (sys.executable, "-c", "print('tok' + 'en;$(id)')")
    with post.running(token_command=command, password_file=None):
        post.wait_for_rows(3)
    assert "AUTHENTICATE" in fake.commands()


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("import sys; print('s3cret'); sys.exit(3)", "ended with status 3"),
        ("import sys; print('s3cret', file=sys.stderr)", "printed nothing"),
        ("print('s3cret'); import signal; signal.pause()", "took more than"),
        ("print('s3\\x01cret')", "the token has a control character"),
    ],
)
def test_a_token_command_that_fails(
    post: Rig,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    script: str,
    complaint: str,
) -> None:
    """What is wrong with the command is said, and nothing of what it printed."""
    monkeypatch.setattr(login, "_TOKEN_SECONDS", 2.0 if "pause" in script else 20.0)
    with post.running(token_command=(sys.executable, "-c", script), password_file=None):
        post.wait(lambda: complaint in post.last_error(), "the complaint")
    assert "cret" not in caplog.text + post.last_error()


def test_no_password_in_the_clear(post: Rig) -> None:
    """Without TLS only a server on this machine gets a password; another is refused at start."""
    for host in ("127.0.0.1", "::1", "localhost"):
        post.source(host=host).stop(0)
    for host in ("imap.example.org", "10.0.0.1", "127.0.0.1.example.org"):
        with pytest.raises(Misused, match="in the clear"):
            post.source(host=host)
        post.source(host=host, tls=TlsMode.STARTTLS).stop(0)


def test_a_server_that_goes_silent_before_the_login(tmp_path: Path) -> None:
    """A connection that is not even made is cut when the source is told to stop."""
    with serving(FakeImap()) as fake:
        fake.answers["CAPABILITY"] = lambda *_: ""
        settings = account("support", fake.port, connect_timeout=300, read_timeout=300)
        with rig(settings, "sqlite:///casepost.db", tmp_path) as post:
            source = post.source()
            source.start()
            post.wait(lambda: fake.commands() == ["CAPABILITY"], "the connection")
            assert source.stop(0.1)


def test_the_scan_is_due_even_if_mail_never_stops(
    fake: FakeImap, post: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steady notifications do not put off the next whole scan."""
    clock = iter(range(10_000))
    monkeypatch.setattr(session, "time", type("Clock", (), {"monotonic": lambda: next(clock)}))

    def idle(dialog: Dialog, _tag: str, _rest: str) -> str:
        dialog.say("+ idling")
        dialog.say("* 3 EXISTS")
        dialog.hear()
        return "OK done"

    fake.answers["IDLE"] = idle
    with post.running(idle=10, when_filed="nothing"):
        post.wait(lambda: fake.commands().count("EXAMINE") > 2, "the next scans")
    assert fake.commands().count("IDLE") > fake.commands().count("EXAMINE")
