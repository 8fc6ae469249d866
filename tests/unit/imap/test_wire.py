"""What goes to an IMAP server, and what is believed of its answers."""

import base64
import imaplib
import socket
import ssl
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from imapclient.exceptions import IMAPClientError, LoginError

from gateway.config.oauth2 import Mechanism
from gateway.config.settings import TlsMode
from gateway.errors import Transient
from gateway.imap_source.wire import Listed, Mailbox, Server
from gateway.oauth2.sasl import Showing
from servers.certificates import Certificate
from servers.fake_imap import Dialog, FakeImap, serving

MIB = 1024 * 1024


def server(port: int, tls: TlsMode = TlsMode.NONE) -> Server:
    """Say where the fake server is."""
    return Server("127.0.0.1", port, tls, None, 5, 5, longest_mail=MIB)


def showing(user: str, token: str) -> Showing:
    """Show a token as Google and Microsoft want it."""
    return Showing(Mechanism.XOAUTH2, user, token, "127.0.0.1", 143)


@pytest.fixture
def fake() -> Iterator[FakeImap]:
    """A scripted server."""
    with serving(FakeImap()) as found:
        yield found


@pytest.fixture
def mailbox(fake: FakeImap) -> Iterator[Mailbox]:
    """A connection to it that is not logged in."""
    found = Mailbox(server(fake.port))
    found.connect()
    yield found
    found.close(politely=False)


@pytest.fixture
def opened(mailbox: Mailbox) -> Mailbox:
    """A connection to it that has the folder open."""
    mailbox.login("support", "swordfish")
    mailbox.open("INBOX", to_write=True)
    return mailbox


ARGUMENTS: dict[str, Callable[[Mailbox, str], object]] = {
    "user": lambda box, text: box.login(text, "swordfish"),
    "password": lambda box, text: box.login("support", text),
    "user with token": lambda box, text: box.login_with_token(showing(text, "token")),
    "token": lambda box, text: box.login_with_token(showing("support", text)),
    "folder": lambda box, text: box.open(text, to_write=True),
    "folder to read": lambda box, text: box.open(text, to_write=False),
    "keyword": lambda box, text: box.set_keyword([1], text),
    "folder to move to": lambda box, text: box.move([1], text),
    "folder to copy to": lambda box, text: box.copy_and_expunge([1], text),
}


@pytest.mark.parametrize("control", ["\r\nX STORE 1:* +FLAGS (\\Deleted)\r\n", "\r", "\n", "\0"])
@pytest.mark.parametrize("argument", ARGUMENTS)
def test_no_control_character_goes_out(
    mailbox: Mailbox, fake: FakeImap, argument: str, control: str
) -> None:
    """An argument with CR, LF or NUL is refused before a single byte of its command is sent."""
    if "user" not in argument and argument not in {"password", "token"}:
        mailbox.login("support", "swordfish")
    before = list(fake.lines)
    with pytest.raises(ValueError, match=r"control character|atom"):
        ARGUMENTS[argument](mailbox, f"before{control}after")
    assert before == fake.lines


@pytest.mark.parametrize("byte", [*range(0x20), 0x7F])
def test_the_last_guard(opened: Mailbox, fake: FakeImap, byte: int) -> None:
    """Whatever reaches IMAPClient itself, as a criterion might, no second line leaves."""
    opened.uids_from(1)
    before = list(fake.lines)
    criteria = ["HEADER", "Message-ID", f'x"{chr(byte)}X1 STORE 1:* +FLAGS (\\Deleted)']
    with pytest.raises(ValueError, match="control character"):
        opened._client.search(criteria)  # noqa: SLF001  below our own checks
    assert before == fake.lines


@pytest.mark.parametrize("keyword", ["", "two words", "a)", r"\Deleted", "käse", "a]"])
def test_a_keyword_is_an_atom(opened: Mailbox, keyword: str) -> None:
    """A keyword that would be more than one flag, or a system flag, is refused."""
    with pytest.raises(ValueError, match="atom"):
        opened.set_keyword([1], keyword)


@pytest.mark.parametrize("password", ["plain", 'quo"te', "back\\slash", "pässi€", "blank s"])
def test_any_password_by_sasl_plain(mailbox: Mailbox, fake: FakeImap, password: str) -> None:
    """Where the server has AUTH=PLAIN, a password goes out as it is, in UTF-8."""
    mailbox.login("süpport", password)
    sent = base64.b64decode(fake.lines[-1])
    assert ["", "süpport", password] == sent.decode().split("\0")


def test_login_quotes(fake: FakeImap) -> None:
    """Where the server has LOGIN only, user name and password are quoted strings."""
    fake.capabilities = "IMAP4rev1"
    mailbox = Mailbox(server(fake.port))
    mailbox.connect()
    mailbox.login('DOMAIN\\sup"port', 'a "b" \\c')
    mailbox.close(politely=True)
    assert fake.lines[1].endswith(b' LOGIN "DOMAIN\\\\sup\\"port" "a \\"b\\" \\\\c"\r\n')


@pytest.mark.parametrize(
    ("capabilities", "password"),
    [("IMAP4rev1 LOGINDISABLED", "swordfish"), ("IMAP4rev1", "pässi")],
)
def test_a_login_that_cannot_be(fake: FakeImap, capabilities: str, password: str) -> None:
    """Where no login fits, nothing of the password is sent or said."""
    fake.capabilities = capabilities
    mailbox = Mailbox(server(fake.port))
    mailbox.connect()
    with pytest.raises(Transient) as error:
        mailbox.login("support", password)
    mailbox.close(politely=False)
    assert password not in str(error.value)
    assert ["CAPABILITY"] == fake.commands()


def test_a_token(mailbox: Mailbox, fake: FakeImap) -> None:
    """An OAuth2 token goes out in the form of SASL XOAUTH2."""
    mailbox.login_with_token(showing("support@desk.example", "ya29.token"))
    sent = base64.b64decode(fake.lines[-1])
    assert b"user=support@desk.example\1auth=Bearer ya29.token\1\1" == sent


def test_a_token_that_is_refused(mailbox: Mailbox, fake: FakeImap) -> None:
    """A refused token is a refused login; the reason is heard, and answered by nothing."""
    answers: list[object] = []
    shown = showing("support", "old")

    def refuse(dialog: Dialog, _tag: str, _rest: str) -> str:
        dialog.say("+ ")
        dialog.hear()
        dialog.say("+ eyJzdGF0dXMiOiI0MDAifQ==")
        answers.append(dialog.hear())
        return "NO SASL authentication failed"

    fake.answers["AUTHENTICATE"] = refuse
    with pytest.raises(LoginError):
        mailbox.login_with_token(shown)
    assert ("status 400", [b"\r\n"]) == (shown.error, answers)


def test_starttls_is_never_left_out(fake: FakeImap) -> None:
    """A server that does not offer STARTTLS gets no login."""
    mailbox = Mailbox(server(fake.port, TlsMode.STARTTLS))
    with pytest.raises(imaplib.IMAP4.error, match="STARTTLS"):
        mailbox.connect()
    mailbox.close(politely=False)


def test_a_server_that_is_logged_in_already(fake: FakeImap) -> None:
    """PREAUTH, with which an attacker could prevent STARTTLS, ends the connection."""
    fake.greeting = "* PREAUTH welcome"
    fake.capabilities = "IMAP4rev1 STARTTLS"
    mailbox = Mailbox(server(fake.port, TlsMode.STARTTLS))
    with pytest.raises(imaplib.IMAP4.error):
        mailbox.connect()
    mailbox.close(politely=False)


def test_nothing_from_before_tls_is_believed(fake: FakeImap, certificate: Certificate) -> None:
    """What was said between the answer to STARTTLS and the handshake ends the connection."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.private_key)

    def start(dialog: Dialog, tag: str, _rest: str) -> str:
        dialog.wfile.write(f"{tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n".encode())
        with context.wrap_socket(dialog.request, server_side=True) as safe:
            safe.recv(1024)
        raise ConnectionError

    fake.capabilities = "IMAP4rev1 STARTTLS"
    fake.answers["STARTTLS"] = start
    where = Server("127.0.0.1", fake.port, TlsMode.STARTTLS, certificate.authority, 5, 5, MIB)
    mailbox = Mailbox(where)
    with pytest.raises(imaplib.IMAP4.abort, match="between STARTTLS and TLS"):
        mailbox.connect()
    mailbox.close(politely=False)


@pytest.mark.parametrize("said", ["+ idling\r\n* 3 EXISTS\r\n", "* 3 EXISTS\r\n+ idling\r\n"])
def test_news_beside_the_answer_to_idle(opened: Mailbox, fake: FakeImap, said: str) -> None:
    """A notification in the same packet as the answer to IDLE ends the waiting at once."""

    def idle(dialog: Dialog, _tag: str, _rest: str) -> str:
        dialog.wfile.write(said.encode())
        dialog.hear()
        return "OK done"

    fake.answers["IDLE"] = idle
    ours, theirs = socket.socketpair()
    with ours, theirs:
        opened.idle_until(3600, ours)
    assert opened.news()
    assert not opened.news()


def test_idle_ends_when_we_are_woken(opened: Mailbox) -> None:
    """A byte on our own socket ends IDLE."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"!")
        opened.idle_until(3600, ours)
    assert not opened.news()


def test_a_refused_idle(opened: Mailbox, fake: FakeImap) -> None:
    """A server that has IDLE and refuses it raises, so that nobody asks again at once."""
    fake.answers["IDLE"] = lambda *_: "NO not now"
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(imaplib.IMAP4.error, match="IDLE failed"):
        opened.idle_until(3600, ours)


def test_an_endless_line(opened: Mailbox, fake: FakeImap) -> None:
    """A line without an end costs a bounded amount of memory, then the connection."""

    def search(dialog: Dialog, _tag: str, _rest: str) -> str:
        for _ in range(64):
            dialog.wfile.write(b"* SEARCH" + b" 1" * MIB)
        return ""

    fake.answers["UID SEARCH"] = search
    tracemalloc.start()
    with pytest.raises(imaplib.IMAP4.abort, match="a line of more than"):
        opened.uids_from(1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * MIB


def test_an_enormous_literal(opened: Mailbox, fake: FakeImap) -> None:
    """A literal far over the longest mail is not read, whatever size was told before."""

    def fetch(dialog: Dialog, _tag: str, _rest: str) -> str:
        dialog.say("* 1 FETCH (UID 1 BODY[] {4294967296}")
        return ""

    fake.answers["UID FETCH"] = fetch
    with pytest.raises(imaplib.IMAP4.abort, match="a literal of 4294967296 bytes"):
        opened.fetch([1])


def test_a_literal_that_ends_early(opened: Mailbox, fake: FakeImap) -> None:
    """A part of a mail is never taken for the mail."""

    def fetch(dialog: Dialog, _tag: str, _rest: str) -> str:
        dialog.say("* 1 FETCH (UID 1 BODY[] {1000}")
        dialog.say("Subject: the beginn")
        raise ConnectionError

    fake.answers["UID FETCH"] = fetch
    with pytest.raises(imaplib.IMAP4.abort, match="ended within a literal"):
        opened.fetch([1])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('BODY[] "short \\"quoted\\" mail"', {1: b'short "quoted" mail'}),
        ('BODY[] ""', {1: b""}),
        ("BODY[] NIL", {}),
        ("FLAGS (\\Seen)", {}),
    ],
)
def test_a_mail_that_is_no_literal(
    opened: Mailbox, fake: FakeImap, answer: str, expected: dict[int, bytes]
) -> None:
    """A short mail may come as a string; one that does not come is left out."""

    def fetch(dialog: Dialog, _tag: str, _rest: str) -> str:
        dialog.say(f"* 1 FETCH (UID 1 {answer})")
        return "OK done"

    fake.answers["UID FETCH"] = fetch
    assert expected == opened.fetch([1])


def test_a_large_folder_is_searched_in_parts(opened: Mailbox, fake: FakeImap) -> None:
    """No answer to SEARCH grows without bound: over 50,000 mails it is asked by number."""
    assert 3 == len(list(opened.all_uids(120_000)))
    searches = [line.split(maxsplit=1)[1] for line in fake.lines if b"SEARCH" in line]
    assert [
        b"UID SEARCH 1:50000\r\n",
        b"UID SEARCH 50001:100000\r\n",
        b"UID SEARCH 100001:120000\r\n",
    ] == searches


def test_a_folder_name_beyond_ascii(opened: Mailbox, fake: FakeImap) -> None:
    """A folder's name is sent in modified UTF-7 (RFC 3501 section 5.1.3)."""
    opened.move([1], 'Käsitelty "A&B"')
    assert fake.lines[-1].endswith(b'"K&AOQ-sitelty \\"A&-B\\""\r\n')


NEVER = datetime.min.replace(tzinfo=UTC)
GOT_AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
SIZED = 'RFC822.SIZE 9 INTERNALDATE " 1-Mar-2026 10:00:00 +0130"'


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([f"1 FETCH (UID 1 {SIZED})", f"2 FETCH (UID 2 {SIZED})"], {1: GOT_AT, 2: GOT_AT}),
        ([f"2 FETCH (UID 2 {SIZED})", f"1 FETCH ({SIZED} UID 1)"], {1: GOT_AT, 2: GOT_AT}),
        ([f"1 FETCH (uid 1 flags () {SIZED})", "2 FETCH (FLAGS ())"], {1: GOT_AT}),
        ([f"1 FETCH (UID 1 {SIZED})", f"7 FETCH (UID 7 {SIZED})"], {1: GOT_AT}),
        (
            [f"1 FETCH (UID 1 {SIZED.replace('+0130', '-0130')})"],
            {1: GOT_AT + timedelta(hours=3)},
        ),
        ([f"1 FETCH (UID 1 {SIZED.replace('Mar', 'Mrz')})"], {1: NEVER}),
        ([f"1 FETCH (UID 1 {SIZED.replace(' 1-Mar', '31-Feb')})"], {1: NEVER}),
        (["1 FETCH (UID 1 RFC822.SIZE 9)"], {1: NEVER}),
        (["1 FETCH (UID 1 FLAGS ())"], {}),
        ([], {}),
    ],
)
def test_sizes_and_ages(
    opened: Mailbox, fake: FakeImap, lines: list[str], expected: dict[int, datetime]
) -> None:
    """In whatever form a server says them; of other mails nothing, and no date is an old one."""

    def fetch(dialog: Dialog, _tag: str, _rest: str) -> str:
        for line in lines:
            dialog.say(f"* {line}")
        return "OK done"

    fake.answers["UID FETCH"] = fetch
    assert [Listed(uid, 9, at) for uid, at in expected.items()] == opened.measure([1, 2])


@pytest.mark.parametrize("between", [None, "3 EXISTS", "5 FETCH (UID 5 FLAGS ())"])
def test_mails_in_any_order(opened: Mailbox, fake: FakeImap, between: str | None) -> None:
    """Each mail goes by its UID, whatever else the server says meanwhile; of others nothing."""

    def fetch(dialog: Dialog, _tag: str, _rest: str) -> str:
        for uid in (2, 9, 1):
            dialog.say(f"* {uid} FETCH (UID {uid} BODY[] {{2}}\r\n:{uid})")
            if between:
                dialog.say(f"* {between}")
        return "OK done"

    fake.answers["UID FETCH"] = fetch
    assert {1: b":1", 2: b":2"} == opened.fetch([1, 2])


def test_a_fetch_that_is_refused(opened: Mailbox, fake: FakeImap) -> None:
    """What a server does not want to give is an error of this command, and the next one works."""
    fake.mails[1] = b"Subject: Moi\r\n\r\n"
    fake.answers["UID FETCH"] = lambda *_: "NO one of them is damaged"
    with pytest.raises(IMAPClientError, match="one of them is damaged"):
        opened.fetch([1])
    fake.answers.clear()
    assert dict(fake.mails) == opened.fetch([1])
