"""What the store is asked about one mail."""

from dataclasses import dataclass
from datetime import datetime

from gateway.desk.commands.asked import NOTHING_ASKED, Asked
from gateway.desk.known import ReplyRole
from gateway.desk.named import Searched
from gateway.desk.needs import NO_NEEDS, Needs
from gateway.desk.relevance import Query
from gateway.mail.model import Clues
from gateway.store.lookup.sought import Sought


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one mail; what is left empty costs no query.

    `author` is a canonical address, or ""; so is `original`, who wrote the mail that it forwards.
    `agents` are those of its desk whose absence matters, `asked` is what its commands name.
    `of_agent` says whether its author is listed as an agent, so that children of incidents and what
    we told them matter; `of_bounce` whether it is a bounce, whose entries are counted.
    `sought` is what is looked for that is like it, if it may open a ticket or is an agent's.
    `recipients` are people to whom its decision wants to write, of whom nobody asked before.
    `needs` is what its desk's policy has use for, and `searched` the text that may name an account.
    `articles` are looked for if it may open a ticket, in each of its desk's languages. `rates` says
    whether it may give stars, where its desk asks for them.
    """

    spool_id: int
    desk: str
    clues: Clues
    author: str
    fingerprint: str
    received_at: datetime
    original: str = ""
    agents: tuple[str, ...] = ()
    asked: Asked = NOTHING_ASKED
    of_agent: bool = False
    of_bounce: bool = False
    recipients: tuple[str, ...] = ()
    sought: Sought | None = None
    needs: Needs = NO_NEEDS
    searched: Searched | None = None
    articles: tuple[Query, ...] = ()
    rates: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """Give all message ids that the mail names."""
        return (*(issued.message_id for issued in self.clues.issued), *self.clues.references)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Give all case numbers that the mail names."""
        return (*self.clues.numbers, *self.asked.numbers)

    @property
    def outboxes(self) -> tuple[int, ...]:
        """Give the numbers of the mails of ours that the mail names."""
        replies = self.clues.reply_addresses
        addressed = (one.outbox for one in replies if one.role != ReplyRole.CONSOLE)
        issued = (one.outbox for one in self.clues.issued)
        return tuple(dict.fromkeys((*addressed, *issued)))

    @property
    def in_console(self) -> tuple[int, ...]:
        """Give the ids of the tickets that something done in the console says it is about."""
        replies = self.clues.reply_addresses
        return tuple(one.outbox for one in replies if one.role == ReplyRole.CONSOLE)
