"""Mail behind another host: whose word is taken, and where it has to stand."""

from dataclasses import replace
from ipaddress import ip_network

import pytest

from gateway.config.settings import Authenticity as Settings
from gateway.mail.authenticity.evidence import UNVERIFIED
from gateway.mail.authenticity.judge import Trust
from gateway.mail.authenticity.results import MAX_FIELD, Result, Results, parse_results
from gateway.mail.authenticity.vouched import Trusted, received_by
from gateway.mail.format.prescan import Field
from gateway.mail.model import Envelope, Verdict
from lib.fake_dns import Zone, judged, key_record, mail_of, signed

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN

MX = "mx.desk.example"
FROM = "header.from=klant.example"
SIGNER = "header.d=klant.example"
RECEIVED = f"Received: from out.klant.example (out.klant.example [192.0.2.1]) by {MX}; now\r\n"
INNER = f"Received: from {MX} (localhost [127.0.0.1]) by imap.desk.example with LMTP id 1; now\r\n"
GOOD = f"Authentication-Results: {MX}; dmarc=pass header.from=klant.example\r\n"
SIGNED = f"Authentication-Results: {MX}; dkim=pass header.d=klant.example\r\n"
BAD = f"Authentication-Results: {MX}; dmarc=fail header.from=klant.example\r\n"
NAMELESS = (
    "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=klant.example; "
    "dkim=pass (signature was verified) header.d=klant.example;dmarc=pass action=none "
    "header.from=klant.example;compauth=pass reason=100\r\n"
)
BEFORE_US = Envelope("jan@klant.example", "help@desk.example", "127.0.0.1", "mx")
LOOPBACK = (ip_network("127.0.0.0/8"),)


def trusting(*ids: str, inner: tuple[str, ...] = ()) -> Trust:
    """Trust hosts of these names."""
    return Trust(LOOPBACK, Trusted(ids, inner))


def verdict_on(head: str, trust: Trust, author: str = "Jan <jan@klant.example>") -> Verdict:
    """Give the verdict on a mail that an MTA before us brought."""
    return judged(head.encode("utf-8") + mail_of(author), {}, BEFORE_US, trust).verdict


def says(value: str) -> str:
    """Put a field with this value above the host's Received field."""
    return f"Authentication-Results: {value}\r\n{RECEIVED}"


@pytest.mark.parametrize(
    ("verdict", "head"),
    [
        # Where it stands.
        (PASS, GOOD + RECEIVED),
        (PASS, f"Return-Path: <jan@klant.example>\r\n{GOOD}X-Spam: no\r\n{RECEIVED}"),
        (UNKNOWN, RECEIVED + GOOD),
        (UNKNOWN, RECEIVED + GOOD + RECEIVED),
        (UNKNOWN, GOOD),
        (UNKNOWN, ""),
        (UNKNOWN, INNER + GOOD + RECEIVED),
        (UNKNOWN, f"Subject: {GOOD}{RECEIVED}".replace("Subject: ", "Subject: x\r\n ")),
        (UNKNOWN, f"stray line\r\nX: y\r\nstray again\r\n{GOOD}{RECEIVED}"),
        # Which of several counts.
        (FAIL, BAD + GOOD + RECEIVED),
        (PASS, GOOD + BAD + RECEIVED),
        (PASS, GOOD + RECEIVED + BAD),
        (FAIL, BAD + RECEIVED + GOOD),
        (PASS, GOOD.replace(MX, "mx.evil.example") + SIGNED + RECEIVED),
        (UNKNOWN, f"Authentication-Results: {MX}; none\r\n{GOOD}{RECEIVED}"),
        # Whose it is.
        (UNKNOWN, GOOD.replace(MX, "evil.example") + RECEIVED),
        (UNKNOWN, GOOD.replace(MX, f"{MX}.evil.example") + RECEIVED),
        (UNKNOWN, GOOD.replace(MX, f"evil.{MX}") + RECEIVED),
        (UNKNOWN, GOOD.replace(MX, f"evil.example ({MX})") + RECEIVED),
        (UNKNOWN, GOOD.replace(MX, f"({MX}) evil.example") + RECEIVED),
        (UNKNOWN, GOOD.replace(MX, f'"{MX}; x"') + RECEIVED),
        (UNKNOWN, GOOD.replace(MX, "") + RECEIVED),
        (UNKNOWN, GOOD.replace(MX, "(none)") + RECEIVED),
        (UNKNOWN, NAMELESS + RECEIVED),
        (PASS, GOOD.replace(MX, f'"{MX}"') + RECEIVED),
        (PASS, GOOD.replace(MX, MX.upper()) + RECEIVED),
        (PASS, GOOD.replace(MX, f"(a (nested) comment) {MX} (another; dmarc=fail)") + RECEIVED),
        # Its other names.
        (PASS, GOOD.replace("Authentication-Results", "AUTHENTICATION-results") + RECEIVED),
        (UNKNOWN, GOOD.replace("Authentication", "ARC-Authentication") + RECEIVED),
        (UNKNOWN, GOOD.replace("Authentication", "X-Authentication") + RECEIVED),
        (UNKNOWN, GOOD.replace("Authentication", "X-Original-Authentication") + RECEIVED),
        # Its version.
        (PASS, says(f"{MX} 1; dmarc=pass header.from=klant.example")),
        (PASS, says(f"{MX} (x) 1 (y); dmarc/1=pass header.from=klant.example")),
        (UNKNOWN, says(f"{MX} 2; dmarc=pass header.from=klant.example")),
        (UNKNOWN, says(f"{MX}; dmarc/2=pass header.from=klant.example")),
        (UNKNOWN, says(f"{MX} 1 1; dmarc=pass header.from=klant.example")),
        # How it is written.
        (PASS, says(f"{MX};\r\n\tdmarc=pass\r\n (p=reject)\r\n header.from=klant.example")),
        (PASS, says(f"{MX}; DMARC=PASS HEADER.FROM=Klant.Example")),
        (PASS, says(f"{MX}; dmarc = pass header . from = klant.example")),
        (PASS, says(f'{MX}; dmarc=pass header.from="klant.example"')),
        (PASS, says(f'{MX}; dmarc=pass reason="we (know; them" header.from=klant.example;')),
        (PASS, says(f"{MX}; spf=fail smtp.mailfrom=x; dmarc=pass header.from=klant.example")),
        (PASS, says(f'{MX}; spf=pass smtp.mailfrom="a b"@x; dkim=pass header.d=klant.example')),
        (UNKNOWN, says(f"{MX}; x=pass (dmarc=pass header.from=klant.example)")),
        (UNKNOWN, says(f'{MX}; spf=none smtp.mailfrom="; dmarc=pass header.from=klant.example"')),
        (UNKNOWN, says(f'{MX}; spf=none smtp.mailfrom=";dmarc=pass header.from=klant.example')),
        (UNKNOWN, says(f"{MX}; spf=none (; dmarc=pass header.from=klant.example")),
        (
            UNKNOWN,
            says(f"{MX}; spf=none ({'(' * 40}{')' * 41}; dmarc=pass header.from=klant.example"),
        ),
        (UNKNOWN, says(f"{MX}; spf=none \\; dmarc=pass header.from=klant.example; \x00")),
        (UNKNOWN, says(f"{MX}; spf=none smtp.helo=\xfc; dmarc=pass header.from=klant.example")),
        (UNKNOWN, says(f"=?utf-8?q?{MX}=3B?= dmarc=pass header.from=klant.example")),
        (UNKNOWN, says(f"{MX} dmarc=pass header.from=klant.example")),
        (UNKNOWN, says(f"{MX}; dmarc pass header.from=klant.example")),
        (UNKNOWN, says(f"{MX}; dmarc=pass header.from=klant.example stray")),
        (UNKNOWN, says(f"{MX}; {'x=pass; ' * 200}dmarc=pass header.from=klant.example")),
        (UNKNOWN, says(f"{MX}; x={'y' * MAX_FIELD}; dmarc=pass header.from=klant.example")),
        (UNKNOWN, says(f"{MX}; {'(' * 60_000}")),
        # What it says.
        (UNKNOWN, says(f"{MX}; dmarc=pass")),
        (UNKNOWN, says(f"{MX}; dmarc=pass header.from=evil.example")),
        (UNKNOWN, says(f"{MX}; dmarc=pass header.from=klant.example header.from=evil.example")),
        (UNKNOWN, says(f"{MX}; dmarc=pass policy.from=klant.example")),
        (
            UNKNOWN,
            says(f"{MX}; dmarc=pass header.from=evil.example; dkim=pass header.d=klant.example"),
        ),
        (
            UNKNOWN,
            says(
                f"{MX}; dmarc=pass header.from=klant.example; dmarc=fail header.from=klant.example"
            ),
        ),
        (UNKNOWN, says(f"{MX}; dmarc=temperror header.from=klant.example")),
        (UNKNOWN, says(f"{MX}; dmarc=passed header.from=klant.example")),
        (UNKNOWN, says(f"{MX}; dmarc=none header.from=klant.example")),
        (
            PASS,
            says(f"{MX}; dmarc=none header.from=klant.example; dkim=pass header.d=klant.example"),
        ),
        (
            FAIL,
            says(f"{MX}; dmarc=fail header.from=klant.example; dkim=pass header.d=klant.example"),
        ),
        (UNKNOWN, says(f"{MX}; dmarc=fail header.from=evil.example")),
        (UNKNOWN, says(f"{MX}; spf=pass smtp.mailfrom=jan@klant.example")),
        (PASS, says(f"{MX}; dkim=pass header.i=@mail.klant.example header.s=s1 header.b=a/b+c=")),
        (PASS, says(f"{MX}; dkim=fail header.d=evil.example; dkim=pass header.d=klant.example")),
        (UNKNOWN, says(f"{MX}; dkim=pass header.d=evil.example")),
        (UNKNOWN, says(f"{MX}; dkim=pass header.d=example")),
        (UNKNOWN, says(f"{MX}; dkim=neutral header.d=klant.example")),
        (UNKNOWN, says(f"{MX}; dkim=pass header.d=klant.example header.d=evil.example")),
        (UNKNOWN, says(f"{MX}; dkim-adsp=pass header.d=klant.example")),
    ],
)
def test_whose_word_is_taken(verdict: Verdict, head: str) -> None:
    """Only that of the configured host, from where nobody else can write, and only if plain."""
    assert verdict is verdict_on(head, trusting(MX))


def test_nobody_is_trusted_by_default() -> None:
    """Without an id in the configuration every mail is unverified (RFC 8601 section 7.1)."""
    assert () == Settings().authserv_ids
    found = judged((GOOD + RECEIVED).encode() + mail_of(), {}, BEFORE_US, trusting())
    assert UNVERIFIED == found


def test_an_attached_mail_says_nothing() -> None:
    """Results inside a part are that mail's, or made up."""
    part = f"Content-Type: message/rfc822\r\n\r\n{GOOD}{RECEIVED}{mail_of().decode()}"
    body = f"--b\r\n{part}\r\n--b--\r\n"
    content = f"{RECEIVED}Content-Type: multipart/mixed; boundary=b\r\n".encode()
    assert UNKNOWN is judged(content + mail_of(body=body), {}, BEFORE_US, trusting(MX)).verdict


@pytest.mark.parametrize(
    ("verdict", "author"),
    [
        (PASS, "jan@klant.example"),
        (PASS, '"eve@evil.example" <jan@klant.example>'),
        (UNKNOWN, '"jan@klant.example" <eve@evil.example>'),
        (UNKNOWN, "jan@klant.example, eve@evil.example"),
        (UNKNOWN, "jan@klant.example <eve@evil.example>"),
        (UNKNOWN, "jan@klant.example\r\nFrom: eve@evil.example"),
        (UNKNOWN, "eve@evil.example\r\nSender: jan@klant.example\r\nReply-To: jan@klant.example"),
        (UNKNOWN, "=?utf-8?q?jan=40klant=2Eexample?= <eve@evil.example>"),
    ],
)
def test_a_pass_is_about_the_author_alone(verdict: Verdict, author: str) -> None:
    """Whatever a trusted host says of another domain, or of a From that is not clean."""
    assert verdict is verdict_on(GOOD + RECEIVED, trusting(MX), author)


@pytest.mark.parametrize(
    ("verdict", "head", "inner"),
    [
        (PASS, INNER + GOOD + RECEIVED, ("imap.desk.example",)),
        (PASS, INNER + GOOD + RECEIVED, ("*.desk.example",)),
        (PASS, GOOD + INNER + RECEIVED, ("imap.desk.example",)),
        (PASS, GOOD + RECEIVED, ("imap.desk.example",)),
        (UNKNOWN, INNER + GOOD + RECEIVED, ("imap.evil.example",)),
        # An inner host accounts for one Received field, not for those that look like its own.
        (UNKNOWN, INNER + INNER + GOOD + RECEIVED, ("imap.desk.example",)),
        (PASS, INNER + INNER + GOOD + RECEIVED, ("imap.desk.example", "imap.desk.example")),
        (UNKNOWN, INNER + RECEIVED + INNER + GOOD, ("imap.desk.example",)),
        (UNKNOWN, INNER + GOOD, ("imap.desk.example",)),
        # The name that a client greets with is not the name of who took the mail.
        (
            UNKNOWN,
            f"Received: from by by {MX}; now\r\n{GOOD}{RECEIVED}",
            ("by", "imap.desk.example"),
        ),
        (
            UNKNOWN,
            f"Received: from x by imap.desk.example by {MX}; now\r\n{GOOD}",
            ("imap.desk.example",),
        ),
        (
            UNKNOWN,
            f"Received: from (by imap.desk.example) x by {MX}; now\r\n{GOOD}{RECEIVED}",
            ("imap.desk.example",),
        ),
    ],
)
def test_inner_hosts_may_have_passed_the_mail_on(
    verdict: Verdict, head: str, inner: tuple[str, ...]
) -> None:
    """Their Received fields stand above the results, as many as the configuration names."""
    assert verdict is verdict_on(head, trusting(MX, inner=inner))


def test_fields_without_an_id_have_to_be_asked_for() -> None:
    """Microsoft 365 names no host; its fields count where `(none)` is among the ids."""
    assert PASS is verdict_on(NAMELESS + RECEIVED, trusting("(none)"))
    assert UNKNOWN is verdict_on(RECEIVED + NAMELESS, trusting("(none)"))
    assert UNKNOWN is verdict_on(GOOD + RECEIVED, trusting("(none)"))
    assert FAIL is verdict_on(
        NAMELESS.replace("dmarc=pass", "dmarc=fail") + RECEIVED, trusting("(none)", MX)
    )


@pytest.mark.parametrize(
    ("verdict", "source", "peer", "head"),
    [
        (UNKNOWN, "smtp", "127.0.0.1", ""),
        (PASS, "smtp", "127.0.0.1", GOOD + RECEIVED),
        (PASS, "smtp", "::ffff:127.0.0.1", GOOD + RECEIVED),
        (PASS, "smtp", "", GOOD + RECEIVED),
        (PASS, "smtp", "192.0.2.1", ""),
        (PASS, "imap:other", "", GOOD + RECEIVED),
        (PASS, "imap:ours", "", (GOOD + RECEIVED).replace(MX, "mx.ours.example")),
        (UNKNOWN, "imap:ours", "", GOOD + RECEIVED),
        (UNKNOWN, "imap:nobody", "", GOOD + RECEIVED),
        (UNKNOWN, "imap:other", "192.0.2.1", ""),
    ],
)
def test_who_is_asked(verdict: Verdict, source: str, peer: str, head: str) -> None:
    """Mail from outside is verified by us, whatever it says; all other mail is as it is vouched."""
    trust = replace(
        trusting(MX),
        accounts=(("ours", Trusted(("mx.ours.example",))), ("nobody", Trusted())),
    )
    content = head.encode() + signed(mail_of())
    envelope = replace(BEFORE_US, peer=peer)
    zone: Zone = {"s1._domainkey.klant.example": key_record()}
    assert verdict is judged(content, zone, envelope, trust, source).verdict


def test_a_field_is_read_whole() -> None:
    """Names and values come in lower case, with quotation undone."""
    field = rb' MX.desk.example 1 ; dkim=pass reason="a \"b\"" header.d=K.example ; ; none '
    results = Result("dkim", "pass", (("reason", 'a "b"'), ("header.d", "k.example")))
    assert Results(MX, (results, Result("none", "", ()))) == parse_results(field)


@pytest.mark.parametrize(
    ("host", "value"),
    [
        (
            "mx.desk.example",
            b" from a (b [192.0.2.1])\r\n\tby MX.desk.example (Postfix); x",
        ),
        ("2001:db8::1", b" by 2001:db8::1 with SMTP id x; now"),
        ("mx.desk.example", b" by mx.desk.example; now"),
        ("", b" from a"),
        ("", b" (by mx.desk.example"),
        ("", b" for x by mx.desk.example"),
        ("", b""),
    ],
)
def test_who_received_a_mail(host: str, value: bytes) -> None:
    """The name after `by`, and only where it plainly stands there (RFC 5321 section 4.4)."""
    assert host == received_by(Field("received", value))
