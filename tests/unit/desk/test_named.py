"""What a text names that may be an account: found as the directory has it, and bounded."""

import time

import pytest

from gateway.config.policy import Found
from gateway.desk.account_name import AccountName, names_of
from gateway.desk.entitled import FoundBy, Order
from gateway.desk.named import Searched, named_in, told_apart
from gateway.desk.person import Fact, Person

ALL: tuple[Found, ...] = ("site", "order", "organisation", "name")
# Seconds of one text's CPU time: a hundred times what it takes.
BOUND = 5.0


def found(person: Person, text: str, *orders: Order, subject: str = "") -> set[str]:
    """Say by which kinds of names a text names somebody's account."""
    named = named_in(Searched(subject, text, ALL))
    return {one.kind.value for one in named & names_of(person, orders)}


def jan(name: str = "", organisation: str = "", site: str = "", order: str = "") -> Person:
    """Give a person of the directory."""
    facts = tuple(Fact(*one) for one in (("order", order), ("site", site)) if one[1])
    return Person("jan@klant.example", name, organisation, facts=facts)


@pytest.mark.parametrize(
    ("site", "text"),
    [
        ("www.bluewidgets.example", "See https://bluewidgets.example/cart?id=1."),
        ("https://bluewidgets.example/", "It is WWW.BlueWidgets.Example, since today"),
        ("bluewidgets.example", "the pages of (shop.bluewidgets.example)"),
        ("shop.bluewidgets.example", "the pages of bluewidgets.example:8080/x"),
        ("bluewidgets.example", "our bluewidgets site"),
        ("blue-widgets.example", "our Blue-Widgets site"),
        ("bluewidgets", "on bluewidgets"),
        ("one.example, bluewidgets.example", "bluewidgets.example"),
        ("bluewidgets.co.uk", "www.bluewidgets.co.uk"),
        ("bücher.example", "http://xn--bcher-kva.example"),
        ("bluewidgets.example", "write to info@bluewidgets.example"),
    ],
)
def test_a_site_is_found(site: str, text: str) -> None:
    """By its host, its domain, or a part of its name."""
    assert {"site"} == found(jan(site=site), text)
    assert {"site"} == found(jan(site=site), "", subject=text)


@pytest.mark.parametrize(
    ("site", "text"),
    [
        ("www.shop.example", "my shop is down"),
        ("acme.example", "I use acme"),
        ("bluewidgets.co.uk", "I like co.uk"),
        ("bluewidgets.example", "bluewidgetsonline.example"),
        ("bluewidgets.example", "> see bluewidgets.example\n\nI do not know."),
        ("bluewidgets.example", "bluewidgets@elsewhere.example"),
        ("", "5.2.1 and B.V."),
    ],
)
def test_a_site_is_not_found(site: str, text: str) -> None:
    """Short and common words are nobody's, and what is quoted was not said."""
    assert set() == found(jan(site=site), text)


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ("WS-1042/A", "order ws1042a, please"),
        ("WS-1042", "(WS-1042)."),
        ("WS-1042", "Number:WS-1042"),
        ("1042", "1042"),
        ("512", "my order number 512"),
        ("512", "It is #512"),
        ("512", "bestelnummer: 512"),
        ("2025", "Order 2025 does not work"),
    ],
)
def test_an_order_is_found_by_its_number(order: str, text: str) -> None:
    """As one whole word, in any letter case and punctuation."""
    bought = Order(order, "jan@klant.example")
    assert {"order"} == found(jan(), text, bought)
    assert {"order"} == found(jan(order=order), text)


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ("1042", "10421"),
        ("512", "512 times"),
        ("2025", "since 2025"),
        ("ABC", "ABC"),
        ("WS-1042", "WS 1042"),
    ],
)
def test_what_is_part_of_a_number_or_a_count_is_none(order: str, text: str) -> None:
    """Nor is a year."""
    assert set() == found(jan(order=order), text)


def test_a_case_number_of_ours_is_no_order() -> None:
    """Whoever answers would name somebody otherwise."""
    searched = Searched("Re: [NO-00017] Down", "", ALL, ("NO-00017",))
    assert AccountName(FoundBy.ORDER, "no00017") not in named_in(searched)


@pytest.mark.parametrize(
    ("organisation", "text"),
    [
        ("Blue Widgets B.V.", "I am with Blue Widgets."),
        ("Blue Widgets", "Regards,\nJan\nBLUE  WIDGETS BV"),
        ("Müller & Söhne GmbH", "Muller Sohne gmbh wrote"),
        ("Lamps & Lights BV", "for Lamps and Lights"),
        ("Lamps & Lights BV", "voor Lamps en Lights BV"),
        ("Lamps and Lights", "at Lamps & Lights"),
        ("Support Ltd.", "We are Support Ltd"),
        ("Oy Sininen Ab", "sininen"),
        ("Acme, Inc.", "at ACME we"),
    ],
)
def test_an_organisation_is_found(organisation: str, text: str) -> None:
    """With or without its legal form, where the rest is a name."""
    assert {"organisation"} == found(jan(organisation=organisation), text)


@pytest.mark.parametrize(
    ("organisation", "text"),
    [
        ("Support Ltd.", "I need support"),
        ("Help & Support", "I need help and support"),
        ("IBM", "an ibm computer"),
        ("Klant", "write to jan@klant.example"),
        ("Blue Widgets", "blue and widgets"),
    ],
)
def test_what_any_text_says_is_no_organisation(organisation: str, text: str) -> None:
    """Nor is a part of an address."""
    assert set() == found(jan(organisation=organisation), text)


def test_a_person_is_found_by_their_full_name() -> None:
    """First and last, in the order of speech; neither alone, and no words that anybody uses."""
    assert {"name"} == found(jan("Jan de Wit"), "Met groet,\nJan de Wit")
    assert {"name"} == found(jan("Wit, Jan de"), "jan DE wit")
    assert set() == found(jan("Jan de Wit"), "Jan Wit")
    assert set() == found(jan("Jan"), "Jan")
    assert set() == found(jan("Will Have"), "it will have to")


def test_who_names_a_host_means_no_other() -> None:
    """The domain that many share is part of it, and the longer name says more."""
    site = [AccountName(FoundBy.SITE, n) for n in ("a.shared.example", "shared.example", "shared")]
    assert (site[0],) == told_apart(site)
    both = [AccountName(FoundBy.ORGANISATION, name) for name in ("blue widgets", "widgets")]
    assert (both[0],) == told_apart(both)
    two = [AccountName(FoundBy.SITE, name) for name in ("a.example", "b.example")]
    assert tuple(two) == told_apart(two)
    assert () == told_apart(AccountName(FoundBy.SITE, f"s{n}.example") for n in range(51))


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"w{n}x" for n in range(20_000)),
        "a-b-" * 20_000,
        "http://a.b.example/ " * 5000,
        "x:1:2:3 " * 10_000,
        "\N{LATIN SMALL LETTER E WITH ACUTE}" * 90_000,
        "#1 " * 30_000,
        "." * 90_000,
        "www." * 20_000,
        "@" * 90_000,
        " ".join(f"{n}.example" for n in range(20_000)),
    ],
)
def test_a_hostile_text_names_few_things_in_little_time(text: str) -> None:
    """However long it is."""
    began = time.process_time()
    named = named_in(Searched(text, text, ALL))
    assert len(named) < 5000
    assert time.process_time() - began < BOUND
