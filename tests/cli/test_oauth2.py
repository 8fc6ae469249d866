"""oauth2: somebody agrees, on a device or in a browser, and how the grants fare is listed."""

import json
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import typer

from gateway.config.load import load_settings
from gateway.oauth2.accounts import grants_of
from gateway.oauth2.grant import Grant
from gateway.store.database import Database
from lib.commands import Casepost
from lib.workbench import write_house
from servers import token_server
from servers.token_server import DENIED, PENDING, SLOWER, TokenServer

CONFIG = ("--config", "house/casepost.toml")
USER = "help@north.example"
_ACCOUNT = """
[[imap]]
name = "support"
host = "127.0.0.1"
user = "{user}"
[imap.oauth2]
client_id = "{user}"
token_url = "{tokens.url}"
scope = "mail offline_access"
"""


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    """A token server."""
    with token_server.running(TokenServer(rotates=True)) as found:
        yield found


@pytest.fixture
def house(tmp_path: Path, tokens: TokenServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with a mailbox for whose tokens somebody agrees; nobody waits for long."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    path.write_text(path.read_text() + _ACCOUNT.format(user=USER, tokens=tokens))
    return path


def add(house: Path, line: str) -> None:
    """Add a line to the account's table."""
    house.write_text(house.read_text() + line + "\n")


def grant_of(house: Path) -> Grant:
    """Give the grant as a daemon has it."""
    settings = load_settings(house)
    database = Database(settings.database.url, settings.data)
    found = grants_of(settings, database, "node", settings.data, lambda: datetime.now(UTC))
    return found["imap:support"]


def test_on_a_device(casepost: Casepost, house: Path, tokens: TokenServer) -> None:
    """Address and code are shown; once somebody agreed, the daemon has what it needs."""
    add(house, f'device_url = "{tokens.device_url}"')
    tokens.script = [PENDING, SLOWER, PENDING]
    ended = casepost("oauth2", "login", "support", *CONFIG)
    assert (0, "") == (ended.code, ended.err)
    assert f"Open https://device.example/login in a browser, as {USER}," in ended.out
    assert "type the code ABCD-EFGH. It holds for 15 minutes." in ended.out
    assert "The refresh token of imap:support is in the database, sealed." in ended.out
    grants = {form["grant_type"] for form in tokens.forms}
    assert {"urn:ietf:params:oauth:grant-type:device_code"} == grants
    assert USER == tokens.user_of(grant_of(house).token())
    assert not any(secret in ended.out for secret in (*tokens.issued, "device-canary"))


def test_into_a_file(casepost: Casepost, house: Path, tokens: TokenServer) -> None:
    """Only its owner can read it; a grant that was dead lives again."""
    add(house, f'device_url = "{tokens.device_url}"\nrefresh_token_file = "token"')
    (house.parent / "token").write_text("stale\n")
    assert 0 == casepost("oauth2", "login", "imap:support", *CONFIG).code
    assert USER == tokens.user_of(grant_of(house).token())
    tokens.refresh_tokens.clear()
    ended = casepost("oauth2", "login", "support", *CONFIG)
    path = house.parent / "token"
    assert f"The refresh token of imap:support is in {path}." in ended.out
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert USER == tokens.user_of(grant_of(house).token())


def test_nobody_agrees(casepost: Casepost, house: Path, tokens: TokenServer) -> None:
    """Waiting ends when the code does, or at a no."""
    add(house, f'device_url = "{tokens.device_url}"')
    tokens.script, tokens.code_lasts = [PENDING] * 20, 60
    ended = casepost("oauth2", "login", "support", *CONFIG)
    assert (1, "casepost: nobody agreed in time; run the command again for another code\n") == (
        ended.code,
        ended.err,
    )
    assert 12 == len(tokens.forms)
    tokens.script = [DENIED]
    ended = casepost("oauth2", "login", "support", *CONFIG)
    assert (1, "casepost: the provider says invalid_grant (AADSTS70008)\n") == (
        ended.code,
        ended.err,
    )


def test_in_a_browser(
    casepost: Casepost, house: Path, tokens: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address to open has all of RFC 7636, and the one that comes back is checked."""
    add(house, 'authorize_url = "https://accounts.example/auth?x=1"')
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: "http://127.0.0.1:8/?code=c")
    ended = casepost("oauth2", "login", "support", *CONFIG)
    assert (1, "casepost: this is not the address that the browser came to at last\n") == (
        ended.code,
        ended.err,
    )
    opened: list[dict[str, list[str]]] = []
    echo = typer.echo

    def heed(text: str) -> None:
        if text.startswith("https://"):
            opened.append(parse_qs(urlsplit(text.strip()).query))
        echo(text)

    monkeypatch.setattr(typer, "echo", heed)
    monkeypatch.setattr(
        typer,
        "prompt",
        lambda *_, **__: f"http://127.0.0.1:8/?code=c-1&state={opened[0]['state'][0]}",
    )
    assert 0 == casepost("oauth2", "login", "support", *CONFIG).code
    asked = opened[0]
    assert ["1", "code", "S256", "mail offline_access", USER] == [
        asked[key][0]
        for key in ("x", "response_type", "code_challenge_method", "scope", "login_hint")
    ]
    (form,) = tokens.forms
    assert ("authorization_code", "c-1", asked["redirect_uri"][0]) == (
        form["grant_type"],
        form["code"],
        form["redirect_uri"],
    )
    assert USER == tokens.user_of(grant_of(house).token())


def test_who_cannot_log_in(casepost: Casepost, house: Path) -> None:
    """It is said why, and which accounts there are."""
    ended = casepost("oauth2", "login", "suport", *CONFIG)
    said = 'casepost: no account "suport" has a table oauth2; those that have: support\n'
    assert (2, said) == (ended.code, ended.err)
    ended = casepost("oauth2", "login", "support", *CONFIG)
    table = "the table oauth2 of imap:support"
    said = f'casepost: {table} has neither "device_url" nor "authorize_url"\n'
    assert (2, said) == (ended.code, ended.err)
    add(house, 'grant = "client_credentials"\nclient_secret_file = "secret"')
    ended = casepost("oauth2", "login", "support", *CONFIG)
    said = 'casepost: imap:support has the grant "client_credentials", which asks nobody\n'
    assert (2, said) == (ended.code, ended.err)


def test_how_they_fare(casepost: Casepost, house: Path, tokens: TokenServer) -> None:
    """State, times and the last error, and nothing of the tokens; a dead one is a finding."""
    add(house, f'device_url = "{tokens.device_url}"')
    casepost("oauth2", "login", "support", *CONFIG)
    (line,) = json.loads(casepost("oauth2", "status", "--json", *CONFIG).out)
    assert ("imap:support", USER, "not asked yet") == (line["account"], line["user"], line["state"])
    grant_of(house).token()
    ended = casepost("oauth2", "status", *CONFIG)
    assert 0 == ended.code
    assert "good" in ended.out
    grant = grant_of(house)
    grant.refused(grant.token())
    tokens.script = [DENIED]
    with pytest.raises(Exception, match="invalid_grant"):
        grant.token()
    ended = casepost("oauth2", "status", "--json", *CONFIG)
    (line,) = json.loads(ended.out)
    assert (1, "dead") == (ended.code, line["state"])
    assert line["error"].startswith("invalid_grant (AADSTS70008): somebody has to agree anew")
    shown = ended.out + casepost("oauth2", "status", *CONFIG).out
    assert not any(secret in shown for secret in tokens.issued)


def test_a_folder_for_tokens_that_is_not_there(
    casepost: Casepost, house: Path, tokens: TokenServer
) -> None:
    """Nobody is asked to agree to what could not be kept."""
    add(house, f'device_url = "{tokens.device_url}"\nrefresh_token_file = "nowhere/token"')
    ended = casepost("oauth2", "login", "support", *CONFIG)
    said = (
        f"casepost: {house.parent}/nowhere cannot be written, so no refresh token can be put there"
    )
    assert (2, f"{said}\n", "") == (ended.code, ended.err, ended.out)
