"""What comes in: the benchmark's mix, answers to our acknowledgements in it, and some poison."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.bench.mix import Asked, Letter, mix, seeds

RECIPIENT = "help@north.example"
ANSWERED = ("customer/acknowledge",)
_HARM = (b"ABORT", b"RAISE", b"ALLOCATE", b"SPIN")
_CHUNK = 20
_ANSWERS = _CHUNK // 4


@dataclass(frozen=True, slots=True)
class Load:
    """A mail to send: how it ends, and whether a worker dies of it."""

    letter: Letter
    answers: tuple[str, ...]
    poison: bool = False


def stream(take: Callable[[int], list[Asked] | None], poison_every: int) -> Iterator[Load]:
    """Give mails without end; `take` gives acknowledgements to answer, if there are enough."""
    for number, load in enumerate(_sound(take), 1):
        if number % poison_every == 0 and load.answers:
            harm = _HARM[number // poison_every % len(_HARM)]
            letter = load.letter
            content = letter.content + b"\r\n" + harm + b"\r\n"
            yield Load(Letter(letter.sender, letter.recipient, content), (), poison=True)
        else:
            yield load


def _sound(take: Callable[[int], list[Asked] | None]) -> Iterator[Load]:
    chunk = 0
    while True:
        chunk += 1
        asked = take(_ANSWERS)
        if asked is None:
            letters = list(seeds(_CHUNK, RECIPIENT, f"first-{chunk}"))
        else:
            letters = list(mix(_CHUNK, RECIPIENT, asked, f"soak-{chunk}"))
        for letter in letters:
            yield Load(letter, () if b"In-Reply-To" in letter.content else ANSWERED)
