"""An MSA that keeps all it takes, and remembers which acknowledgements can still be answered."""

import re
from collections import deque
from threading import Lock

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from gateway.bench.mix import Asked
from gateway.mail.format.prescan import first_message_id
from lib.reckoning import Handed
from servers import process

_NUMBER = re.compile(rb"^Subject: [^\r\n]*\[([A-Z]+-[0-9A-Z]+)\]", re.MULTILINE)


class Msa:
    """Keeps each mail, in the order of coming."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.handed: list[Handed] = []
        self._lock = Lock()
        self._unanswered: deque[Asked] = deque()
        self._controller = Controller(self, hostname="127.0.0.1", port=process.free_port())
        self._controller.start()
        self.port = self._controller.port

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail."""
        del server, session
        content = envelope.content
        assert isinstance(content, bytes)
        number = _NUMBER.search(content.partition(b"\r\n\r\n")[0])
        message_id = first_message_id(content)
        with self._lock:
            self.handed.append(Handed(content, 250))
            if number is not None:
                asked = Asked(envelope.rcpt_tos[0], number[1].decode(), message_id)
                self._unanswered.append(asked)
        return "250 2.0.0 kept"

    def take(self, count: int) -> list[Asked] | None:
        """Give so many acknowledgements that nobody has answered; None while they are fewer."""
        with self._lock:
            if len(self._unanswered) < count:
                return None
            return [self._unanswered.popleft() for _ in range(count)]

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()
