"""A person of the directory, read from named columns of text, as a table or a file has them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gateway.config.address import canonical, without_extension
from gateway.desk.cells import Wrong, check_address, check_date, check_zone, cleaned, needed_address
from gateway.desk.person import Fact, Person

ADDRESS = "address"
ALIASES = "aliases"
DOMAINS = "domains"
COLUMNS = (ADDRESS, "name", "organisation", "language", ALIASES, DOMAINS)
"""The columns that mean something here; all others are facts about the person."""

DATES = ("contract_until", "purchased_on", "evaluating_since")
TIMEZONE = "timezone"
RESELLER = "reseller"
"""Facts that rules and clocks reckon with: days of the calendar, a time zone, and an address."""

_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,62}")
_LANGUAGE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True)
class Registered:
    """A person, with the domains that belong to their organisation."""

    person: Person
    domains: tuple[str, ...] = ()


def column_name(written: str) -> str:
    """Give the name of a column as rules ask for it: lower case, `_` in place of blanks.

    Raises ValueError if it is none.
    """
    name = re.sub(r"[ .-]", "_", written.strip().lower())
    if not _COLUMN.fullmatch(name):
        raise ValueError("a column's name begins with a letter, and has letters, digits and _")
    return name


def read_row(cells: Mapping[str, str], wrong: Wrong) -> Registered | None:
    """Give the person that cells by their columns' names describe; None without an address."""
    cells = cleaned(cells, wrong)
    address = needed_address(ADDRESS, cells.get(ADDRESS, ""), wrong)
    language = cells.get("language", "").lower()
    if language and not _LANGUAGE.fullmatch(language):
        wrong("language", "a language is two letters, as in en")
    organisation = cells.get("organisation", "")
    domains = tuple(_domains(cells.get(DOMAINS, ""), wrong))
    if domains and not organisation:
        wrong(DOMAINS, "domains belong to an organisation; name it in the column organisation")
    aliases = tuple(sorted(_aliases(cells.get(ALIASES, ""), address, wrong)))
    for column in DATES:
        check_date(column, cells.get(column, ""), wrong)
    check_zone(TIMEZONE, cells.get(TIMEZONE, ""), wrong)
    check_address(RESELLER, cells.get(RESELLER, ""), wrong)
    others = sorted((name, text) for name, text in cells.items() if name not in COLUMNS and text)
    if not address:
        return None
    facts = tuple(Fact(name, text) for name, text in others)
    person = Person(address, cells.get("name", ""), organisation, language, aliases, facts)
    return Registered(person, domains)


def _aliases(text: str, address: str, wrong: Wrong) -> Iterator[str]:
    found = {address}
    for one in _several(text):
        try:
            alias = canonical(one)
        except ValueError as error:
            wrong(ALIASES, f'"{one}" is no mail address: {error}')
            continue
        if alias not in found:
            found.add(alias)
            yield alias


def _domains(text: str, wrong: Wrong) -> Iterator[str]:
    for one in dict.fromkeys(_several(text)):
        if domain := _domain(one.removeprefix("@")):
            yield domain
        else:
            wrong(DOMAINS, f'"{one}" is no domain, such as klant.example')


# Many rows are of one organisation.
@lru_cache(maxsize=1000)
def _domain(text: str) -> str:
    """Give a domain in its one form, "" if it is none."""
    try:
        domain = canonical(f"x@{text}").rpartition("@")[2]
    except ValueError:
        return ""
    return domain if "." in domain else ""


def _several(text: str) -> list[str]:
    """Give the values of a cell that holds several."""
    return re.sub(r"[,;]", " ", text).split()


def clashes(
    rows: Iterable[tuple[int, Registered]], desks: Collection[str]
) -> Iterator[tuple[int, str, str]]:
    """Say where rows cannot stand beside each other: (line, column, what is wrong).

    `desks` are the addresses of desks, which nobody can have.
    """
    whose: dict[str, tuple[str, int]] = {}
    of: dict[str, tuple[str, int]] = {}
    for line, row in rows:
        person = row.person
        for column, addresses in ((ADDRESS, (person.address,)), (ALIASES, person.aliases)):
            for address in addresses:
                if without_extension(address) in desks:
                    yield line, column, f"{address} is a desk's address, and nobody's own"
                main, there = whose.setdefault(address, (person.address, line))
                if there != line:
                    also = f"is {main}'s" if main != address else "stands"
                    yield line, column, f"{address} {also} on line {there} already; leave one out"
        for domain in row.domains:
            organisation, there = of.setdefault(domain, (person.organisation, line))
            if organisation != person.organisation:
                what = f'belongs to "{organisation}" on line {there}; a domain has one organisation'
                yield line, DOMAINS, f"{domain} {what}"
