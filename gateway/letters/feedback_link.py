"""The link in a mail by which its reader says how content they are."""

from dataclasses import dataclass
from datetime import datetime

from gateway.config.desk import Desk
from gateway.desk.asking import Request, request
from gateway.desk.decision import Reply
from gateway.desk.ticket import Ticket
from gateway.house import House
from gateway.mail.feedback_link import SECRET_BYTES, address_of, digest_of, token_of
from gateway.templates import RenderedText

_LEFT_OUT = "…"


@dataclass(frozen=True, slots=True)
class FeedbackLink:
    """A link with a secret of its own; "" for both where a mail asks nothing."""

    token: str = ""
    url: str = ""

    def request(
        self, desk: Desk, ticket: Ticket | None, reply: Reply, text: RenderedText, now: datetime
    ) -> Request | None:
        """Give the request that a mail makes: none where its template has no place for the link."""
        if ticket is None or not self._is_in(text):
            return None
        return request(desk, ticket, digest_of(self.token), reply.to.address, now)

    def _is_in(self, text: RenderedText) -> bool:
        return bool(self.token) and (self.token in text.body or self.token in text.html)

    def left_out(self, body: str) -> str:
        """Give a mail's text without the secret: what is kept of it gives nobody a vote."""
        return body.replace(self.token, _LEFT_OUT) if self.token else body


def feedback_link(house: House, reply: Reply) -> FeedbackLink:
    """Make the link of a mail, if it asks and there are pages for it."""
    web = house.settings.web
    if not reply.asks or web is None:
        return FeedbackLink()
    token = token_of(house.random(SECRET_BYTES))
    return FeedbackLink(token, address_of(web.base_url, token))
