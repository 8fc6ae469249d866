"""From a decision to bytes: an answer goes out, if need be without the sender's words."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.desk.decision import Reply
from gateway.letters import letter as letters
from gateway.letters.letter import marked
from gateway.mail.compose import Letter, Unsafe, compose
from gateway.mail.model import Mailbox, Verdict
from gateway.mail.parse import parse
from gateway.mail.reply.marker import MARKERS
from lib.desks import DESK, JAN
from lib.workbench import Workbench, mail


def to_jan(bench: Workbench) -> dict[str, Any]:
    """Give the one mail to the customer; agents are told, too."""
    (found,) = (row for row in bench.rows("outbox") if row["recipient"] == JAN)
    return found


def test_an_answer_that_is_unsafe_goes_out_without_the_senders_words(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a trick ever get as far as the finished bytes, the customer has the number still."""

    def wary(letter: Letter) -> bytes:
        if "trick" in letter.subject or "trick" in letter.to.name or letter.references:
            raise Unsafe("a header field too many")
        return compose(letter)

    monkeypatch.setattr(letters, "compose", wary)
    bench.deliver(mail(author="A trick <jan@klant.example>", subject="A trick", message_id="<1@x>"))
    bench.work()

    outgoing = to_jan(bench)
    (ticket,) = bench.rows("tickets")
    content = outgoing["content"]
    assert isinstance(content, bytes)
    answer = parse(content)
    assert f"[{ticket['number']}]" == answer.subject
    assert ("", "jan@klant.example") == (answer.to[0].name, answer.to[0].address)
    assert () == answer.references
    assert outgoing["message_id"] == answer.message_id


def test_a_subject_with_an_encoded_word_inside_an_encoded_word_adds_no_header_field(
    bench: Workbench,
) -> None:
    """The words are answered as text, and never decoded again."""
    bench.deliver(
        mail(subject="=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0D=3D0ABcc=3A=5Fx=40y.example=3F=3D?=")
    )
    bench.work()

    content = to_jan(bench)["content"]
    assert isinstance(content, bytes)
    assert "" == parse(content).header("bcc")
    assert b"\nBcc" not in content


def test_an_answers_reverse_path_and_recipient_are_its_envelope(bench: Workbench) -> None:
    """The null reverse-path, so that nothing answers it (RFC 3834 section 3.3)."""
    bench.deliver(mail(headers="Reply-To: eve@elsewhere.example"))
    bench.work()

    outgoing = to_jan(bench)
    assert ("", "jan@klant.example") == (outgoing["reverse_path"], outgoing["recipient"])
    said = [row for row in bench.rows("entries") if row["direction"] == "out"]
    assert ["help@north.example"] == [row["author"] for row in said]


@pytest.mark.parametrize(
    ("template", "language", "marker", "expected"),
    [
        ("customer/acknowledge", "nl", True, f"{MARKERS['nl']}\n\nHi"),
        ("faq/outage", "xx", True, f"{MARKERS['en']}\n\nHi"),
        ("agent/new", "en", False, f"{MARKERS['en']}\n\nHi"),
        ("customer/acknowledge", "en", False, "Hi"),
    ],
)
def test_a_mail_to_a_customer_begins_with_our_line(
    template: str,
    language: str,
    marker: bool,  # noqa: FBT001
    expected: str,
) -> None:
    """Whatever the template says, unless the desk wants none; agents get it always."""
    desk = replace(DESK, reply_marker=marker)

    assert expected == marked(desk, Reply(template, Mailbox("", JAN), language), "Hi")


def test_a_subject_is_counted_by_what_the_case_is_about(bench: Workbench) -> None:
    """Also where the mail itself does not repeat it: the third one is filed, and not answered."""
    bench.verdict = Verdict.UNKNOWN
    for number in range(3):
        bench.deliver(mail(subject=f"Number {number}"))
        bench.work()

    assert ["filed"] * 3 == bench.states()
    assert 2 == len(bench.to_customers())
