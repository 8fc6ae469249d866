"""One mail of ours: where answers to it go, what it is called, and what goes with it."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.config.served import Web
from gateway.config.settings import Dkim, Msa
from gateway.desk.decision import Content, Line, Proposal, Reply
from gateway.desk.known import KnownId, ReplyRole
from gateway.desk.person import Fact
from gateway.desk.ticket import Defect
from gateway.house import House
from gateway.letters import Occasion, write
from gateway.letters.enclosures import Enclosures
from gateway.letters.signing import Signing
from gateway.mail.dkim_signing import Signer, Signers
from gateway.mail.file_link import WHOLE_MAIL, FileLink
from gateway.mail.html import to_text
from gateway.mail.model import Attachment, Mail, Mailbox
from gateway.mail.parse import content, parse
from gateway.mail.reply.fold import folds
from gateway.mail.reply.marker import MARKERS, is_marker
from gateway.mail.reply.model import new_text
from gateway.mail.reply_address import about
from gateway.store.dkim_keys import load_signers
from gateway.store.outbox import Outgoing
from gateway.templates import Templates
from lib.desks import ADA, DESK, JAN, NOW, TICKET
from lib.workbench import workbench

MIB = 1024 * 1024
TO_JAN = Mailbox("Jan", JAN)
ANSWER = Reply(
    "customer/answer",
    TO_JAN,
    "en",
    automatic=False,
    content=Content(text="Try it once more.", author="Ada"),
    reply_role=ReplyRole.CUSTOMER,
)
NEWS = Reply("agent/new", Mailbox("Ada", ADA), "en", unasked=True, reply_role=ReplyRole.AGENT)
ABOUT = Occasion(DESK, ("<1@klant.example>",), "It stays white")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with its keys and templates."""
    with workbench(tmp_path_factory.mktemp("house"), "sqlite:///casepost.db") as opened:
        yield opened.house


def written(house: House, reply: Reply, about: Occasion = ABOUT, **changes: object) -> Outgoing:
    """Write a mail about the ticket, changed so."""
    return write(house, about, replace(TICKET, **changes), reply, 7, NOW)  # type: ignore[arg-type]


def read(mail: Outgoing) -> Mail:
    """Read a mail of ours."""
    return parse(mail.content)


def signed(house: House, address: str, matter: str, person: str) -> str:
    """Give the role of a reply address, "" if it is not for this matter and person."""
    (clue,) = house.reply_addresses.find([address])
    return clue.role if house.reply_addresses.confirm(clue, matter, person) else ""


def test_answers_and_bounces_come_to_addresses_of_their_own(house: House) -> None:
    """Signed for what the mail is about, for whom, and for nothing else."""
    mail = written(house, ANSWER)
    to = read(mail).header("reply-to")
    assert "c" == signed(house, to, about(1, 0), JAN)
    assert "" == signed(house, to, about(2, 0), JAN)
    assert "" == signed(house, to, about(1, 0), ADA)
    assert "b" == signed(house, mail.reverse_path, about(1, 0), JAN)
    assert (7, "customer/answer", JAN, 1) == (
        mail.entry_id, mail.template, mail.recipient, mail.ticket
    )  # fmt: skip


def test_what_we_say_by_ourselves_has_no_reverse_path(house: House) -> None:
    """Nothing answers it (RFC 3834); people may, to an address of their own."""
    for reply, role in ((replace(ANSWER, automatic=True, reply_role=None), "c"), (NEWS, "a")):
        mail = written(house, reply)
        assert "" == mail.reverse_path
        matter = about(1, 0)
        assert role == signed(house, read(mail).header("reply-to"), matter, mail.recipient)
        assert read(mail).header("auto-submitted")


def test_a_mail_about_a_held_mail_is_answered_about_that(house: House) -> None:
    """Not about a ticket."""
    mail = write(house, ABOUT, None, replace(NEWS, template="agent/held", held=5), 0, NOW)
    assert "a" == signed(house, read(mail).header("reply-to"), about(0, 5), ADA)
    assert (0, 5) == (mail.ticket, mail.spool)


def test_a_desk_without_plus_addresses_has_none(house: House) -> None:
    """Neither for answers nor for bounces."""
    plain = replace(ABOUT, desk=replace(DESK, plus_addressing=False))
    mail = written(house, ANSWER, plain)
    assert ("help@north.example", "") == (mail.reverse_path, read(mail).header("reply-to"))


def test_an_answer_shows_nothing_of_the_agent(house: House) -> None:
    """It comes from the desk, and stands below the customer's own mails, not the agent's."""
    given = (
        KnownId("<a@klant.example>", 1, JAN),
        KnownId("<other@klant.example>", 2, JAN),
        KnownId("<piet@klant.example>", 1, "piet@klant.example"),
        KnownId("<b@klant.example>", 1, JAN),
    )
    own = Occasion(
        DESK, ("<agents@north-intern.example>",), "Re: [NO-00013] x", by_agent=True, given=given
    )
    mail = read(written(house, ANSWER, own))
    assert ("<a@klant.example>", "<b@klant.example>") == mail.references
    assert ("<b@klant.example>",) == mail.in_reply_to
    assert mail.author == Mailbox("North Help", "help@north.example")
    whole = written(house, ANSWER, own).content.lower()
    assert b"ada" not in whole
    assert b"intern" not in whole
    unknown = read(written(house, ANSWER, replace(own, given=())))
    assert () == unknown.references
    chosen = replace(ANSWER, references=("<c@klant.example>",))
    assert ("<c@klant.example>",) == read(written(house, chosen, own)).references


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("It stays white", "[NO-00013] It stays white"),
        ("Re: [NO-00013] AW: [no-00013] It stays white", "[NO-00013] It stays white"),
        ("[EXTERNAL] Re: It stays white", "[NO-00013] It stays white"),
        ("Re: Re: Re: It stays white", "[NO-00013] It stays white"),
        ("[NO-00026] It stays white", "[NO-00013] [NO-00026] It stays white"),
        ("x" * 400, f"[NO-00013] {'x' * 189}"),
    ],
)
def test_a_subject_bears_the_number_once(house: House, subject: str, expected: str) -> None:
    """However long the chain of answers is."""
    for reply in (ANSWER, NEWS):
        assert expected == read(written(house, reply, subject=subject)).subject


def test_a_template_that_forgets_the_number_does_not_matter(house: House, tmp_path: Path) -> None:
    """Nor one that says it twice."""
    del tmp_path
    mail = written(replace(house, templates=Templates()), replace(ANSWER, template="faq/x"))
    assert "[NO-00013]" == read(mail).subject


def test_words_of_a_stranger_are_not_repeated_to_them(house: House) -> None:
    """Neither where nobody vouches for the mail, nor for the address; an agent's answer may."""
    acknowledged = replace(
        ANSWER, template="customer/acknowledge", automatic=True, content=Content()
    )
    for reply, occasion in (
        (acknowledged, replace(ABOUT, subject="")),
        (replace(acknowledged, vouched=False), ABOUT),
    ):
        mail = written(house, reply, occasion)
        assert "white" not in read(mail).subject + read(mail).text
        assert reply.vouched is mail.vouched
    assert "white" in read(written(house, ANSWER, replace(ABOUT, subject=""))).subject


def test_an_agent_reads_all_that_is_known_and_how_to_work(house: House) -> None:
    """Text, facts, further addresses and likely duplicates, below the line to answer above."""
    said = Content(
        text="Het wordt wit.",
        author="Jan <jan@klant.example>",
        facts=(Fact("plan", "gold"), Fact("site", "a\nb")),
        addresses=("piet@klant.example",),
        proposals=(Proposal("NO-00026", "Wit scherm", "text"),),
    )
    mail = read(
        written(house, replace(NEWS, content=said), defects=(Defect("4711", "https://d/1"),))
    )
    lines = mail.text.splitlines()
    assert is_marker(lines[0])
    for expected in (
        "Jan <jan@klant.example> wrote:", "Het wordt wit.", "- Plan: gold", "- site: a b",
        "Also written to: piet@klant.example", "- NO-00026  Wit scherm (nearly the same text)",
        "If it is, answer with #merge and nothing else.", "Known defect 4711: https://d/1",
    ):  # fmt: skip
        assert expected in lines
    assert "#note" in mail.text
    assert "#help" in mail.text
    no_line = replace(ABOUT, desk=replace(DESK, reply_marker=False))
    assert is_marker(read(written(house, NEWS, no_line)).text.splitlines()[0])
    assert not is_marker(read(written(house, ANSWER, no_line)).text.splitlines()[0])


def test_a_transcript_is_said_in_words(house: House) -> None:
    """Of as many lines as there are."""
    lines = tuple(Line(f"#x{n}", "status-set", "Done") for n in range(60))
    reply = replace(NEWS, template="agent/transcript", language="nl", content=Content(lines=lines))
    text = read(written(house, reply)).text
    assert "#x59: de status is nu Done" in text


def test_a_long_text_is_cut_and_goes_along_whole(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """It is never the reason for the plain built-in text."""
    text = "Zeile mit Ü\n" * 80_000
    for template, reply in (
        ("agent/new", NEWS),
        ("agent/confirm", NEWS),
        ("customer/answer", ANSWER),
    ):
        said = replace(reply, template=template, content=Content(text=text, reason="overtaken"))
        mail = written(house, said)
        (whole,) = read(mail).attachments
        assert ("NO-00013.txt", text.encode()) == (whole.name, content(mail.content, whole))
        assert "[The text goes on. All of it is in the attached file.]" in read(mail).text
        assert "Zeile mit Ü\n" in read(mail).text
    assert "" == caplog.text


def test_a_customer_gets_text_and_html_with_the_marker_above_both(house: House) -> None:
    """An answer to either is known by it; what the agent wrote is text in both."""
    reply = replace(ANSWER, content=Content(text="Try <b>this</b>:\n  https://x.example/a"))
    mail = read(written(house, reply))
    assert mail.text.splitlines()[0] == MARKERS["en"]
    assert "Try <b>this</b>:" in mail.text
    html = mail.html
    assert html.index(MARKERS["en"]) < html.index("Try &lt;b&gt;this&lt;/b&gt;:<br>")
    assert '<a href="https://x.example/a">https://x.example/a</a>' in html
    assert is_marker(to_text(html).lstrip().splitlines()[0])
    assert "" == read(written(house, NEWS)).html


def test_of_an_answer_in_html_only_what_stands_above_our_marker_is_new(house: House) -> None:
    """As a web mailer quotes the HTML that it showed."""
    document = read(written(house, replace(ANSWER, template="customer/acknowledge"))).html
    quoted = document.partition("<body")[2].partition(">")[2].partition("</body>")[0]
    answer = f"<div>Yes, it does.</div><blockquote>{quoted}</blockquote>"
    head = b"From: jan@klant.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    text = parse(head + answer.encode()).text
    assert "Thank you for your mail" in text
    assert "Yes, it does." == new_text(text, folds(text)).strip()


def test_a_mail_that_is_too_large_goes_without_its_html(house: House) -> None:
    """The text is what it is for."""
    small = replace(house, settings=replace(house.settings, msa=Msa("localhost", message_size=MIB)))
    mail = written(small, replace(ANSWER, content=Content(text="€" * 64 * 1024)))
    assert "" == read(mail).html
    assert "€" * 1000 in read(mail).text
    assert len(mail.content) <= MIB


def raw_with(size: int, count: int = 1) -> tuple[bytes, tuple[Attachment, ...]]:
    """Give a mail with files of that size, and the list of them."""
    part = b"--B\r\nContent-Type: application/zip; name=a.zip\r\n\r\n" + b"x" * size + b"\r\n"
    raw = b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + part * count + b"--B--\r\n"
    return raw, parse(raw).attachments


def test_what_fits_goes_along_and_the_rest_is_a_link(house: House) -> None:
    """In the order of the mail; every agent gets the same, and it is encoded once."""
    raw, files = raw_with(2 * MIB, 2)
    served = replace(
        house,
        settings=replace(
            house.settings,
            msa=Msa("localhost", message_size=4 * MIB),
            web=Web(base_url="https://desk.example/"),
        ),
    )
    own = replace(ABOUT, enclosures=Enclosures(raw, 12))
    reply = replace(NEWS, content=Content(text="See there.", attachments=files))
    for _ in range(2):
        mail = written(served, reply, own)
        assert ["a.zip"] == [a.name for a in read(mail).attachments]
        assert b"x" * 2 * MIB == content(mail.content, read(mail).attachments[0])
        assert len(mail.content) <= 4 * MIB
        (line,) = (one for one in read(mail).text.splitlines() if "/files/" in one)
        name, _, url = line.partition(": ")
        assert ("a.zip (2 MB)", "https://desk.example/files") == (name, url.rpartition("/")[0])
        link = served.file_links.read(url.rpartition("/")[2], NOW)
        assert FileLink(12, files[1].part, 0) == link
    assert own.enclosures.encoded == 1


def test_without_pages_a_mail_says_that_the_file_is_kept(house: House) -> None:
    """Nobody is sent to where there is nothing."""
    raw, files = raw_with(11 * MIB)
    own = replace(ABOUT, enclosures=Enclosures(raw, 12))
    mail = written(house, replace(NEWS, content=Content(attachments=files)), own)
    assert () == read(mail).attachments
    assert "a.zip (11 MB): is kept with the case" in read(mail).text


def test_an_attachment_that_cannot_be_read_does_not_stop_the_mail(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a mail that is gone, or a part that is not there."""
    gone = Attachment(3, "gone.pdf", "application/pdf", 100)
    for source in (0, 99):
        reply = replace(ANSWER, content=Content(text="Hi", attachments=(gone,), source=source))
        with caplog.at_level(logging.ERROR):
            mail = written(house, reply, replace(ABOUT, enclosures=Enclosures(b"a: b\r\n\r\n", 12)))
        assert "gone.pdf (1 KB): is kept with the case" in read(mail).text


def test_a_mail_that_could_not_be_taken_apart_is_linked_whole(house: House) -> None:
    """Its only attachment is itself."""
    raw = b"Subject: x\r\n\r\n" + b"\n" * 1_000_001
    (whole,) = parse(raw).attachments
    served = replace(
        house, settings=replace(house.settings, msa=Msa("x", message_size=MIB), web=Web())
    )
    reply = replace(NEWS, content=Content(attachments=(whole,)))
    mail = written(served, reply, replace(ABOUT, enclosures=Enclosures(raw, 12)))
    (url,) = (line.split()[-1] for line in read(mail).text.splitlines() if "/files/" in line)
    link = served.file_links.read(url.rpartition("/")[2], NOW)
    assert FileLink(12, WHOLE_MAIL, 0) == link


def test_a_mail_is_signed_where_there_is_a_key(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Over the bytes that go out; a key that breaks is an alarm, and the mail goes out."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  quick
    pem = serialization.Encoding.PEM
    unlocked = serialization.NoEncryption()
    path = tmp_path / "dkim.pem"
    path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unlocked))
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; p=" + b"".join(public.splitlines()[1:-1])
    one = Dkim("north.example", "s1", path)
    signers, findings = load_signers(replace(house.settings, dkim=(one,)))
    assert () == findings
    sent = written(replace(house, signers=signers), ANSWER).content
    asked: list[bytes] = []

    def answer(name: bytes, timeout: int = 5) -> bytes:
        del timeout
        asked.append(name)
        return record

    assert dkim.verify(sent, dnsfunc=answer, minkey=1024)
    assert [b"s1._domainkey.north.example."] == asked
    occasion = replace(ABOUT, signing=Signing())
    with caplog.at_level(logging.ERROR):
        many = [written(replace(house, signers=Unlimited()), ANSWER, occasion) for _ in range(403)]
    assert 400 == sum(mail.content.startswith(b"signed") for mail in many)
    assert 1 == caplog.text.count("too many mails at once")
    broken = {d: replace(s, private_key=b"") for d, s in signers.by_domain.items()}
    unsigned = replace(house, signers=replace(signers, by_domain=broken))
    assert b"DKIM" not in written(unsigned, ANSWER).content
    assert "goes out without its DKIM signature" in caplog.text


class Unlimited(Signers):
    """Signs for everybody, at no cost."""

    def signer_for(self, address: str) -> Signer:
        """Give one."""
        return Stamp(address, "s", b"")


class Stamp(Signer):
    """Puts a word where a signature would be."""

    def sign(self, content: bytes) -> bytes:
        """Sign."""
        return b"signed" + content


@pytest.mark.parametrize(
    ("content_of_file", "sentence"),
    [(None, "cannot be read: No such file"), (b"nothing", "is no RSA key in PEM that signs")],
)
def test_a_key_that_cannot_be_used_is_a_finding(
    house: House, tmp_path: Path, content_of_file: bytes | None, sentence: str
) -> None:
    """With the file and the domain."""
    path = tmp_path / "dkim.pem"
    if content_of_file is not None:
        path.write_bytes(content_of_file)
    one = Dkim("north.example", "s1", path)
    signers, (finding,) = load_signers(replace(house.settings, dkim=(one,)))
    assert {} == signers.by_domain
    assert f"the [[dkim]] key {path} of north.example {sentence}" in finding.message
