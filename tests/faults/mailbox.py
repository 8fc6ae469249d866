"""IMAP servers that fail: a real one, and two that follow a script, while each other goes on."""

import base64
import itertools
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from imapclient import IMAPClient, SocketTimeout

from faults.fault import Group, must
from faults.injection import Failing
from faults.letters import Letter, letter
from faults.scene import ACKNOWLEDGED, PASSWORD, Plan, Scene, scene, write_secret
from gateway.store.schema import spool
from lib.reckoning import by_imap
from servers import certificates, dovecot, fake_imap
from servers.dovecot import Dovecot
from servers.fake_imap import Dialog, FakeImap, fetch

_ACCOUNT = """
[[imap]]
name = "{name}"
host = "127.0.0.1"
port = {port}
tls = "none"
user = "{user}"
password_file = "password"
address = "help@north.example"
when_filed = "{when_filed}"
connect_timeout = 2
read_timeout = 2
reconnect_first = 0.1
reconnect_most = 0.3
idle = 1
answer_backlog = true
"""
_USUAL = Plan()
_MARK = b"$CasepostFiled"

Answer = Callable[[Dialog, str, str], str]


@dataclass(slots=True)
class Mailboxes:
    """A daemon that reads three mailboxes: `real`, and two scripted ones."""

    site: Scene
    server: Dovecot
    user: str
    marking: FakeImap
    moving: FakeImap
    uids: dict[str, Iterator[int]] = field(default_factory=dict)

    def check(self) -> None:
        """Compare, with servers that behave."""
        for fake in (self.marking, self.moving):
            fake.answers.clear()
        self.site.check()

    def put(self, name: str, one: Letter) -> int:
        """Put a mail into a scripted mailbox; its UID."""
        fake = self.marking if name == "marking" else self.moving
        uid = next(self.uids.setdefault(name, itertools.count(1)))
        fake.mails[uid] = one.content
        place = (name, "INBOX", fake.uidvalidity, uid)
        self.site.accepted.append(by_imap(place, one.content, answers=ACKNOWLEDGED))
        return uid

    def deliver(self) -> Letter:
        """Put a mail into the real mailbox, and wait until it is filed: this account goes on."""
        one = letter()
        self.server.deliver(one.content, self.user, one.sender)
        self.site.wait_filed(one)
        return one

    def both(self, verb: str, answer: Answer, failures: int) -> None:
        """Let a command fail so often on each scripted server, with a mail in each mailbox."""
        letters = [letter(), letter()]
        counts = [_failing(fake, verb, answer, failures) for fake in (self.marking, self.moving)]
        self.put("marking", letters[0])
        self.put("moving", letters[1])
        self.deliver()
        for one in letters:
            self.site.wait_filed(one)
        must(any(counts), f"{verb} never failed")


def _failing(fake: FakeImap, verb: str, answer: Answer, failures: int) -> list[None]:
    """Answer a command in some other way so often, and then as usual; each failure is counted."""
    usual = fake_imap.ANSWERS[verb]
    seen: list[None] = []

    def now_and_then(dialog: Dialog, tag: str, rest: str) -> str:
        if len(seen) >= failures:
            return usual(dialog, tag, rest)
        seen.append(None)
        return answer(dialog, tag, rest)

    fake.answers[verb] = now_and_then
    return seen


def hang_up(dialog: Dialog) -> str:
    """End a connection without a word."""
    dialog.connection.shutdown(socket.SHUT_RDWR)
    return ""


@contextmanager
def opened(name: str = "mailbox", plan: Plan = _USUAL) -> Iterator[Mailboxes]:
    """Start a daemon that reads three mailboxes."""
    dovecot.require()
    with (
        TemporaryDirectory() as folder,
        dovecot.running(certificates.issue(Path(folder), "localhost")) as server,
        fake_imap.serving(FakeImap()) as marking,
        fake_imap.serving(FakeImap()) as moving,
    ):
        user = server.new_user()
        accounts = (
            ("real", server.imap, user, "keyword"),
            ("marking", marking.port, "marking", "keyword"),
            ("moving", moving.port, "moving", "move:Filed"),
        )
        more = "".join(
            _ACCOUNT.format(name=name, port=port, user=who, when_filed=then)
            for name, port, who, then in accounts
        )
        with scene(name, replace(plan, more=more)) as site:
            yield Mailboxes(site, server, user, marking, moving)


GROUP: Group[Mailboxes] = Group("mailbox", opened)


@GROUP.fault(
    "the server never answers DONE", holds="given up in time; its mail is filed, others' meanwhile"
)
def idle(on: Mailboxes) -> None:
    """It stalls in IDLE."""

    def stall(dialog: Dialog, _tag: str, _rest: str) -> str:
        dialog.say("+ idling")
        dialog.hear()
        return ""

    on.both("IDLE", stall, 2)


@GROUP.fault("the link is lost after MOVE", holds="filed once, though nobody knows what moved")
def move(on: Mailboxes) -> None:
    """Before its tagged answer: the server has done it."""

    def lose(dialog: Dialog, tag: str, rest: str) -> str:
        fake_imap.ANSWERS["UID MOVE"](dialog, tag, rest)
        return hang_up(dialog)

    seen = _failing(on.moving, "UID MOVE", lose, 1)
    first, second = letter(), letter()
    on.put("moving", first)
    on.site.wait_filed(first)
    on.put("moving", second)
    on.site.wait_filed(second)
    on.site.wait(lambda: not on.moving.mails, "the mailbox is empty")
    must(seen, "MOVE never failed")


@GROUP.fault("the link is lost after UID STORE", holds="filed once and marked in the end")
def store(on: Mailboxes) -> None:
    """Before its tagged answer, with the mark set, and without."""
    for done in (True, False):

        def lose(dialog: Dialog, tag: str, rest: str, done: bool = done) -> str:  # noqa: FBT001
            if done:
                fake_imap.ANSWERS["UID STORE"](dialog, tag, rest)
            return hang_up(dialog)

        seen = _failing(on.marking, "UID STORE", lose, 2)
        one = letter()
        uid = on.put("marking", one)
        on.site.wait_filed(one)
        on.site.wait(lambda uid=uid, seen=seen: _is_marked(on, uid, seen), "the mark")  # type: ignore[misc]


def _is_marked(on: Mailboxes, uid: int, seen: list[None]) -> bool:
    return len(seen) == 2 and on.marking.keywords.get(uid) == _MARK.decode()


@GROUP.fault("the link is lost in the middle of FETCH", holds="nothing is filed by halves")
def half(on: Mailboxes) -> None:
    """In the middle of a mail's bytes."""

    def lose(dialog: Dialog, tag: str, rest: str) -> str:
        if "BODY.PEEK[]" not in rest:
            return fetch(dialog, tag, rest)
        (uid,) = (int(part) for part in rest.split(maxsplit=1)[0].split(",")[:1])
        content = on_of(dialog).mails[uid]
        dialog.say(f"* 1 FETCH (UID {uid} BODY[] {{{len(content)}}}".encode())
        dialog.wfile.write(content[: len(content) // 2])
        return hang_up(dialog)

    on.both("UID FETCH", lose, 4)


def on_of(dialog: Dialog) -> FakeImap:
    """Give the server of a connection."""
    return dialog.fake


@GROUP.fault(
    "a literal is shorter than announced", holds="never filed as it came; filed once it is right"
)
def short(on: Mailboxes) -> None:
    """By little, so that the answer's end is swallowed, and by much, so that we wait in vain."""
    for missing in (5, 5000):

        def lie(dialog: Dialog, tag: str, rest: str, missing: int = missing) -> str:
            if "BODY.PEEK[]" not in rest:
                return fetch(dialog, tag, rest)
            for uid in (int(part) for part in rest.split(maxsplit=1)[0].split(",")):
                content = dialog.fake.mails[uid]
                size = len(content) + missing
                dialog.say(f"* 1 FETCH (UID {uid} BODY[] {{{size}}}".encode())
                dialog.say(content + b")")
            return "OK done"

        on.both("UID FETCH", lie, 4)


@GROUP.fault("the server says BYE at login", holds="tried again; no other account waits")
def bye(on: Mailboxes) -> None:
    """As servers do that restart."""

    def leave(dialog: Dialog, _tag: str, _rest: str) -> str:
        dialog.say("* BYE come back later")
        return hang_up(dialog)

    _failing(on.marking, "IDLE", lambda dialog, _t, _r: hang_up(dialog), 1)
    _failing(on.moving, "IDLE", lambda dialog, _t, _r: hang_up(dialog), 1)
    on.both("AUTHENTICATE", leave, 3)


@GROUP.fault("the password is changed", holds="the new one is read from its file and used")
def password(on: Mailboxes) -> None:
    """On the server first, in the file after two refusals."""
    said: list[str] = []
    expected = "trout"

    def ask(dialog: Dialog, _tag: str, _rest: str) -> str:
        dialog.say("+ ")
        said.append(base64.b64decode(dialog.hear()).split(b"\0")[-1].decode())
        return "OK done" if said[-1] == expected else "NO [AUTHENTICATIONFAILED] no"

    on.marking.answers["AUTHENTICATE"] = ask
    # Unless it is about to come anew anyhow.
    _failing(on.marking, "IDLE", lambda dialog, _t, _r: hang_up(dialog), 1)
    on.site.wait(lambda: len(said) >= 1, "a refusal")
    secret = on.site.path.with_name("password")
    write_secret(secret, expected)
    on.site.wait(lambda: expected in said, "the new password")
    write_secret(secret, PASSWORD)
    must(said[0] == PASSWORD, "the old one was not tried")
    one = letter()
    on.put("marking", one)
    on.site.wait_filed(one)


@GROUP.fault(
    "the mailbox is made anew, with other UIDs", holds="known mails are known; new ones are filed"
)
def made_anew(on: Mailboxes) -> None:
    """UIDVALIDITY changes on the real server and on a scripted one."""
    before = on.deliver()
    known = on.site.count(spool)
    on.server.change_uid_validity(on.user)
    old = on.marking.uidvalidity
    on.marking.uidvalidity = old + 1
    # The second time all mails have been read again, and what comes then is new.
    dropped = _failing(on.marking, "IDLE", lambda dialog, _t, _r: hang_up(dialog), 2)
    on.site.wait(lambda: len(dropped) == 2, "it is read again")
    on.deliver()
    one = letter()
    on.put("marking", one)
    on.site.wait_filed(one)
    on.site.wait(lambda: "imap:real: UIDVALIDITY" in on.site.log(), "the other one, too")
    must(on.site.count(spool) == known + 2, "known mails were taken for new ones")
    must(on.site.state(before) == "filed", "a known mail has changed")


@GROUP.fault(
    "another client deletes and moves mails meanwhile",
    holds="others' mail and flags are as they were",
)
def others(on: Mailboxes) -> None:
    """A person at the same mailbox, with a folder of their own."""
    with _person(on) as person:
        person.create_folder("Own")
        for _ in range(3):
            person.append("Own", letter().content, (b"\\Flagged",))
        first, second = on.deliver(), on.deliver()
        person.select_folder("INBOX")
        uids = person.search(["HEADER", "Message-ID", first.message_id])
        person.delete_messages(uids)
        person.expunge()
        third = on.deliver()
        (uid,) = person.search(["HEADER", "Message-ID", second.message_id])
        person.add_flags([uid], [b"\\Answered"])
        must(b"\\Answered" in person.get_flags([uid])[uid], "a flag of theirs is gone")
        person.select_folder("Own", readonly=True)
        flags = [set(found) - {b"\\Recent"} for found in person.get_flags([1, 2, 3]).values()]
    must(flags == [{b"\\Flagged"}] * 3, f"another folder was touched: {flags}")
    must(on.site.state(third) == "filed", "what came meanwhile was lost")


@contextmanager
def _person(on: Mailboxes) -> Iterator[IMAPClient]:
    timeout = SocketTimeout(connect=10, read=10)
    client = IMAPClient("127.0.0.1", on.server.imap, ssl=False, timeout=timeout)
    client.login(on.user, on.server.password)
    try:
        yield client
    finally:
        client.logout()


@GROUP.fault(
    "the database's log can't be synced while mails are fetched",
    holds="no mail is marked before it is durable; then each is filed and marked",
)
def unsynced(on: Mailboxes) -> None:
    """The mark is our 250."""
    one = letter()
    failing = Failing(calls="fsync,fdatasync", paths=(on.site.write_ahead_log,))
    with on.site.failing(on.site.main, failing) as seen:
        uid = on.put("marking", one)
        seen.wait()
        on.site.wait(lambda: seen.failed >= 2, "a second attempt")
        must(uid not in on.marking.keywords, "marked before it was durable")
    on.site.wait_filed(one)
    on.site.wait(lambda: uid in on.marking.keywords, "the mark")
