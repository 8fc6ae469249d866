"""A rating by mail: whoever was asked answers the notice that asks with stars and a comment.

It counts as one that is given on the page does. The case stays as it is: to have it open again, its
customer writes what is wrong without a digit above it.
"""

from dataclasses import replace
from datetime import datetime

from gateway.config.desk import Phase
from gateway.desk import lifecycle, news
from gateway.desk.case import Case, entry_of
from gateway.desk.decision import Answered, Decision, Outcome, Reason, Reply
from gateway.desk.digit import said_in
from gateway.desk.identify import own_addresses
from gateway.desk.known import ReplyRole
from gateway.desk.rating import rated
from gateway.desk.requested import Rating, Requested, Standing, rating_of, standing
from gateway.desk.ticket import Ticket
from gateway.mail.model import Disposition
from gateway.mail.private import without_private

# Also as Chinese, Japanese and Arabic have it.
_QUESTION_MARKS = "?\N{FULLWIDTH QUESTION MARK}\N{ARABIC QUESTION MARK}"


def by_mail(case: Case, now: datetime) -> Decision | None:
    """Decide on a mail that is a rating; None if it is none, or can be none any more."""
    requested = _answered(case)
    said = said_in(case.reply_text) if requested else None
    if requested is None or said is None:
        return None
    ticket, before = requested.ticket, requested.rating
    comment = without_private(said.comment)
    rating = rating_of(requested, said.stars, comment, now)
    why = "the customer gave feedback by mail"
    kept = lifecycle.kept(case.sender.address, now, why)
    if before and (before.stars, before.comment) == (rating.stars, rating.comment):
        return Decision(Outcome.FILED, Reason.RATED, ticket, kept, entry_of(case))
    decision = rated(case.desk, requested, rating, now, case.known.away, case.sender.person)
    return replace(
        decision,
        events=(*kept, *decision.events),
        entry=entry_of(case),
        replies=decision.replies or _told(case, ticket, rating),
        consequences=(Answered(requested, rating),),
    )


def _answered(case: Case) -> Requested | None:
    """Give the request that a mail answers beyond doubt, while it can be answered.

    It is of the newest mail of ours that the sender got and now answers, and it takes an authentic
    sender, or the reply address that was signed for them in that very mail.
    """
    own = own_addresses(case.sender)
    sent = next((one for one in case.known.replied if one.recipient in own), None)
    if sent is None or case.quiet:
        return None
    requested = next((one for one in case.known.requested if one.mail == sent.outbox), None)
    if requested is None or requested.recipient not in own:
        return None
    signed = any(
        one.role is ReplyRole.CUSTOMER and one.sent.outbox == sent.outbox for one in case.addressed
    )
    if not (case.sender.authentic or signed):
        return None
    # A case that was merged since, or is another desk's, goes its own way.
    ticket = case.choice.ticket or case.choice.continues
    if ticket is None or ticket.id != requested.ticket.id:
        return None
    at = standing(case.desk.feedback, requested, case.received_at)
    return requested if at in {Standing.OPEN, Standing.CHANGEABLE} else None


def _told(case: Case, ticket: Ticket, rating: Rating) -> tuple[Reply, ...]:
    """Tell agents what nobody else is told of.

    It is files, what somebody discontent has to say, whatever is said of a case that is worked on,
    and what is asked: whoever asks by mail waits for an answer.
    """
    files = any(one.disposition is Disposition.ATTACHED for one in case.mail.attachments)
    told = rating.stars <= case.desk.feedback.low or ticket.phase is not Phase.CLOSED
    question = any(mark in rating.comment for mark in _QUESTION_MARKS)
    return news.of_answer(case, ticket) if files or question or (rating.comment and told) else ()
