"""From an account of the settings to a connection that is protected and logged in.

A password or token never stands in a log line, in an error or in the database.
"""

import subprocess
from collections.abc import Callable

from imapclient.exceptions import IMAPClientAbortError, LoginError

from gateway.config.loopback import is_loopback
from gateway.config.oauth2 import Mechanism
from gateway.config.settings import ImapAccount, TlsMode
from gateway.errors import Misused, Transient
from gateway.imap_source.wire import Mailbox, Server
from gateway.oauth2.grant import Grant
from gateway.oauth2.sasl import Showing

_TOKEN_SECONDS = 30.0
_LONGEST_ANSWER = 200


class LoginRefused(Transient):
    """The server knows us and says no; asking again at once can lock the account."""


def server_of(account: ImapAccount, longest_mail: int) -> Server:
    """Give where an account's mailbox is. Raises Misused if its secret would go in the clear.

    Without TLS only a server on this very machine gets a password or token (RFC 8314).
    """
    server = Server(
        host=account.host,
        port=account.port,
        tls=account.tls,
        ca_file=account.ca_file,
        connect_timeout=account.connect_timeout,
        read_timeout=account.read_timeout,
        longest_mail=longest_mail,
    )
    if account.tls is TlsMode.NONE and not is_loopback(server.host):
        raise Misused(
            f'imap "{account.name}": tls = "none" would send the password to {account.host} in '
            'the clear; use "tls" or "starttls", or a server on this machine'
        )
    return server


def secret_of(account: ImapAccount, password: Callable[[], str], grant: Grant | None) -> str:
    """Give what the account is entered with: a token of its grant or command, or its password.

    Raises CasepostErrors when there is none.
    """
    if grant is not None:
        return grant.token()
    return _token(account.token_command) if account.token_command else password()


def log_in(mailbox: Mailbox, account: ImapAccount, secret: str, grant: Grant | None = None) -> None:
    """Log in over a connection that is there.

    Raises LoginRefused when the server says no, other CasepostErrors when that may pass, OSError
    and imaplib's errors when the connection fails.
    """
    try:
        if grant is None and not account.token_command:
            mailbox.login(account.user, secret)
        else:
            _show(mailbox, account, secret, grant)
    except LoginError as error:
        raise _refusal(account, error, secret) from None
    except ValueError as error:
        raise Transient(str(error)) from None  # A control character, and in which argument.


def _show(mailbox: Mailbox, account: ImapAccount, token: str, grant: Grant | None) -> None:
    """Log in with a token; one that is refused before its end is given up."""
    mechanism = account.oauth2.mechanism if account.oauth2 else Mechanism.XOAUTH2
    showing = Showing(mechanism, account.user, token, account.host, account.port)
    try:
        mailbox.login_with_token(showing)
    except LoginError as error:
        said = showing.without_secrets(str(error))
        shown = LoginError(f"{said} ({showing.error})" if showing.error else said)
        shown.__context__ = error.__context__
        refusal = _refusal(account, shown, token)
        if isinstance(refusal, LoginRefused) and grant is not None and grant.refused(token):
            raise Transient(f"{refusal}; a new token is fetched") from None
        raise refusal from None


def _refusal(account: ImapAccount, error: LoginError, secret: str) -> Transient:
    """Tell a refused login from a connection that broke while we logged in."""
    answer = str(error).replace(secret, "***")[:_LONGEST_ANSWER]
    broke = isinstance(error.__context__, IMAPClientAbortError)
    # RFC 5530: the server cannot check passwords at present.
    if broke or "[UNAVAILABLE]" in answer.upper():
        return Transient(f"{account.host} could not log {account.user} in: {answer}")
    return LoginRefused(f"{account.host} refused the login of {account.user}: {answer}")


def _token(command: tuple[str, ...]) -> str:
    """Run the command that prints an OAuth2 access token; nothing of what it says is kept.

    Raises Transient: a token service that is down now may be up later.
    """
    try:
        done = subprocess.run(  # noqa: S603  the admin's own command, without a shell
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TOKEN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Transient(f"the token command took more than {_TOKEN_SECONDS:.0f} s") from None
    except OSError as error:
        raise Transient(f"the token command cannot be run: {error.strerror}") from None
    if done.returncode:
        raise Transient(f"the token command ended with status {done.returncode}")
    token = done.stdout.decode("ascii", "replace").strip()
    if not token:
        raise Transient("the token command printed nothing")
    return token
