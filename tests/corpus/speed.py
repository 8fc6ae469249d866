"""How fast a folder of mail is read, next to the plainest parser that there is."""

import email
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus import seen
from corpus.seen import LANGUAGES, NUMBERS, classified
from gateway.mail.model import Mail
from gateway.mail.parse import parse
from gateway.mail.thread import find_clues

BARE = "email (compat32)"
READ = "parse + classify + body"


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians over rounds, in seconds of CPU for all mails once.

    `stages` is apart for each stage; `bare` is `email.message_from_bytes`, which undoes no
    transfer encoding; `read` is parse and classify, the body with them.
    """

    mails: int
    size: int
    rounds: int
    bare: float
    read: float
    stages: Mapping[str, float]

    @property
    def ratio(self) -> float:
        """Give how many times the bare parser's time it takes to read."""
        return self.read / self.bare if self.bare else 0.0


def measure(raws: Sequence[bytes], rounds: int) -> Speed:
    """Measure all in turns, so that whatever else the machine does falls on each alike."""
    mails = [parse(raw) for raw in raws]
    news = [seen.new_text(mail.text, seen.find_folds(mail.text)) for mail in mails]
    runs = _runs(raws, mails, news)
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            began = time.process_time()
            run()
            taken[name].append(time.process_time() - began)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    bare, read = medians.pop(BARE), medians.pop(READ)
    return Speed(len(raws), sum(map(len, raws)), rounds, bare, read, medians)


def _runs(
    raws: Sequence[bytes], mails: Sequence[Mail], news: Sequence[str]
) -> Mapping[str, Callable[[], None]]:
    """Give what is measured, by name."""
    return {
        BARE: lambda: _each(email.message_from_bytes, raws),
        READ: lambda: _each(lambda raw: classified(parse(raw)), raws),
        "parse, with body": lambda: _each(parse, raws),
        "classify": lambda: _each(classified, mails),
        "reply text": lambda: _each(
            lambda mail: seen.new_text(mail.text, seen.find_folds(mail.text)), mails
        ),
        "bounce": lambda: _each(seen.find_bounce, mails),
        "forward": lambda: _pairs(mails, raws),
        "clues": lambda: _each(lambda mail: find_clues(mail, lambda _: None, NUMBERS), mails),
        "language": lambda: _each(lambda new: seen.detect(new, LANGUAGES), news),
    }


def _each(act: Callable[..., object], things: Sequence[object]) -> None:
    for thing in things:
        act(thing)


def _pairs(mails: Sequence[Mail], raws: Sequence[bytes]) -> None:
    for mail, raw in zip(mails, raws, strict=True):
        seen.find_forwarded(mail, raw)
