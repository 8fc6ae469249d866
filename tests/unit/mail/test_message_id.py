"""Our Message-IDs are told from all others, and from forged ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.message_id import MessageIds

IDS = MessageIds(b"k" * 32)
OURS = IDS.issue(17, "north.example")


@given(st.integers(1, 10**18 - 1))
def test_an_id_that_we_issued_is_recognised(outbox: int) -> None:
    """It names the outgoing mail."""
    assert outbox == IDS.recognise(IDS.issue(outbox, "north.example"))


def test_letter_case_does_not_matter() -> None:
    """Some programs change it."""
    assert 17 == IDS.recognise(OURS.upper())


@given(st.text(max_size=80))
def test_any_other_text_is_none_of_ours(text: str) -> None:
    """And never raises."""
    assert not IDS.is_ours(text)
    assert not IDS.is_ours(f"<{text}@north.example>")
    assert not IDS.is_ours(f"<cp.{text}.aaaaaaaaaaaaaaaa@north.example>")


@pytest.mark.parametrize(
    "forged",
    [
        OURS.replace("cp.17.", "cp.18."),
        OURS.replace("cp.17.", "cp.017."),
        OURS.replace("north", "south"),
        OURS.replace("cp.", "xp."),
        OURS.replace("cp.17", "cp.\u0661\u0667"),
        OURS.replace("cp.17", "cp.-17"),
        OURS.replace("cp.17", "cp." + "1" * 19),
        OURS.replace("@", ".x@"),
        OURS[1:],
        OURS[:-1],
        OURS[:-1] + "x" * 1000 + ">",
        "<cp.17.\udcff@north.example>",
        "<cp.17.auspfb3r5zvx4lto@\udcff>",
        "<cp.0.auspfb3r5zvx4lto@north.example>",
        "",
    ],
)
def test_a_forged_id_is_not_recognised(forged: str) -> None:
    """Another number, domain or shape has another code."""
    assert IDS.recognise(forged) is None


def test_another_house_does_not_recognise_our_ids() -> None:
    """Its key is another; nor does the key show."""
    assert not MessageIds(b"x" * 32).is_ours(OURS)
    assert "kkkk" not in repr(IDS)
