"""The way out where no MSA is configured."""

from pathlib import Path

import pytest

from gateway.courier.file_outlet import FileOutlet
from gateway.courier.outlet import Outcome
from lib.outgoing import claimed, content_of


def _never() -> bool:
    pytest.fail("a file needs no mark")


def test_a_mail_becomes_a_file(tmp_path: Path) -> None:
    """It has the mail's bytes and nothing else; doing it again changes nothing."""
    outlet = FileOutlet(tmp_path / "outgoing")
    verdicts = [outlet.deliver(claimed(7), _never).outcome for _ in range(2)]
    outlet.close()
    assert [Outcome.SENT, Outcome.SENT] == verdicts
    files = list((tmp_path / "outgoing").iterdir())
    assert ["7.eml"] == [file.name for file in files]
    assert content_of(7) == files[0].read_bytes()
    assert 0 == files[0].stat().st_mode & 0o077


def test_a_disk_that_is_full_is_an_outage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail waits, others would fare no better, and no half of a file stays."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gateway.courier.file_outlet.os.fsync", full)
    verdict = FileOutlet(tmp_path / "outgoing").deliver(claimed(), _never)
    assert (Outcome.AWAY, True) == (verdict.outcome, verdict.is_outage)
    assert "No space left" in verdict.reply
    assert [] == list((tmp_path / "outgoing").iterdir())


def test_a_folder_that_cannot_be_is_an_outage(tmp_path: Path) -> None:
    """Where the folder can't be made, the mail waits as well."""
    (tmp_path / "outgoing").write_text("in the way")
    assert Outcome.AWAY is FileOutlet(tmp_path / "outgoing").deliver(claimed(), _never).outcome
