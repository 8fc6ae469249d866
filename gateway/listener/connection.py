"""A connection's life: greeting, a command and its reply at a time, limits, TLS, the end."""

import asyncio
import logging
import re
from ssl import SSLContext

from gateway import maillog
from gateway.failpoint import reached
from gateway.listener import replies
from gateway.listener.lobby import Lobby
from gateway.listener.replies import Refused, Reply
from gateway.listener.wire import Wire

_log = logging.getLogger("casepost.listener")

LONGEST_COMMAND = 2048  # bytes; RFC 5321 section 4.5.3.1.4 with room for UTF-8 and parameters
_MOST_DRAINED = 64 * 1024
_COMMAND = re.compile(r"([A-Za-z]{1,20})(?: +(.*?))? *")

_TURNS = 20  # commands in a row without a look at other sessions
_PAUSE = 1.0  # seconds before each reply to a client that makes many errors
_LINGER = 30.0  # seconds for the last reply to be read
_LAST_WORD = 0.5  # seconds for the same, when we have no time left


class Gone(Exception):
    """The client is not there any more, or doesn't read what we say."""


class Connection(Wire):
    """The dialog's frame; `greeting` and `obey` are a subclass's."""

    def __init__(self, lobby: Lobby) -> None:
        super().__init__(lobby.landing)
        self._lobby = lobby
        self._limits = lobby.limits
        self._loop_time = self.loop.time
        self._turned_away: Reply | None = None
        self._dialog: asyncio.Task[None] | None = None
        # For a command, or for more of a mail.
        self._waiting = self._receiving = False
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._errors = 0
        self._turns = 0
        self.peer = ""
        self.key: str | None = None
        self.sender: str | None = None
        self.tls = False

    @property
    def greeting(self) -> Reply:
        """Give the first reply."""
        raise NotImplementedError

    async def obey(self, command: str, argument: str) -> Reply | None:
        """Do a command; None if it was answered already. Raises Refused, Gone, and anything."""
        raise NotImplementedError

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask to be let in, before anything is read."""
        peername = transport.get_extra_info("peername")
        self.peer = str(peername[0]) if peername else ""
        self.key = self._lobby.peers.key(self.peer)
        self._turned_away = self._lobby.enter(self, self.key, self._loop_time())
        super().connection_made(transport)
        self._dialog = self.loop.create_task(self._converse())

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for others."""
        self._lobby.leave(self)
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(error)
        if self._dialog is not None:
            self._dialog.cancel()

    def hurry(self, idle: float) -> None:
        """Wait at most `idle` seconds from now for the next command."""
        if self._waiting:
            self._expect_by(min(self._deadline, self._loop_time() + idle))

    def dismiss(self) -> None:
        """End now if the client has the word; otherwise after the reply."""
        self.hurry(0)

    def abort(self) -> None:
        """End now, whatever is going on."""
        self.transport.write(replies.SHUTTING_DOWN.line)
        self._hang_up(_LAST_WORD)

    async def _converse(self) -> None:
        """Run the dialog; a task that is cancelled when the connection is lost."""
        try:
            reply: Reply | None = self._turned_away or self.greeting
            while reply is None or not reply.ends:
                await self.answer(reply)
                reply = await self._turn()
            self._refused("", reply)
            await self.answer(reply)
        except Gone:
            pass  # There is nobody to tell.
        finally:
            self._hang_up()

    async def _turn(self) -> Reply | None:
        """Take one command; give its reply."""
        self._turns += 1
        if self._turns % _TURNS == 0:
            await asyncio.sleep(0)  # Buffered commands alone would never let others run.
        command = ""
        if self._lobby.closing:
            return replies.SHUTTING_DOWN
        try:
            command, argument = _parsed(await self._line())
            reply = await self.obey(command, argument)
        except Refused as refused:
            reply = refused.reply
        except Gone:
            raise
        except Exception:  # whatever is wrong here, the client shall try again
            _log.exception("a command failed")
            reply = replies.NOT_AVAILABLE
        if reply is not None and reply.code >= 400 and not reply.ends:
            self._refused(command, reply)
        return await self._with_patience(reply)

    async def _line(self) -> bytes:
        """Read a command line. Raises Refused when it is too long, and Gone."""
        line = self.take_line(LONGEST_COMMAND)
        if line is not None:
            return line
        self._waiting = True
        self._expect_by(self._loop_time() + self._lobby.idle)
        drained = 0
        try:
            while (line := self.take_line(LONGEST_COMMAND)) is None:
                if self.ahead > LONGEST_COMMAND:
                    drained += self._drain(drained)
                elif not await self.more():
                    raise Gone
        finally:
            self._waiting = False
        if drained:
            raise Refused(replies.LINE_TOO_LONG)
        return line

    def _drain(self, drained: int) -> int:
        """Throw away what came of a line that is too long; how much. Raises Refused at its end."""
        if self.take_line(self.ahead) is not None:
            raise Refused(replies.LINE_TOO_LONG)
        more = len(self.take())
        if drained + more > _MOST_DRAINED:
            raise Refused(replies.TOO_MANY_ERRORS)
        return more

    async def receive(self, deadline: float) -> bytes:
        """Take what was read of a mail, b"" if nothing more comes.

        Raises TimeoutError when nothing has come by `deadline`, by the loop's clock.
        """
        if not self.ahead:
            self._receiving = True
            self._expect_by(deadline)
            try:
                await self.more()
            finally:
                self._receiving = False
        return self.take()

    def _expect_by(self, deadline: float) -> None:
        """Wait until then; most deadlines only move the one that the timer looks at."""
        self._deadline = deadline
        if self._timer is None or self._timer.cancelled() or self._timer.when() > deadline:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self.loop.call_at(deadline, self._look)

    def _look(self) -> None:
        """See whether what we wait for is late; with a line, all ends then, the task with it."""
        now = self._loop_time()
        if not (self._waiting or self._receiving) or now < self._deadline:
            later = max(self._deadline, now + self._limits.command_idle_when_busy)
            self._timer = self.loop.call_at(later, self._look)
            return
        self._timer = None
        if self._receiving:
            self.give_up_waiting(TimeoutError())
            return
        reply = replies.SHUTTING_DOWN if self._lobby.closing else replies.TOO_LATE
        self._refused("", reply)
        self.transport.write(reply.line)
        self._hang_up()

    async def _with_patience(self, reply: Reply | None) -> Reply | None:
        """Slow down who makes errors, and end it with who makes too many."""
        if reply is None or reply.code < 500 or reply.ends:
            return reply
        self._errors += 1
        if self._errors >= self._limits.errors_before_close:
            return replies.TOO_MANY_ERRORS
        if self._errors >= self._limits.errors_before_delay:
            await asyncio.sleep(_PAUSE)
        return reply

    def forgive(self) -> None:
        """Forget the errors of a client that has sent a good mail."""
        self._errors = 0

    async def answer(self, reply: Reply | None) -> None:
        """Send a reply. Raises Gone when the client doesn't take it."""
        if reply is None:
            return
        if self.transport.is_closing():
            raise Gone
        self.transport.write(reply.line)
        try:
            await self.written(self._limits.command_idle)
        except OSError as error:
            self.transport.abort()
            raise Gone from error
        reached("listener.replied")

    async def upgrade(self, context: SSLContext) -> None:
        """Put TLS under the dialog; nothing that was sent before it counts (RFC 3207 section 4.2).

        Raises Gone when the handshake fails.
        """
        try:
            await self.encrypt(context)
        except OSError as error:
            raise Gone from error
        self.tls = True

    def _refused(self, command: str, reply: Reply) -> None:
        if command in {"MAIL", "RCPT", "DATA"} or reply.code == replies.SHUTTING_DOWN.code:
            maillog.event(
                maillog.Verb.REFUSED,
                code=f"{reply.code} {reply.status}",
                command=command or None,
                peer=self.peer,
                sender=maillog.domain_of(self.sender),
            )

    def _hang_up(self, linger: float = _LINGER) -> None:
        """Close, and don't wait for ever for a client that doesn't read, or doesn't end TLS."""
        if self._lobby.closing:
            linger = min(linger, _LAST_WORD)
        transport = self.transport
        transport.close()
        if self.tls or transport.get_write_buffer_size():
            self.loop.call_later(linger, transport.abort)


def _parsed(line: bytes) -> tuple[str, str]:
    """Split a line into its verb, in capitals, and its argument. Raises Refused."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(replies.BAD_LINE) from None
    if not text.endswith("\r\n") or not text[:-2].isprintable():
        raise Refused(replies.BAD_LINE)
    match = _COMMAND.fullmatch(text[:-2])
    if match is None:
        raise Refused(replies.BAD_LINE)
    return match[1].upper(), match[2] or ""
