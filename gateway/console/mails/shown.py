"""What of a mail its reader's alone is, and is left out where others look at it."""

import re

from gateway.house import House
from gateway.mail.model import Envelope
from gateway.mail.parse import parse
from gateway.mail.private import without_private

# As gateway/mail/reply_address.py issues them; whoever has one acts as the person it is for.
_REPLY_TOKEN = re.compile(r"\+[a-z][a-z0-9]{1,8}-[1-9][0-9]{0,17}-[a-z2-7]{26}(?=@)", re.IGNORECASE)
_LEFT_OUT = "+…"
# The same of an agent, in a mail that nobody may take apart.
_AGENTS = re.compile(rb"\+a[a-z0-9]{1,8}-[1-9][0-9]{0,17}-[a-z2-7]{26}@", re.IGNORECASE)


def shown(text: str) -> str:
    """Give a text without the secrets of links, and of addresses by which somebody acts."""
    return _REPLY_TOKEN.sub(_LEFT_OUT, without_private(text))


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
