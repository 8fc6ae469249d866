"""Commands about held mail, and about spam."""

import dataclasses

from gateway.desk import lifecycle
from gateway.desk.case import Case
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.work import Done, Refused, Work
from gateway.desk.decision import Lesson, Reason, Release
from gateway.desk.known import HeldMail, ReplyRole
from gateway.desk.ticket import Change, EventKind

_HELD = "held"


def held_mail(case: Case) -> HeldMail | None:
    """Give the held mail that an agent's mail is about: by a reply address of the agent's own."""
    spools = [
        one.sent.spool
        for one in case.addressed
        if one.role is ReplyRole.AGENT and one.sent.spool and one.person == case.sender.address
    ]
    known = (held for held in case.known.held if held.desk == case.desk.name)
    return next((held for held in known if held.spool in spools), None)


def admit(work: Work, argument: str) -> Done:
    """`#admit`: the held mail is taken in; a filter that took it for spam learns better."""
    del argument
    held = _held(work)
    done = work.also(Release(held.spool, work.agent, admit=True))
    if held.reason == Reason.SPAM.value:
        done = done.also(Lesson(held.spool, spam=False))
    return Done(done, CommandOutcome.ADMITTED, held.author)


def drop(work: Work, argument: str) -> Done:
    """`#drop`: the held mail is kept, and leads to nothing."""
    del argument
    held = _held(work)
    done = work.also(Release(held.spool, work.agent, admit=False))
    return Done(done, CommandOutcome.DROPPED, held.author)


def spam(work: Work, argument: str) -> Done:
    """`#spam`: a held mail is dropped, a case is closed and nobody told; the filter learns it."""
    del argument
    if work.ticket is None:
        held = _held(work)
        lesson = Lesson(held.spool, spam=True)
        done = work.also(Release(held.spool, work.agent, admit=False), lesson)
        return Done(done, CommandOutcome.SPAM, held.author)
    ticket = work.ticket
    closing = work.desk.closing
    if not closing:
        raise Refused(CommandOutcome.NOT_ON_THIS_DESK, "lifecycle.close")
    moved = lifecycle.into(work.desk, closing) if ticket.status != closing else ()
    event = work.event(EventKind.STATUS_CHANGED, "spam", *moved, Change("answerable", "no"))
    done = work.then(event).also(Lesson(0, spam=True, ticket=ticket.id))
    done = dataclasses.replace(done, notice="", silent=True)
    return Done(done, CommandOutcome.SPAM, ticket.number)


def _held(work: Work) -> HeldMail:
    """Give the held mail that the commands are about. Raises Refused if it is settled."""
    held = held_mail(work.case)
    if held is None:
        raise Refused(CommandOutcome.NEEDS_HELD_MAIL)
    released = {one.spool for one in work.consequences if isinstance(one, Release)}
    if held.state != _HELD or held.spool in released:
        raise Refused(CommandOutcome.NO_LONGER_HELD)
    return held
