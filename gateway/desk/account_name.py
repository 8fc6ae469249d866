"""What a text may call an account by: sites, order numbers, organisations, people's names.

The directory's side and the text's side are folded in the same way, so that one finds the other by
equality alone (`desk/named.py`). What many a text says, whoever wrote it, is nobody's name.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gateway.config.address import canonical
from gateway.desk.common_words import COMMON
from gateway.desk.entitled import FoundBy, Order
from gateway.desk.person import Person
from gateway.mail.authenticity.dmarc import listed_organisation

MOST_WORDS = 5
"""So many words has a name at most; what is longer is found by no text."""

_LEAST_OF_LABEL = 5
_LEAST_OF_WORD = 4
_LEAST_OF_TOP = 2
_MOST_CHARACTERS = 1000
_WORD = re.compile(r"[^\W_]+")
# "B.V.", "S.r.l.": the dots between single letters.
_INITIALS = re.compile(r"(?<!\w)(\w)\.(?=\w(?!\w))")
_APOSTROPHES = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]")
_NOT_IN_NUMBER = re.compile(r"[\W_]+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,20}://")
_AFTER_HOST = re.compile(r"[/?#:\\]")
_BETWEEN_SITES = re.compile(r"[,;\s]+")

_LEGAL = (
    "bv nv vof cv gmbh mbh ag kg kgaa ohg ug gbr se ev eg oy oyj ab ky tmi ltd limited llc llp lp "
    "inc incorporated corp corporation co company plc pty sa sas sarl sprl srl spa bvba aps as asa "
    "kft sro doo"
)
_LEGAL_FORMS = frozenset(_LEGAL.split())
_LINKING = frozenset({"and", "und", "en", "et", "ja"})


@dataclass(frozen=True, slots=True)
class AccountName:
    """What an account may be called by: of which kind, and folded."""

    kind: FoundBy
    name: str


def names_of(person: Person, orders: Iterable[Order]) -> frozenset[AccountName]:
    """Give everything that a person's account may be called by."""
    orders = tuple(orders)
    sites = (person.fact("site"), *(order.site for order in orders))
    numbers = (person.fact("order"), *(order.number for order in orders))
    named = {
        FoundBy.SITE: (name for site in sites for name in _site_names(site)),
        FoundBy.ORDER: (folded_number(number) for number in numbers),
        FoundBy.ORGANISATION: _organisation_names(person.organisation),
        FoundBy.NAME: _person_names(person.name),
    }
    return frozenset(
        AccountName(kind, name) for kind, names in named.items() for name in names if name
    )


def words(text: str) -> list[str]:
    """Give the words of a text, folded: no accents, letter case or punctuation."""
    text = unicodedata.normalize("NFKD", text[:_MOST_CHARACTERS]).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    return _WORD.findall(_APOSTROPHES.sub("", _INITIALS.sub(r"\1", text)))


def folded_number(text: str) -> str:
    """Give a number of an order without letter case and punctuation."""
    return _NOT_IN_NUMBER.sub("", unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS])).casefold()


def host_in(token: str) -> str:
    """Give the host that a word of a text names, by itself, in a URL or an address; "" if none."""
    token = _SCHEME.sub("", token.lower(), count=1)
    host = (
        _AFTER_HOST.split(token, maxsplit=1)[0].rpartition("@")[2].strip(".").removeprefix("www.")
    )
    # "5.2.1" is a version, and "B.V" what a company is.
    top = host.rpartition(".")[2]
    if "." not in host or len(top) < _LEAST_OF_TOP or top.isdigit():
        return ""
    try:
        return canonical(f"x@{host}").rpartition("@")[2]
    except ValueError:
        return ""


@lru_cache(maxsize=1000)
def registrable(host: str) -> str:
    """Give the domain that somebody registered for a host, the host itself if nobody can tell."""
    return listed_organisation(host, host) or host


def is_distinctive(name: Sequence[str]) -> bool:
    """Say whether words are somebody's name, and not what any text may say."""
    said = [word for word in name if word not in _LINKING]
    return not all(word in COMMON for word in said) and sum(map(len, said)) >= _LEAST_OF_WORD


def label_name(word: str) -> str:
    """Give a word as the part of a site's name that it may be, "" if it is none."""
    label = folded_number(word)
    return label if len(label) >= _LEAST_OF_LABEL and label not in COMMON else ""


def _site_names(text: str) -> Iterator[str]:
    """Give what sites are called by: host, registered domain, and the latter's first label alone.

    What is no host is a label by itself.
    """
    for site in _BETWEEN_SITES.split(text):
        if host := host_in(site):
            domain = registrable(host)
            yield host
            yield domain
            yield label_name(domain.partition(".")[0])
        else:
            yield label_name(site)


def _organisation_names(text: str) -> Iterator[str]:
    """Give an organisation's name with its legal form, and without where that says enough.

    "Lamps & Lights" is "Lamps and Lights" as well, in whatever language, and the other way round.
    """
    for whole in _linked(text):
        plain = _without_legal_form(whole)
        if is_distinctive(plain):
            yield _joined(plain)
        if plain != whole:
            yield _joined(whole)


def _linked(text: str) -> Iterator[list[str]]:
    """Give the words of a name as they are, and with what links them said in other ways."""
    whole = words(text)
    yield whole
    if "&" in text:
        yield from (words(text.replace("&", f" {link} ")) for link in sorted(_LINKING))
    elif _LINKING.intersection(whole[1:-1]):
        yield [word for word in whole if word not in _LINKING]


def _without_legal_form(name: list[str]) -> list[str]:
    end = len(name)
    while end > 1 and (name[end - 1] in _LEGAL_FORMS or name[end - 1] in _LINKING):
        end -= 1
    start = 1 if end > 1 and name[0] in _LEGAL_FORMS else 0
    return name[start:end]


def _person_names(text: str) -> Iterator[str]:
    """Give a person's full name: first and last name at least, in the order of speech."""
    last, comma, first = text.partition(",")
    name = words(f"{first} {last}" if comma else text)
    if len(name) > 1 and is_distinctive(name):
        yield _joined(name)


def _joined(name: Sequence[str]) -> str:
    return " ".join(name) if len(name) <= MOST_WORDS else ""
