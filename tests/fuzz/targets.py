"""What is fuzzed: for each target, what must hold for any bytes at all."""

from collections.abc import Callable
from ipaddress import ip_network

from gateway.config.address import canonical
from gateway.config.case_number import CaseNumberPattern
from gateway.mail import dsn
from gateway.mail.authenticity.judge import Trust
from gateway.mail.authenticity.results import parse_results
from gateway.mail.authenticity.vouched import Trusted
from gateway.mail.automatic import classify
from gateway.mail.forward import forwarded
from gateway.mail.html import display, to_text
from gateway.mail.language import detect
from gateway.mail.message_id import MessageIds
from gateway.mail.model import Envelope, Verdict
from gateway.mail.parse import content, parse, unreadable
from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import new_text
from gateway.mail.reply_address import ReplyAddresses
from gateway.mail.thread import find_clues
from lib import fake_dns
from lib.mails import assert_sound
from lib.shown_html import judged

Target = Callable[[bytes], None]

_MESSAGE_IDS = MessageIds(b"k" * 32)
_ADDRESSES = ReplyAddresses({"1": b"k" * 32}, "1")
_PATTERNS = [CaseNumberPattern.parse("AC-{n:04}{check}")]
_ZONE: fake_dns.Zone = {
    "_dmarc.klant.example": "v=DMARC1; p=none",
    "klant.example": "v=spf1 mx -all",
}
_TRUSTING = Trust((ip_network("0.0.0.0/0"),), Trusted(("mx.desk.example", "(none)"), ("*.inner",)))
_ENVELOPE = Envelope("", "support@desk.example")


def parse_target(data: bytes) -> None:
    """Any bytes are a mail of sound texts, all of whose attachments can be fetched."""
    mail = parse(data)
    assert_sound(mail)
    assert_sound(unreadable(data))
    for attachment in mail.attachments:
        assert attachment.size == len(content(data, attachment))
    for clue in find_clues(mail, _MESSAGE_IDS.recognise, _PATTERNS).issued:
        assert _MESSAGE_IDS.is_ours(clue.message_id)
    forward = forwarded(mail, data)
    assert forward is None or canonical(forward.author.address) == forward.author.address


def reply_target(data: bytes) -> None:
    """Folds lie in order inside the text, apart from each other, and lose nothing of it."""
    said, _, sent = data.decode("utf-8", "replace").partition("\f")
    found = folds(said, [sent] if sent else [])
    reached = 0
    for fold in found:
        assert reached <= fold.start < fold.end <= len(said)
        reached = fold.end
    outside = said
    for fold in reversed(found):
        outside = outside[: fold.start] + outside[fold.end :]
    assert outside.strip() == new_text(said, found)
    detect(said, ["en", "nl", "fi"])


def bounce_target(data: bytes) -> None:
    """What is read out of a bounce are clean addresses and sound statuses; nobody answers it."""
    mail = parse(b"From: MAILER-DAEMON@mx.example\r\n" + data)
    found = dsn.bounce(mail)
    kind = classify(mail, _ENVELOPE, lambda _: False, _MESSAGE_IDS.is_ours)
    assert not kind.answerable
    for recipient in found.recipients if found else ():
        assert not recipient.address or canonical(recipient.address) == recipient.address
        assert recipient.status == "" or recipient.status[0] in "245"


def identity_target(data: bytes) -> None:
    """A From field that identifies somebody holds that address, once and plainly.

    Whatever looks like a reply address of ours in it was not signed by us.
    """
    found = _ADDRESSES.find(data.decode("utf-8", "surrogateescape").split())
    assert not any(_ADDRESSES.confirm(clue, "ticket:1", "jan@klant.example") for clue in found)
    value = data.replace(b"\r", b"").replace(b"\n", b"")
    mail = parse(b"From: " + value + b"\r\n\r\n")
    assert_sound(mail)
    if mail.author is not None:
        assert canonical(mail.author.address) == mail.author.address
        assert mail.author.address.count("@") == 1
        assert not mail.author_problem
    else:
        assert mail.author_problem


def html_target(data: bytes) -> None:
    """Any HTML has a text, and a form that is safe to show."""
    html = data.decode("utf-8", "replace")
    to_text(html)
    assert [] == judged(display(html)).faults


def auth_target(data: bytes) -> None:
    """Nobody passes but the author of a domain that was named, and never without one author."""
    parse_results(data)
    mail = parse(data)
    for trust in (fake_dns.NOBODY, _TRUSTING):
        verdict = fake_dns.judged(data, _ZONE, trust=trust).verdict
        if mail.author is None:
            assert verdict is Verdict.UNKNOWN
        elif verdict is Verdict.PASS:
            domain = mail.author.address.rpartition("@")[2].encode()
            assert domain == b"klant.example" or (trust is _TRUSTING and domain in data.lower())


TARGETS: dict[str, Target] = {
    "parse": parse_target,
    "reply": reply_target,
    "bounce": bounce_target,
    "identity": identity_target,
    "html": html_target,
    "auth": auth_target,
}
