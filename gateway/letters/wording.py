"""What several agents are told alike is put into words once."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.config.desk import Desk
from gateway.desk.decision import Reply
from gateway.desk.ticket import Ticket
from gateway.letters.enclosures import File
from gateway.mail.model import Mailbox
from gateway.templates import RenderedText, Templates

_ANYBODY = Mailbox("", "")


@dataclass(frozen=True, slots=True)
class _Told:
    """All that words for an agent follow from, but their own name."""

    templates: Templates
    desk: Desk
    ticket: Ticket | None
    reply: Reply
    files: tuple[File, ...]


class Wording:
    """The words of the mails of one occasion: those that an agent was told last are kept."""

    def __init__(self) -> None:
        """Keep none yet."""
        self._last: tuple[_Told, str, RenderedText] | None = None

    def for_agent(
        self,
        templates: Templates,
        desk: Desk,
        ticket: Ticket | None,
        reply: Reply,
        files: tuple[File, ...],
        render: Callable[[], RenderedText],
    ) -> RenderedText:
        """Give the words of a reply to an agent, by `render` if nobody was just told the same."""
        # Only where it goes and what the limits go by, of which no template knows.
        alike = replace(reply, to=_ANYBODY, vouched=True, failed=False, topic="", references=())
        told, name = _Told(templates, desk, ticket, alike, files), reply.to.name
        if self._last is not None:
            last, named, text = self._last
            if last == told and (name == named or not _names_reader(told)):
                return text
        text = render()
        self._last = (told, name, text)
        return text


def _names_reader(told: _Told) -> bool:
    reply = told.reply
    return told.templates.names_reader(told.desk.name, reply.language, reply.template)
