"""What stands in front of a subject when a mail is answered or forwarded."""

import pytest

from gateway.mail.forwarding.subject_prefix import (
    is_forward_subject,
    is_reply_subject,
    without_forward_prefix,
)


@pytest.mark.parametrize(
    "subject",
    [
        *("Fwd: Printer", "FW: Printer", "fwd:Printer", "WG: Printer", "Doorst: Printer"),
        *("VL: Printer", "TR : Printer", "Tr: Printer", "VB: Printer", "RV: Printer"),
        *("[Fwd: Printer]", "(Fwd) Printer", "FW[2]: Printer"),
        *("[EXTERNAL] FW: Printer", "[AC-1] [x] Fwd: Fw: Printer", "Fwd: TR: WG: Printer"),
    ],
)
def test_a_forward(subject: str) -> None:
    """In each language, with tags in front, in brackets, counted, more than once."""
    assert is_forward_subject(subject)
    assert not is_reply_subject(subject)
    assert "Printer" == without_forward_prefix(subject)


@pytest.mark.parametrize(
    "subject",
    ["Re: Printer", "AW: WG: Printer", "[EXTERNAL] SV: FW: Printer", "Antw: x", "RÉF: x", "Vs: x"],
)
def test_an_answer(subject: str) -> None:
    """Whatever was forwarded before: the outermost prefix says what the mail is."""
    assert is_reply_subject(subject)
    assert not is_forward_subject(subject)
    assert subject == without_forward_prefix(subject)


@pytest.mark.parametrize(
    "subject", ["", "Printer", "Forward slash", "Travel: Oslo", "[Fwd] x", "TRX: 1"]
)
def test_neither(subject: str) -> None:
    """A word that begins like a prefix is none."""
    assert not is_reply_subject(subject)
    assert not is_forward_subject(subject)


def test_the_mark_behind_a_subject() -> None:
    """As Pine writes it."""
    assert is_forward_subject("Printer (fwd)")
