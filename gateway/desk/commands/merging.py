"""Commands that say that two cases are one, and that they are not after all.

The event by which a case is merged says what undoing it needs: the status before, and whom the
merge brought to the other case.
"""

import dataclasses

from gateway.config.case_number import CaseNumberPattern
from gateway.desk import lifecycle
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.names import listed
from gateway.desk.commands.work import Done, Refused, Work
from gateway.desk.decision import Content
from gateway.desk.known import Known, Merge
from gateway.desk.ticket import Change, EventKind, Ticket

_TOLD = "customer/merged"


def merge(work: Work, argument: str) -> Done:
    """`#merge NUMBER` or `#duplicate-of NUMBER`: this case is a duplicate of that one.

    `#merge` alone takes the one case that is proposed.
    """
    duplicate = work.about
    if work.case.commanded.has("split"):
        raise Refused(CommandOutcome.CONTRADICTS, "#split")
    named = _numbered(work, argument) if argument else _proposed(work)
    merged = work.case.choice.named
    if merged is not None:
        raise Refused(CommandOutcome.ALREADY_MERGED, duplicate.number)
    if duplicate.merged_into:
        into = work.case.known.ticket(duplicate.merged_into)
        raise Refused(CommandOutcome.ALREADY_MERGED, into.number if into else "")
    if named.id == duplicate.id:
        raise Refused(CommandOutcome.SAME_CASE, named.number)
    original = _standing(work, named)
    if original.id == duplicate.id:
        raise Refused(CommandOutcome.CIRCULAR, named.number)
    if not work.desk.closing:
        raise Refused(CommandOutcome.NOT_ON_THIS_DESK, "lifecycle.close")
    return Done(_merged(work, duplicate, original), CommandOutcome.MERGED, original.number)


def _merged(work: Work, duplicate: Ticket, original: Ticket) -> Work:
    brought = tuple(one for one in duplicate.everybody if not original.has_on_it(one))
    merged = work.event(
        EventKind.MERGED,
        f"a duplicate of case {original.number}",
        Change("was", duplicate.status),
        *lifecycle.into(work.desk, work.desk.closing),
        Change("merged_into", str(original.id)),
        *(Change("brought", address) for address in brought),
    )
    linked = work.event(
        EventKind.LINKED,
        f"case {duplicate.number} is a duplicate of this one",
        *(Change("participant", address) for address in brought),
    )
    told = duplicate.everybody if duplicate.answerable else duplicate.participants
    content = Content(other=duplicate.number)
    mails = (
        work.to_customer(duplicate, _TOLD, one, automatic=True, content=content) for one in told
    )
    # They know the case by what they called it themselves.
    replies = tuple(dataclasses.replace(mail, subject=duplicate.subject) for mail in mails)
    done = work.on(duplicate, merged, links=(original.id,))
    done = done.on(original, linked, links=(duplicate.id,), replies=replies)
    return dataclasses.replace(done, notice="")


def _numbered(work: Work, argument: str) -> Ticket:
    """Give the case that an agent names. Raises Refused if it is none of this desk's."""
    numbers = CaseNumberPattern.parse(work.desk.case_number).find(argument)
    if len(numbers) > 1:
        raise Refused(CommandOutcome.AMBIGUOUS, listed(numbers))
    known = work.case.known.tickets
    ours = (t for t in known if t.desk == work.desk.name and t.number in numbers)
    found = next(ours, None)
    if found is None:
        raise Refused(CommandOutcome.NO_SUCH_CASE, argument)
    return work.now_is(found)


def _proposed(work: Work) -> Ticket:
    """Give the one likely duplicate. Raises Refused if there is none, or more than one."""
    own = work.about.id
    alike = (one.ticket for one in work.case.known.alike.duplicates)
    found = {t.id: t for t in alike if t.id != own and t.desk == work.desk.name}
    if not found:
        raise Refused(CommandOutcome.NO_PROPOSAL)
    if len(found) > 1:
        raise Refused(CommandOutcome.AMBIGUOUS, listed(t.number for t in found.values()))
    return work.now_is(next(iter(found.values())))


def _standing(work: Work, ticket: Ticket) -> Ticket:
    """Give the case at the end of the chain of merges, as the commands leave it."""
    seen = {ticket.id}
    while ticket.merged_into and ticket.merged_into not in seen:
        seen.add(ticket.merged_into)
        found = work.case.known.ticket(ticket.merged_into)
        if found is None or found.desk != work.desk.name:
            raise Refused(CommandOutcome.ALREADY_MERGED, ticket.number)
        ticket = work.now_is(found)
    return ticket


def split(work: Work, argument: str) -> Done:
    """`#split` undoes a merge of the case that the mail is about, `#split NUMBER` of that one."""
    if work.case.commanded.has("merge", "duplicate-of"):
        raise Refused(CommandOutcome.CONTRADICTS, "#merge")
    duplicate = _to_split(work, argument)
    known = work.case.known
    merge = _merge_of(known, duplicate)
    was = merge.was if merge else ""
    names = {status.name for status in work.desk.status}
    status = was if was in names else work.desk.lifecycle.reopened
    into = known.ticket(duplicate.merged_into)
    event = work.event(
        EventKind.SPLIT,
        f"no duplicate of case {into.number} any more" if into else "no duplicate any more",
        *lifecycle.into(work.desk, status),
        Change("merged_into", "0"),
    )
    left = _left(work, duplicate, merge)
    return Done(left.on(duplicate, event), CommandOutcome.SPLIT, duplicate.number)


def _to_split(work: Work, argument: str) -> Ticket:
    """Give the merged case that is meant. Raises Refused."""
    named = work.case.choice.named
    about = work.now_is(named) if named is not None else work.about
    if argument:
        asked = _numbered(work, argument)
        if asked.merged_into or not about.merged_into or _standing(work, about).id != asked.id:
            about = asked
    elif not about.merged_into:
        about = _only_duplicate(work, about)
    if not about.merged_into:
        raise Refused(CommandOutcome.NOT_MERGED, about.number)
    return about


def _only_duplicate(work: Work, original: Ticket) -> Ticket:
    """Give the one known case that was merged into this one, or else itself. Raises Refused."""
    known = (work.now_is(ticket) for ticket in work.case.known.tickets)
    found = [t for t in known if t.merged_into == original.id and t.desk == original.desk]
    if len(found) > 1:
        raise Refused(CommandOutcome.AMBIGUOUS, listed(t.number for t in found))
    return found[0] if found else original


def _merge_of(known: Known, duplicate: Ticket) -> Merge | None:
    """Give how a case was merged into the one that it is merged into."""
    merges = (m for m in known.merges if m.ticket == duplicate.id)
    return next((m for m in merges if m.into == duplicate.merged_into), None)


def _left(work: Work, duplicate: Ticket, merge: Merge | None) -> Work:
    """Take away those whom a merge brought, along the chain.

    Those who wrote there as well: they answered the mail that told them of the merge, and whoever
    undoes it does not want them to read on.
    """
    known = work.case.known
    brought: tuple[str, ...] = merge.brought if merge else ()
    at = duplicate
    seen = {duplicate.id}
    while merge is not None and brought and merge.into not in seen:
        seen.add(merge.into)
        original = known.ticket(merge.into)
        if original is None:
            break
        now_is = work.now_is(original)
        leaving = [a for a in brought if a in now_is.participants]
        if leaving:
            why = f"case {duplicate.number} is no duplicate of this one any more"
            changes = (Change("participant_left", address) for address in leaving)
            work = work.on(original, work.event(EventKind.SPLIT, why, *changes))
        at = now_is
        merge = _merge_of(known, at) if at.merged_into else None
        brought = tuple(a for a in leaving if merge is not None and a in merge.brought)
    return work
