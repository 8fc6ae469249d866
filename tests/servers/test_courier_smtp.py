"""Handing mails to an MSA that behaves in every way one can behave."""

import ssl
from collections.abc import Callable
from typing import Any

import pytest

from gateway.config.settings import Msa, TlsMode
from gateway.courier import smtp_outlet
from gateway.courier.outlet import Outcome, Verdict
from gateway.courier.smtp_outlet import SmtpOutlet
from gateway.errors import Misconfigured, Misused, Transient
from gateway.store.outbox import ClaimedMail
from lib.outgoing import claimed, content_of
from servers import certificates, smtp_peer, smtp_sink
from servers.certificates import Certificate
from servers.smtp_peer import ENDLESS, HANG_UP, STALL, Peer

_LATER, _NEVER, _AWAY, _MAYBE = (
    Outcome.DEFERRED,
    Outcome.FAILED,
    Outcome.AWAY,
    Outcome.UNCERTAIN,
)
_BOTH = (Outcome.SENT, Outcome.SENT)


def _msa(port: int, **fields: object) -> Msa:
    usual: dict[str, object] = {
        "host": "localhost",
        "port": port,
        "tls": TlsMode.NONE,
        "connect_timeout": 5,
        "command_timeout": 5,
        "reply_timeout": 5,
    }
    return Msa(**{**usual, **fields})  # type: ignore[arg-type]


def _password() -> str:
    return "right"


def _no_password() -> str:
    pytest.fail("the password was asked for")


def _yes() -> bool:
    return True


def _try(
    peer: Peer,
    *mails: ClaimedMail,
    mark: Callable[[], bool] = _yes,
    password: Callable[[], str] = _password,
    **fields: object,
) -> list[Verdict]:
    """Hand mails to a peer, one after the other, over one outlet."""
    with smtp_peer.running(peer):
        outlet = SmtpOutlet(_msa(peer.port, **fields), "mx.test", password)
        try:
            return [outlet.deliver(mail, mark) for mail in mails or (claimed(),)]
        finally:
            outlet.close()


def _server_tls(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.private_key)
    return context


def test_many_mails_over_one_connection() -> None:
    """Each arrives byte for byte from the null reverse-path, with nothing between; QUIT at last."""
    peer = Peer()
    verdicts = _try(peer, claimed(1), claimed(2), claimed(3, reverse_path="help@desk.example"))
    assert [Outcome.SENT] * 3 == [verdict.outcome for verdict in verdicts]
    assert (250, "250 2.0.0 taken") == (verdicts[0].code, verdicts[0].reply)
    assert 1 == peer.connections
    assert [content_of(n) for n in (1, 2, 3)] == [taken.text for taken in peer.taken]
    assert "mail FROM:<> size=" == peer.taken[0].mail_from[:18].replace("SIZE", "size")
    assert peer.taken[2].mail_from.startswith("mail FROM:<help@desk.example>")
    assert "rcpt TO:<jan@klant.example>" == peer.taken[0].rcpt_to
    mail = ["MAIL", "RCPT", "DATA"]
    assert ["EHLO", *mail, *mail, *mail, "QUIT"] == peer.verbs()


def test_an_old_connection_is_cleared_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was quiet for a while, or on which a mail was refused, has to answer RSET."""
    peer = Peer({"RCPT": ["250 ok", "550 5.1.1 nobody", "250 ok"]})
    _try(peer, claimed(1), claimed(2), claimed(3))
    mail = ["MAIL", "RCPT", "DATA"]
    assert ["EHLO", *mail, "MAIL", "RCPT", "RSET", *mail, "QUIT"] == peer.verbs()
    monkeypatch.setattr(smtp_outlet, "_JUST_NOW", 0)
    peer = Peer()
    _try(peer, claimed(1), claimed(2))
    assert ["EHLO", *mail, "RSET", *mail, "QUIT"] == peer.verbs()


@pytest.mark.parametrize(
    ("script", "outcomes"),
    [
        ({}, [Outcome.SENT] * 3),
        ({"MAIL": ["450 no", "250 ok"], "RCPT": ["503 no MAIL", "250 ok"]}, [_LATER, *_BOTH]),
        ({"MAIL": ["550 no", "250 ok"]}, [Outcome.FAILED, *_BOTH]),
        ({"RCPT": ["550 5.1.1 nobody", "250 ok"]}, [Outcome.FAILED, *_BOTH]),
        ({"DATA": ["451 4.3.0 later", "354 go"]}, [_LATER, *_BOTH]),
    ],
)
def test_mail_and_rcpt_together(script: dict[str, list[str]], outcomes: list[Outcome]) -> None:
    """To an MSA that takes commands so, and both replies are heard, whatever the first one is."""
    peer = Peer(script, features=("PIPELINING",))
    verdicts = _try(peer, claimed(1), claimed(2), claimed(3))
    assert outcomes == [verdict.outcome for verdict in verdicts]
    sent = [n for n, outcome in enumerate(outcomes, 1) if outcome is Outcome.SENT]
    assert [content_of(n) for n in sent] == [taken.text for taken in peer.taken]
    assert 1 == peer.connections
    assert 3 == peer.verbs().count("RCPT")


@pytest.mark.parametrize(
    ("point", "reply", "outcome", "outage"),
    [
        ("CONNECT", "421 4.3.2 too busy", _AWAY, True),
        ("CONNECT", "554 5.0.0 no", _AWAY, True),
        ("CONNECT", HANG_UP, _AWAY, True),
        ("CONNECT", STALL, _AWAY, True),
        ("CONNECT", "nonsense", _AWAY, True),
        ("CONNECT", ENDLESS, _AWAY, True),
        ("EHLO", "421 4.3.2 too busy", _AWAY, True),
        ("EHLO", "502 5.5.1 what?", _AWAY, True),
        ("EHLO", HANG_UP, _AWAY, True),
        ("EHLO", STALL, _AWAY, True),
        ("MAIL", "450 4.1.8 later", _LATER, False),
        ("MAIL", "421 4.3.2 closing", _LATER, True),
        ("MAIL", "530 5.7.0 log in first", _AWAY, True),
        ("MAIL", "535 5.7.8 who?", _AWAY, True),
        ("MAIL", "550 5.7.1 not you", _NEVER, False),
        ("MAIL", "552 5.3.4 too large", _NEVER, False),
        ("MAIL", HANG_UP, _LATER, False),
        ("MAIL", STALL, _LATER, False),
        ("MAIL", "nonsense", _LATER, False),
        ("MAIL", ENDLESS, _LATER, False),
        ("RCPT", "450 4.2.0 greylisted", _LATER, False),
        ("RCPT", "421 4.3.2 closing", _LATER, True),
        ("RCPT", "550 5.1.1 nobody", _NEVER, False),
        ("RCPT", HANG_UP, _LATER, False),
        ("RCPT", STALL, _LATER, False),
        ("DATA", "451 4.3.0 later", _LATER, False),
        ("DATA", "421 4.3.2 closing", _LATER, True),
        ("DATA", "554 5.5.1 no", _NEVER, False),
        ("DATA", "250 2.0.0 what", _LATER, False),
        ("DATA", HANG_UP, _LATER, False),
        ("DATA", STALL, _LATER, False),
        ("DOT", "451 4.3.0 later", _LATER, False),
        ("DOT", "421 4.3.2 closing", _LATER, True),
        ("DOT", "452 4.3.1 full", _LATER, False),
        ("DOT", "552 5.3.4 too large", _NEVER, False),
        ("DOT", "554 5.7.1 spam", _NEVER, False),
        ("DOT", HANG_UP, _MAYBE, False),
        ("DOT", STALL, _MAYBE, False),
        ("DOT", ENDLESS, _MAYBE, False),
        ("DOT", "nonsense", _MAYBE, False),
        ("DOT", "354 again", _MAYBE, False),
        ("DOT", "250-half", _MAYBE, False),
        ("DOT", f"250 {'x' * 9000}", _MAYBE, False),
    ],
)
def test_every_refusal_has_its_meaning(
    point: str, reply: str, outcome: Outcome, *, outage: bool
) -> None:
    """4xx waits, 5xx fails, trouble with the MSA as such is an outage, after the dot is unknown."""
    (verdict,) = _try(
        Peer({point: [reply]}), connect_timeout=0.3, command_timeout=0.3, reply_timeout=0.3
    )
    assert (outcome, outage) == (verdict.outcome, verdict.is_outage), verdict


@pytest.mark.parametrize("keeps", [True, False])
def test_a_peer_that_hangs_up_after_the_dot(*, keeps: bool) -> None:
    """Whether it kept the mail or not, we know that we do not know."""
    peer = Peer({"DOT": [HANG_UP, "250 ok"]}, keeps=keeps)
    first, second = _try(peer, claimed(1), claimed(2))
    assert (Outcome.UNCERTAIN, Outcome.SENT) == (first.outcome, second.outcome)
    assert 2 == peer.connections


def test_before_the_dot_nothing_is_uncertain() -> None:
    """A connection that breaks in the middle of the text took nothing: the mail waits."""
    peer = Peer({"TEXT": [HANG_UP]})
    large = claimed(content=b"Subject: x\r\n\r\n" + b"line\r\n" * 4_000_000)
    (verdict,) = _try(peer, large)
    assert Outcome.DEFERRED is verdict.outcome
    assert [] == peer.taken


def test_a_peer_that_reads_too_slowly_took_nothing() -> None:
    """The whole text has an end of its own; what is not through by then waits."""
    peer = Peer({"TEXT": [STALL]})
    large = claimed(content=b"Subject: x\r\n\r\n" + b"line\r\n" * 4_000_000)
    (verdict,) = _try(peer, large, command_timeout=0.3, reply_timeout=0.3)
    assert Outcome.DEFERRED is verdict.outcome


def test_a_refusal_leaves_the_connection_as_it_was() -> None:
    """The next mail goes over the same connection after RSET."""
    peer = Peer({"RCPT": ["550 5.1.1 nobody", "450 4.2.0 later", "250 ok"]})
    verdicts = _try(peer, claimed(1), claimed(2), claimed(3))
    assert [Outcome.FAILED, Outcome.DEFERRED, Outcome.SENT] == [v.outcome for v in verdicts]
    assert 1 == peer.connections


@pytest.mark.parametrize(
    "script",
    [
        {"RSET": [HANG_UP]},
        {"RSET": ["421 4.4.2 idle too long"]},
        {"MAIL": ["250 ok", "421 4.7.0 enough for one connection", "250 ok"]},
        {"MAIL": ["250 ok", HANG_UP, "250 ok"]},
        {"DATA": ["354 go", HANG_UP, "354 go"]},
    ],
)
def test_an_old_connection_that_has_ended_costs_no_attempt(
    script: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail goes over a new one at once, and exactly once."""
    monkeypatch.setattr(smtp_outlet, "_JUST_NOW", 0)
    peer = Peer(script)
    verdicts = _try(peer, claimed(1), claimed(2))
    assert [Outcome.SENT, Outcome.SENT] == [verdict.outcome for verdict in verdicts]
    assert (2, 2) == (peer.connections, len(peer.taken))


def test_without_the_mark_no_data() -> None:
    """A mail that is somebody else's by now is not sent, and the connection serves the next."""
    peer = Peer()
    answers = [False, True]
    lost, sent = _try(peer, claimed(1), claimed(2), mark=lambda: answers.pop(0))
    assert (Outcome.LOST, Outcome.SENT) == (lost.outcome, sent.outcome)
    assert [content_of(2)] == [taken.text for taken in peer.taken]
    assert 1 == peer.verbs().count("DATA")


def test_the_mark_comes_before_data() -> None:
    """When it is made, DATA was not said; where it can't be made, DATA is never said."""
    peer = Peer()
    heard: list[list[str]] = []

    def mark() -> bool:
        heard.append(peer.verbs())
        raise Transient("no database")

    with pytest.raises(Transient):
        _try(peer, mark=mark)
    assert [["EHLO", "MAIL", "RCPT"]] == heard
    assert "DATA" not in peer.verbs()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"recipient": "a@b>\r\nRCPT TO:<evil@x.example"}, "address"),
        ({"recipient": ""}, "address"),
        ({"reverse_path": "a b@c.example"}, "address"),
        ({"content": b"a\r\n.\nQUIT\r\n"}, "CR or LF"),
    ],
)
def test_what_is_no_mail_never_reaches_the_wire(fields: dict[str, Any], reason: str) -> None:
    """It fails for good, before a connection is opened."""
    peer = Peer()
    (verdict,) = _try(peer, claimed(**fields))
    assert Outcome.FAILED is verdict.outcome
    assert reason in verdict.reply
    assert 0 == peer.connections


def test_smtputf8_only_where_it_is_offered() -> None:
    """An address outside ASCII goes as UTF-8, or not at all."""
    mail = claimed(recipient="jürgen@klant.example")
    peer = Peer()
    (verdict,) = _try(peer, mail)
    assert Outcome.FAILED is verdict.outcome
    assert "ASCII" in verdict.reply
    peer = Peer(features=("SMTPUTF8", "8BITMIME"))
    first, second = _try(peer, mail, claimed(2))
    assert (Outcome.SENT, Outcome.SENT) == (first.outcome, second.outcome)
    assert "rcpt TO:<jürgen@klant.example>" == peer.taken[0].rcpt_to
    assert ["mail FROM:<> SMTPUTF8", "mail FROM:<>"] == [t.mail_from for t in peer.taken]


def test_8_bit_text_only_where_it_is_offered() -> None:
    """A body of 8-bit bytes is declared, or not sent."""
    mail = claimed(content="Subject: x\r\n\r\nGrüße\r\n".encode())
    (verdict,) = _try(Peer(features=("SIZE",)), mail)
    assert Outcome.FAILED is verdict.outcome
    peer = Peer(features=("8BITMIME",))
    _try(peer, mail)
    assert "mail FROM:<> BODY=8BITMIME" == peer.taken[0].mail_from


def test_nobody_listens() -> None:
    """A refused connection is an outage."""
    with smtp_peer.running(Peer()) as peer:
        pass
    verdict = SmtpOutlet(_msa(peer.port), "mx.test", _no_password).deliver(claimed(), _yes)
    assert (Outcome.AWAY, True) == (verdict.outcome, verdict.is_outage)


# aiosmtpd takes only STARTTLS for TLS.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("mode", [TlsMode.STARTTLS, TlsMode.TLS])
def test_tls_and_login_with_a_real_server(certificate: Certificate, mode: TlsMode) -> None:
    """Verified TLS, then the login, then the mail, byte for byte."""
    immediate = mode is TlsMode.TLS
    with smtp_sink.running(_server_tls(certificate), immediate=immediate, login=True) as sink:
        msa = _msa(sink.port, tls=mode, ca_file=certificate.authority, user="casepost")
        outlet = SmtpOutlet(msa, "mx.test", _password)
        verdicts = [outlet.deliver(claimed(n), _yes) for n in (1, 2)]
        outlet.close()
    assert [Outcome.SENT, Outcome.SENT] == [verdict.outcome for verdict in verdicts], verdicts
    assert [("<>", "jan@klant.example", content_of(n)) for n in (1, 2)] == sink.mails
    assert [(b"casepost", b"right")] == sink.logins


def test_a_wrong_password_is_an_outage(
    certificate: Certificate, caplog: pytest.LogCaptureFixture
) -> None:
    """It is nobody's mail's fault, its code says so, and the password stands in no log."""
    with smtp_sink.running(_server_tls(certificate), login=True) as sink:
        msa = _msa(sink.port, tls=TlsMode.STARTTLS, ca_file=certificate.authority, user="casepost")
        verdict = SmtpOutlet(msa, "mx.test", lambda: "canary-9f3a").deliver(claimed(), _yes)
    assert (Outcome.AWAY, 535) == (verdict.outcome, verdict.code)
    assert "canary" not in verdict.reply
    assert "canary" not in caplog.text


@pytest.mark.parametrize("mode", [TlsMode.STARTTLS, TlsMode.TLS])
def test_a_certificate_that_nobody_vouches_for(certificate: Certificate, mode: TlsMode) -> None:
    """The connection is not used: no login, no mail, the password is not even read."""
    peer = Peer(
        features=("STARTTLS", "AUTH PLAIN LOGIN"),
        tls=_server_tls(certificate),
        immediate_tls=mode is TlsMode.TLS,
    )
    (verdict,) = _try(peer, tls=mode, user="casepost", password=_no_password)
    assert Outcome.AWAY is verdict.outcome
    assert "certificate" in verdict.reply.lower()
    assert not {"AUTH", "MAIL"} & set(peer.verbs())


def test_a_certificate_for_another_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    """That it is signed is not enough."""
    other = certificates.issue(tmp_path_factory.mktemp("other"), "mail.other.example")
    peer = Peer(features=("STARTTLS", "AUTH PLAIN"), tls=_server_tls(other))
    (verdict,) = _try(
        peer,
        tls=TlsMode.STARTTLS,
        ca_file=other.authority,
        user="casepost",
        password=_no_password,
    )
    assert Outcome.AWAY is verdict.outcome
    assert "AUTH" not in peer.verbs()


@pytest.mark.parametrize(
    "peer",
    [
        Peer(features=("AUTH PLAIN",)),
        Peer({"STARTTLS": ["454 4.7.0 not now"]}, features=("STARTTLS", "AUTH PLAIN")),
        Peer({"STARTTLS": [HANG_UP]}, features=("STARTTLS", "AUTH PLAIN")),
        Peer({"STARTTLS": ["500 what?"]}, features=("STARTTLS", "AUTH PLAIN")),
    ],
)
def test_starttls_is_not_given_up(peer: Peer) -> None:
    """An MSA that does not do it, whoever made it say so, gets neither password nor mail."""
    (verdict,) = _try(peer, tls=TlsMode.STARTTLS, user="casepost", password=_no_password)
    assert Outcome.AWAY is verdict.outcome
    assert not {"AUTH", "MAIL"} & set(peer.verbs())


def test_what_is_said_before_tls_does_not_count_after_it(certificate: Certificate) -> None:
    """Words slipped in behind the reply to STARTTLS are thrown away (RFC 3207 section 6)."""
    injected = "220 go\r\n250-peer\r\n250 AUTH PLAIN\r\n235 welcome"
    peer = Peer({"STARTTLS": [injected]}, features=("STARTTLS",), tls=_server_tls(certificate))
    (verdict,) = _try(
        peer,
        tls=TlsMode.STARTTLS,
        ca_file=certificate.authority,
        user="casepost",
        password=_password,
    )
    assert Outcome.AWAY is verdict.outcome
    assert not {"AUTH", "MAIL"} & set(peer.verbs())


def test_a_password_never_crosses_a_network_in_the_clear() -> None:
    """Login without TLS is refused before anything starts, but for this machine itself."""
    with pytest.raises(Misused, match="in the clear"):
        SmtpOutlet(_msa(25, host="mail.example", user="casepost"), "mx.test", _password)
    for host in ("127.0.0.1", "::1", "localhost"):
        SmtpOutlet(_msa(25, host=host, user="casepost"), "mx.test", _password)
    peer = Peer(features=("AUTH PLAIN",))
    (verdict,) = _try(peer, user="casepost")
    assert Outcome.SENT is verdict.outcome


def test_a_ca_file_that_cannot_be_used() -> None:
    """It is said at the start, not with the first mail."""
    with pytest.raises(Misused, match="ca_file"):
        SmtpOutlet(_msa(25, tls=TlsMode.TLS, ca_file="/nowhere/ca.pem"), "mx.test", _password)


def _missing() -> str:
    raise Misconfigured(())


def _gone() -> str:
    raise FileNotFoundError


@pytest.mark.parametrize(
    ("password", "features", "word"),
    [
        (_missing, ("AUTH PLAIN",), "can't be read"),
        (_gone, ("AUTH PLAIN",), "can't be read"),
        (lambda: "gehörtmir", ("AUTH PLAIN",), "ASCII"),
        (_password, (), "login"),
        (_password, ("AUTH GSSAPI",), "auth"),
    ],
)
def test_a_login_that_cannot_be(
    password: Callable[[], str], features: tuple[str, ...], word: str
) -> None:
    """Each way has its sentence, and none shows the password."""
    (verdict,) = _try(Peer(features=features), user="casepost", password=password)
    assert Outcome.AWAY is verdict.outcome
    assert word in verdict.reply
    assert "gehört" not in verdict.reply


def test_a_mail_of_many_megabytes(certificate: Certificate) -> None:
    """Large mails go through TLS in blocks and arrive whole."""
    text = b"Subject: x\r\n\r\n" + b".dots and more\r\n" * 200_000
    peer = Peer(tls=_server_tls(certificate), immediate_tls=True)
    (verdict,) = _try(
        peer,
        claimed(content=text),
        tls=TlsMode.TLS,
        ca_file=certificate.authority,
        command_timeout=60,
        reply_timeout=60,
    )
    assert Outcome.SENT is verdict.outcome
    assert [text] == [taken.text for taken in peer.taken]
