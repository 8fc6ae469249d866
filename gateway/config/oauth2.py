"""How a mailbox or the MSA is entered with OAuth2 tokens instead of a password (RFC 6749)."""

from dataclasses import dataclass as plain_dataclass
from enum import StrEnum
from pathlib import Path

from pydantic.dataclasses import dataclass

from gateway.config.kinds import STRICT


class Provider(StrEnum):
    """Whose addresses and scopes are known; OTHER has none and is told them."""

    OTHER = ""
    MICROSOFT = "microsoft"
    GOOGLE = "google"


class GrantType(StrEnum):
    """What a token is asked for with.

    The client's own secret (RFC 6749 section 4.4), a refresh token that a user has agreed to
    (section 6), or a statement signed with the key of a service account (RFC 7523).
    """

    CLIENT_CREDENTIALS = "client_credentials"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105  a grant's name
    SERVICE_ACCOUNT = "service_account"


class Mechanism(StrEnum):
    """How a token is shown to a mail server: Google's and Microsoft's way, or RFC 7628."""

    XOAUTH2 = "xoauth2"
    OAUTHBEARER = "oauthbearer"


class ClientAuthentication(StrEnum):
    """Where the client's secret stands in a request: in its body or in a header."""

    BODY = "body"
    HEADER = "header"


@dataclass(frozen=True, slots=True, config=STRICT)
class OAuth2:
    """A way in by tokens; what is empty comes from `provider`, where that says it.

    `client_key_file` (PEM) signs in place of a secret, for a client that `client_certificate`
    (PEM) is known of. `refresh_token_file` has the first refresh token; without it
    `casepost oauth2 login` puts it into the database. `service_account_file` is Google's JSON
    with a key, `subject` the mailbox's user that it speaks for, else the account's `user`.
    `ca_file` (PEM) has the authorities that the token server's certificate may come from.
    """

    provider: Provider = Provider.OTHER
    grant: GrantType = GrantType.REFRESH_TOKEN
    tenant: str = ""
    client_id: str = ""
    client_secret_file: str | None = None
    client_key_file: str | None = None
    client_certificate: Path | None = None
    client_authentication: ClientAuthentication = ClientAuthentication.BODY
    refresh_token_file: str | None = None
    service_account_file: str | None = None
    subject: str = ""
    scope: str = ""
    mechanism: Mechanism = Mechanism.XOAUTH2
    token_url: str = ""
    device_url: str = ""
    authorize_url: str = ""
    ca_file: Path | None = None


@plain_dataclass(frozen=True, slots=True)
class Places:
    """Where a provider is asked and for what; "" where there is no such place."""

    token: str
    device: str
    authorize: str
    scope: str


_GOOGLE = Places(
    token="https://oauth2.googleapis.com/token",  # noqa: S106  an address
    # Its device flow gives out no token for mail.
    device="",
    authorize="https://accounts.google.com/o/oauth2/v2/auth",
    scope="https://mail.google.com/",
)
_MICROSOFT_HOST = "https://login.microsoftonline.com"
_OF_APPLICATION = "https://outlook.office365.com/.default"
_OF_USER = (
    "https://outlook.office.com/IMAP.AccessAsUser.All "
    "https://outlook.office.com/SMTP.Send offline_access"
)


def places(oauth2: OAuth2) -> Places:
    """Give where tokens come from: what is configured, else what the provider is known for."""
    known = _known(oauth2)
    return Places(
        oauth2.token_url or known.token,
        oauth2.device_url or known.device,
        oauth2.authorize_url or known.authorize,
        oauth2.scope or known.scope,
    )


def _known(oauth2: OAuth2) -> Places:
    match oauth2.provider:
        case Provider.GOOGLE:
            return _GOOGLE
        case Provider.MICROSOFT:
            base = f"{_MICROSOFT_HOST}/{oauth2.tenant}/oauth2/v2.0"
            by_itself = oauth2.grant is GrantType.CLIENT_CREDENTIALS
            scope = _OF_APPLICATION if by_itself else _OF_USER
            return Places(f"{base}/token", f"{base}/devicecode", f"{base}/authorize", scope)
    return Places("", "", "", "")
