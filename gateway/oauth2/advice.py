"""What somebody can do about a grant that is dead, by the token server's word for why."""

from gateway.errors import CasepostError
from gateway.oauth2.token_server import Denied

NO_TOKEN_YET = "there is no refresh token yet"  # noqa: S105  none at all
_AGREE = "somebody has to agree anew: run `casepost oauth2 login {account}`"
_CLIENT = "look at client_id and client_secret_file; a secret at the provider may have ended"
_ALLOW = "let the client do this at the provider, see docs/oauth2.md"
_ADVICE = {
    "invalid_grant": _AGREE,
    "interaction_required": _AGREE,
    "consent_required": _AGREE,
    "login_required": _AGREE,
    NO_TOKEN_YET: "run `casepost oauth2 login {account}`",
    "invalid_client": _CLIENT,
    "deleted_client": _CLIENT,
    "disabled_client": _CLIENT,
    "unauthorized_client": _ALLOW,
    "access_denied": _ALLOW,
    "admin_policy_enforced": _ALLOW,
    "org_internal": _ALLOW,
    "invalid_scope": "look at scope",
    "invalid_resource": "look at scope",
    "ca_file": "look at ca_file",
}
_ANY = "look at the table oauth2 of this account"


def advice(error: CasepostError, account: str) -> str:
    """Say what to do."""
    code = error.code if isinstance(error, Denied) else ""
    return _ADVICE.get(code, _ANY).format(account=account)
