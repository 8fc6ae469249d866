"""Which mails are somebody's alone, since whoever has one acts as that person."""

import re

from gateway.house import House
from gateway.mail.model import Envelope
from gateway.mail.parse import parse

# A reply address for an agent (gateway/mail/reply_address.py), in a mail that must not be parsed.
_AGENTS = re.compile(rb"\+a[a-z0-9]{1,8}-[1-9][0-9]{0,17}-[a-z2-7]{26}@", re.IGNORECASE)


def is_anothers(house: House, user: str, envelope: Envelope, content: bytes) -> bool:
    """Say whether a mail is another agent's, to an address by which one acts as that agent."""
    mail = parse(content)
    agents = {agent.address for desk in house.desks for agent in desk.agent}
    authors = {one.address for one in (mail.author, mail.claimed_author) if one is not None}
    if authors.isdisjoint(agents - {user}):
        return False
    return bool(house.reply_addresses.find(house.routes.answered_to(envelope, mail)))


def may_be_anothers(content: bytes) -> bool:
    """Say whether a mail that must not be taken apart may let one act as an agent."""
    return _AGENTS.search(content) is not None
