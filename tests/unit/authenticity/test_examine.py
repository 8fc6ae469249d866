"""Mail that comes to our own listener: SPF, DKIM and DMARC, with every record in the test."""

import re
import time
from dataclasses import replace

import dkim
import pytest

from gateway.mail.authenticity.evidence import Evidence
from gateway.mail.authenticity.judge import judge
from gateway.mail.authenticity.questions import MAX_QUESTIONS, Answers
from gateway.mail.model import Envelope, Verdict
from gateway.mail.parse import parse
from lib.fake_dns import (
    NOBODY,
    NOW,
    PEER,
    FakeDns,
    Zone,
    drive,
    judged,
    key_record,
    mail_of,
    signed,
)

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN

DMARC = "v=DMARC1; p=reject"
STRICT = "v=DMARC1; p=none; adkim=s; aspf=s"
KEY = "s1._domainkey.klant.example"
MAIL_KEY = "s1._domainkey.mail.klant.example"
SPF = f"v=spf1 ip4:{PEER} -all"
ENVELOPE = Envelope("jan@klant.example", "help@desk.example", PEER, "mx.klant.example")


def keys(**more: str) -> Zone:
    """Give a zone with the key of klant.example."""
    return {KEY: key_record(), **more}


@pytest.mark.parametrize(
    ("verdict", "zone"),
    [
        (PASS, {"_dmarc.klant.example": DMARC, "klant.example": SPF}),
        (FAIL, {"_dmarc.klant.example": DMARC, "klant.example": "v=spf1 -all"}),
        (FAIL, {"_dmarc.klant.example": DMARC, "klant.example": "v=spf1 ~all"}),
        (FAIL, {"_dmarc.klant.example": DMARC, "klant.example": "v=spf1 ?all"}),
        (FAIL, {"_dmarc.klant.example": DMARC, "klant.example": "v=spf1 nonsense"}),
        (FAIL, {"_dmarc.klant.example": DMARC, "klant.example": ("v=spf1 +all", "v=spf1 -all")}),
        (FAIL, {"_dmarc.klant.example": DMARC}),
        (UNKNOWN, {"_dmarc.klant.example": DMARC, "klant.example": None}),
        (UNKNOWN, {"_dmarc.klant.example": None, "klant.example": SPF}),
        (UNKNOWN, {"klant.example": SPF}),
        (UNKNOWN, {"klant.example": "v=spf1 -all"}),
        (UNKNOWN, {}),
        (UNKNOWN, {"_dmarc.klant.example": (DMARC, DMARC), "klant.example": SPF}),
        (UNKNOWN, {"_dmarc.klant.example": "v=DMARC2; p=reject", "klant.example": SPF}),
        (PASS, {"_dmarc.klant.example": ("unrelated", DMARC), "klant.example": ("x", SPF)}),
        (
            PASS,
            {
                "_dmarc.klant.example": DMARC,
                "klant.example": "v=spf1 include:mail.example -all",
                "mail.example": "v=spf1 a:out.mail.example -all",
                "out.mail.example": f"A {PEER}",
            },
        ),
        (
            UNKNOWN,
            {
                "_dmarc.klant.example": DMARC,
                "klant.example": "v=spf1 include:mail.example -all",
                "mail.example": None,
            },
        ),
        (
            PASS,
            {
                "_dmarc.klant.example": DMARC,
                "klant.example": "v=spf1 mx -all",
                "mx.klant.example": f"A {PEER}",
            }
            | {"klant.example": ("v=spf1 mx -all", "MX 10 mx.klant.example")},
        ),
        (
            PASS,
            {
                "_dmarc.klant.example": DMARC,
                "klant.example": "v=spf1 ptr exp=why.klant.example -all",
                "1.2.0.192.in-addr.arpa": "PTR mx.klant.example",
                "mx.klant.example": f"A {PEER}",
            },
        ),
        (
            PASS,
            {
                "_dmarc.klant.example": DMARC,
                "klant.example": "v=spf1 exists:%{i}.%{l}.klant.example -all",
                f"{PEER}.jan.klant.example": "A 127.0.0.2",
            },
        ),
        (FAIL, {"_dmarc.klant.example": DMARC, "klant.example": "v=spf1 " + "a " * 2000 + SPF}),
        (FAIL, {"_dmarc.klant.example": DMARC, "klant.example": f"v=spf1 a:{'%' * 400} +all"}),
    ],
)
def test_who_may_send(verdict: Verdict, zone: Zone) -> None:
    """SPF counts with a DMARC record only; no answer is neither a pass nor a fail."""
    found = judged(mail_of(), zone)
    assert verdict is found.verdict, found.reason


@pytest.mark.parametrize(
    ("verdict", "author", "reverse_path", "record"),
    [
        (PASS, "jan@klant.example", "b@bounce.klant.example", DMARC),
        (FAIL, "jan@klant.example", "b@bounce.klant.example", STRICT),
        (PASS, "jan@klant.example", "jan@klant.example", STRICT),
        (FAIL, "jan@klant.example", "jan@evil.example", DMARC),
        (FAIL, "jan@klant.example", "jan@notklant.example", DMARC),
        (FAIL, "jan@klant.example", "jan@example", DMARC),
        (PASS, "jan@klant.example", "", DMARC),
        (FAIL, "jan@klant.example", "a b@klant.example", DMARC),
    ],
)
def test_the_envelope_has_to_be_the_authors(
    verdict: Verdict, author: str, reverse_path: str, record: str
) -> None:
    """Relaxed alignment is by organisation, strict by domain; `<>` is judged by its greeting."""
    names = ("klant.example", "bounce.klant.example", "evil.example", "notklant.example")
    zone: Zone = {"_dmarc.klant.example": record, "example": SPF, "mx.klant.example": SPF}
    zone |= dict.fromkeys(names, SPF)
    found = judged(mail_of(author), zone, replace(ENVELOPE, reverse_path=reverse_path))
    assert verdict is found.verdict, found.reason


@pytest.mark.parametrize(
    ("verdict", "zone"),
    [
        # The signer has no record, so the walk takes it for an organisation of its own.
        (FAIL, {"_dmarc.a.b.klant.example": "v=DMARC1"}),
        (PASS, {"_dmarc.klant.example": DMARC}),
        (PASS, {"_dmarc.klant.example": DMARC, "_dmarc.b.klant.example": DMARC}),
        (FAIL, {"_dmarc.b.klant.example": "v=DMARC1; psd=n"}),
        (FAIL, {"_dmarc.klant.example": "v=DMARC1; psd=y"}),
        (PASS, {"_dmarc.example": "v=DMARC1; psd=y"}),
        (UNKNOWN, {"_dmarc.b.klant.example": None}),
        (UNKNOWN, {"_dmarc.klant.example": DMARC, "_dmarc.example": None}),
    ],
)
def test_the_walk_up_the_tree_finds_the_organisation(verdict: Verdict, zone: Zone) -> None:
    """RFC 9989 section 4.10: records above, those of public suffixes, and tops of their own."""
    content = signed(mail_of("jan@a.b.klant.example"), "klant.example")
    found = judged(content, keys() | zone)
    assert verdict is found.verdict, found.reason


def test_the_walk_takes_at_most_eight_steps() -> None:
    """A name of very many labels is not asked about label by label."""
    dns, answers = FakeDns({}), Answers()
    name = ".".join("abcdefghijklmnop") + ".klant.example"
    content = mail_of(f"jan@{name}")
    evidence = Evidence(parse(content), ENVELOPE, content, "smtp", NOW)
    drive(judge(evidence, NOBODY, answers), answers, dns)
    asked = [question.name for question in dns.asked if question.name.startswith("_dmarc.")]
    assert 8 == len(asked)
    assert [f"_dmarc.{name}", "_dmarc.l.m.n.o.p.klant.example"] == asked[:2]
    assert "_dmarc.example" == asked[-1]


@pytest.mark.parametrize(
    ("verdict", "content", "zone"),
    [
        (PASS, signed(mail_of()), keys()),
        (PASS, signed(mail_of()), keys() | {"_dmarc.klant.example": DMARC}),
        (PASS, signed(mail_of(), forms=(b"simple", b"simple")), keys()),
        (PASS, signed(mail_of(body=""), forms=(b"relaxed", b"relaxed")), keys()),
        (PASS, signed(mail_of(body=""), forms=(b"simple", b"simple")), keys()),
        (PASS, signed(mail_of(body="a  b\t \r\n\r\n\r\n")), keys()),
        (PASS, signed(mail_of(body="a  b\t \r\n\r\n"), forms=(b"relaxed", b"simple")), keys()),
        (PASS, signed(mail_of(body="no line end")), keys()),
        (PASS, signed(mail_of()).replace(b"\r\n", b"\n"), keys()),
        (
            PASS,
            signed(mail_of(), "mail.klant.example"),
            {f"s1._domainkey.mail.{KEY[14:]}": key_record()},
        ),
        (UNKNOWN, signed(mail_of()), {}),
        (UNKNOWN, signed(mail_of()), {KEY: None}),
        (UNKNOWN, signed(mail_of()), {KEY: None, "_dmarc.klant.example": DMARC}),
        (UNKNOWN, signed(mail_of()), {KEY: "v=DKIM1; p="}),
        (UNKNOWN, signed(mail_of()), {KEY: (key_record(), key_record())}),
        (UNKNOWN, signed(mail_of()), {KEY: key_record() + "; h=sha1"}),
        (UNKNOWN, signed(mail_of()), {KEY: key_record() + "; s=tlsrpt"}),
        (UNKNOWN, signed(mail_of()), {KEY: key_record() + "; s=other"}),
        (UNKNOWN, signed(mail_of()), {KEY: "p=" + "A" * 3000}),
        (UNKNOWN, signed(mail_of(), length=True), keys()),
        (UNKNOWN, signed(mail_of(), length=True) + b"Send me the password.\r\n", keys()),
        (UNKNOWN, signed(mail_of(), algorithm=b"rsa-sha1"), keys()),
        (UNKNOWN, signed(mail_of()) + b"Send me the password.\r\n", keys()),
        (UNKNOWN, signed(mail_of()).replace(b"Hello", b"Hallo"), keys()),
        (UNKNOWN, signed(mail_of()).replace(b"Subject: Help", b"Subject: Held"), keys()),
        (UNKNOWN, signed(mail_of()).replace(b"jan@", b"eve@"), keys()),
        (UNKNOWN, signed(mail_of(), "evil.example"), {"s1._domainkey.evil.example": key_record()}),
        (UNKNOWN, signed(mail_of(), "example"), {"s1._domainkey.example": key_record()}),
        (FAIL, signed(mail_of()) + b"more\r\n", keys() | {"_dmarc.klant.example": DMARC}),
        (
            FAIL,
            signed(mail_of(), "evil.example"),
            {"s1._domainkey.evil.example": key_record(), "_dmarc.klant.example": DMARC},
        ),
        (
            FAIL,
            signed(mail_of(), "mail.klant.example"),
            {MAIL_KEY: key_record(), "_dmarc.klant.example": STRICT},
        ),
        (PASS, signed(signed(mail_of(), "evil.example")), keys()),
        (PASS, signed(signed(mail_of()), "evil.example"), keys()),
    ],
)
def test_who_signed(verdict: Verdict, content: bytes, zone: Zone) -> None:
    """A valid signature of the author's organisation is a pass; half a signature is none."""
    found = judged(content, zone)
    assert verdict is found.verdict, found.reason


def test_a_weak_key_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA below 1024 bits can be broken (RFC 8301 section 3.2)."""
    monkeypatch.setattr("gateway.mail.authenticity.signatures._LEAST_BITS", 1025)
    found = judged(signed(mail_of()), keys())
    assert UNKNOWN is found.verdict
    assert "its key is too weak or too large (1024 bits)" in found.reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (rb"v=1;", b"v=1; x=1000000000;", "it has expired"),
        (rb"v=1;", b"v=1; x=soon;", "its time of expiry cannot be read"),
        (rb"v=1;", b"v=1; x=99999999999;", "the signature does not match"),
        (rb"v=1;", b"v=1; l=3;", "it covers only a part of the body (l=)"),
        (rb"h=from :", b"h=date :", "it does not cover From"),
        (rb"v=1;", b"v=2;", "the signature does not match"),
        (rb"v=1;", b"v=1; v=1;", ""),
        (rb"v=1;", b"v=1;" + b" \r\n" * 60 + b" ", ""),
        (rb"bh=", b"bh=%", "the body is not what was signed"),
        (rb"a=rsa-sha256", b"a=ed25519-sha256", "its algorithm (ed25519) cannot be checked here"),
        (rb"a=rsa-sha256", b"a=rsa-md5", "its algorithm proves nothing"),
        (rb"s=s1", b"s=s 1", "there is no key for it"),
        (rb"d=klant.example", b"d=kl\xe4nt.example", ""),
        (rb"c=relaxed/relaxed", b"c=relaxed/none", "the body is not what was signed"),
    ],
)
def test_why_a_signature_proves_nothing(old: bytes, new: bytes, reason: str) -> None:
    """Each is said in the reason; what is hardly a signature is passed over."""
    content = signed(mail_of())
    assert old in content
    found = judged(content.replace(old, new, 1), keys())
    assert UNKNOWN is found.verdict
    assert (reason or "no signature of klant.example") in found.reason


def test_only_so_many_signatures_are_looked_at() -> None:
    """A mail of a hundred signatures costs no more than one of five; foreign ones do not count."""
    broken = signed(mail_of()).partition(b"From:")[0].replace(b"s=s1", b"s=s2")
    foreign = broken.replace(b"d=klant.example", b"d=evil.example") * 20
    assert PASS is judged(foreign + broken * 4 + signed(mail_of()), keys()).verdict
    assert UNKNOWN is judged(broken * 5 + signed(mail_of()), keys()).verdict


@pytest.mark.parametrize(
    "content",
    [
        b"\r\n" + signed(mail_of()),
        b"From jan Mon Mar 2 09:00:00 2026\r\n" + signed(mail_of()),
        signed(mail_of()).replace(b"To: ", b"stray line\r\nTo: "),
        signed(mail_of()).replace(b"To: ", b"To : "),
        signed(mail_of()).replace(b"\r\n", b"\r"),
        b" fold\r\n" + signed(mail_of()),
        b"From: Ada <ada@desk.example>\r\n" + signed(mail_of()),
        signed(mail_of()).replace(b"\r\n\r\n", b"\r\nFrom: Ada <ada@desk.example>\r\n\r\n"),
        signed(mail_of('"jan@klant.example" <jan@evil.example>')),
        signed(mail_of("jan@klant.example, eve@evil.example")),
        signed(mail_of("Team: jan@klant.example;")),
        signed(mail_of("=?utf-8?q?jan=40klant.example?= <jan@evil.example>")),
        signed(mail_of("jan@klant.example <jan@evil.example>")),
    ],
)
def test_nobody_passes_whom_two_readers_could_tell_apart(content: bytes) -> None:
    """Where readers could differ on the fields, and with tricks in From, there is no pass."""
    assert PASS is not judged(content, keys()).verdict


def test_a_mail_without_one_author_is_unknown() -> None:
    """Whoever signed it, and wherever it came from."""
    found = judged(signed(mail_of("a@klant.example, b@klant.example")), keys())
    assert (UNKNOWN, True) == (found.verdict, "several mailboxes" in found.reason)


def test_no_mail_makes_us_ask_without_end() -> None:
    """SPF may lead to many names; after so many questions the rest counts as not answered."""
    hosts = [f"m{n}.evil.example" for n in range(10)]
    zone: Zone = {
        "_dmarc.klant.example": DMARC,
        "klant.example": f"v=spf1 {' '.join(f'mx:{host}' for host in hosts)} -all",
    }
    zone |= {host: [f"MX {n} x{n}.{host}" for n in range(10)] for host in hosts}
    zone |= {f"x{n}.{host}": "A 192.0.2.9" for host in hosts for n in range(10)}
    dns, answers = FakeDns(zone), Answers()
    content = mail_of()
    evidence = Evidence(parse(content), ENVELOPE, content, "smtp", NOW)
    found = drive(judge(evidence, NOBODY, answers), answers, dns)
    assert UNKNOWN is found.verdict
    assert len(dns.asked) <= MAX_QUESTIONS


@pytest.mark.parametrize(
    "content",
    [
        signed(mail_of()).replace(b"Hello.", b" " * 2_000_000 + b"x"),
        signed(mail_of()).replace(b"v=1;", b"v=1; b" + b"\r\n " * 40_000),
        signed(mail_of()).replace(b"To: ", b"X: y\r\n" + b" z\r\n" * 30_000 + b"To: "),
        signed(mail_of()).replace(b"Hello.", b"\r\n" * 900_000),
        signed(mail_of()).replace(b"Hello.", b"x  \t" * 4_000_000),
    ],
)
def test_a_hostile_mail_costs_little(content: bytes) -> None:
    """Runs of blanks, folds and empty lines cost what their length costs, not its square."""
    begun = time.process_time()
    assert FAIL is not judged(content, keys()).verdict
    assert time.process_time() - begun < 5


def test_dkimpy_agrees() -> None:
    """What we take for a body's form is what dkimpy takes for it."""
    bodies = [
        "",
        "\r\n",
        "a",
        "a \t b \r\n",
        " \r\n\r\n",
        "\r\n\r\na\r\n \r\n",
        "a\r\r\n",
        "\t\r\n",
    ]
    for body in bodies:
        for form in ((b"relaxed", b"relaxed"), (b"simple", b"simple")):
            content = signed(mail_of(body=body), forms=form)
            assert dkim.verify(content, dnsfunc=lambda *_, **__: key_record().encode())
            found = judged(content, keys())
            assert PASS is found.verdict, (body, form, found.reason)


@pytest.mark.parametrize(
    "author", ["jan@klant.example", "JAN@Klant.EXAMPLE", "j@xn--bcher-kva.example"]
)
def test_a_pass_is_about_the_author_alone(author: str) -> None:
    """Nobody passes by another's signature, whatever else the mail names."""
    domain = author.lower().rpartition("@")[2]
    zone: Zone = {f"s1._domainkey.{domain}": key_record()}
    content = signed(mail_of(author), domain)
    assert PASS is judged(content, zone).verdict
    other = re.sub(
        rb"From: [^\r]+", b"From: eve@evil.example\r\nSender: " + author.encode(), content
    )
    assert PASS is not judged(other, zone).verdict
