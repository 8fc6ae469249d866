"""Feedback on its real way: who is asked, once for each closing, and what a rating leads to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gateway import agenda, feedback
from gateway.config.load import Configuration
from gateway.desk.person import Person
from gateway.desk.requested import LONGEST_COMMENT, MOST_TIMES, Said, Standing
from gateway.house import renewed
from gateway.mail.feedback_link import digest_of
from gateway.mail.parse import parse
from gateway.rendering import Rendered
from gateway.store.archive import whole
from gateway.store.directory import put
from lib.rating import JAN, asking, closed, link, link_in, notices, rate, say, with_policy
from lib.workbench import START, Workbench, mail

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
ASKS_LATER = """
[[timer]]
name = "ask"
status = "Done"
after = "3d"
mail = "customer/feedback"
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house whose desk asks, and tells its managers of a low rating."""
    with asking(tmp_path, "sqlite:///casepost.db", 'notify = ["managers"]') as opened:
        yield opened


def again(bench: Workbench) -> None:
    """Let the customer reopen the case."""
    number = bench.rows("tickets")[0]["number"]
    bench.deliver(mail(subject=f"Re: [{number}] It", body=f"Once more, at {bench.time}."))
    bench.work()


def rated(bench: Workbench) -> list[tuple[int | None, str]]:
    """Give stars and comment of each request."""
    return [(row["stars"], row["comment"]) for row in bench.rows("feedback")]


def told(bench: Workbench) -> list[str]:
    """Give who was told of a low rating."""
    return [row["recipient"] for row in bench.rows("outbox") if row["template"] == "agent/rated"]


def test_the_notice_of_a_closing_asks_and_its_secret_is_nowhere_kept(bench: Workbench) -> None:
    """But in the mail itself: not with the request, and not in the entry that the mail is."""
    closed(bench)

    token = link(bench)
    (request,) = bench.rows("feedback")

    assert (
        f"https://desk.example/support/feedback/{token}" in parse(notices(bench)[0]["content"]).text
    )
    assert sha256(token.encode()).hexdigest() == request["token"] == digest_of(token)
    assert (1, JAN, "ada@north.example") == (
        request["ticket"],
        request["recipient"],
        request["agent"],
    )
    assert START + timedelta(days=60) == request["expires_at"]
    kept = [str(row) for table in ("entries", "events", "tickets") for row in bench.rows(table)]
    assert not any(token in row for row in kept)
    assert "/feedback/…" in bench.rows("entries")[-1]["text"]


def test_no_log_has_the_secret_or_the_comment(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever reads the log learns that a case was rated, and with how many stars."""
    caplog.set_level("DEBUG", "casepost")
    closed(bench)
    token = link(bench)
    rate(bench, token, 1, "Confidential")

    assert token not in caplog.text
    assert "Confidential" not in caplog.text
    assert "rated case=NO-00013 stars=1" in caplog.text


def test_no_two_links_have_one_secret_and_it_comes_from_the_given_chance(bench: Workbench) -> None:
    """128 bits of it."""
    asked: list[int] = []

    def chance(count: int) -> bytes:
        asked.append(count)
        return bytes([len(asked)] * count)

    bench.house = replace(bench.house, random=chance)
    closed(bench)
    closed(bench, "Eve <eve@klant.example>")

    assert [16, 16] == asked
    assert {"aeaqcaibaeaqcaibaeaqcaibae", "aibaeaqcaibaeaqcaibaeaqcai"} == {
        link_in(notices(bench, who)[0]) for who in (JAN, "eve@klant.example")
    }


def test_a_second_closing_without_a_reopening_asks_nobody_again(bench: Workbench) -> None:
    """A case that was reopened is another matter."""
    closed(bench)
    say(bench, "#close")
    say(bench, "#status Done\n\nOne more thing.")
    assert 1 == len(bench.rows("feedback"))

    again(bench)
    say(bench, "#close")

    assert 2 == len(bench.rows("feedback"))
    assert 2 == len({link_in(row) for row in notices(bench)})


def test_a_timer_that_closes_asks(bench: Workbench) -> None:
    """The notice of whatever closes a case bears the link."""
    bench.deliver(mail())
    bench.work()
    for after in (7 * DAY, 7 * DAY):
        bench.time += after
        agenda.sweep(bench.house, bench.now())

    (request,) = bench.rows("feedback")
    assert digest_of(link(bench)) == request["token"]
    assert "" == request["agent"]


def test_who_writes_without_an_address_of_their_own_is_not_asked(bench: Workbench) -> None:
    """Nor anybody who only takes part: the requester is."""
    bench.deliver(mail())
    bench.work()
    say(bench, "#cc eve@klant.example")
    say(bench, "#close")

    assert [JAN] == [row["recipient"] for row in bench.rows("feedback")]
    assert [""] == [link_in(row) for row in notices(bench, "eve@klant.example")]


def test_a_duplicate_is_not_asked_about(bench: Workbench) -> None:
    """It goes on elsewhere."""
    for subject in ("It does not open", "Another thing"):
        bench.deliver(mail(subject=subject, body=subject, message_id=f"<{len(subject)}@k.example>"))
        bench.work()
    say(bench, f"#merge {bench.rows('tickets')[0]['number']}", 2)

    assert "Done" == bench.rows("tickets")[1]["status"]
    assert [] == bench.rows("feedback")


def test_a_desk_that_asks_nobody_sends_no_link(bench: Workbench) -> None:
    """Nor does one whose pages nobody serves."""
    with_policy(bench, ask=False)
    closed(bench)
    with_policy(bench, ask=True)
    bench.house = replace(bench.house, settings=replace(bench.house.settings, web=None))
    closed(bench)

    assert ["", ""] == [link_in(row) for row in notices(bench)]
    assert [] == bench.rows("feedback")


def test_a_template_without_a_place_for_the_link_asks_nothing(tmp_path: Path) -> None:
    """There is no request that nobody has read."""
    own = tmp_path / "house" / "templates" / "en" / "customer" / "closed"
    with asking(tmp_path, "sqlite:///casepost.db") as bench:
        own.mkdir(parents=True)
        (own / "subject.txt").write_text("[{{ ticket.number }}] Closed\n")
        (own / "body.txt").write_text("It is closed.\n")
        house = bench.house
        bench.house = renewed(house, Configuration(house.settings, house.desks))
        closed(bench)
        assert "It is closed." in parse(notices(bench)[0]["content"]).text
        assert [] == bench.rows("feedback")


def test_nobody_is_asked_more_often_than_the_desk_says(bench: Workbench) -> None:
    """On whatever case; the notices themselves go out."""
    with_policy(bench, not_within="30d")
    closed(bench)
    bench.time += 29 * DAY
    closed(bench)
    bench.time += DAY
    closed(bench)

    assert [True, False, True] == [bool(link_in(row)) for row in notices(bench)]


def test_two_closings_of_one_moment_ask_once(bench: Workbench) -> None:
    """They are decided on together, by a snapshot that knows of neither."""
    with_policy(bench, not_within="30d")
    numbers = []
    for subject in ("It does not open", "Another thing"):
        bench.deliver(mail(subject=subject, body=subject, message_id=f"<{len(subject)}@k.example>"))
        bench.work()
        numbers.append(bench.rows("tickets")[-1]["number"])
    bench.deliver_all(
        (mail(author="ada@north.example", subject=f"[{n}] It", body="#close"), "ada@north.example")
        for n in numbers
    )
    bench.work()

    assert ["Done", "Done"] == [row["status"] for row in bench.rows("tickets")]
    assert [False, True] == sorted(bool(link_in(row)) for row in notices(bench))


def test_a_timer_may_ask_some_time_later_and_then_the_notice_does_not(tmp_path: Path) -> None:
    """It asks once for each closing, and not about a case that has been reopened."""
    with asking(tmp_path, "sqlite:///casepost.db", more=ASKS_LATER) as bench:
        closed(bench)
        assert [] == bench.rows("feedback")

        for _ in range(3):
            bench.time += 3 * DAY
            agenda.sweep(bench.house, bench.now())
        again(bench)
        bench.time += 3 * DAY
        agenda.sweep(bench.house, bench.now())

        assert ["customer/closed", "customer/feedback"] == [r["template"] for r in notices(bench)]
        assert ["", digest_of(link(bench))] == [
            digest_of(link_in(notices(bench)[0])),
            bench.rows("feedback")[0]["token"],
        ]


def test_a_later_question_is_withheld_where_it_has_nothing_to_ask(tmp_path: Path) -> None:
    """A mail that asks without a link would be a riddle."""
    with asking(tmp_path, "sqlite:///casepost.db", 'not_within = "30d"', ASKS_LATER) as bench:
        closed(bench)
        closed(bench)
        for _ in range(2):
            bench.time += 3 * DAY
            while agenda.sweep(bench.house, bench.now()):
                pass

        assert 1 == len(bench.rows("feedback"))
        assert 1 == [row["template"] for row in notices(bench)].count("customer/feedback")


def test_a_rating_is_kept_and_can_be_changed_for_a_week(bench: Workbench) -> None:
    """One a request: the last one counts, and then it stands."""
    closed(bench)
    token = link(bench)

    assert Standing.CHANGEABLE is rate(bench, token, 4, " Good. \n").standing
    bench.time += 7 * DAY - MINUTE
    assert (5, "") == _said(rate(bench, token.upper(), 5))
    bench.time += MINUTE
    form = rate(bench, token, 1, "After all")

    assert (Standing.FINAL, (5, "")) == (form.standing, _said(form))
    (request,) = bench.rows("feedback")
    assert (START, START + 7 * DAY - MINUTE) == (request["first_rated_at"], request["rated_at"])
    assert ["4 of 5 stars", "5 of 5 stars, before 4"] == _why(bench)


def test_the_same_again_is_nothing_new(bench: Workbench) -> None:
    """A form that is sent twice leaves no trace of the second time."""
    closed(bench)
    for _ in range(3):
        rate(bench, link(bench), 4, "Good.")
        bench.time += MINUTE

    assert ["4 of 5 stars"] == _why(bench)
    assert START == bench.rows("feedback")[0]["rated_at"]


def test_looking_changes_nothing(bench: Workbench) -> None:
    """However often a program does it."""
    closed(bench)
    before = {table: bench.rows(table) for table in ("feedback", "events", "tickets", "outbox")}

    forms = [feedback.form(bench.house, link(bench), bench.now()) for _ in range(3)]

    assert [Standing.OPEN] * 3 == [form.standing for form in forms if form]
    assert before == {table: bench.rows(table) for table in before}


def test_a_link_ends_and_a_rating_given_in_time_is_changed_after_it(bench: Workbench) -> None:
    """The week is the customer's in any case."""
    closed(bench)
    closed(bench, "Eve <eve@klant.example>")
    first, second = link(bench), link_in(notices(bench, "eve@klant.example")[0])
    bench.time = START + 60 * DAY - MINUTE
    rate(bench, first, 3)
    bench.time = START + 60 * DAY

    assert Standing.EXPIRED is rate(bench, second, 5).standing
    assert (2, "") == _said(rate(bench, first, 2))
    assert [2, None] == [row["stars"] for row in bench.rows("feedback")]


def test_a_secret_that_is_none_leads_to_nothing(bench: Workbench) -> None:
    """Whatever it is made of."""
    for token in ("", "x", "a" * 26, "A" * 27, "a" * 25 + "1", "ä" * 26, "a" * 10**6):
        assert None is feedback.form(bench.house, token, bench.now())
        assert None is feedback.rate(bench.house, token, Said(5, ""), None, bench.now)


def test_there_are_one_to_five_stars(bench: Workbench) -> None:
    """Anything else is a mistake of ours."""
    closed(bench)
    for stars in (-1, 0, 6):
        with pytest.raises(ValueError, match="1 to 5"):
            rate(bench, link(bench), stars)


def test_a_comment_is_bounded_and_so_are_changes(bench: Workbench) -> None:
    """Whoever has a link can fill nothing with it."""
    closed(bench)
    token = link(bench)
    for n in range(MOST_TIMES + 5):
        rate(bench, token, 3, f"{n} {'x' * 10_000}")

    (request,) = bench.rows("feedback")
    assert LONGEST_COMMENT == len(request["comment"])
    assert request["comment"].startswith(f"{MOST_TIMES - 1} ")
    assert MOST_TIMES == len(_why(bench))


def test_a_low_rating_is_told_once(bench: Workbench) -> None:
    """To whom the desk names, with the comment; going up and down tells them by each fall alone."""
    closed(bench)
    token = link(bench)
    rate(bench, token, 3, "So so")
    assert [] == told(bench)
    rate(bench, token, 2, "Too late <script>")
    rate(bench, token, 1, "Far too late")

    assert ["chief@north.example"] == told(bench)
    read = parse(bench.rows("outbox")[-1]["content"])
    assert "Too late <script>" in read.text
    assert "2 of 5 stars" in read.text
    assert ("Done", "closed") == _state(bench)


def test_a_low_rating_may_reopen_the_case(bench: Workbench) -> None:
    """Then those are told whose work it is, too, each once; it is rated as before."""
    with_policy(bench, reopen=True, notify=("managers", "ada@north.example"))
    closed(bench)
    rate(bench, link(bench), 1, "No.")

    assert ("Again", "open") == _state(bench)
    assert ["chief@north.example", "ada@north.example"] == told(bench)
    assert [(1, "No.")] == rated(bench)
    with bench.house.database.reading() as connection:
        shown = whole(connection, bench.rows("tickets")[0]["number"])
    assert shown is not None
    assert shown.rating is not None
    assert (1, "No.", "ada@north.example") == (
        shown.rating.stars,
        shown.rating.comment,
        shown.rating.agent,
    )


def test_a_case_that_is_open_again_is_rated_and_left_as_it_is(bench: Workbench) -> None:
    """Its customer wrote before they rated."""
    with_policy(bench, reopen=True)
    closed(bench)
    again(bench)
    version = bench.rows("tickets")[0]["version"]
    rate(bench, link(bench), 1)

    assert version + 2 == bench.rows("tickets")[0]["version"]  # rated, and told of
    assert ("Again", "open") == _state(bench)
    assert ["chief@north.example"] == told(bench)


def test_each_closing_has_its_rating_and_the_last_is_shown(bench: Workbench) -> None:
    """A link that went out before stays good for its own."""
    closed(bench)
    first = link(bench)
    again(bench)
    say(bench, "#close")
    rate(bench, link(bench), 5, "Now it works")
    rate(bench, first, 2)

    assert [(2, ""), (5, "Now it works")] == rated(bench)
    with bench.house.database.reading() as connection:
        shown = whole(connection, bench.rows("tickets")[0]["number"])
    assert shown is not None
    assert shown.rating is not None
    assert 5 == shown.rating.stars


def test_the_page_speaks_the_customers_language(bench: Workbench) -> None:
    """As the mail with the link does."""
    with bench.house.database.writing() as connection:
        put(connection, [Person(JAN, "Jan", language="nl")])
    closed(bench)
    form = feedback.form(bench.house, link(bench), bench.now())

    assert form is not None
    assert ("nl", "North Help") == (form.language, form.desk)
    assert "Hoe hebben wij het gedaan?" in parse(notices(bench)[0]["content"]).text


def test_who_rates_while_somebody_else_does_is_looked_up_again(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two who rate at once the later counts; nothing of either is lost from the events."""
    closed(bench)
    token = link(bench)
    settle = feedback._settle  # noqa: SLF001  between the look-up and the write

    def meanwhile(*about: Any) -> Rendered:  # noqa: ANN401  whatever it takes
        monkeypatch.setattr(feedback, "_settle", settle)
        rate(bench, token, 1, "First")
        return settle(*about)

    monkeypatch.setattr(feedback, "_settle", meanwhile)
    rate(bench, token, 5, "Second")

    assert [(5, "Second")] == rated(bench)
    assert ["1 of 5 stars", "5 of 5 stars, before 1"] == _why(bench)


def test_a_link_that_its_reader_quotes_is_shown_to_nobody(bench: Workbench) -> None:
    """Those whose work is rated read what customers write, and could rate it themselves."""
    closed(bench)
    token = link(bench)
    number = bench.rows("tickets")[0]["number"]
    again = f"HTTPS://DESK.EXAMPLE/FEEDBACK/{token.upper()}"
    body = f"Not solved! I got https://desk.example/feedback/{token} and\n{again}"
    bench.deliver(mail(subject=f"Re: [{number}] It", body=body))
    bench.work()
    to_ada = [parse(bytes(row["content"])).text for row in bench.rows("outbox")][-1]

    assert "Not solved! I got https://desk.example/feedback/… and" in to_ada
    assert token not in to_ada.lower()
    assert (5, "") == _said(rate(bench, token, 5))


def _said(form: feedback.Form) -> tuple[int, str] | None:
    return (form.rating.stars, form.rating.comment) if form.rating else None


def _why(bench: Workbench) -> list[str]:
    return [row["why"] for row in bench.rows("events") if row["kind"] == "rated"]


def _state(bench: Workbench) -> tuple[str, str]:
    (ticket,) = bench.rows("tickets")
    return ticket["status"], ticket["phase"]
