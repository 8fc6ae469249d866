"""Several processes and one grant: one renews, and what one that dies leaves behind is found."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway import failpoint
from gateway.store.schema import leases
from oauth2 import renewing
from oauth2.conftest import Stage
from servers.token_server import TokenServer

pytestmark = pytest.mark.thorough


@pytest.fixture
def agreed(stage: Stage, tokens: TokenServer) -> Stage:
    """A stage on which somebody has agreed, and whose refresh tokens rotate."""
    tokens.rotates = True
    stage.secret("support-token", tokens.new_refresh_token())
    stage.at = datetime.now(UTC)
    return stage


def start(stage: Stage, fail_point: str = "") -> subprocess.Popen[str]:
    """Start a process that asks for the token."""
    url = stage.database.url.render_as_string(hide_password=False)
    command = [sys.executable, renewing.__file__, url, str(stage.folder), stage.tokens.url]
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""}
    if fail_point:
        environment[failpoint.POINT] = fail_point
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def said_by(process: subprocess.Popen[str]) -> str:
    """Give what a process has to say."""
    said, _ = process.communicate(timeout=60)
    return said


def test_three_processes_renew_once(agreed: Stage, tokens: TokenServer) -> None:
    """All get the same token, which was asked for once."""
    tokens.pace = 1
    processes = [start(agreed) for _ in range(3)]
    said = {said_by(process) for process in processes}
    assert (1, 1) == (len(said), len(tokens.forms))
    assert renewing.USER == tokens.user_of(said.pop())


@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
def test_killed_before_a_rotated_token_is_kept(
    agreed: Stage, tokens: TokenServer, *, strict: bool
) -> None:
    """A provider that still takes the old one hides it; with another one people are told.

    Nobody waits for the dead one's turn to end.
    """
    (first,) = tokens.refresh_tokens
    killed = start(agreed, "oauth2.answered")
    assert ("", -signal.SIGKILL) == (said_by(killed), killed.returncode)
    with agreed.database.reading() as connection:
        assert 1 == len(connection.execute(leases.select().where(leases.c.held_by != "")).all())
    if not strict:
        tokens.refresh_tokens.add(first)
    said = said_by(start(agreed))
    if strict:
        assert said.startswith("invalid_grant: somebody has to agree anew: run `casepost oauth2")
        assert 1 == len(agreed.alarms())
    else:
        assert renewing.USER == tokens.user_of(said)
    assert [first, first] == [form["refresh_token"] for form in tokens.forms]
