"""Tokens at mail servers: a Dovecot that asks the token server, an MSA that speaks both ways."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.config.oauth2 import Mechanism, OAuth2
from gateway.config.settings import Msa, TlsMode
from gateway.courier.outlet import Outcome, Verdict
from gateway.courier.smtp_outlet import SmtpOutlet
from gateway.doctor.check import State
from gateway.doctor.mailboxes import check_mailbox
from gateway.doctor.outside import check_msa
from gateway.oauth2.grant import Grant
from lib.outgoing import claimed
from oauth2.conftest import USER, Stage
from servers import dovecot, smtp_peer, token_server
from servers.certificates import Certificate
from servers.dovecot import Dovecot
from servers.imap_rig import Rig, account, mail
from servers.process import wait_until
from servers.token_msa import TokenMsa
from servers.token_server import DENIED, TokenServer


@pytest.fixture
def house_url(tmp_path: Path) -> str:
    """What mail servers say is the same with either database."""
    return f"sqlite:///{tmp_path / 'casepost.db'}"


@pytest.fixture(scope="module")
def shared_tokens() -> Iterator[TokenServer]:
    """A token server that Dovecot asks about tokens."""
    with token_server.running(TokenServer()) as found:
        yield found


@pytest.fixture(scope="module")
def own_dovecot(certificate: Certificate, shared_tokens: TokenServer) -> Iterator[Dovecot]:
    """A Dovecot that lets people in by tokens, too."""
    dovecot.require()
    with dovecot.running(certificate, shared_tokens.introspection) as server:
        yield server


@pytest.fixture
def house(tmp_path: Path, stage: Stage, shared_tokens: TokenServer) -> Stage:
    """A database whose grants ask that token server, by the true time."""
    del tmp_path
    stage.tokens, stage.at = shared_tokens, datetime.now(UTC)
    return stage


def grant_for(stage: Stage, user: str) -> Grant:
    """Make a grant of a user of Dovecot."""
    return stage.grant(f"imap:{user}", client_id=user)


@contextmanager
def rig_of(stage: Stage, server: Dovecot, user: str, mechanism: Mechanism) -> Iterator[Rig]:
    """Make a rig for a user who is let in by tokens."""
    grant = grant_for(stage, user)
    oauth2 = OAuth2(client_id=user, mechanism=mechanism)
    own = account(user, server.imap, oauth2=oauth2, password_file=None)
    yield Rig(replace(own, name=user), stage.database, stage.folder, grant=grant)


@pytest.mark.parametrize("mechanism", list(Mechanism))
def test_a_mailbox_is_read(house: Stage, own_dovecot: Dovecot, mechanism: Mechanism) -> None:
    """Its mail comes by either way of showing a token; doctor gets in, too."""
    user = own_dovecot.new_user()
    own_dovecot.deliver(mail(1), user)
    with rig_of(house, own_dovecot, user, mechanism) as rig, rig.running():
        rig.wait_for_rows(1)
        found = check_mailbox(rig.account, lambda: "", (), rig.grant, datetime.now(UTC))
    assert [State.OK] == [check.state for check in found[:1]]


def test_one_dead_grant_stops_nobody_else(
    house: Stage, own_dovecot: Dovecot, shared_tokens: TokenServer
) -> None:
    """Mail of the other account comes; of the dead one people are told what to do."""
    dead, well = own_dovecot.new_user(), own_dovecot.new_user()
    own_dovecot.deliver(mail(2), well)
    shared_tokens.script = [DENIED]
    with ExitStack() as opened:
        ill = opened.enter_context(rig_of(house, own_dovecot, dead, Mechanism.XOAUTH2))
        opened.enter_context(ill.running())
        wait_until(lambda: bool(house.alarms()), what="an alarm")
        rig = opened.enter_context(rig_of(house, own_dovecot, well, Mechanism.XOAUTH2))
        opened.enter_context(rig.running())
        rig.wait_for_rows(1)
    (alarm,) = house.alarms()
    assert alarm.startswith(f"imap:{dead} gets no token: invalid_grant (AADSTS70008): somebody")


def test_a_token_that_is_revoked_while_it_is_used(
    house: Stage, own_dovecot: Dovecot, shared_tokens: TokenServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The connection goes on; once the server ends it, another token lets us in again."""
    caplog.set_level(logging.DEBUG)
    user = own_dovecot.new_user()
    with rig_of(house, own_dovecot, user, Mechanism.XOAUTH2) as rig, rig.running():
        own_dovecot.deliver(mail(3), user)
        rig.wait_for_rows(1)
        assert rig.grant is not None
        first = rig.grant.token()
        shared_tokens.revoke(first)
        own_dovecot.doveadm("kick", user)
        own_dovecot.deliver(mail(4), user)
        rig.wait_for_rows(2)
        second = rig.grant.token()
    assert first != second
    assert "a token that has not ended was refused; it is renewed" in caplog.text
    for secret in (*shared_tokens.issued, "canary"):
        assert secret not in caplog.text + house.everything()


def msa_of(peer: TokenMsa, mechanism: Mechanism = Mechanism.XOAUTH2) -> Msa:
    """Make the settings of an MSA."""
    return Msa(
        host="127.0.0.1",
        port=peer.port,
        tls=TlsMode.NONE,
        user=USER,
        oauth2=OAuth2(client_id=USER, mechanism=mechanism),
        command_timeout=5,
        reply_timeout=5,
    )


@contextmanager
def outlet_to(msa: Msa, grant: Grant) -> Iterator[Callable[[], Verdict]]:
    """Give what hands a mail to an MSA."""
    outlet = SmtpOutlet(msa, "mx.test", lambda: "", grant)
    try:
        yield lambda: outlet.deliver(claimed(), lambda: True)
    finally:
        outlet.close()


@pytest.mark.parametrize("mechanism", list(Mechanism))
@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_the_msa_takes_a_token(
    stage: Stage, tokens: TokenServer, mechanism: Mechanism, *, long: bool
) -> None:
    """A mail is sent; only a short token goes with the command (RFC 4954 section 4)."""
    peer = TokenMsa(user_of=tokens.user_of)
    grant = stage.grant("msa")
    token = grant.token()
    if long:
        peer.user_of = lambda shown: USER if shown == "t" * 3000 else ""
        grant.token = lambda: "t" * 3000  # type: ignore[method-assign]
    with smtp_peer.running(peer):
        msa = msa_of(peer, mechanism)
        with outlet_to(msa, grant) as send:
            assert Outcome.SENT is send().outcome
        (found,) = check_msa(msa, "mx.test", lambda: "", grant, datetime.now(UTC))
        assert State.OK is found.state
    said = next(command for command in peer.commands if command.startswith("AUTH"))
    assert (2 if long else 3) == len(said.split())
    shown = token if not long else "t" * 3000
    xoauth2 = f"user={USER}\x01auth=Bearer {shown}\x01\x01"
    bearer = f"n,a={USER},\x01host=127.0.0.1\x01port={peer.port}\x01auth=Bearer {shown}\x01\x01"
    assert (xoauth2 if mechanism is Mechanism.XOAUTH2 else bearer) == peer.shown[0]


@pytest.mark.parametrize(
    ("mechanism", "answer"), [(Mechanism.XOAUTH2, ""), (Mechanism.OAUTHBEARER, "AQ==")]
)
def test_the_msa_refuses_a_token(
    stage: Stage, tokens: TokenServer, mechanism: Mechanism, answer: str
) -> None:
    """Its error is heard out and told without the token; another one is tried soon, and once."""
    peer = TokenMsa(user_of=tokens.user_of, echoes=True)
    grant = stage.grant("msa")
    first = grant.token()
    tokens.revoke(first)
    with smtp_peer.running(peer), outlet_to(msa_of(peer, mechanism), grant) as send:
        refused = send()
        assert (Outcome.AWAY, None) == (refused.outcome, refused.code)
        said = "the MSA refuses the token: 535 5.7.3 Authentication unsuccessful"
        assert refused.reply.startswith(said)
        assert refused.reply.endswith("(status 401, scope mail canary); a new token is fetched")
        assert first not in refused.reply
        assert Outcome.SENT is send().outcome
    assert [answer] == peer.to_error


def test_the_msa_refuses_every_token(stage: Stage) -> None:
    """After the second one its refusal counts: mails wait, and people are told."""
    peer = TokenMsa()
    grant = stage.grant("msa")
    with smtp_peer.running(peer), outlet_to(msa_of(peer), grant) as send:
        codes = [send().code for _ in range(3)]
    assert [None, 535, 535] == codes
    assert 1 == len(stage.alarms())


def test_no_token_for_the_msa(stage: Stage, tokens: TokenServer) -> None:
    """Nobody connects, and the mail waits."""
    tokens.script = [DENIED]
    peer = TokenMsa()
    with smtp_peer.running(peer), outlet_to(msa_of(peer), stage.grant("msa")) as send:
        verdict = send()
    assert (Outcome.AWAY, None, 0) == (verdict.outcome, verdict.code, peer.connections)
    assert verdict.reply.startswith("there is no token for the MSA: invalid_grant")


def test_an_msa_without_tokens(stage: Stage) -> None:
    """A token is shown to no MSA that does not ask for one."""
    peer = TokenMsa(features=("AUTH PLAIN LOGIN",))
    with smtp_peer.running(peer), outlet_to(msa_of(peer), stage.grant("msa")) as send:
        assert "the MSA does not offer a login by XOAUTH2" == send().reply
    assert ["EHLO"] == peer.verbs()
