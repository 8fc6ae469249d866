"""Commands that say something: a canned answer, an article; or that it stays among agents."""

from dataclasses import replace

from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.names import listed, meant, plain
from gateway.desk.commands.work import Done, Refused, Work
from gateway.desk.known import Article

_MOST_OF_ARTICLE = 20_000


def reply(work: Work, argument: str) -> Done:
    """`#reply TEMPLATE`: a canned answer to everybody on the case, as the agent's own."""
    if not work.case.canned:
        raise Refused(CommandOutcome.NOT_ON_THIS_DESK, "templates")
    name = meant(argument, work.case.canned, _names)
    ticket = work.about
    if not ticket.everybody:
        raise Refused(CommandOutcome.NOBODY_TO_SEND_TO)
    done = replace(work, canned=(*work.canned, name))
    return Done(done, CommandOutcome.CANNED_ANSWER_SENT, name)


def send(work: Work) -> Work:
    """Send the canned answers to all who take part once all commands are done."""
    ticket = work.ticket
    if ticket is None:
        return work
    mails = (
        replace(work.to_customer(ticket, name, one, automatic=False), canned=True)
        for name in dict.fromkeys(work.canned)
        for one in ticket.everybody
    )
    return work.tell(*mails)


def _names(template: str) -> tuple[str, str]:
    """Give the names by which a canned answer is known: its own, and what follows the slash."""
    return template, template.rpartition("/")[2]


def article(work: Work, argument: str) -> Done:
    """`#kb ARTICLE`: its title, its link and its text are added to the agent's text."""
    found = _article(work, argument)
    text = found.text[:_MOST_OF_ARTICLE].strip()
    head = "\n".join(part for part in (found.title, found.url) if part)
    said = "\n\n".join(part for part in (head, text) if part)
    done = replace(work, said=(*work.said, said))
    return Done(done, CommandOutcome.ARTICLE_ADDED, found.title)


def _article(work: Work, argument: str) -> Article:
    """Give the article that is meant, by its title or a part of it, best in the case's language."""
    sought = plain(argument)
    known = work.case.known.articles
    same = [article for article in known if plain(article.title) == sought]
    found = same or [one for one in known if sought and sought in plain(one.title)]
    language = work.about.language
    own = [one for one in found if one.language == language]
    found = own or found
    if not found:
        raise Refused(CommandOutcome.NO_SUCH_ARTICLE)
    if len(found) > 1:
        raise Refused(CommandOutcome.AMBIGUOUS, listed(one.title for one in found))
    return found[0]


def note(work: Work, argument: str) -> Done:
    """`#note`: the text is for agents alone."""
    del argument
    _ = work.about
    return Done(replace(work, silent=True), CommandOutcome.KEPT_INTERNAL)
