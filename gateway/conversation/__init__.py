"""Golden conversations: what is said to a desk and what has to come of it, played in seconds."""

from gateway.conversation.coverage import Covered, coverage
from gateway.conversation.many import play_all
from gateway.conversation.played import (
    Arrived,
    Difference,
    Fired,
    Kind,
    Moment,
    Part,
    Played,
    SentMail,
)
from gateway.conversation.player import play
from gateway.conversation.prepared import prepare
from gateway.conversation.read import read

__all__ = [
    "Arrived",
    "Covered",
    "Difference",
    "Fired",
    "Kind",
    "Moment",
    "Part",
    "Played",
    "SentMail",
    "coverage",
    "play",
    "play_all",
    "prepare",
    "read",
]
