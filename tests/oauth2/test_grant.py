"""A grant: its token is renewed in time, by one at a time, and what fails is told and outlived."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from gateway.config.oauth2 import ClientAuthentication
from gateway.errors import Transient
from gateway.oauth2 import grant as grant_module
from gateway.oauth2 import token_server as asking
from gateway.oauth2.ledger import Ungranted
from gateway.store.database import Database
from oauth2.conftest import NOON, USER, Stage
from servers.token_server import (
    BUSY,
    DENIED,
    GARBAGE,
    HANG_UP,
    HUGE,
    REDIRECT,
    SECRET,
    SLOW,
    TokenServer,
)

SCOPE = "https://outlook.office365.com/.default"


def test_the_client_s_own_secret(stage: Stage, tokens: TokenServer) -> None:
    """The form is that of RFC 6749 section 4.4; the token lets the user in."""
    token = stage.grant(scope=SCOPE).token()
    assert USER == tokens.user_of(token)
    wanted = {"grant_type": "client_credentials", "scope": SCOPE, "client_id": USER}
    assert [{**wanted, "client_secret": "canary-secret"}] == tokens.forms


def test_a_secret_in_the_header(stage: Stage, tokens: TokenServer) -> None:
    """HTTP Basic, each part as in a form (RFC 6749 section 2.3.1)."""
    stage.grant(client_authentication=ClientAuthentication.HEADER).token()
    assert [{"grant_type": "client_credentials"}] == tokens.forms
    assert ["Basic c3VwcG9ydCU0MGRlc2suZXhhbXBsZTpjYW5hcnktc2VjcmV0"] == tokens.headers


def test_one_token_serves_until_it_is_time(stage: Stage, tokens: TokenServer) -> None:
    """It is asked for once, also by another process, and again at 80 % of its life."""
    grant = stage.grant()
    token = grant.token()
    stage.pass_time(minutes=47)
    assert [token, token] == [grant.token(), stage.grant().token()]
    assert 1 == len(tokens.forms)
    stage.pass_time(minutes=2)
    assert token != grant.token()
    assert 2 == len(tokens.forms)


@pytest.mark.parametrize(
    ("lasts", "good_for"), [(600, 300), (60, 30), (None, 2880), (86400, 69120)]
)
def test_when_a_token_is_renewed(
    stage: Stage, tokens: TokenServer, lasts: int | None, good_for: int
) -> None:
    """A fifth of its life before the end, at least five minutes, and half of a short one's."""
    tokens.lasts = lasts
    grant = stage.grant()
    token = grant.token()
    stage.pass_time(seconds=good_for - 1)
    assert token == grant.token()
    stage.pass_time(seconds=2)
    assert token != grant.token()


def test_a_refresh_token_that_rotates(stage: Stage, tokens: TokenServer) -> None:
    """Each renewal is had with the last one, by whatever process, though the file has the first."""
    tokens.rotates = True
    first = stage.agreed()
    held = {first.token()}
    for _ in range(3):
        stage.pass_time(hours=1)
        again = stage.grant(
            grant=first.client.oauth2.grant,
            refresh_token_file="support-token",
            client_secret_file=None,
        )
        held.add(again.token())
    assert 4 == len(held)
    assert 4 == len({form["refresh_token"] for form in tokens.forms})


def test_a_file_that_is_replaced_counts(stage: Stage, tokens: TokenServer) -> None:
    """A dead grant lives again at once when an admin puts another token in the file."""
    grant = stage.agreed()
    tokens.refresh_tokens.clear()
    for _ in range(3):
        with pytest.raises(Ungranted, match=r"invalid_grant: .* `casepost oauth2 login imap:supp"):
            grant.token()
    assert 1 == len(tokens.forms)
    stage.secret("support-token", tokens.new_refresh_token())
    assert USER == tokens.user_of(grant.token())
    assert () == stage.alarms()


def test_without_a_refresh_token(stage: Stage, tokens: TokenServer) -> None:
    """Before anybody agreed nobody is asked, and it is said how to agree."""
    grant = stage.agreed()
    (stage.folder / "support-token").unlink()
    with pytest.raises(Ungranted, match=r"no refresh token yet: run `casepost oauth2 login"):
        grant.token()
    assert [] == tokens.forms


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (DENIED, r"^invalid_grant \(AADSTS70008\): somebody has to agree anew: run"),
        (SECRET, r"^invalid_client: look at client_id and client_secret_file"),
    ],
)
def test_a_dead_grant(stage: Stage, tokens: TokenServer, word: str, said: str) -> None:
    """It alarms, is tried again each quarter of an hour, and once it answers all is well."""
    tokens.script = [word] * 2
    grant = stage.grant()
    with pytest.raises(Ungranted, match=said) as dead:
        grant.token()
    assert dead.value.dead
    (alarm,) = stage.alarms()
    assert alarm.startswith("imap:support gets no token: ")
    stage.pass_time(minutes=14)
    with pytest.raises(Ungranted):
        stage.grant().token()
    assert 1 == len(tokens.forms)
    stage.pass_time(minutes=2)
    with pytest.raises(Ungranted):
        grant.token()
    assert 2 == len(tokens.forms)
    stage.pass_time(minutes=16)
    assert grant.token()
    assert () == stage.alarms()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (BUSY, "the token server answers 503 temporarily_unavailable"),
        (GARBAGE, "the token server answers 200, and no JSON object"),
        (HANG_UP, "the token server cannot be asked: Server disconnected"),
        (HUGE, "the token server cannot be asked: its answer has no end"),
        (REDIRECT, r"the token server leads elsewhere \(307\), which is not followed"),
    ],
)
def test_trouble_that_may_pass(stage: Stage, tokens: TokenServer, word: str, said: str) -> None:
    """Nobody is alarmed at once; after a rest it is tried again."""
    tokens.script = [word]
    grant = stage.grant()
    for _ in range(2):
        with pytest.raises(Ungranted, match=f"^{said}"):
            grant.token()
    assert (1, ()) == (len(tokens.forms), stage.alarms())
    stage.pass_time(seconds=41)
    assert grant.token()


def test_a_server_that_never_ends(
    stage: Stage, tokens: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slowly it goes on, its time is over."""
    monkeypatch.setattr(asking, "_WHOLE", 0.2)
    tokens.script = [SLOW]
    with pytest.raises(Ungranted, match="cannot be asked: it did not answer in time"):
        stage.grant().token()


def test_nobody_is_there(stage: Stage) -> None:
    """A refused connection is trouble that may pass."""
    with pytest.raises(Ungranted, match="the token server cannot be asked"):
        stage.grant(token_url="http://127.0.0.1:1/").token()


def test_rests_grow_and_are_kept_by_all(stage: Stage, tokens: TokenServer) -> None:
    """Seconds at first, at most five minutes; after many in a row there is an alarm."""
    tokens.script = [GARBAGE] * 9
    rests = []
    for _ in range(9):
        with pytest.raises(Ungranted):
            stage.grant().token()
        rests.append(((stage.kept().again_at or NOON) - stage.at).total_seconds())
        stage.pass_time(seconds=rests[-1])
    assert [5, 10, 20, 40, 80, 160, 300, 300, 300] == rests
    assert 1 == len(stage.alarms())


@pytest.mark.parametrize("word", [BUSY, DENIED])
def test_the_old_token_serves_to_its_end(stage: Stage, tokens: TokenServer, word: str) -> None:
    """A renewal that fails keeps nobody out while the token that is there is good."""
    grant = stage.grant()
    token = grant.token()
    tokens.script = [word] * 100
    stage.pass_time(minutes=50)
    assert [token, token] == [grant.token(), stage.grant().token()]
    stage.pass_time(minutes=9, seconds=59)
    with pytest.raises(Ungranted):
        grant.token()


def test_a_token_that_is_revoked(stage: Stage, tokens: TokenServer) -> None:
    """It is replaced once; where the next is refused, too, people are told and nobody hurries."""
    grant, other = stage.grant(), stage.grant()
    token = grant.token()
    assert token == other.token()
    assert grant.refused(token)
    second = grant.token()
    assert token != second
    # The other process had the first one, too, and takes the one that is there.
    assert other.refused(token)
    assert second == other.token()
    stage.pass_time(minutes=5)
    assert not grant.refused(second)
    assert second == grant.token()
    (alarm,) = stage.alarms()
    assert "the mail server of imap:support refuses tokens" == alarm[:46]
    assert 2 == len(tokens.forms)
    stage.pass_time(minutes=11)
    assert grant.refused(second)


def test_settings_that_change(stage: Stage, tokens: TokenServer) -> None:
    """A token that was had for something else is not used, and a rest is over."""
    token = stage.grant().token()
    assert token != stage.grant(scope="mail").token()
    tokens.script = [SECRET]
    stage.pass_time(hours=1)
    grant = stage.grant(scope="mail")
    with pytest.raises(Ungranted):
        grant.token()
    stage.secret("client-secret", "another")
    assert grant.token()


def test_a_secret_that_is_gone(stage: Stage) -> None:
    """The file is named, and people are told."""
    grant = stage.grant()
    (stage.folder / "client-secret").unlink()
    with pytest.raises(Ungranted, match="client-secret: the secret's file does not exist"):
        grant.token()
    assert 1 == len(stage.alarms())


def test_another_key(stage: Stage, tokens: TokenServer) -> None:
    """A node with a key of its own takes nothing for a token, and burns no refresh token."""
    stage.agreed().token()
    stage.key = b"x" * 32
    grant = stage.made[0].client.oauth2
    stranger = stage.grant(
        grant=grant.grant, refresh_token_file="support-token", client_secret_file=None
    )
    with pytest.raises(Ungranted, match="sealed with another key: give this node the file"):
        stranger.token()
    assert 1 == len(tokens.forms)


def test_eight_threads_renew_once(stage: Stage, tokens: TokenServer) -> None:
    """Of those who need a token at once, in two processes, one asks for it."""
    tokens.rotates, tokens.pace = True, 0.2
    first = stage.agreed()
    settings = first.client.oauth2
    second = stage.grant(
        grant=settings.grant, refresh_token_file="support-token", client_secret_file=None
    )
    together = Barrier(8)

    def ask(number: int) -> str:
        together.wait()
        return (first, second)[number % 2].token()

    for _ in range(2):
        with ThreadPoolExecutor(8) as pool:
            got = set(pool.map(ask, range(8)))
        assert 1 == len(got)
        stage.pass_time(hours=1)
    assert (2, 1) == (len(tokens.forms), tokens.most_at_once)


def test_nobody_waits_while_the_old_token_is_good(stage: Stage) -> None:
    """Whoever comes while it is renewed goes on with what there is."""
    grant = stage.grant()
    token = grant.token()
    stage.pass_time(minutes=50)
    with grant._turn:  # noqa: SLF001  as if another thread were at it
        assert token == grant.token()
    assert token != grant.token()


def test_a_database_that_is_away_for_a_moment(
    stage: Stage, tokens: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refresh token that was exchanged is kept in hand until it can be written down."""
    tokens.rotates = True
    monkeypatch.setattr(grant_module, "_FOR_DATABASE", 0.0)
    grant = stage.agreed()
    ledger, succeeded = grant.ledger, grant.ledger.succeeded
    outage = ["down", "down"]

    def fail(*arguments: object) -> object:
        if outage:
            raise Transient(outage.pop())
        return succeeded(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "succeeded", fail)
    for _ in range(2):
        with pytest.raises(Transient, match="down"):
            grant.token()
    assert USER == tokens.user_of(grant.token())
    stage.pass_time(hours=1)
    assert USER == tokens.user_of(grant.token())
    assert 2 == len(tokens.forms)


def test_a_renewal_that_was_overtaken(stage: Stage, tokens: TokenServer) -> None:
    """Who was frozen for too long puts no old token over a new one."""
    tokens.rotates = True
    grant = stage.agreed()
    grant.token()
    stage.pass_time(hours=1)
    means = grant._means()  # noqa: SLF001
    late = grant._answer(means, stage.at)  # noqa: SLF001
    tokens.refresh_tokens.add(means.refresh_token)
    newer = stage.grant(
        grant=grant.client.oauth2.grant, refresh_token_file="support-token", client_secret_file=None
    ).token()
    grant.ledger.succeeded(means, late, stage.at)
    assert newer == grant.token()


def test_a_clock_that_goes_back(stage: Stage, tokens: TokenServer) -> None:
    """A clock that goes back makes a token last longer; the mail server has the last word."""
    grant = stage.grant()
    token = grant.token()
    stage.at -= timedelta(days=1)
    assert token == grant.token()
    tokens.revoke(token)
    assert grant.refused(token)
    assert USER == tokens.user_of(grant.token())


def test_a_rest_ends_where_the_clock_was_ahead(stage: Stage, tokens: TokenServer) -> None:
    """With a clock in the future no certificate is good; set right, nobody waits for that time."""
    tokens.script = [DENIED]
    grant = stage.grant()
    with pytest.raises(Ungranted):
        grant.token()
    stage.at -= timedelta(days=1)
    assert USER == tokens.user_of(grant.token())


def test_no_token_is_told(
    stage: Stage, tokens: TokenServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither logs at any level nor errors, alarms and the database have a token or a secret."""
    caplog.set_level(logging.DEBUG)
    tokens.rotates = True
    tokens.script = ["", DENIED, BUSY, GARBAGE]
    grant = stage.agreed(client_secret_file=stage.secret("client-secret", "canary-secret"))
    said = [repr(grant), repr(grant.client), repr(grant.token())[:0]]
    for _ in range(4):
        stage.pass_time(hours=1)
        try:
            token = grant.token()
        except Ungranted as error:
            said.append(repr(error))
        else:
            grant.refused(token)
    whole = "\n".join([*said, caplog.text, stage.everything(), *stage.alarms()])
    assert "imap:support" in whole
    for secret in (*tokens.issued, "canary"):
        assert secret not in whole


def test_the_database_is_looked_into_rarely(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a token is good, asking for it costs neither a statement nor a file."""
    grant = stage.grant()
    grant.token()

    def forbidden(*_: object) -> None:
        pytest.fail("the database was asked")

    monkeypatch.setattr(Database, "reading", forbidden)
    monkeypatch.setattr(Database, "writing", forbidden)
    assert grant.token()
