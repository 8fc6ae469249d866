"""Which hosts' Authentication-Results a mailbox could be read by: what its newest mails show.

It is a proposal for a person to judge. A host is worth trusting that writes its results above its
own Received field into nearly every mail; one whose results appear below it as well is one that
somebody imitates, or whose mail was forwarded to us.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.config.settings import NO_AUTHSERV_ID
from gateway.mail.authenticity.dmarc import listed_organisation
from gateway.mail.authenticity.vouched import is_handed_over, received_by, results_of
from gateway.mail.format import prescan

# Of the mails in a mailbox: some were made in it, and never came in from outside.
NEARLY_ALL = 0.9

_LEAST_MAILS = 3
_MOST_INNER = 6
_HERE = frozenset({"localhost", "localhost.localdomain"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A host whose results stand where only our own hosts write.

    `seen` of `mails` have them there; `below` have them, or have them as well, further down, where
    whoever sent the mail could write.
    """

    authserv_id: str
    inner_hosts: tuple[str, ...]
    seen: int
    mails: int
    below: int


@dataclass(frozen=True, slots=True)
class _Sight:
    """A host's results in one mail, with the hosts whose Received fields stand around them.

    `above` took the mail after them, `passed_on` those of them that did more than put it into the
    mailbox; `host` is the one right below.
    """

    above: tuple[str, ...]
    passed_on: tuple[str, ...]
    host: str


def survey(heads: Sequence[bytes]) -> tuple[Proposal, ...]:
    """Give the hosts worth trusting by the header blocks of a mailbox's newest mails."""
    read = [_sights(head) for head in heads]
    found = [_propose(name, read) for name in sorted({name for one in read for name in one})]
    return tuple(proposal for proposal in found if proposal is not None)


def _sights(head: bytes) -> dict[str, list[_Sight]]:
    """Give where each host's results stand in a mail, topmost first."""
    block = prescan.read_block(prescan.with_line_feeds(head))
    above: list[str] = []
    passed_on: list[str] = []
    waiting: list[str] = []
    found: dict[str, list[_Sight]] = {}
    for field in block.fields[: block.sound]:
        results = results_of(field)
        if results is not None:
            waiting.append(results.authserv_id or NO_AUTHSERV_ID)
        elif field.name == "received":
            host = received_by(field)
            for name in waiting:
                sight = _Sight(tuple(above), tuple(passed_on), host)
                found.setdefault(name, []).append(sight)
            waiting = []
            above.append(host)
            passed_on += [] if is_handed_over(field) else [host]
    for name in waiting:
        found.setdefault(name, []).append(_Sight(tuple(above), tuple(passed_on), ""))
    return found


def _propose(name: str, read: Sequence[dict[str, list[_Sight]]]) -> Proposal | None:
    """Say whether nearly all mails have a host's results where only our own hosts write."""
    own = [sights for sights in (one.get(name, []) for one in read) if sights]
    top = [sights[0] for sights in own if _is_own(name, sights[0])]
    if not top:
        return None
    hops = Counter(len(sight.above) for sight in top).most_common(1)[0][0]
    alike = [sight for sight in top if len(sight.above) <= hops]
    if len(alike) < max(_LEAST_MAILS, NEARLY_ALL * len(read)):
        return None
    longest = [sight.above for sight in alike if len(sight.above) == hops]
    inner = tuple(_pattern([above[i] for above in longest]) for i in range(hops))
    below = sum(any(len(sight.above) > hops for sight in sights) for sights in own)
    return Proposal(name, inner, len(alike), len(read), below)


def _is_own(name: str, sight: _Sight) -> bool:
    """Say whether the host that wrote results is one with those that took the mail after it."""
    of = sight.host if name == NO_AUTHSERV_ID else name
    return (
        len(sight.above) <= _MOST_INNER
        and sight.host != ""
        and all(
            host == of or host in _HERE or listed_organisation(host, of) != ""
            for host in (sight.host, *sight.passed_on)
        )
    )


def _pattern(hosts: Sequence[str]) -> str:
    """Give what the names of hosts have in common, `*.` for what they have not."""
    labels = [host.split(".")[::-1] for host in hosts]
    common: list[str] = []
    for level in zip(*labels, strict=False):
        if len(set(level)) > 1:
            break
        common.append(level[0])
    same = ".".join(reversed(common))
    return same if set(hosts) == {same} else f"*.{same}"
