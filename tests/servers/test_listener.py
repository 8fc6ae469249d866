"""The listener on real sockets, with a real database: what is said, and what is written down."""

import socket
import ssl
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config.settings import Listener
from gateway.errors import Misused
from gateway.listener.server import ListenerThread
from servers.certificates import Certificate
from servers.dialog import ADDRESSES, NOON, SMALL, Client, Running, listening, stuffed
from servers.process import wait_until

US = "support@desk.example"

DIALOGS = {
    "a mail from the null reverse-path": [
        ("EHLO c", "250"), ("MAIL FROM:<>", "250 2.1.0"), (f"RCPT TO:<{US}>", "250 2.1.5"),
        ("DATA", "354 "), (".", "250 2.0.0 accepted as 1"), ("QUIT", "221 2.0.0"), ("", ""),
    ],
    "recipients": [
        ("EHLO c", "250"), ("MAIL FROM:<a@b.example> SMTPUTF8", "250 2.1.0"),
        ("RCPT TO:<SUPPORT@Desk.Example>", "250 2.1.5"),
        ("RCPT TO:<support+x@desk.example>", "250 2.1.5"),
        ("RCPT TO:<hilfe@Bücher.example>", "250"), ("RCPT TO:<other@desk.example>", "550 5.1.1"),
        ("RCPT TO:<support@other.example>", "550 5.1.1"),
        ("RCPT TO:<a@[127.0.0.1]>", "550 5.1.1"),
        ('RCPT TO:<"support"@desk.example>', "250 2.1.5"), ("RCPT TO:<support>", "501 5.1.3"),
        ("RCPT TO:<support%desk.example@other.example>", "550 5.1.1"),
        ("RCPT TO:support@desk.example", "501 5.1.3"), ("DATA x", "501 5.5.4"),
    ],
    "the order of commands": [
        ("MAIL FROM:<a@b.example>", "503 5.5.1"), ("HELO c", "250 mx.desk.example"),
        ("RCPT TO:<x@y>", "503 5.5.1"), ("DATA", "503 5.5.1"), ("MAIL FROM:<a@b.example>", "250"),
        ("MAIL FROM:<a@b.example>", "503 5.5.1"), ("DATA", "503 5.5.1"), ("RSET", "250 2.0.0"),
        ("MAIL FROM:<a@b.example>", "250"), ("HELO c", "250"), (f"RCPT TO:<{US}>", "503 5.5.1"),
    ],
    "arguments": [
        ("EHLO", "501 5.5.4"), ("EHLO a b", "501 5.5.4"), ("HELO c", "250"),
        ("MAIL FROM:a@b.example", "501 5.1.7"), ("MAIL FROM:<a@b.example> SIZE=1", "555 5.5.4"),
        ("RSET x", "501 5.5.4"), ("QUIT x", "501 5.5.4"),
    ],
    "what we don't do": [
        ("EHLO c", "250"), ("VRFY support", "252 2.5.2"), ("VRFY", "501 5.5.4"),
        ("EXPN all", "502 5.5.1"),
        ("AUTH PLAIN AAAA", "502 5.5.1"), ("STARTTLS", "502 5.5.1"), ("HELP", "214 2.0.0"),
        ("NOOP x", "250 2.0.0"), ("LHLO c", "500 5.5.1"),
    ],
    "sizes": [
        ("EHLO c", "250"), ("MAIL FROM:<a@b.example> SIZE=99999999999", "552 5.3.4"),
        ("MAIL FROM:<a@b.example> SIZE=36700160", "250"),
    ],
    "lines that are none": [
        ("NO\x00OP", "500 5.5.2"), ("N\rOOP", "500 5.5.2"), ("NOOP " + "x" * 3000, "500 5.5.2"),
        ("NOOP " + "x" * 30000, "500 5.5.2"), ("\udcff", "500 5.5.2"), ("NOOP", "250 2.0.0"),
    ],
    "unknown commands": [
        ("X1", "500 5.5.2"), ("FOO", "500 5.5.1"), ("BAR", "500 5.5.1"), ("GET /", "500 5.5.1"),
        ("POST /", "500 5.5.1"), ("BAZ", "421 4.7.0"), ("", ""),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog(tmp_path: Path, name: str) -> None:
    """What a client says, and what it hears."""
    with listening(tmp_path) as running, Client(running.port) as client:
        assert "220 mx.desk.example ESMTP" == client.reply()
        for said, expected in DIALOGS[name]:
            if said:
                client.send(said.encode("utf-8", "surrogateescape") + b"\r\n")
            heard = client.reply()
            assert heard.startswith(expected), (said, heard)
            assert bool(heard) == bool(expected)


def test_what_is_offered(tmp_path: Path) -> None:
    """EHLO names what is there and nothing else; a hundred of them change nothing."""
    with listening(tmp_path) as running, running.client() as client:
        for _ in range(99):
            assert client.say("EHLO c").startswith("250-")
        offered = client.say("EHLO c").splitlines()
        assert [
            "250-mx.desk.example", "250-SIZE 36700160", "250-8BITMIME", "250-SMTPUTF8",
            "250-ENHANCEDSTATUSCODES", "250 PIPELINING",
        ] == offered  # fmt: skip
        assert client.deliver().startswith("250 2.0.0")


def test_a_mail_is_written_down_as_it_came(tmp_path: Path) -> None:
    """Envelope, bytes and key facts stand in the spool; the worker was woken."""
    content = b"Message-ID: <1@b.example>\r\n\r\n.\r\n..x\r\n\x00\xff\r\n"
    with listening(tmp_path) as running, running.greeted() as client:
        assert "250 2.0.0 accepted as 1" == client.deliver(
            content, "Support+Tag@desk.example", sender="A@b.example"
        )
        (row,) = running.rows()
        wait_until(lambda: len(running.woken) == 1, what="the worker is woken")
    assert ("smtp", "A@b.example", "support+tag@desk.example", "127.0.0.1") == (
        row.source, row.reverse_path, row.recipient, row.peer,
    )  # fmt: skip
    assert ("client.example", False, False, "<1@b.example>", NOON, content) == (
        row.helo, row.tls, row.quiet, row.message_id, row.received_at, row.content,
    )  # fmt: skip


def test_a_repeated_delivery_has_its_first_id(tmp_path: Path) -> None:
    """The same bytes from and to the same addresses are ours already; anything else is new."""
    with listening(tmp_path) as running, running.greeted() as client:
        assert "250 2.0.0 accepted as 1 2" == client.deliver(SMALL, *ADDRESSES)
        assert "250 2.0.0 accepted as 1" == client.deliver(SMALL)
        assert "250 2.0.0 accepted as 2 1" == client.deliver(SMALL, *reversed(ADDRESSES))
        assert 2 == len({client.deliver(SMALL + b"x\r\n"), client.deliver(SMALL, sender="")})
        assert 4 == len(running.rows())


def test_pipelining(tmp_path: Path) -> None:
    """Commands in one packet are answered in order, those behind a mail included (RFC 2920)."""
    envelope = f"MAIL FROM:<a@b.example>\r\nRCPT TO:<{US}>\r\nRCPT TO:<no@desk.example>\r\nDATA\r\n"
    with listening(tmp_path) as running, running.greeted() as client:
        client.send(envelope.encode())
        assert ["250", "250", "550", "354"] == [client.reply()[:3] for _ in range(4)]
        client.send(stuffed(SMALL) + envelope.encode() + stuffed(SMALL + b"2\r\n") + b"QUIT\r\n")
        codes = [client.reply()[:3] for _ in range(7)]
        assert ["250", "250", "250", "550", "354", "250", "221"] == codes
        assert [SMALL, SMALL + b"2\r\n"] == [row.content for row in running.rows()]


def test_a_half_closed_client_gets_its_reply(tmp_path: Path) -> None:
    """Closing one's own side after the last command is no reason to be left without an answer."""
    with listening(tmp_path) as running, running.greeted() as client:
        client.begin()
        client.send(stuffed(SMALL))
        client.socket.shutdown(socket.SHUT_WR)
        assert "250 2.0.0 accepted as 1" == client.reply()
        assert client.reply() == ""


@pytest.mark.parametrize(
    "smuggled", [b"\n.\r\n", b"\n.\n", b"\r.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\n", b"\r"]
)
def test_nothing_is_smuggled(tmp_path: Path, smuggled: bytes) -> None:
    """A mail with a bare CR or LF is refused whole; what it hides is never a command."""
    hidden = f"MAIL FROM:<evil@b.example>\r\nRCPT TO:<{US}>\r\nDATA\r\nx\r\n".encode()
    with listening(tmp_path) as running, running.greeted() as client:
        client.begin()
        client.send(b"text" + smuggled + hidden + b".\r\n")
        assert client.reply().startswith("554 5.6.0")
        assert "250 2.0.0 OK" == client.say("NOOP")
        assert [] == running.rows()
        assert client.deliver().startswith("250 2.0.0")


def test_lmtp_answers_for_each_recipient(tmp_path: Path) -> None:
    """A reply a recipient that was accepted, in order, whether good or bad (RFC 2033)."""
    with listening(tmp_path, listener=Listener(port=0, protocol="lmtp")) as running:
        client = Client(running.port)
        with client:
            assert "220 mx.desk.example LMTP" == client.reply()
            assert client.say("EHLO c").startswith("503 5.5.1")
            assert client.say("HELO c").startswith("503 5.5.1")
            assert client.say("LHLO c").splitlines()[-1] == "250 PIPELINING"
            client.say("MAIL FROM:<a@b.example>")
            client.say(f"RCPT TO:<{US}>")
            assert client.say("RCPT TO:<nobody@desk.example>").startswith("550")
            client.say(f"RCPT TO:<{ADDRESSES[1]}>")
            client.say("DATA")
            client.send(stuffed(SMALL))
            assert ["accepted as 1", "accepted as 2"] == [client.reply()[10:] for _ in range(2)]
            client.begin(*ADDRESSES)
            client.send(b"a\nb\r\n.\r\n")
            assert ["554 5.6.0"] * 2 == [client.reply()[:9] for _ in range(2)]
            assert "250 2.0.0 OK" == client.say("NOOP")
            assert {"lmtp"} == {row.source for row in running.rows()}


def trusting(certificate: Certificate) -> ssl.SSLContext:
    """Make a client's context that trusts the test's authority."""
    return ssl.create_default_context(cafile=str(certificate.authority))


def test_starttls(tmp_path: Path, certificate: Certificate) -> None:
    """TLS begins a new dialog; the spool knows that the mail came over it."""
    listener = Listener(port=0, certificate=certificate.chain, private_key=certificate.private_key)
    with listening(tmp_path, listener=listener) as running, running.client() as client:
        assert "250 STARTTLS" == client.say("EHLO c").splitlines()[-1]
        client.say("MAIL FROM:<a@b.example>")
        assert "501 5.5.4" == client.say("STARTTLS x")[:9]
        assert "220 2.0.0" == client.say("STARTTLS")[:9]
        client.start_tls(trusting(certificate))
        assert client.say(f"RCPT TO:<{US}>").startswith("503")
        assert client.say("MAIL FROM:<a@b.example>").startswith("503")
        assert "250 PIPELINING" == client.say("EHLO c").splitlines()[-1]
        assert client.say("STARTTLS").startswith("503")
        big = SMALL + (b"x" * 70 + b"\r\n") * 10_000
        assert "250 2.0.0 accepted as 1" == client.deliver(big)
        (row,) = running.rows()
        assert (True, len(big)) == (
            row.tls,
            len((tmp_path / "large" / row.raw[:2] / row.raw).read_bytes()),
        )


def test_plaintext_before_tls_is_dropped(tmp_path: Path, certificate: Certificate) -> None:
    """What a man in the middle puts behind STARTTLS is never obeyed (CVE-2024-34083)."""
    listener = Listener(port=0, certificate=certificate.chain, private_key=certificate.private_key)
    with listening(tmp_path, listener=listener) as running, running.greeted() as client:
        client.send(b"STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@b.example>\r\n")
        assert client.reply().startswith("220")
        try:
            client.start_tls(trusting(certificate))
        except OSError:
            return  # The server took it for a broken handshake, which is as good.
        assert client.say(f"RCPT TO:<{US}>").startswith("503")
        assert client.say("MAIL FROM:<a@b.example>").startswith("503")


def test_a_failed_handshake_harms_nobody(tmp_path: Path, certificate: Certificate) -> None:
    """The connection ends, others go on."""
    listener = Listener(port=0, certificate=certificate.chain, private_key=certificate.private_key)
    with listening(tmp_path, listener=listener) as running:
        with running.greeted() as client:
            client.say("STARTTLS")
            client.send(b"no handshake at all\r\n" * 10)
            while client.socket.recv(100):
                pass
        with running.greeted() as client:
            assert client.deliver().startswith("250 2.0.0")


def again(
    running: Running, *listeners: Listener, sockets: Sequence[socket.socket] = ()
) -> ListenerThread:
    """Make another listener for the same house."""
    reception = running.thread._reception  # noqa: SLF001  what the first one was given
    settings = replace(reception.settings, listener=listeners)
    return ListenerThread(replace(reception, settings=settings), sockets)


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """One sentence says which, and no thread is left."""
    with listening(tmp_path) as running:
        second = again(running, Listener(port=0), Listener(port=running.port))
        with pytest.raises(Misused, match=f"port {running.port} of 127.0.0.1") as caught:
            second.start()
        assert "\n" not in str(caught.value)
        second.stop()
        assert not second.running


def test_a_certificate_that_is_none(tmp_path: Path) -> None:
    """It is refused before anything listens."""
    (tmp_path / "cert.pem").write_text("none")
    with listening(tmp_path) as running, pytest.raises(Misused, match=r"cert\.pem"):
        again(running, Listener(port=0, certificate=tmp_path / "cert.pem"))


def test_sockets_of_others(tmp_path: Path) -> None:
    """A socket that was bound before us serves the first listener; we bind the second."""
    with listening(tmp_path) as running, socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        second = again(
            running, Listener(port=1), Listener(port=0, protocol="lmtp"), sockets=[bound]
        )
        second.start()
        assert port == second.ports[0]
        greetings = []
        for each in second.ports:
            with Client(each) as client:
                greetings.append(client.reply().split()[-1])
        assert ["ESMTP", "LMTP"] == greetings
        second.stop(seconds=0)


def test_ipv6(tmp_path: Path) -> None:
    """Peers are known by their IPv6 address, too."""
    try:
        context = listening(tmp_path, listener=Listener(host="::1", port=0))
        with context as running, Client(running.port, "::1") as client:
            client.reply()
            client.say("EHLO c")
            assert client.deliver().startswith("250")
            assert "::1" == running.rows()[0].peer
    except Misused:
        pytest.skip("this machine has no IPv6")
