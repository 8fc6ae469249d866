"""One client's dialog: SMTP (RFC 5321) or LMTP (RFC 2033), a method for each command."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from ssl import SSLContext

from gateway.config.address import canonical
from gateway.errors import CasepostError
from gateway.failpoint import reached
from gateway.listener import replies
from gateway.listener.commands import parse_mail, parse_rcpt
from gateway.listener.connection import Connection, Gone
from gateway.listener.disk import Disk
from gateway.listener.lobby import Lobby
from gateway.listener.receive import Incoming, receive
from gateway.listener.reception import Reception
from gateway.listener.replies import Refused, Reply
from gateway.mail.model import Envelope
from gateway.store.spool import Accepted

_log = logging.getLogger("casepost.listener")

_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the sessions of one listening socket share."""

    reception: Reception
    lobby: Lobby
    disk: Disk
    hostname: str
    lmtp: bool
    tls: SSLContext | None


@dataclass(slots=True)
class _Transaction:
    """What was said between MAIL and DATA."""

    reverse_path: str
    size: int
    smtputf8: bool
    recipients: list[str] = field(default_factory=list)


class Session(Connection):
    """The commands, by a table at the end; there are no others."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around.lobby)
        self._around = around
        self._helo = ""
        self._extended = False
        self._transaction: _Transaction | None = None
        self._unknown = 0

    @property
    def greeting(self) -> Reply:
        """Name the host and the protocol; nobody needs to know more."""
        protocol = "LMTP" if self._around.lmtp else "ESMTP"
        return Reply(220, "", f"{self._around.hostname} {protocol}")

    async def obey(self, command: str, argument: str) -> Reply | None:
        """Do a command, if we know it."""
        method = _COMMANDS.get(command)
        if method is not None:
            return await method(self, argument)
        self._unknown += 1
        if self._unknown >= self._limits.unknown_commands:
            raise Refused(replies.TOO_MANY_ERRORS)
        raise Refused(replies.UNKNOWN)

    async def _do_helo(self, argument: str) -> Reply:
        """Begin a dialog without extensions."""
        if self._around.lmtp:
            raise Refused(replies.OUT_OF_ORDER)
        self._begin(argument, extended=False)
        return Reply(250, "", self._around.hostname)

    async def _do_ehlo(self, argument: str) -> Reply:
        """Begin a dialog; say what we can do."""
        if self._around.lmtp:
            raise Refused(replies.OUT_OF_ORDER)
        self._begin(argument, extended=True)
        return Reply(250, "", self._around.hostname, self._extensions())

    async def _do_lhlo(self, argument: str) -> Reply:
        """Begin a dialog by LMTP (RFC 2033 section 4.1)."""
        if not self._around.lmtp:
            raise Refused(replies.UNKNOWN)
        self._begin(argument, extended=True)
        return Reply(250, "", self._around.hostname, self._extensions())

    def _extensions(self) -> tuple[str, ...]:
        offered = [
            f"SIZE {self._limits.message_size}",
            "8BITMIME",
            "SMTPUTF8",
            "ENHANCEDSTATUSCODES",
            "PIPELINING",
        ]
        if self._around.tls is not None and not self.tls:
            offered.append("STARTTLS")
        return tuple(offered)

    def _begin(self, name: str, *, extended: bool) -> None:
        if not name or " " in name or len(name) > _LONGEST_NAME:
            raise Refused(replies.BAD_ARGUMENT)
        self._helo = name
        self._extended = extended
        self._transaction = None

    async def _do_starttls(self, argument: str) -> Reply | None:
        """Go on under TLS, and forget everything that was said before (RFC 3207)."""
        if self._around.tls is None:
            raise Refused(replies.NOT_IMPLEMENTED)
        if self.tls:
            raise Refused(replies.OUT_OF_ORDER)
        if argument:
            raise Refused(replies.BAD_ARGUMENT)
        await self.answer(replies.READY_FOR_TLS)
        await self.upgrade(self._around.tls)
        self._helo = ""
        self._transaction = None
        self.sender = None
        return None

    async def _do_mail(self, argument: str) -> Reply:
        """Begin a transaction, if there is room for the mail."""
        if not self._helo or self._transaction is not None:
            raise Refused(replies.OUT_OF_ORDER)
        mail = parse_mail(argument, extended=self._extended)
        if mail.size > self._limits.message_size:
            raise Refused(replies.MAIL_TOO_LARGE)
        self.sender = mail.reverse_path
        refusal = self._lobby.peers.refusal(self.key, self.loop.time())
        refusal = refusal or await self._around.disk.refusal(mail.size)
        if refusal is not None:
            raise Refused(refusal)
        self._transaction = _Transaction(mail.reverse_path, mail.size, mail.smtputf8)
        return replies.SENDER_OK

    async def _do_rcpt(self, argument: str) -> Reply:
        """Add a recipient, if it is a desk's."""
        transaction = self._transaction
        if transaction is None:
            raise Refused(replies.OUT_OF_ORDER)
        address = parse_rcpt(argument, smtputf8=transaction.smtputf8)
        try:
            recipient = canonical(address)
        except ValueError:
            raise Refused(replies.NO_SUCH_ADDRESS) from None
        if not self._around.reception.routes().is_ours(recipient):
            raise Refused(replies.NO_SUCH_ADDRESS)
        if len(transaction.recipients) >= self._limits.recipients:
            raise Refused(replies.TOO_MANY_RECIPIENTS)
        transaction.recipients.append(recipient)
        return replies.RECIPIENT_OK

    async def _do_data(self, argument: str) -> Reply:
        """Take the mail. LMTP gets a reply for each recipient, all but the last sent from here."""
        transaction = self._transaction
        if transaction is None or not transaction.recipients:
            raise Refused(replies.OUT_OF_ORDER)
        if argument:
            raise Refused(replies.BAD_ARGUMENT)
        refusal = await self._around.disk.refusal(transaction.size)
        if refusal is not None:
            raise Refused(refusal)
        await self.answer(replies.GO_AHEAD)
        self._transaction = None
        said = await self._take_mail(transaction)
        for reply in said[:-1]:
            await self.answer(reply)
        return said[-1]

    async def _take_mail(self, transaction: _Transaction) -> tuple[Reply, ...]:
        """Receive a mail and have it written down, for all recipients or none; what to say."""
        reception = self._around.reception
        incoming = Incoming(reception.large)
        try:
            await self._transfer(incoming)
            reached("listener.received")
            mails = await self._write_down(incoming, self._envelopes(transaction))
            reached("listener.before_250")
        except Refused as refused:
            return (refused.reply,) * (len(transaction.recipients) if self._around.lmtp else 1)
        self.forgive()
        ids = tuple(mail.spool_id for mail in mails)
        each = [(mail,) for mail in ids] if self._around.lmtp else [ids]
        return tuple(replies.accepted(some) for some in each)

    async def _transfer(self, incoming: Incoming) -> None:
        """Receive a mail's bytes. Raises Refused if that is all that becomes of it, and Gone."""
        try:
            wire, fault = await receive(self, incoming, self._limits)
        except TimeoutError:
            wire, fault = 0, replies.TOO_LATE
        except (OSError, EOFError) as error:
            incoming.discard()
            raise Gone from error
        except BaseException:
            incoming.discard()
            raise
        self._lobby.peers.count(self.key, wire, self.loop.time())
        if fault is not None:
            incoming.discard()
            if fault.code == replies.NOT_AVAILABLE.code:
                self._around.disk.failed()
            raise Refused(fault)

    async def _write_down(
        self, incoming: Incoming, envelopes: tuple[Envelope, ...]
    ) -> tuple[Accepted, ...]:
        """Make a mail durable. Whatever fails, it is not ours and the client keeps it: Refused."""
        source = "lmtp" if self._around.lmtp else "smtp"
        try:
            return await self._around.reception.accept(incoming, envelopes, source)
        except Refused:
            raise
        except CasepostError as error:
            _log.warning("a mail can't be written down: %s", error)
        except Exception:  # a fault of ours must never look like the mail's own
            _log.exception("a mail can't be written down")
        self._around.disk.failed()
        raise Refused(replies.NOT_AVAILABLE)

    def _envelopes(self, transaction: _Transaction) -> tuple[Envelope, ...]:
        return tuple(
            Envelope(transaction.reverse_path, recipient, self.peer, self._helo, self.tls)
            for recipient in transaction.recipients
        )

    async def _do_rset(self, argument: str) -> Reply:
        """Forget the transaction."""
        if argument:
            raise Refused(replies.BAD_ARGUMENT)
        self._transaction = None
        return replies.OK

    async def _do_noop(self, _argument: str) -> Reply:
        """Do nothing."""
        return replies.OK

    async def _do_quit(self, argument: str) -> Reply:
        """End."""
        if argument:
            raise Refused(replies.BAD_ARGUMENT)
        return replies.BYE

    async def _do_vrfy(self, argument: str) -> Reply:
        """Tell nothing about our addresses (RFC 5321 section 7.3)."""
        if not argument:
            raise Refused(replies.BAD_ARGUMENT)
        return replies.NOT_VERIFIED

    async def _do_expn(self, _argument: str) -> Reply:
        """Refuse: there are no lists here."""
        raise Refused(replies.NOT_IMPLEMENTED)

    async def _do_auth(self, _argument: str) -> Reply:
        """Refuse: nobody logs in here, and nothing is relayed."""
        raise Refused(replies.NOT_IMPLEMENTED)

    async def _do_help(self, _argument: str) -> Reply:
        """Say where to look."""
        return replies.HELP


_COMMANDS: Mapping[str, Callable[[Session, str], Awaitable[Reply | None]]] = {
    "HELO": Session._do_helo,  # noqa: SLF001  its own table
    "EHLO": Session._do_ehlo,  # noqa: SLF001  its own table
    "LHLO": Session._do_lhlo,  # noqa: SLF001  its own table
    "STARTTLS": Session._do_starttls,  # noqa: SLF001  its own table
    "MAIL": Session._do_mail,  # noqa: SLF001  its own table
    "RCPT": Session._do_rcpt,  # noqa: SLF001  its own table
    "DATA": Session._do_data,  # noqa: SLF001  its own table
    "RSET": Session._do_rset,  # noqa: SLF001  its own table
    "NOOP": Session._do_noop,  # noqa: SLF001  its own table
    "QUIT": Session._do_quit,  # noqa: SLF001  its own table
    "VRFY": Session._do_vrfy,  # noqa: SLF001  its own table
    "EXPN": Session._do_expn,  # noqa: SLF001  its own table
    "AUTH": Session._do_auth,  # noqa: SLF001  its own table
    "HELP": Session._do_help,  # noqa: SLF001  its own table
}
