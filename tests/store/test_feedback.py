"""Requests for feedback in the store: by digest, at the pace that the desk keeps, once answered."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest

from gateway.desk.asking import Request
from gateway.desk.lately import Sendings
from gateway.desk.requested import Rating
from gateway.mail.feedback_link import digest_of, found_in, token_of
from gateway.store import feedback
from gateway.store.conflict import Conflict
from lib.workbench import START, Workbench, mail

JAN = "jan@klant.example"
DAY = timedelta(days=1)


def request(digest: str = "a", recipient: str = JAN, days: float = 0) -> Request:
    """Write a request that is made so many days from the start, at most one in 30 days."""
    at = START + days * DAY
    return Request(digest, 1, recipient, "", at, at + 60 * DAY, at - 30 * DAY)


def enter(bench: Workbench, *requests: Request) -> None:
    """Keep requests."""
    with bench.house.database.writing() as connection:
        feedback.enter(connection, list(enumerate(requests, 7)))


@pytest.fixture(autouse=True)
def ticket(bench: Workbench) -> None:
    """A ticket to ask about."""
    bench.deliver(mail())
    bench.work()


def test_a_pace_is_kept_by_what_is_kept(bench: Workbench) -> None:
    """For each person by themselves, and also where two are asked at once."""
    enter(bench, request())
    for again in ((request("b", days=29.9),), (request("c", "e@x"), request("d", "e@x"))):
        with pytest.raises(Conflict):
            enter(bench, *again)
    enter(bench, request("b", days=30), request("c", "e@x"))
    enter(bench, replace(request("d", days=30), not_since=None))

    assert ["a", "b", "c", "d"] == [row["token"] for row in bench.rows("feedback")]


def test_who_was_asked_when(bench: Workbench) -> None:
    """By person, and by ticket; the last time counts."""
    enter(bench, request(), request("b", "e@x"))
    enter(bench, request("c", days=31))
    addresses = [JAN, "e@x", "f@x"]
    with bench.house.database.reading() as connection:
        sent = feedback.with_asked(connection, {one: Sendings(one) for one in addresses})
        on = feedback.asked_on(connection, [1, 2])

    assert [START + 31 * DAY, START, None] == [sent[one].asked_at for one in addresses]
    assert {1: START + 31 * DAY} == on


def test_a_request_is_answered_as_it_was_read(bench: Workbench) -> None:
    """Of two answers on one reading the second is looked up again."""
    enter(bench, request())
    first = Rating(4, "Good", START, START)
    with bench.house.database.reading() as connection:
        asked = feedback.find(connection, "a")
        assert feedback.find(connection, "b") is None
    assert asked is not None
    assert (JAN, None, 0) == (asked.recipient, asked.rating, asked.times)
    with bench.house.database.writing() as connection:
        feedback.rate(connection, asked, first)
    for stale in (asked, replace(asked, rating=replace(first, stars=3))):
        with pytest.raises(Conflict), bench.house.database.writing() as connection:
            feedback.rate(connection, stale, replace(first, stars=1))
    with bench.house.database.writing() as connection:
        feedback.rate(connection, replace(asked, rating=first), replace(first, stars=5))

    with bench.house.database.reading() as connection:
        rating = feedback.rating_of(connection, 1)
        assert None is feedback.rating_of(connection, 2)
    assert replace(first, stars=5) == rating


def test_of_two_who_answer_at_once_one_is_looked_up_again(bench: Workbench) -> None:
    """On both kinds of database."""
    enter(bench, request())
    with bench.house.database.reading() as connection:
        asked = feedback.find(connection, "a")
    assert asked is not None
    refused: list[Conflict] = []

    def answer(stars: int) -> None:
        try:
            with bench.house.database.writing() as connection:
                feedback.rate(connection, asked, Rating(stars, "", START, START))
        except Conflict as conflict:
            refused.append(conflict)

    threads = [Thread(target=answer, args=(stars,)) for stars in (1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 1 == len(refused)


def test_a_token_is_known_in_a_mail_and_by_its_digest() -> None:
    """Small letters and digits, so that no mail program breaks or shortens it."""
    token = token_of(bytes(range(16)))

    assert 26 == len(token)
    assert token.isalnum()
    assert token == token.lower()
    assert token == found_in(f"See\nhttps://desk.example/a/feedback/{token}\n\nKind regards")
    assert "" == found_in(f"https://desk.example/feedback/{token}x")
    assert digest_of(token) == digest_of(token.upper())
    assert "" == digest_of(f" {token}") == digest_of("") == digest_of("1" * 26)
