"""Golden conversations: what is said to a desk and what has to come of it, played in seconds."""

from gateway.conversation.played import Arrived, Difference, Moment, Played, SentMail
from gateway.conversation.player import play
from gateway.conversation.read import read

__all__ = ["Arrived", "Difference", "Moment", "Played", "SentMail", "play", "read"]
