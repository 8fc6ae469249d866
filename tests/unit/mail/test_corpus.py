"""Real mail of other projects, where it lies beside this one: all of it is read."""

import json
import time
from pathlib import Path

import pytest

from gateway.mail.automatic import classify
from gateway.mail.model import Envelope, Kind
from gateway.mail.parse import content, parse
from lib.mails import assert_sound

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "mail"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no mail in {CORPUS}")


def labels() -> list[dict[str, str]]:
    """Give the labels of every whole mail."""
    lines = (CORPUS / "labels.jsonl").read_text().splitlines()
    return [label for label in map(json.loads, lines) if label["format"] == "rfc822"]


def test_every_mail_is_read() -> None:
    """No mail raises or takes long, and every attachment is found again."""
    slowest = 0.0
    for label in labels():
        raw = (CORPUS / label["path"]).read_bytes()
        start = time.perf_counter()
        mail = parse(raw)
        slowest = max(slowest, time.perf_counter() - start)
        assert_sound(mail)
        sizes = [len(content(raw, attachment)) for attachment in mail.attachments]
        assert [attachment.size for attachment in mail.attachments] == sizes, label["path"]
    assert slowest < 2


def test_no_person_is_taken_for_a_machine() -> None:
    """Nobody who wrote to a project's desk would have been left without an answer."""
    machines = []
    for label in labels():
        mail = parse((CORPUS / label["path"]).read_bytes())
        found = classify(mail, Envelope(None, ""), lambda _: False, lambda _: False)
        if label["kind"] == "human" and found.kind is not Kind.PERSON:
            machines.append((label["path"], found.reasons))
    assert [] == machines
