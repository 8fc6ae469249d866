"""Who is asked about a mail's author: the DNS, a host that we trust, or nobody."""

from dataclasses import dataclass
from ipaddress import ip_address

from gateway.config.kinds import Network
from gateway.config.settings import Settings
from gateway.mail.authenticity.evidence import Evidence
from gateway.mail.authenticity.examine import examine
from gateway.mail.authenticity.questions import Answers, Inquiry
from gateway.mail.authenticity.vouched import Trusted, vouched
from gateway.mail.model import Authenticity

_IMAP = "imap:"


@dataclass(frozen=True, slots=True)
class Trust:
    """Which hosts' word is taken: of the peers in `networks`, and of each IMAP account by name."""

    networks: tuple[Network, ...]
    house: Trusted
    accounts: tuple[tuple[str, Trusted], ...] = ()


def trust_of(settings: Settings) -> Trust:
    """Give whom a house trusts by its configuration."""
    own = settings.authenticity
    return Trust(
        networks=settings.trusted_networks,
        house=Trusted(own.authserv_ids, own.inner_hosts),
        accounts=tuple(
            (account.name, Trusted(account.authserv_ids, account.inner_hosts))
            for account in settings.imap
            if account.authserv_ids is not None
        ),
    )


def judge(evidence: Evidence, trust: Trust, answers: Answers) -> Inquiry[Authenticity]:
    """Give the verdict on a mail's author.

    A mail that came to our own listener from outside is verified by us. One that another host of
    ours took in first is as good as that host says, since neither its address nor, often, its
    bytes are those that the author's host sent.
    """
    if evidence.source.startswith(_IMAP):
        name = evidence.source.removeprefix(_IMAP)
        return vouched(evidence, dict(trust.accounts).get(name, trust.house))
    if _is_from_outside(evidence.envelope.peer, trust):
        return (yield from examine(evidence, answers))
    return vouched(evidence, trust.house)


def _is_from_outside(peer: str, trust: Trust) -> bool:
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return not any(address in network for network in trust.networks)
