"""What a domain says of mail in its name, and which domains are one organisation's (RFC 9989).

The library `dmarc` evaluates records of RFC 7489, whose organisational domains come from a list;
RFC 9989 finds them by walking up the tree of names, and that is most of what is to be done here.
"""

from dataclasses import dataclass
from functools import cache

from publicsuffixlist import PublicSuffixList

from gateway.mail.authenticity.questions import Answers, Inquiry, Question, Type, ask

# RFC 9989 section 4.10: at most eight names are asked about.
_MOST_LABELS = 8
_MAX_TAGS = 40


@dataclass(frozen=True, slots=True)
class Record:
    """A DMARC record, as far as it says who may speak for a domain.

    `public` is "y" for a public suffix, "n" for an organisation's own top, "u" if it says neither.
    """

    strict_dkim: bool = False
    strict_spf: bool = False
    public: str = "u"


@dataclass(frozen=True, slots=True)
class Walk:
    """What was found on the way from a domain to the root: records by domain, longest first.

    `certain` is False if some name on the way gave no answer; a record of the domain itself
    applies all the same.
    """

    domain: str
    records: tuple[tuple[str, Record], ...]
    certain: bool

    @property
    def organisation(self) -> str:
        """Give the organisational domain (section 4.10.2)."""
        for name, record in self.records:
            if record.public == "n":
                return name
            if record.public == "y" and name != self.domain:
                return _below(self.domain, name)
        return self.records[-1][0] if self.records else self.domain

    @property
    def policy(self) -> Record | None:
        """Give the record that applies to mail of the domain: its own or the one above it."""
        found = dict(self.records)
        if self.domain in found:
            return found[self.domain]
        if self.organisation in found:
            return found[self.organisation]
        # All that is left is the record of the public suffix.
        return self.records[-1][1] if self.records else None


def parse_record(text: str) -> Record | None:
    """Read a DMARC record; None if the text is none (section 4.7)."""
    tags: dict[str, str] = {}
    for position, part in enumerate(text.split(";", _MAX_TAGS)[:_MAX_TAGS]):
        name, _, value = part.partition("=")
        if position == 0 and (name.strip(), value.strip()) != ("v", "DMARC1"):
            return None
        tags.setdefault(name.strip().lower(), value.strip().lower())
    public = tags.get("psd", "u")
    return Record(
        strict_dkim=tags.get("adkim") == "s",
        strict_spf=tags.get("aspf") == "s",
        public=public if public in {"y", "n"} else "u",
    )


def walk(domain: str, answers: Answers) -> Inquiry[Walk]:
    """Walk from a domain up to the root (section 4.10).

    All names are asked about at the same time, since waiting for one after the other takes long;
    what stands above the name where the walk ends is not looked at.
    """
    names = _names(domain)
    asked = [Question(f"_dmarc.{name}", Type.TXT) for name in names]
    found = yield from ask(answers, *asked)
    records: list[tuple[str, Record]] = []
    certain = True
    for name, answer in zip(names, found, strict=True):
        certain = certain and answer.certain
        valid = [r for r in map(parse_record, answer.records) if r is not None]
        if len(valid) != 1:
            continue
        records.append((name, valid[0]))
        if valid[0].public == "n" or (valid[0].public == "y" and name != domain):
            break
    return Walk(domain, tuple(records), certain)


def may_align(author: str, other: str) -> bool:
    """Say without the DNS whether a domain could ever speak for mail of the author's domain."""
    return (
        author == other or author.endswith(f".{other}") or listed_organisation(author, other) != ""
    )


def aligned(walked: Walk, other: str, answers: Answers, *, strict: bool) -> Inquiry[bool | None]:
    """Say whether a domain speaks for mail of the walked one; None if the DNS does not tell.

    Without any record the public suffix list says what one organisation is, since the walk then
    takes each name for an organisation of its own.
    """
    if other == walked.domain:
        return True
    if strict or not may_align(walked.domain, other):
        return False
    if not walked.certain:
        return None
    if not walked.records:
        return listed_organisation(walked.domain, other) != ""
    walked_other = yield from walk(other, answers)
    if not walked_other.certain:
        return None
    return walked_other.organisation == walked.organisation


def listed_organisation(one: str, other: str) -> str:
    """Give what the public suffix list takes for the organisation of both domains, "" if none."""
    mine, theirs = (_suffixes().privatesuffix(name) or "" for name in (one, other))
    return mine if mine == theirs else ""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _names(domain: str) -> list[str]:
    """Give the names that a walk asks about, longest first."""
    labels = domain.split(".")
    above = labels[1:] if len(labels) < _MOST_LABELS else labels[1 - _MOST_LABELS :]
    return [domain, *(".".join(above[i:]) for i in range(len(above)))]


def _below(domain: str, public: str) -> str:
    """Give the name one label below a public suffix, on the way to the domain."""
    return ".".join(domain.split(".")[-public.count(".") - 2 :])
