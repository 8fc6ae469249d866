"""A DNS of a few lines, and mail that is signed: what verdicts are tested with, offline."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gateway.mail.authenticity.evidence import Evidence
from gateway.mail.authenticity.judge import Trust, judge
from gateway.mail.authenticity.questions import (
    NOTHING,
    UNCERTAIN,
    Answer,
    Answers,
    Inquiry,
    Question,
    Type,
)
from gateway.mail.authenticity.vouched import Trusted
from gateway.mail.model import Authenticity, Envelope
from gateway.mail.parse import parse

NOW = datetime.now(UTC)
PEER = "192.0.2.1"
NOBODY = Trust(networks=(), house=Trusted())

# What a name has: records as TXT unless a record begins with another type; None for no answer.
Zone = dict[str, Sequence[str] | str | None]


class FakeDns:
    """Answers from a zone; `asked` are the questions so far."""

    def __init__(self, zone: Zone) -> None:
        self._zone = {name.lower(): records for name, records in zone.items()}
        self.asked: list[Question] = []

    def look_up(self, question: Question) -> Answer:
        """Give what the zone says."""
        self.asked.append(question)
        records = self._zone.get(question.name, ())
        if records is None:
            return UNCERTAIN
        found = [self._typed(r) for r in ([records] if isinstance(records, str) else records)]
        return Answer(tuple(text for kind, text in found if kind is question.type)) or NOTHING

    async def answer(self, question: Question) -> Answer:
        """Answer as a resolver does."""
        return self.look_up(question)

    @staticmethod
    def _typed(record: str) -> tuple[Type, str]:
        kind, _, rest = record.partition(" ")
        return (Type(kind), rest) if kind in set(Type) else (Type.TXT, record)


def drive(inquiry: Inquiry[Authenticity], answers: Answers, dns: FakeDns) -> Authenticity:
    """Take an inquiry to its end."""
    while True:
        try:
            questions = next(inquiry)
        except StopIteration as done:
            verdict: Authenticity = done.value
            return verdict
        answers |= {question: dns.look_up(question) for question in questions}


def judged(
    content: bytes,
    zone: Zone,
    envelope: Envelope | None = None,
    trust: Trust = NOBODY,
    source: str = "smtp",
) -> Authenticity:
    """Give the verdict on a mail that came to our listener from PEER."""
    way = envelope or Envelope("jan@klant.example", "help@desk.example", PEER, "mx.klant.example")
    answers: Answers = {}
    evidence = Evidence(parse(content), way, content, source, NOW)
    return drive(judge(evidence, trust, answers), answers, FakeDns(zone))


def mail_of(author: str = "Jan <jan@klant.example>", body: str = "Hello.\r\n") -> bytes:
    """Write a mail."""
    head = f"From: {author}\r\nTo: help@desk.example\r\nSubject: Help\r\nMessage-ID: <1@k.example>"
    return f"{head}\r\n\r\n{body}".encode()


@cache
def private_key(bits: int = 1024) -> rsa.RSAPrivateKey:
    """Give a key for tests: small, since large ones take long to make."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def key_record(bits: int = 1024) -> str:
    """Give the DNS record of the key."""
    public = private_key(bits).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={dkim.base64.b64encode(der).decode()}"


def signed(
    content: bytes,
    domain: str = "klant.example",
    *,
    bits: int = 1024,
    algorithm: bytes = b"rsa-sha256",
    length: bool = False,
    forms: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
) -> bytes:
    """Sign a mail for a domain, with the selector `s1`."""
    pem = private_key(bits).private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    signature: bytes = dkim.sign(
        content,
        b"s1",
        domain.encode(),
        pem,
        include_headers=[b"from", b"to", b"subject"],
        length=length,
        canonicalize=forms,
        signature_algorithm=algorithm,
    )
    return signature + content
