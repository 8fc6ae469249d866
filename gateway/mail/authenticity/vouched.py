"""The verdict on a mail that another host took in before us: what that host says of it.

Anybody can write an Authentication-Results field. It counts only if its authserv-id is configured
and if it stands above the Received field of the host that took the mail from outside, where
whoever sent the mail could not write (RFC 8601 section 5). ARC (RFC 8617) is not read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gateway.config.address import canonical
from gateway.config.settings import NO_AUTHSERV_ID
from gateway.mail.authenticity.dmarc import listed_organisation
from gateway.mail.authenticity.evidence import UNVERIFIED, Evidence
from gateway.mail.authenticity.results import Result, Results, end_of_comment, parse_results
from gateway.mail.format import prescan
from gateway.mail.format.prescan import Field
from gateway.mail.model import Authenticity, Verdict

_FIELD = "authentication-results"
_MAX_RECEIVED = 2048


@dataclass(frozen=True, slots=True)
class Trusted:
    """Whose results are believed.

    `inner_hosts` are patterns of hosts of our own that take the mail after the one that writes the
    results; each allows for one Received field above them.
    """

    authserv_ids: tuple[str, ...] = ()
    inner_hosts: tuple[str, ...] = ()


def vouched(evidence: Evidence, trusted: Trusted) -> Authenticity:
    """Give what a trusted host says of a mail's author; UNKNOWN if there is none."""
    author = evidence.mail.author
    if author is None:
        return Authenticity(Verdict.UNKNOWN, f"no author to verify: {evidence.mail.author_problem}")
    if not trusted.authserv_ids:
        return UNVERIFIED
    fields = fields_above(evidence.content, trusted.inner_hosts)
    if fields is None:
        return Authenticity(Verdict.UNKNOWN, "no Received field shows which host took in the mail")
    ids = {name.lower() for name in trusted.authserv_ids}
    for field in fields:
        found = results_of(field)
        if found is not None and (found.authserv_id or NO_AUTHSERV_ID) in ids:
            return _verdict(found, author.address.rpartition("@")[2])
    return Authenticity(
        Verdict.UNKNOWN,
        "no Authentication-Results of a trusted host above the Received field of the host that "
        "took in the mail",
    )


def fields_above(content: bytes, inner_hosts: Sequence[str]) -> tuple[Field, ...] | None:
    """Give the fields that our own hosts wrote, topmost first; None if nothing shows which.

    They end at the first Received field that is of none of the inner hosts, each of which accounts
    for one Received field.
    """
    block = prescan.read_block(prescan.with_line_feeds(content))
    left = list(inner_hosts)
    for position, field in enumerate(block.fields[: block.sound]):
        if field.name != "received":
            continue
        host = received_by(field)
        inner = next((pattern for pattern in left if fnmatchcase(host, pattern.lower())), None)
        if inner is None or not host:
            return block.fields[:position]
        left.remove(inner)
    return None


def results_of(field: Field) -> Results | None:
    """Read a field; None if it is no Authentication-Results field, or none that can be read."""
    return parse_results(field.raw) if field.name == _FIELD else None


def received_by(field: Field) -> str:
    """Give which host wrote a Received field, in lower case; "" if it does not plainly say."""
    words = _received(field)
    return words[1].rstrip(";.") if words[:1] == ["by"] and len(words) > 1 else ""


def is_handed_over(field: Field) -> bool:
    """Say whether a Received field is about LMTP, by which mail is put into a mailbox."""
    return _received(field)[2:4] == ["with", "lmtp"]


def _received(field: Field) -> list[str]:
    """Give the words of a Received field from "by" on, if it is of that form at all."""
    try:
        words = list(_words(field.raw[:_MAX_RECEIVED].decode("latin-1")))
    except ValueError:
        return []
    return words[2:] if words[:1] == ["from"] else words


def _words(value: str) -> Iterator[str]:
    """Give the words of a field in lower case, without comments. Raises ValueError for a bad one.

    What a client can choose comes before them or after the first few.
    """
    position = 0
    while True:
        start = value.find("(", position)
        yield from value[position : start if start >= 0 else len(value)].lower().split()
        if start < 0:
            return
        position = end_of_comment(value, start)


def _verdict(found: Results, domain: str) -> Authenticity:
    """Say what a trusted host's results mean for mail of a domain."""
    host = found.authserv_id or "the host that took in the mail"
    judged = [r for r in found.results if r.method == "dmarc"]
    if judged:
        about = {_domain(r.property("header.from")) == domain for r in judged}
        values = {r.value for r in judged}
        if about == {True} and values == {"pass"}:
            return Authenticity(Verdict.PASS, f"{host} says: DMARC pass for {domain}")
        if about == {True} and values == {"fail"}:
            return Authenticity(Verdict.FAIL, f"{host} says: DMARC fail for {domain}")
        if about != {True} or not values <= {"none", "bestguesspass"}:
            said = ", ".join(sorted(values))
            return Authenticity(
                Verdict.UNKNOWN, f"{host} does not say that DMARC passed for {domain}: {said}"
            )
    for result in found.results:
        signer = _signer(result)
        if result.method == "dkim" and result.value == "pass" and _speaks_for(signer, domain):
            return Authenticity(
                Verdict.PASS, f"{host} says: signed by {signer} (DKIM), which speaks for {domain}"
            )
    return Authenticity(
        Verdict.UNKNOWN, f"{host} says neither DMARC pass nor that {domain} signed the mail"
    )


def _signer(result: Result) -> str:
    """Give the domain that signed; some hosts give only the identity, which lies under it."""
    return _domain(result.property("header.d") or result.property("header.i").rpartition("@")[2])


def _speaks_for(signer: str, domain: str) -> bool:
    return signer != "" and (signer == domain or listed_organisation(signer, domain) != "")


def _domain(text: str) -> str:
    """Give a domain in its canonical form, "" if the text is none."""
    try:
        return canonical(f"x@{text}").rpartition("@")[2]
    except ValueError:
        return ""
