"""The log: each line that is about a mail says which, and nobody else's words begin a line."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from gateway import in_hand, logs, maillog
from gateway.in_hand import InHand

AT = 1_772_442_000.25  # 2026-03-02 09:00:00.250 UTC
OTHERS = logging.getLogger("a.library")


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[str], list[str]]]:
    """Give what was logged so far, written as text or as JSON while it was logged."""
    texts: list[str] = []
    objects: list[str] = []

    class _Both(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            record.created, record.msecs = AT, 250.0
            texts.append(logs.TextLines().format(record))
            objects.append(logs.JsonLines().format(record))

    caplog.set_level(logging.INFO)
    handler = _Both()
    logging.getLogger().addHandler(handler)
    yield {"text": texts, "json": objects}.__getitem__
    logging.getLogger().removeHandler(handler)


Written = Callable[[str], list[str]]


@pytest.mark.parametrize(
    ("held", "text", "fields"),
    [
        (in_hand.mail(17), "mail=17", {"mail": 17}),
        (in_hand.mail(17, 18), "mail=17,18", {"mail": [17, 18]}),
        (in_hand.case("NO-17"), "case=NO-17", {"case": "NO-17"}),
        (in_hand.outgoing(4, None), "outbox=4", {"outbox": 4}),
        (in_hand.outgoing(4, 17), "mail=17 outbox=4", {"mail": 17, "outbox": 4}),
    ],
)
def test_a_line_of_a_library_says_what_is_in_hand(
    written: Written, held: InHand, text: str, fields: dict[str, object]
) -> None:
    """Once it is put down, no line does."""
    with held:
        OTHERS.warning("a %s thing", "strange")
    OTHERS.info("another")

    head = "2026-03-02T09:00:00.250Z"
    assert [
        f"{head} WARNING a.library: a strange thing {text}",
        f"{head} INFO a.library: another",
    ] == written("text")
    said = {"time": "2026-03-02T09:00:00.250+00:00", "level": "warning", "logger": "a.library"}
    first, second = (json.loads(one) for one in written("json"))
    assert {**said, "message": "a strange thing", **fields} == first
    assert {**said, "level": "info", "message": "another"} == second


def test_an_event_of_the_mail_log_says_its_mail_once(written: Written) -> None:
    """Its own, whatever is in hand; what it does not say itself stands behind it."""
    with in_hand.mail(1, 2), in_hand.case("NO-9"):
        maillog.event(maillog.Verb.FILED, mail=17, reason="new", size=None, quiet=True)

    (line,) = written("text")
    assert line.endswith("casepost.mail: filed mail=17 reason=new quiet=True case=NO-9")
    said = json.loads(written("json")[0])
    assert ("filed", 17, "NO-9", "new", True) == tuple(
        said[key] for key in ("verb", "mail", "case", "reason", "quiet")
    )


def test_what_is_in_hand_is_a_threads_own(written: Written) -> None:
    """Others have other things in hand, at the same time; and an inner block does not end it."""
    with in_hand.mail(17):
        with in_hand.mail(18):
            OTHERS.info("one")
        thread = Thread(target=lambda: OTHERS.info("two"))
        thread.start()
        thread.join()
        OTHERS.info("three")

    assert ["one mail=18", "two", "three mail=17"] == [
        line.partition("a.library: ")[2] for line in written("text")
    ]


def test_nobody_begins_a_line_of_ours(written: Written) -> None:
    """A stranger's words in an error would be a line of the mail log otherwise."""
    forged = "oh\n2026-03-02T09:00:00.250Z INFO casepost.mail: filed mail=99\x1b[2J"
    OTHERS.error("it says: %s", forged)

    (line,) = written("text")
    assert 1 == len(line.splitlines())
    assert "\x1b" not in line
    (said,) = written("json")
    assert (1, True) == (len(said.splitlines()), said.isascii())


def _fail(secret: str) -> None:
    raise ValueError("what went wrong\nfiled mail=99" if secret else "")


def test_a_traceback_says_the_mail_on_each_of_its_lines(written: Written) -> None:
    """And no values of what was being done."""
    password = "hunter2"
    try:
        _fail(password)
    except ValueError:
        with in_hand.mail(17):
            OTHERS.exception("it failed")

    first, *rest = written("text")[0].splitlines()
    assert first.endswith("it failed mail=17")
    assert {"    mail=17 | "} == {line[:14] for line in rest}
    assert any("ValueError: what went wrong" in line for line in rest)
    said = json.loads(written("json")[0])
    assert said["traceback"][0] == "Traceback (most recent call last):"
    assert password not in written("json")[0]


@pytest.mark.parametrize("as_json", [False, True])
def test_the_log_of_a_process_goes_to_standard_error(
    capsys: pytest.CaptureFixture[str],
    as_json: bool,  # noqa: FBT001
) -> None:
    """In the form that was asked for; libraries that chatter are heard from warnings on."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        logs.to_stderr(as_json=as_json)
        root.handlers[0].setStream(sys.stderr)  # type: ignore[attr-defined]
        OTHERS.info("hello")
        logging.getLogger("apscheduler").info("tick")
    finally:
        root.handlers[:], root.level = before, level

    (line,) = capsys.readouterr().err.splitlines()
    assert as_json is line.startswith("{")
    assert "hello" in line
