"""Accounts that nobody enters keep their grants."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from gateway.config.oauth2 import GrantType, OAuth2
from gateway.config.settings import Msa
from gateway.housekeeping import Housekeeping
from gateway.oauth2.idle import renew_unused
from gateway.rspamd import Rspamd
from gateway.store import grants, limits
from lib.workbench import START, workbench
from oauth2.conftest import Stage
from servers.token_server import TokenServer


def test_a_refresh_token_is_used_once_a_day(stage: Stage, tokens: TokenServer) -> None:
    """Unless somebody has used it meanwhile; a client's own secret does not end by being idle."""
    agreed = [stage.agreed(), stage.grant("imap:own")]
    renew_unused(agreed, stage.at)
    stage.pass_time(hours=23)
    renew_unused(agreed, stage.at)
    assert ["refresh_token"] == [form["grant_type"] for form in tokens.forms]
    stage.pass_time(hours=2)
    renew_unused([stage.agreed()], stage.at)
    assert stage.at == stage.kept().renewed_at
    assert 2 == len(tokens.forms)


def test_one_that_is_dead_is_told_and_stops_no_other(stage: Stage, tokens: TokenServer) -> None:
    """Its alarm comes before a mail needs it."""
    dead, good = stage.agreed(), stage.agreed("msa:other")
    stage.secret("support-token", "unknown")
    renew_unused([dead, good], stage.at)
    assert 1 == len(stage.alarms())
    assert stage.at == stage.kept("msa:other").renewed_at
    assert 2 == len(tokens.forms)


def test_a_house_looks_after_its_own(tmp_path: Path, tokens: TokenServer) -> None:
    """The MSA's token is renewed though nothing is sent."""
    secret = tmp_path / "msa-token"
    secret.write_text(tokens.new_refresh_token())
    secret.chmod(0o600)
    own = OAuth2(
        grant=GrantType.REFRESH_TOKEN,
        client_id="support@desk.example",
        token_url=tokens.url,
        refresh_token_file=str(secret),
    )
    with workbench(tmp_path / "house", "sqlite:///casepost.db") as bench:
        msa = Msa(host="127.0.0.1", user="support@desk.example", oauth2=own)
        settings = replace(bench.house.settings, msa=msa)
        rspamd = Rspamd(settings.spam, str, lambda: 0.0)
        keeping = Housekeeping(replace(bench.house, settings=settings), rspamd, START)
        for days in range(3):
            keeping.keep(START + timedelta(days=days, hours=days))
        with bench.house.database.reading() as connection:
            kept = grants.read(connection, "msa")
            assert () == limits.raised(connection, START)
    assert START + timedelta(days=2, hours=2) == kept.renewed_at
    assert 3 == len(tokens.forms)
