"""A reader of hostile mails, which says what each cost it.

Run as a program, so that what it needs at most is its own and not that of other tests.
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gateway.mail import dsn
from gateway.mail.automatic import classify
from gateway.mail.forward import forwarded
from gateway.mail.html import display
from gateway.mail.inside import others_of
from gateway.mail.language import detect
from gateway.mail.model import Classification, Envelope, Kind
from gateway.mail.parse import parse
from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import new_text
from gateway.mail.thread import find_clues
from lib.hostile import SENT, TICKETS, WORSE
from lib.memory import most_memory

_ANY = b"From: jan@klant.example\r\n\r\nZeg nooit nooit, behalve bij regen in november.\r\n"
_LANGUAGES = ("en", "de", "nl", "fi", "fr", "sv", "es")


def read(raw: bytes) -> None:
    """Take a mail as far as it goes by itself: as what it is, as a forward, and as a bounce."""
    envelope = Envelope("", "help@north.example")
    mail = parse(raw)
    classify(mail, envelope, lambda _: False, lambda _: False)
    failure = dsn.bounce(mail, null_path=True)
    original = forwarded(mail, raw)
    others = others_of(
        mail, Classification(Kind.BOUNCE, (), answerable=False, bounce=failure), original
    )
    find_clues(mail, lambda _: None, [], others)
    for text in (mail.text, *([original.text] if original else [])):
        detect(new_text(text, folds(text, SENT)), _LANGUAGES)
    display(mail.html)


def main() -> None:
    """Read every mail once; print the seconds that each took, and the most memory."""
    read(_ANY)  # The model that tells languages apart is loaded once in a worker's life.
    seconds = {}
    for name, written in {**TICKETS, **WORSE}.items():
        raw = written()
        start = time.process_time()
        read(raw)
        seconds[name] = time.process_time() - start
    json.dump({"seconds": seconds, "bytes": most_memory()}, sys.stdout)


if __name__ == "__main__":
    main()
