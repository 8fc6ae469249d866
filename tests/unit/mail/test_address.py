"""Addresses: one canonical form, and a strict reading that no two programs differ on."""

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.address import canonical, without_extension
from gateway.mail.address import MAX_MAILBOXES, guess, mailboxes
from gateway.mail.format import fields
from gateway.mail.model import Mailbox

# Under a tracer, as coverage is one, Python itself is several times slower.
SECONDS = 1 if sys.gettrace() is None else 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jan@klant.example", "jan@klant.example"),
        ("  Jan.De.Vries@KLANT.Example\t", "jan.de.vries@klant.example"),
        ("jan+Case@klant.example", "jan+case@klant.example"),
        ('"jan"@klant.example', "jan@klant.example"),
        ("jan@b\u00fccher.example", "jan@xn--bcher-kva.example"),
        ("jan@XN--BCHER-KVA.example", "jan@xn--bcher-kva.example"),
        ("J\u00e4rvi@klant.example", "j\u00e4rvi@klant.example"),
        ("ja\u0308rvi@klant.example", "j\u00e4rvi@klant.example"),
        ("root@localhost", "root@localhost"),
        ("o'brien!#$%&*/?=^_`{|}~-@klant.example", "o'brien!#$%&*/?=^_`{|}~-@klant.example"),
        ("jan@under_score.example", "jan@under_score.example"),
    ],
)
def test_canonical(text: str, expected: str) -> None:
    """An address is compared in one form."""
    assert expected == canonical(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "jan",
        "jan@",
        "@klant.example",
        "jan@@klant.example",
        "jan@klant@example",
        "jan piet@klant.example",
        "jan@klant .example",
        "jan@klant.example\r\nBcc: x@y",
        "jan@klant.example\n.x",
        "jan\x00@klant.example",
        "jan\x7f@klant.example",
        "jan@klant.example>",
        "jan@klant.example\r\n",
        "<jan@klant.example>",
        "Jan <jan@klant.example>",
        "a@b.example, c@d.example",
        "group: a@b.example;",
        '"a b"@klant.example',
        '"a@b"@klant.example',
        "jan..piet@klant.example",
        ".jan@klant.example",
        "jan.@klant.example",
        "jan@-klant.example",
        "jan@klant-.example",
        "jan@klant..example",
        "jan@klant.example.",
        "jan@[192.0.2.1]",
        "jan@fa\u00df.example",
        "jan@b\u00fc..example",
        "=?utf-8?q?a=40b?=@klant.example",
        "jan\u202e@klant.example",
        "jan\ufffd@klant.example",
        "jan@" + "a" * 64 + ".example",
        "a" * 250 + "@klant.example",
        "jan@" + "\u00fc" * 300 + ".example",
    ],
)
def test_what_is_no_single_address_is_refused(text: str) -> None:
    """Nothing is repaired: an address is plainly one, or none."""
    with pytest.raises(ValueError, match=r"\w"):
        canonical(text)


@given(st.text())
def test_canonical_is_stable_and_safe(text: str) -> None:
    """What canonical gives, it gives again, and it can stand in a protocol line."""
    try:
        address = canonical(text)
    except ValueError:
        return
    assert address == canonical(address)
    assert address == address.lower()
    assert address.isprintable()
    assert not set(address) & set(' <>,;"\\()[]')


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("jan+x@a.example", "jan@a.example"),
        ("jan+x+y@a.example", "jan@a.example"),
        ("jan@a.example", "jan@a.example"),
        ("+x@a.example", "+x@a.example"),
    ],
)
def test_without_extension(address: str, expected: str) -> None:
    """The extension is what follows the first plus sign."""
    assert expected == without_extension(address)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("jan@a.example", [("", "jan@a.example")]),
        ("<jan@a.example>", [("", "jan@a.example")]),
        ("Jan de Vries <jan@a.example>", [("Jan de Vries", "jan@a.example")]),
        ('"Vries, Jan" <Jan@A.example>', [("Vries, Jan", "jan@a.example")]),
        ("=?utf-8?q?J=C3=A4n?= <jan@a.example>", [("J\u00e4n", "jan@a.example")]),
        ("jan@a.example (Jan)", [("Jan", "jan@a.example")]),
        ("Jan (IT: help) <jan@a.example>", [("Jan (IT: help)", "jan@a.example")]),
        ('"Help: desk" <jan@a.example>', [("Help: desk", "jan@a.example")]),
        ("Jan [ACME] <jan@a.example>", [("Jan [ACME]", "jan@a.example")]),
        ("jan@a.example <jan@a.example>", [("jan@a.example", "jan@a.example")]),
        ("J\u00e4n <jan@b\u00fccher.example>", [("J\u00e4n", "jan@xn--bcher-kva.example")]),
        ("a@b.example,\r\n c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        (
            "=?utf-8?q?=3Cevil=40x=2Eexample=3E=2C?= <jan@a.example>",
            [("<evil@x.example>,", "jan@a.example")],
        ),
    ],
)
def test_a_clean_field(field: str, expected: list[tuple[str, str]]) -> None:
    """What honest programs write is read in full."""
    assert (tuple(Mailbox(*pair) for pair in expected), True) == mailboxes(field)


@pytest.mark.parametrize(
    "field",
    [
        "",
        "root",
        "Jan <>",
        "undisclosed-recipients:;",
        "friends: alice@good.example;",
        "alice@good.example <evil@bad.example>",
        "alice@good.example)<evil@bad.example>",
        "alice@good.example]<evil@bad.example>",
        "<alice@good.example> <evil@bad.example>",
        "<alice@good.example>, <evil@bad.example",
        "alice@good.example, evil",
        "alice@good.example\x00 <evil@bad.example>",
        "alice@good.example\r<evil@bad.example>",
        '"alice@good.example <evil@bad.example>',
        "alice@good.example (<evil@bad.example>",
        "<@relay.example:alice@good.example>",
        "=?utf-8?q?alice=40good=2Eexample?=",
        "=?utf-8?q?alice?=@good.example",
        "alice@good.example\udce4",
        "<alice@good.example>evil@bad.example",
        "alice@good.example;evil@bad.example",
        "<<alice@good.example>>",
    ],
)
def test_a_field_that_programs_read_differently_is_unclean(field: str) -> None:
    """No identity comes from a field on which two readers could disagree (CVE-2023-27043)."""
    assert not mailboxes(field)[1]


def test_an_address_of_unknown_charset_is_left_out() -> None:
    """Bytes that are no UTF-8 may spell a name, never an address."""
    expected = Mailbox("J\u00e4n", "jan@a.example")
    assert ((expected,), True) == mailboxes("J\u00e4n <jan@a.example>", ascii_only=True)
    assert ((), False) == mailboxes("Jan <j\u00e4n@a.example>", ascii_only=True)


def test_at_most_a_hundred_mailboxes() -> None:
    """A field with more is used up to there, and is not clean."""
    found, clean = mailboxes(", ".join(f"a{n}@b.example" for n in range(MAX_MAILBOXES + 1)))
    assert (MAX_MAILBOXES, False) == (len(found), clean)


@given(st.lists(st.sampled_from(list('ab@.<>,;:()"\\[] \t=?\r\n\x00\u00e4')), max_size=40))
def test_no_address_is_invented(characters: list[str]) -> None:
    """Every address of a field stands in it, and a clean field survives being written again."""
    field = "".join(characters)
    found, clean = mailboxes(field)
    for mailbox in found:
        assert mailbox.address == canonical(mailbox.address)
    if clean:
        again = ", ".join(f"<{mailbox.address}>" for mailbox in found)
        assert [m.address for m in found] == [m.address for m in mailboxes(again)[0]]


@given(
    st.from_regex(
        r"([A-Za-z0-9_-]{1,9} ){0,3}<[a-z0-9+_-]{1,9}@[a-z0-9-]{1,9}\.nl>", fullmatch=True
    )
)
def test_the_short_cut_reads_as_the_full_scan(field: str) -> None:
    """Plain fields are read without the scanner, to the same result."""
    padded = f"{field} (x)" + " " * 300
    assert [address for _, address in fields.addresses(padded)[0]] == [
        address for _, address in fields.addresses(field)[0]
    ]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("alice@x.example <bob@y.example>", "bob@y.example"),
        ("<<jan@a.example>>", "jan@a.example"),
        ("Jan jan@a.example", "jan@a.example"),
    ],
)
def test_guess(field: str, expected: str) -> None:
    """People are shown whom a broken field most likely meant."""
    assert Mailbox("", expected) == guess(field)


def test_nothing_to_guess() -> None:
    """A field without an address gives none."""
    assert guess("root") is None


@pytest.mark.parametrize(
    "attack",
    ["(" * 16000, '"a' * 8000, "a@b," * 4000, "@" * 16000, "<" * 16000, "a@" * 8000, '"\\"' * 5000],
)
def test_time_is_bounded(attack: str) -> None:
    """A field of the greatest length that is read costs little, whatever is in it."""
    start = time.process_time()
    mailboxes(attack)
    guess(attack)
    assert time.process_time() - start < SECONDS
