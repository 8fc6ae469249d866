"""What can be said of mails by themselves, many at once: the first stages of a mail's way.

Nothing here reads the store. The only things asked are the DNS and a spam filter, by callables that
are handed in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway import in_hand
from gateway.config.desk import Desk
from gateway.desk import suggest
from gateway.desk.commands.asked import NOTHING_ASKED, asked, commands_stand_in
from gateway.desk.digit import may_give_stars
from gateway.desk.forwarding import is_agents
from gateway.desk.known import ReplyRole
from gateway.desk.likeness import NO_LIKENESS, Likeness, likeness_of
from gateway.desk.named import Searched
from gateway.desk.needs import NO_NEEDS, Needs
from gateway.desk.relevance import Query
from gateway.house import House
from gateway.mail.authenticity.evidence import Evidence
from gateway.mail.automatic import classify
from gateway.mail.forward import Forwarded, forwarded
from gateway.mail.forwarding.subject_prefix import is_forward_subject
from gateway.mail.inside import others_of
from gateway.mail.kind.absence import says_absent
from gateway.mail.model import (
    Authenticity,
    Classification,
    Clues,
    Envelope,
    Kind,
    Mail,
    ReplyClue,
)
from gateway.mail.parse import parse, unreadable
from gateway.mail.reply.beginning import new_beginning
from gateway.mail.spam import marked_as_spam
from gateway.mail.thread import find_clues
from gateway.store.claims import Claimed
from gateway.store.lookup import Question
from gateway.store.lookup.sought import Sought, sought
from gateway.store.spool import CONSOLE

_UNREADABLE_AT = 3
_UNREADABLE_AT_CLAIMS = 10

# Many mails at once, since their questions to the DNS are asked at the same time.
Authenticate = Callable[[Sequence[Evidence]], Sequence[Authenticity]]

# Says of each mail why it is spam, "" if it is not, or if nobody can say.
CheckSpam = Callable[[Sequence[tuple[bytes, Envelope]]], Sequence[str]]


def nobody_asked(mails: Sequence[tuple[bytes, Envelope]]) -> list[str]:
    """Say of no mail that it is spam: no filter is asked."""
    return [""] * len(mails)


@dataclass(frozen=True, slots=True)
class Reading:
    """A claimed mail with all that can be said of it without asking the store.

    `forwards` says whether its subject is a forward's; `forwarded` is set only for an agent's.
    `spam` says why it was taken for spam, "" if it was not. `likeness` is what it is like, for
    others about the same matter. `needs` is what the desk has to know of its author. `recipients`
    are those to whom its decision wants to write, once one has been made.
    """

    claimed: Claimed
    desk: Desk
    mail: Mail
    kind: Classification
    authenticity: Authenticity
    clues: Clues
    forwarded: Forwarded | None
    unreadable: bool
    spam: str = ""
    likeness: Likeness = NO_LIKENESS
    needs: Needs = NO_NEEDS
    recipients: tuple[str, ...] = ()

    @property
    def claim(self) -> tuple[int, int]:
        """Give the claim under which the mail is held."""
        return (self.claimed.spool_id, self.claimed.epoch)

    @property
    def author(self) -> str:
        """Give the address of the one clean author, or ""."""
        return self.mail.author.address if self.mail.author else ""

    @property
    def forwards(self) -> bool:
        """Say whether the mail is an agent's forward, and not an answer."""
        return self.forwarded is not None and is_forward_subject(self.mail.subject)


def read(
    house: House,
    batch: Sequence[Claimed],
    authenticate: Authenticate,
    check_spam: CheckSpam = nobody_asked,
) -> list[Reading | None]:
    """Say all that can be said of mails by themselves; None for one that is for no desk of ours."""
    mails = [_parsed(one) for one in batch]
    kinds = [
        classify(mail, claimed.envelope, house.routes.is_ours, house.message_ids.is_ours)
        for claimed, mail in zip(batch, mails, strict=True)
    ]
    verdicts = authenticate(
        [
            Evidence(mail, claimed.envelope, claimed.content, claimed.source, claimed.received_at)
            for claimed, mail in zip(batch, mails, strict=True)
        ]
    )
    marked = [marked_as_spam(mail, house.settings.spam.marks) for mail in mails]
    # What somebody admitted was judged by a person; what is done in the console is one's doing.
    asked_of = [
        not why and not claimed.admitted_by and claimed.source != CONSOLE
        for claimed, why in zip(batch, marked, strict=True)
    ]
    said = iter(
        check_spam([(c.content, c.envelope) for c, ask in zip(batch, asked_of, strict=True) if ask])
    )
    spam = [next(said) if ask else why for ask, why in zip(asked_of, marked, strict=True)]
    return [
        _read(house, claimed, mail, kind, verdict, why)
        for claimed, mail, kind, verdict, why in zip(
            batch, mails, kinds, verdicts, spam, strict=True
        )
    ]


def _parsed(claimed: Claimed) -> Mail:
    with in_hand.mail(claimed.spool_id):
        return unreadable(claimed.content) if _is_given_up(claimed) else parse(claimed.content)


def _is_given_up(claimed: Claimed) -> bool:
    return claimed.attempts >= _UNREADABLE_AT or claimed.claims_alone >= _UNREADABLE_AT_CLAIMS


def _of_absent_agent(kind: Classification, mail: Mail, desk: Desk) -> Classification:
    """Take an agent's absence notice for what it is: as an answer it would go to a customer."""
    agent = mail.author is not None and desk.agent_of(mail.author.address) is not None
    if not agent or kind.kind is not Kind.PERSON or not says_absent(mail.subject):
        return kind
    if commands_stand_in(mail.text):
        return kind
    reasons = (*kind.reasons, "subject: says absent, and its author is an agent")
    return Classification(Kind.OUT_OF_OFFICE, reasons, answerable=False)


def _read(
    house: House,
    claimed: Claimed,
    mail: Mail,
    kind: Classification,
    verdict: Authenticity,
    spam: str,
) -> Reading | None:
    """Say of one mail what in it points to a ticket."""
    desk = house.routes.desk_for(claimed.envelope, mail)
    if desk is None:
        return None
    kind = _of_absent_agent(kind, mail, desk)
    agents = is_agents(desk, mail, verdict, claimed.admitted_by)
    original = forwarded(mail, claimed.content) if agents else None
    others = others_of(mail, kind, original)
    clues = find_clues(
        mail,
        house.message_ids.recognise,
        [house.patterns[desk.name]],
        others,
        _reply_addresses(house, claimed, mail),
        _naming_cases(house, desk, claimed.envelope, mail),
    )
    return Reading(
        claimed=claimed,
        desk=desk,
        mail=mail,
        kind=kind,
        authenticity=verdict,
        clues=clues,
        forwarded=original,
        unreadable=_is_given_up(claimed),
        spam=spam,
        likeness=NO_LIKENESS if _answers(clues) else likeness_of(mail, original, desk),
        needs=house.needs[desk.name],
    )


def _reply_addresses(house: House, claimed: Claimed, mail: Mail) -> tuple[ReplyClue, ...]:
    """Give what looks like reply addresses of ours; those of the console count in it alone."""
    if claimed.source == CONSOLE:
        return house.reply_addresses.find((claimed.envelope.recipient,))
    found = house.reply_addresses.find(house.routes.answered_to(claimed.envelope, mail))
    return tuple(one for one in found if one.role != ReplyRole.CONSOLE)


def _naming_cases(house: House, desk: Desk, envelope: Envelope, mail: Mail) -> str:
    """Give what may name a case beside the subject: the text, at some addresses of some desks."""
    if not desk.numbers_in_text_at:
        return ""
    counts = set(desk.numbers_in_text_at) & set(house.routes.written_to(desk, envelope, mail))
    return new_beginning(mail.text) if counts else ""


def _answers(clues: Clues) -> bool:
    """Say whether a mail names a mail of ours, so that it hardly opens a ticket."""
    return bool(clues.issued or clues.reply_addresses)


def question(reading: Reading) -> Question:
    """Say what the store is asked about a mail."""
    author = reading.author
    of_agent = bool(author and reading.desk.agent_of(author))
    commanded = asked(reading.mail.text, reading.desk) if of_agent else NOTHING_ASKED
    return Question(
        spool_id=reading.claimed.spool_id,
        desk=reading.desk.name,
        clues=reading.clues,
        author=author,
        fingerprint=reading.mail.fingerprint,
        received_at=reading.claimed.received_at,
        original=reading.forwarded.author.address if reading.forwarded else "",
        agents=tuple(agent.address for agent in reading.desk.agent),
        of_agent=of_agent,
        asked=commanded,
        of_bounce=reading.kind.kind is Kind.BOUNCE,
        recipients=reading.recipients,
        sought=None if _answers(reading.clues) and not commanded.merges else _sought(reading),
        needs=reading.needs,
        searched=_searched(reading),
        articles=_articles(reading),
        rates=_rates(reading),
    )


def _rates(reading: Reading) -> bool:
    """Say whether a mail may be a rating: a person's answer to us, on a desk that asks for it."""
    asks = reading.desk.feedback.ask and reading.kind.kind is Kind.PERSON
    return asks and _answers(reading.clues) and may_give_stars(reading.mail.text)


def _articles(reading: Reading) -> tuple[Query, ...]:
    """Say which articles are looked for: for customers' mail that may open a ticket."""
    is_persons = reading.kind.kind is Kind.PERSON and not reading.unreadable and not reading.spam
    if not is_persons or reading.claimed.quiet or _answers(reading.clues):
        return ()
    if reading.forwarded is None and reading.desk.agent_of(reading.author):
        return ()
    said = reading.forwarded or reading.mail
    return suggest.sought(reading.desk, said.subject, said.text)


def _searched(reading: Reading) -> Searched | None:
    """Say which text may name an account, where the desk goes by one: a customer's, and no spam."""
    kinds, original = reading.needs.find_by, reading.forwarded
    if not kinds or reading.spam or reading.kind.kind is Kind.BOUNCE:
        return None
    if original is None and reading.desk.agent_of(reading.author) is not None:
        return None
    said = original or reading.mail
    return Searched(said.subject, said.text, kinds, reading.clues.numbers)


def _sought(reading: Reading) -> Sought:
    """Say what is looked for that is like a mail."""
    original = reading.forwarded
    subject = original.subject if original else reading.mail.subject
    return sought(reading.desk, subject, reading.likeness)
