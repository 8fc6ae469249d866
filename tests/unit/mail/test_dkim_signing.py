"""DKIM signatures: what we compose is verified by whoever gets it, and nothing can be added."""

from dataclasses import replace
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.mail.compose import Letter, compose
from gateway.mail.dkim_signing import Signer, Signers, UnusableKey
from gateway.mail.enclosure import enclose
from gateway.mail.model import Mailbox

KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  quick, not kept
PEM = serialization.Encoding.PEM
PRIVATE = KEY.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
OLD_FORM = KEY.private_bytes(
    PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
PUBLIC = KEY.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
LETTER = Letter(
    sender=Mailbox("North Help", "help@north.example"),
    to=Mailbox("Jan", "jan@klant.example"),
    subject="[NO-00013] Het wordt wït",
    body="Beste Jan,\n\n  wij hebben het.  \n-- \nNorth\n\n\n",
    message_id="<cp.1.abc@north.example>",
    at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    references=("<1@klant.example>", "<2@klant.example>"),
    reply_to="help+c1-1-abc@north.example",
    enclosures=(enclose("a.txt", bytes(range(256)) * 50),),
)
SIGNER = Signer("north.example", "mail", PRIVATE)


def is_good(content: bytes) -> bool:
    """Verify a signature as its receiver does; the DNS is ours."""
    record = b"v=DKIM1; k=rsa; p=" + b"".join(PUBLIC.splitlines()[1:-1])
    names = {b"mail._domainkey.north.example.": record}
    return bool(
        dkim.verify(content, dnsfunc=lambda name, timeout=5: names.get(name, b""), minkey=1024)  # noqa: ARG005
    )


@pytest.mark.parametrize(
    "private", [PRIVATE, OLD_FORM, PRIVATE.replace(b"\n", b"\r\n")], ids=["8", "1", "CRLF"]
)
@pytest.mark.parametrize("letter", [LETTER, replace(LETTER, references=(), enclosures=())])
def test_a_signed_mail_is_verified(private: bytes, letter: Letter) -> None:
    """Plain or with files; the mail below the signature is the one that was composed."""
    content = compose(letter)
    signed = replace(SIGNER, private_key=private).sign(content)
    assert signed.startswith(b"DKIM-Signature: ")
    assert signed.endswith(content)
    assert is_good(signed)
    assert max(map(len, signed.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "changed",
    [
        (b"\r\nTo: ", b"\r\nReply-To: eve@elsewhere.example\r\nTo: "),
        (b"\r\nTo: ", b"\r\nFrom: eve@elsewhere.example\r\nTo: "),
        (b"\r\nTo: ", b"\r\nSubject: pay\r\nTo: "),
        (b"help+c1", b"help+c2"),
        (b"<1@klant", b"<3@klant"),
        (b"Beste Jan", b"Beste Eve"),
        (b"boundary=", b"boundary=x;"),
    ],
)
def test_nothing_that_makes_it_what_it_is_can_be_changed(changed: tuple[bytes, bytes]) -> None:
    """Neither a field that is there, nor one that is added, nor a word."""
    signed = SIGNER.sign(compose(LETTER))
    assert signed.count(changed[0])
    assert not is_good(signed.replace(*changed))


def test_blanks_that_relays_add_do_no_harm() -> None:
    """Header fields may be folded anew."""
    signed = SIGNER.sign(compose(LETTER))
    assert is_good(signed.replace(b"References: ", b"References:\r\n  "))


@pytest.mark.parametrize(
    "private",
    [b"", b"no key", PUBLIC, PRIVATE[:200], PRIVATE.replace(b"M", b"N"), b"-----\n\xff\n-----"],
)
def test_a_key_that_cannot_sign_is_told(private: bytes) -> None:
    """With a sentence; whatever the library makes of it."""
    with pytest.raises(UnusableKey, match=r"\w"):
        replace(SIGNER, private_key=private).check()


def test_the_nearest_domain_signs() -> None:
    """Its own, else one above it, else nobody."""
    inner = replace(SIGNER, domain="eu.north.example")
    signers = Signers({one.domain: one for one in (SIGNER, inner)})
    assert SIGNER is signers.signer_for("help@north.example")
    assert inner is signers.signer_for("help@eu.north.example")
    assert inner is signers.signer_for("help@a.eu.north.example")
    assert SIGNER is signers.signer_for("help@us.north.example")
    assert signers.signer_for("help@south.example") is None
    assert signers.signer_for("help@notnorth.example") is None
    assert "PRIVATE" not in repr(signers)
