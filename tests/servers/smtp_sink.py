"""A real SMTP server, aiosmtpd, that keeps what it gets; with login and TLS where asked for."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(slots=True)
class Sink:
    """What arrived: (reverse-path, recipient, bytes) of each mail, and who logged in how."""

    port: int = 0
    mails: list[tuple[str, str, bytes]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail."""
        del server, session
        assert isinstance(envelope.content, bytes)
        self.mails.append((envelope.mail_from or "", envelope.rcpt_tos[0], envelope.content))
        return "250 2.0.0 kept"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        """Let in whoever has the password."""
        del server, session, envelope, mechanism
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)


@contextmanager
def running(
    tls: ssl.SSLContext | None = None, *, immediate: bool = False, login: bool = False
) -> Iterator[Sink]:
    """Run a sink on a free loopback port; `tls` is for STARTTLS unless `immediate`."""
    sink = Sink()
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        return SMTP(
            sink,
            hostname="sink",
            enable_SMTPUTF8=True,
            loop=loop,
            tls_context=None if immediate else tls,
            require_starttls=tls is not None and not immediate,
            authenticator=sink.authenticate if login else None,
            auth_required=login,
            auth_require_tls=login and not immediate,
        )

    server = loop.run_until_complete(
        loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if immediate else None)
    )
    sink.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(_end_all(loop))
        loop.close()


async def _end_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
