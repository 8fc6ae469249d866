"""Secrets come from files, and are shown nowhere."""

import logging
import os
from pathlib import Path

import pytest

from gateway.config.secrets import read_secret
from gateway.errors import Misconfigured


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Give the path of a settings file, with a secret beside it."""
    secret = tmp_path / "imap-password"
    secret.write_text("hunter2\n")
    secret.chmod(0o600)
    return tmp_path / "casepost.toml"


def write(settings: Path, content: bytes) -> None:
    """Put something else into the secret's file."""
    (settings.parent / "imap-password").write_bytes(content)


def test_a_secret_stands_beside_the_settings(settings: Path) -> None:
    """Its one trailing newline is the editor's."""
    assert "hunter2" == read_secret("imap-password", settings, {})


def test_an_absolute_path_is_taken_as_it_is(settings: Path) -> None:
    """Whatever the environment says."""
    path = str(settings.parent / "imap-password")
    assert "hunter2" == read_secret(path, settings, {"CREDENTIALS_DIRECTORY": "/nowhere"})


def test_a_credential_of_the_unit_goes_first(settings: Path, tmp_path: Path) -> None:
    """LoadCredential=imap-password takes the place of the file beside the settings."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "imap-password").write_text("from systemd")
    environment = {"CREDENTIALS_DIRECTORY": str(credentials)}
    assert "from systemd" == read_secret("imap-password", settings, environment)


def test_without_such_a_credential_the_file_is_read(settings: Path, tmp_path: Path) -> None:
    """A unit may load only some of them."""
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path / "empty")}
    assert "hunter2" == read_secret("imap-password", settings, environment)


def test_only_one_newline_is_dropped(settings: Path) -> None:
    """Blanks may be part of a password; a second line is not."""
    write(settings, b" hunter2 \r\n")
    assert " hunter2 " == read_secret("imap-password", settings, {})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"hunter2\nhunter2\n", "more than one line"),
        (b"hunter2\r\nA1 LOGOUT\r\n", "more than one line"),
        (b"hunter2\0", "control characters"),
        (b"hunter2\xff", "not UTF-8"),
        (b"hunter2" * 10_000, "larger than"),
    ],
)
def test_what_is_no_secret_is_refused_without_showing_it(
    settings: Path, content: bytes, sentence: str
) -> None:
    """The sentence names the file and what is wrong, never the content."""
    write(settings, content)
    with pytest.raises(Misconfigured) as refused:
        read_secret("imap-password", settings, {})
    assert sentence in str(refused.value)
    assert str(settings.parent / "imap-password") in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_missing_secret_is_one_clear_sentence(settings: Path) -> None:
    """With the path that was looked for."""
    with pytest.raises(Misconfigured, match=r"msa-password: the secret's file does not exist"):
        read_secret("msa-password", settings, {})


def test_a_pipe_is_not_waited_for(settings: Path) -> None:
    """A secret is in a plain file; reading anything else could hang the start."""
    os.mkfifo(settings.parent / "pipe")
    with pytest.raises(Misconfigured, match="not in a plain file"):
        read_secret("pipe", settings, {})


def test_a_secret_that_everybody_can_read_is_used_with_a_warning(
    settings: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The start is not the moment to lock an admin out; the log says what to do."""
    (settings.parent / "imap-password").chmod(0o644)
    with caplog.at_level(logging.WARNING):
        assert "hunter2" == read_secret("imap-password", settings, {})
    assert "chmod 600" in caplog.text
    assert "hunter2" not in caplog.text
