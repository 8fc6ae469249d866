"""Clues: the ids that a mail names, newest first, and the case numbers in its subject."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.config.case_number import CaseNumberPattern
from gateway.mail.model import Clues, Issued
from gateway.mail.parse import parse
from gateway.mail.thread import case_numbers, find_clues, reference_ids
from lib.mails import mail_bytes

CASE = CaseNumberPattern.parse("AC-{n:05}{check}")
OTHER = CaseNumberPattern.parse("ZZ{check}/{n}")


def test_the_newest_id_comes_first() -> None:
    """The parent, then the ancestors back to the first mail, each once."""
    mail = parse(mail_bytes(In_Reply_To="<c@x>", References="<a@x> <b@x> <c@x> <a@x>"))
    assert ("<c@x>", "<a@x>", "<b@x>") == reference_ids(mail)


def test_a_mail_does_not_answer_itself() -> None:
    """A broken client names a mail's own id among its ancestors."""
    mail = parse(mail_bytes(Message_ID="", References="<1@klant.example> <a@x>"))
    assert ("<a@x>", "<1@klant.example>") == reference_ids(mail)
    mail = parse(mail_bytes(References="<1@klant.example> <a@x>"))
    assert ("<a@x>",) == reference_ids(mail)


def test_at_most_fifty_ids() -> None:
    """A long conversation costs no more than a short one."""
    mail = parse(mail_bytes(References=" ".join(f"<{n}@x>" for n in range(90))))
    assert [f"<{n}@x>" for n in range(89, 39, -1)] == list(reference_ids(mail))


def test_clues() -> None:
    """Ids that we made are told from others, each newest first; numbers come from the subject."""
    number = CASE.format(17)
    mail = parse(
        mail_bytes(
            Subject=f"Re: [{number}] Question", In_Reply_To="<o@x>", References="<7@us> <8@us>"
        )
    )
    issued = {"<7@us>": 7, "<8@us>": 8}
    assert Clues((Issued(8, "<8@us>"), Issued(7, "<7@us>")), ("<o@x>",), (number,)) == find_clues(
        mail, issued.get, (OTHER, CASE)
    )


@given(st.integers(0, 10**18 - 1), st.sampled_from([CASE, OTHER]))
def test_a_case_number_is_found_again(number: int, pattern: CaseNumberPattern) -> None:
    """With or without brackets, in any letter case, once however often it stands there."""
    written = pattern.format(number)
    assert (written,) == pattern.find(f"Re: [{written}] x {written.lower()}, ({written})")


@given(st.integers(0, 99_999), st.integers(0, 5), st.integers(1, 9))
def test_a_mistyped_digit_names_no_case(number: int, place: int, shift: int) -> None:
    """One wrong digit is always noticed."""
    digits = CASE.format(number)[3:]
    wrong = str((int(digits[place]) + shift) % 10)
    assert () == CASE.find(f"AC-{digits[:place]}{wrong}{digits[place + 1 :]}")


@given(st.integers(0, 99_999), st.integers(0, 4))
def test_two_swapped_digits_name_no_case(number: int, place: int) -> None:
    """Two neighbours in the wrong order are always noticed."""
    digits = CASE.format(number)[3:]
    assume(digits[place] != digits[place + 1])
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert () == CASE.find(f"AC-{swapped}")


@given(st.text(alphabet="AaCc-0123456789[] \n\u0661", max_size=60))
def test_only_what_stands_there_is_found(text: str) -> None:
    """Every number found is written out in the text."""
    for number in CASE.find(text):
        assert number in text.upper()


@pytest.mark.parametrize("around", ["x{}", "{}x", "{}0", "_{}", "\u00e4{}", "{}\u0661"])
def test_a_part_of_a_word_is_no_case_number(around: str) -> None:
    """A number inside a longer word or number is another thing."""
    assert () == CASE.find(around.format(CASE.format(17)))


def test_numbers_of_several_patterns() -> None:
    """Every desk's numbers are looked for, each number given once."""
    one, two = CASE.format(1), OTHER.format(2)
    assert (two, one) == case_numbers(f"{one} {two} {one}", (OTHER, CASE))
