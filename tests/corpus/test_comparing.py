"""The tool that compares: what it calls the same, what it calls different, and how it counts."""

import json
from pathlib import Path

import pytest

from corpus import checks, kinds, mbox, reasons
from corpus.folded import difference, words_of
from corpus.labels import Format, Labelled, NoLabels, load
from corpus.outcome import Outcome, outcome
from corpus.seen import Seen, see
from corpus.verdict import How, Verdict

BOUNCE = b"""From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Nobody is here.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; kim@klant.example
Action: failed
Status: 5.1.1
--b--
"""


def labelled(raw: bytes, form: Format = Format.MAIL, **known: object) -> Labelled:
    """Give a mail with what a source says of it."""
    expected = known.get("expected", {})
    assert isinstance(expected, dict)
    kind, lang = str(known.get("kind", "")), str(known.get("lang", ""))
    return Labelled("a.eml", "own", form, kind, "", lang, expected, raw)


def read(one: Labelled) -> Seen:
    """Read a mail that breaks nothing."""
    seen = see(one)
    assert isinstance(seen, Seen)
    return seen


def hows(one: Labelled) -> dict[str, How | None]:
    """Give what each check says of a mail."""
    return {verdict.check: verdict.how for verdict in checks.verdicts(one, read(one))}


@pytest.mark.parametrize(
    ("expected", "got", "how"),
    [
        ("a  b\n\nc", "a b c", None),
        ("e\u0301te\u0301", "été", None),
        ("a\u200b b", "a b", None),
        ("> a\n>> b", "a\nb", None),
        ("a", "a b", How.MORE),
        ("a b", "a", How.LESS),
        ("a", "", How.NONE),
        ("a", "b", How.OTHER),
        ("", "", None),
    ],
)
def test_texts_differ_in_what_a_reader_sees(expected: str, got: str, how: How | None) -> None:
    """White space, invisible characters and forms of one character make no difference."""
    assert how == difference(expected, got)


def test_expected_html_is_its_words() -> None:
    """Styles and titles are no words."""
    page = (
        "<html><head><style>p{}</style><title>t</title></head><body><p>a&amp;b</p>c</body></html>"
    )
    assert ["a&b", "c"] == words_of(page).split()


def test_a_mail_is_compared_where_its_source_says_something() -> None:
    """Each key of `expected` gives its verdict, and nothing else does."""
    raw = b"From: Kim <kim@klant.example>\nTo: a@desk.example\nSubject: Lamp\n\nIt is dark.\n"
    expected = {"subject": "Lamp", "from_addr": "KIM@klant.example", "n_attachments": 1, "odd": 1}
    assert {"subject": None, "sender": None, "attachments": How.LESS} == hows(
        labelled(raw, expected=expected)
    )
    assert {} == hows(labelled(raw))


def test_a_bounce_is_compared_by_recipient_status_and_permanence() -> None:
    """The class of an expected status decides whether the failure is for good."""
    expected = {"bounce_status": ["4.2.2"], "hardbounce": [False]}
    expected_recipients = {**expected, "bounce_recipients": ["kim@klant.example"]}
    found = hows(labelled(BOUNCE, kind="bounce", expected=expected_recipients))
    assert {"kind": None, "bounced": None, "status": How.OTHER, "permanent": How.OTHER} == found


def test_a_reply_may_differ_by_its_signature_only() -> None:
    """A source that leaves signatures in differs in that way, and in no other."""
    body = b"Thanks, it works.\n\n-- \nKim\nKlant Ltd\n"
    kept = labelled(body, Format.TEXT, expected={"reply_text": body.decode()})
    folded = labelled(body, Format.TEXT, expected={"reply_text": "Thanks, it works."})
    assert {"reply": How.SIGNATURE} == hows(kept)
    assert {"reply": None} == hows(folded)


def test_kinds_are_counted_by_label() -> None:
    """Recall is the share of a label's mails that got a kind which is right for it."""
    person = labelled(b"From: kim@klant.example\nSubject: a\n\nb\n", kind="human")
    bounce = labelled(BOUNCE, kind="bounce")
    wrong = labelled(person.raw, kind="bounce")
    counted = kinds.matrix([(one, read(one)) for one in (person, bounce, wrong)])
    assert (1, 2) == counted.recall("bounce")
    assert (1, 1) == counted.recall("human")
    assert counted.persons_as_machines() == 0


def test_a_reason_excuses_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    """A reason holds for its check, its way of differing, and its mails."""
    (tmp_path / "reasons.toml").write_text(
        '[[mail]]\npath = "a*"\ncheck = "subject"\nhow = "more"\nreason = "we know\\n why"\n'
    )
    known = reasons.load(tmp_path / "reasons.toml")
    differs = Verdict("a.eml", "own", "subject", How.MORE, "a", "a b")
    other = Verdict("b.eml", "own", "subject", How.MORE, "a", "a b")
    found = reasons.reason_of(differs, known)
    assert found is not None
    assert found.why == "we know why"
    assert reasons.reason_of(other, known) is None
    assert () == reasons.load(tmp_path / "none.toml")


def test_a_folder_is_read_with_or_without_labels(tmp_path: Path) -> None:
    """Without labels every file is a mail; a mailbox is as many as it holds."""
    (tmp_path / "one.eml").write_bytes(b"Subject: a\n\nb\n")
    (tmp_path / "two.mbox").write_bytes(b"From x\nSubject: c\n\nd\n\nFrom y\nSubject: e\n\nf\n")
    (tmp_path / "README.md").write_text("words")
    assert ["one.eml", "two.mbox#1", "two.mbox#2"] == [one.name for one in load(tmp_path)]
    row = {"path": "one.eml", "format": "body_text", "kind": "human", "new_key": [1]}
    (tmp_path / "labels.jsonl").write_text(json.dumps(row) + "\n")
    assert [("one.eml", Format.TEXT, "human")] == [
        (one.name, one.format, one.kind) for one in load(tmp_path)
    ]
    (tmp_path / "labels.jsonl").write_text("{]\n")
    with pytest.raises(NoLabels, match=r"labels.jsonl:1"):
        list(load(tmp_path))


def test_a_line_that_begins_with_from_is_a_border_behind_a_blank_line_only() -> None:
    """So a text may contain such a line (RFC 4155)."""
    box = b"From x\nSubject: a\n\nfirst\nFrom here it goes on\n\nFrom y\nSubject: b\n\n"
    assert 2 == len(list(mbox.mails(box)))


@pytest.fixture
def small(tmp_path: Path) -> Outcome:
    """Give what comes of a folder with one mail that is right and one that is not."""
    (tmp_path / "a.eml").write_bytes(BOUNCE)
    (tmp_path / "b.eml").write_bytes(b"Subject: Lamp\n\nb\n")
    lines = [
        {"path": "a.eml", "kind": "bounce", "expected": {"bounce_status": ["5.1.1"]}},
        {"path": "b.eml", "kind": "human", "expected": {"subject": "Chair"}},
    ]
    (tmp_path / "labels.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return outcome(tmp_path, (), ())


def test_a_disagreement_without_a_reason_is_a_failure(small: Outcome) -> None:
    """The folder is read in a process of its own, compared, counted and judged."""
    assert {
        "subject": (0, 0, 1),
        "kind": (2, 0, 0),
        "status": (1, 0, 0),
        "permanent": (1, 0, 0),
    } == (small.counts())
    assert ["b.eml"] == [verdict.what for verdict in small.unexplained()]
    assert ["1 disagreements have no reason"] == small.failures()
