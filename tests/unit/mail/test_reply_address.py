"""Reply addresses: what was signed is found and confirmed, and nothing else."""

from dataclasses import replace

import pytest

from gateway.mail.model import ReplyClue
from gateway.mail.reply_address import MAX_FOUND, ReplyAddresses, about

OLD, NEW = b"o" * 32, b"n" * 32
ADDRESSES = ReplyAddresses({"1": OLD, "2": NEW}, "2")
BASE = "help@north.example"
JAN = "jan@klant.example"
SIGNED = ADDRESSES.issue(BASE, "c", 4711, "ticket:12", JAN)
(CLUE,) = ADDRESSES.find([SIGNED])


def test_an_address_is_the_desks_with_a_token() -> None:
    """Role, key, number of the mail, and 26 characters of MAC; it says nothing of the person."""
    base, _, rest = SIGNED.partition("+")
    token, _, domain = rest.partition("@")

    assert ("help", "north.example", "c2-4711-") == (base, domain, token[:-26])
    assert "jan" not in SIGNED
    assert ReplyClue("c", "2", 4711, token[-26:], BASE) == CLUE
    assert ADDRESSES.confirm(CLUE, "ticket:12", JAN)


@pytest.mark.parametrize(
    "forged",
    [
        (replace(CLUE, role="a"), "ticket:12", JAN),
        (replace(CLUE, outbox=4712), "ticket:12", JAN),
        (replace(CLUE, key="1"), "ticket:12", JAN),
        (replace(CLUE, key="9"), "ticket:12", JAN),
        (replace(CLUE, mac="a" * 26), "ticket:12", JAN),
        (replace(CLUE, mac=""), "ticket:12", JAN),
        (replace(CLUE, mac="\udcff"), "ticket:12", JAN),
        (CLUE, "ticket:1", JAN),
        (CLUE, "spool:12", JAN),
        (CLUE, "", JAN),
        (CLUE, "ticket:12", "eve@elsewhere.example"),
        (CLUE, "ticket:12", ""),
    ],
)
def test_it_holds_for_one_role_mail_matter_and_person(forged: tuple[ReplyClue, str, str]) -> None:
    """Whatever else is put in its place is not what was signed."""
    assert not ADDRESSES.confirm(*forged)


def test_servers_may_change_letter_case() -> None:
    """Local parts are lower-cased by some of them, and domains written in capitals."""
    assert ADDRESSES.find([SIGNED.upper()]) == ADDRESSES.find([SIGNED])


def test_all_keys_verify_and_the_current_one_signs() -> None:
    """A key that is gone verifies nothing any more."""
    old = ReplyAddresses({"1": OLD}, "1").issue(BASE, "c", 4711, "ticket:12", JAN)
    (clue,) = ADDRESSES.find([old])

    assert ("1", True) == (clue.key, ADDRESSES.confirm(clue, "ticket:12", JAN))
    assert not ReplyAddresses({"2": NEW}, "2").confirm(clue, "ticket:12", JAN)


@pytest.mark.parametrize(("length", "fits"), [(25, True), (26, False)])
def test_a_local_part_of_more_than_64_octets_is_none(length: int, fits: bool) -> None:  # noqa: FBT001
    """RFC 5321 section 4.5.3.1.1; the desk then does without."""
    issued = ADDRESSES.issue(f"{length * 'h'}@north.example", "c", 12345678, "ticket:1", JAN)

    assert fits is bool(issued)
    assert not fits or 64 == len(issued.partition("@")[0])


def test_an_address_that_is_too_long_as_a_whole_is_none() -> None:
    """RFC 5321 section 4.5.3.1.3."""
    assert "" == ADDRESSES.issue(f"help@{240 * 'n'}.example", "c", 1, "ticket:1", JAN)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "+",
        BASE,
        "help+tag@north.example",
        SIGNED.replace("help+", "+"),
        SIGNED.replace("@north.example", ""),
        SIGNED.replace("@north.example", "@"),
        SIGNED.replace("4711", "04711"),
        SIGNED.replace("4711", "0"),
        SIGNED.replace("4711", "-4711"),
        SIGNED.replace("4711", 19 * "9"),
        SIGNED.replace("4711", "\u0664\u0667"),
        SIGNED.replace("@", "a@"),
        SIGNED.replace("help+", "help+x+"),
        SIGNED.replace("+c2", "+c"),
        SIGNED.replace("+c2", "+c123456789"),
        SIGNED + "\n",
        "\udcff" + 10_000 * "+c2-1-" + "@x",
        10_000_000 * "a",
    ],
)
def test_nothing_else_looks_like_one(address: str) -> None:
    """Whatever stands in To and Cc."""
    assert () == ADDRESSES.find([address])


def test_few_of_very_many_are_looked_at() -> None:
    """Each is looked up; a mail to thousands of them costs no more than one to ten."""
    mac = "a" * 26
    many = (f"help+c2-{number}-{mac}@north.example" for number in range(1, 10_000_000))

    assert tuple(range(1, 1 + MAX_FOUND)) == tuple(clue.outbox for clue in ADDRESSES.find(many))
    others = (f"{number}@klant.example" for number in range(300))
    assert () == ADDRESSES.find([*others, SIGNED])
    assert (CLUE,) == ADDRESSES.find(5 * [SIGNED])


@pytest.mark.parametrize(
    ("ticket", "spool", "matter"),
    [(7, 0, "ticket:7"), (7, 9, "spool:9"), (0, 9, "spool:9"), (0, 0, "")],
)
def test_a_mail_is_about_a_held_mail_before_its_ticket(
    ticket: int, spool: int, matter: str
) -> None:
    """What is signed and what is confirmed say it in the same words."""
    assert matter == about(ticket, spool)
