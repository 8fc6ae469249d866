"""What an agent does in the console, as a mail of theirs in the spool.

So it goes the way of every mail: it is decided once, by the same rules, traced, and lost as little
as one. A form that is sent twice is one delivery.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.config.desk import Agent, Desk
from gateway.console.visit import Visit
from gateway.desk.known import ReplyRole
from gateway.errors import Transient
from gateway.mail.compose import Letter, Origin, Unsafe, compose
from gateway.mail.model import Envelope, Mailbox
from gateway.mail.reply_address import about
from gateway.store import raw, spool
from gateway.store.spool import CONSOLE, Delivery

_ONCE_BYTES = 16


def fresh() -> str:
    """Give what tells one form that was shown from all others."""
    return secrets.token_hex(_ONCE_BYTES)


@dataclass(frozen=True, slots=True)
class Matter:
    """What an agent writes about: a ticket by its id and case number, as agent of its desk."""

    ticket: int
    number: str
    desk: Desk
    agent: Agent

    def address(self, visit: Visit) -> str:
        """Give the address that what is done about the ticket goes to; "" if there can be none."""
        issue = visit.house.reply_addresses.issue
        matter = about(self.ticket, 0)
        found = (
            issue(base, ReplyRole.CONSOLE.value, self.ticket, matter, self.agent.address)
            for base in self.desk.addresses
        )
        return next((one for one in found if one), "")


def send(
    visit: Visit, connection: Connection, matter: Matter, to: str, text: str, once: str
) -> int:
    """Put a mail from the agent into the spool; give its number there.

    `to` is an address signed for them. Raises Transient when it cannot be a mail.
    """
    house, agent = visit.house, matter.agent
    key = spool.console_key(agent.address, to, once or fresh(), text)
    content = _composed(visit, matter, to, text, key)
    kept = raw.from_text(content)
    envelope = Envelope(reverse_path=agent.address, recipient=to)
    delivery = Delivery(
        key, CONSOLE, envelope, kept, message_id=_message_id(matter, key), received_at=visit.now
    )
    ((accepted,),) = spool.accept(connection, [(delivery,)], house.node)
    return accepted.spool_id


def _message_id(matter: Matter, key: str) -> str:
    return f"<{key[:32]}.console@{matter.agent.address.rpartition('@')[2]}>"


def _composed(visit: Visit, matter: Matter, to: str, text: str, key: str) -> bytes:
    """Write the mail; its subject is the number alone, for what a subject says may mean much."""
    for name in (matter.agent.name, ""):
        letter = Letter(
            sender=Mailbox(name, matter.agent.address),
            to=Mailbox("", to),
            subject=f"[{matter.number}]",
            body=text,
            message_id=_message_id(matter, key),
            at=visit.now,
            origin=Origin.PERSON,
        )
        try:
            return compose(letter)
        except Unsafe:
            continue
    raise Transient("what was written cannot be composed as a mail")
