"""Asks the DNS for what the verdicts on a batch of mails need to know: bounded, and remembered.

All mails of a batch are judged side by side in one thread: each goes on until it has to know
something, and waits only for its own answers. The worker's limits on time hold for a batch, so
there is a budget for each mail, and one for the batch, in which the first mails come first.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import dns.asyncresolver
import dns.exception
import dns.message
import dns.nameserver
import dns.rdatatype
import dns.resolver

from gateway.config.nameserver import parse_nameserver
from gateway.config.settings import Settings
from gateway.mail.authenticity.evidence import Evidence
from gateway.mail.authenticity.judge import Trust, judge, trust_of
from gateway.mail.authenticity.questions import (
    NOTHING,
    UNCERTAIN,
    Answer,
    Answers,
    Inquiry,
    Question,
    Type,
)
from gateway.mail.model import Authenticity

MAIL_SECONDS = 5.0
# Of a worker's wall time for a batch, so that filing has its time as well.
BATCH_SHARE = 0.5

_AT_ONCE = 64
_MOST_REMEMBERED = 10_000
_LONGEST = 3600.0
_SHORTEST = 5.0
_NEGATIVE = 300.0
# A server in trouble is asked again soon, but not by each mail of a flood.
_TROUBLE = 10.0
_MOST_RECORDS = 50
_MOST_TEXT = 4096


class Asking(Protocol):
    """Whoever answers questions to the DNS, within a bounded time."""

    async def answer(self, question: Question) -> Answer:
        """Give the answer; an uncertain one if none comes."""


class Memory:
    """Answers that are still good, the least used forgotten first. `now` is in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Begin with none."""
        self._now = now
        self._kept: OrderedDict[Question, tuple[Answer, float]] = OrderedDict()

    def get(self, question: Question) -> Answer | None:
        """Give the answer to a question, if it is known and still good."""
        kept = self._kept.get(question)
        if kept is None or kept[1] <= self._now():
            return None
        self._kept.move_to_end(question)
        return kept[0]

    def put(self, question: Question, answer: Answer, seconds: float) -> None:
        """Remember an answer for so long."""
        self._kept[question] = (answer, self._now() + seconds)
        self._kept.move_to_end(question)
        if len(self._kept) > _MOST_REMEMBERED:
            self._kept.popitem(last=False)


class Resolver:
    """Asks name servers, few questions at a time."""

    def __init__(
        self,
        nameservers: Sequence[str],
        timeout: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask these servers, the system's without any; an answer may take `timeout` seconds."""
        self._nameservers = [parse_nameserver(text) for text in nameservers]
        self._timeout = timeout
        self._memory = Memory(now)
        self._open: dict[Question, asyncio.Task[Answer]] = {}

    async def answer(self, question: Question) -> Answer:
        """Give the answer; an uncertain one if none comes in time."""
        known = self._memory.get(question)
        if known is not None:
            return known
        asked = self._open.get(question)
        if asked is None:
            asked = self._open[question] = asyncio.create_task(self._learn(question))
            asked.add_done_callback(lambda _: self._open.pop(question, None))
        # A mail that waits no longer does not end what others wait for.
        return await asyncio.shield(asked)

    async def _learn(self, question: Question) -> Answer:
        answer, seconds = await self._ask(question)
        self._memory.put(question, answer, seconds)
        return answer

    async def _ask(self, question: Question) -> tuple[Answer, float]:
        try:
            found = await self._servers().resolve(
                question.name + ".", question.type.value, search=False
            )
        except dns.resolver.NXDOMAIN as nobody:
            return NOTHING, _negative(nobody.kwargs["responses"].values())
        except dns.resolver.NoAnswer as nothing:
            return NOTHING, _negative([nothing.kwargs["response"]])
        except (dns.exception.DNSException, OSError, ValueError, UnicodeError):
            return UNCERTAIN, _TROUBLE
        # Name servers give them in any order; a verdict must not depend on it.
        records = tuple(sorted(_text(question.type, one) for one in list(found)[:_MOST_RECORDS]))
        whole = len(found) <= _MOST_RECORDS and all(len(text) <= _MOST_TEXT for text in records)
        ttl = float(found.rrset.ttl) if found.rrset is not None else 0.0
        return (Answer(records) if whole else UNCERTAIN), min(max(ttl, _SHORTEST), _LONGEST)

    def _servers(self) -> dns.asyncresolver.Resolver:
        resolver = dns.asyncresolver.Resolver(configure=not self._nameservers)
        if self._nameservers:
            resolver.nameservers = [
                dns.nameserver.Do53Nameserver(host, port) for host, port in self._nameservers
            ]
        resolver.lifetime = self._timeout
        # A second server is asked while there is time for its answer.
        resolver.timeout = self._timeout / 2
        return resolver


def authenticator(
    settings: Settings, asking: Asking | None = None
) -> Callable[[Sequence[Evidence]], list[Authenticity]]:
    """Give what gives the verdicts on a batch of mails."""
    trust = trust_of(settings)
    own = settings.authenticity
    resolver = asking or Resolver(own.nameservers, own.dns_timeout)
    seconds = settings.worker.wall_seconds * BATCH_SHARE

    def authenticate(batch: Sequence[Evidence]) -> list[Authenticity]:
        return asyncio.run(_judge_all(batch, trust, resolver, seconds))

    return authenticate


async def _judge_all(
    batch: Sequence[Evidence], trust: Trust, resolver: Asking, seconds: float
) -> list[Authenticity]:
    """Judge mails side by side; what is not known at the end of the time is uncertain."""
    end = asyncio.get_running_loop().time() + seconds
    few = asyncio.Semaphore(_AT_ONCE)
    verdicts = [_judged(evidence, trust, resolver, few, end) for evidence in batch]
    return list(await asyncio.gather(*verdicts))


async def _judged(
    evidence: Evidence, trust: Trust, resolver: Asking, few: asyncio.Semaphore, end: float
) -> Authenticity:
    answers: Answers = {}
    inquiry: Inquiry[Authenticity] = judge(evidence, trust, answers)
    left = MAIL_SECONDS
    clock = asyncio.get_running_loop().time
    while True:
        try:
            questions = next(inquiry)
        except StopIteration as done:
            verdict: Authenticity = done.value
            return verdict
        async with few:
            begun = clock()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, max(end - begun, 0.0))):
                    await _fill(answers, questions, resolver)
            left = max(left - (clock() - begun), 0.0)


async def _fill(answers: Answers, questions: Sequence[Question], resolver: Asking) -> None:
    """Answer questions; one that is not answered when this is cancelled stays open."""

    async def one(question: Question) -> None:
        answers[question] = await resolver.answer(question)

    await asyncio.gather(*(one(question) for question in questions))


def _text(kind: Type, record: object) -> str:
    """Give a record as text; TXT strings are put together (RFC 7208 section 3.3)."""
    if kind is Type.TXT:
        strings: tuple[bytes, ...] = getattr(record, "strings", ())
        return b"".join(strings).decode("latin-1")
    text = str(record).lower()
    return text.removesuffix(".")


def _negative(responses: Iterable[dns.message.Message]) -> float:
    """Give how long it is good that there is no such record (RFC 2308 section 5)."""
    for response in responses:
        for found in response.authority:
            if found.rdtype == dns.rdatatype.SOA:
                return float(min(max(found.ttl, _SHORTEST), _NEGATIVE))
    return _SHORTEST
