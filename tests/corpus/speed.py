"""How fast a folder of mail is read, next to the plainest parser that there is."""

import email
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus import seen
from corpus.seen import Seen
from gateway.mail.parse import parse

BARE = "email (compat32)"
READ = "parse + classify + body"


_Run = Callable[[bytes, Seen], object]
_RUNS: Mapping[str, _Run] = {
    BARE: lambda raw, _: email.message_from_bytes(raw),
    READ: lambda raw, _: seen.kind_of(parse(raw)),
    "parse, with body": lambda raw, _: parse(raw),
    "classify": lambda _, one: seen.kind_of(one.mail),
    "reply text": lambda _, one: seen.reply_of(one.mail),
    "forward": lambda raw, one: seen.original_of(one.mail, raw, one.kind),
    "clues": lambda _, one: seen.clues_of(one.mail, one.kind, one.forwarded),
    "language": lambda _, one: seen.language_of(one.new),
}


@dataclass(frozen=True, slots=True)
class Speed:
    """What each run took: medians over rounds, in seconds of CPU for all mails once.

    `BARE` is `email.message_from_bytes`, which undoes no transfer encoding and decodes no header;
    `READ` is parse and classify, the body with them; the others are single stages. `ratios` are to
    `BARE` in the same round, so that a machine that gets slower does not count.
    """

    mails: int
    size: int
    rounds: int
    seconds: Mapping[str, float]
    ratios: Mapping[str, float]


def measure(mails: Sequence[tuple[bytes, Seen]], rounds: int) -> Speed:
    """Measure all in turns, so that whatever else the machine does falls on each alike."""
    for run in _RUNS.values():
        _seconds(run, mails)  # What is made once, like the model for languages, is not measured.
    taken: dict[str, list[float]] = {name: [] for name in _RUNS}
    for _ in range(rounds):
        for name, run in _RUNS.items():
            taken[name].append(_seconds(run, mails))
    return Speed(
        mails=len(mails),
        size=sum(len(raw) for raw, _ in mails),
        rounds=rounds,
        seconds={name: statistics.median(times) for name, times in taken.items()},
        ratios={
            name: statistics.median(a / b for a, b in zip(times, taken[BARE], strict=True))
            for name, times in taken.items()
        },
    )


def _seconds(run: _Run, mails: Sequence[tuple[bytes, Seen]]) -> float:
    began = time.process_time()
    for raw, one in mails:
        run(raw, one)
    return time.process_time() - began
