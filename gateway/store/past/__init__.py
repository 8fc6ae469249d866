"""What the store held when past mails were decided on, for whoever decides on them anew.

Nothing here writes to the house's database. What a look-up of today would read differently from
then, tickets and all that hangs on them, is put together as it was; people, orders and articles are
those of today.
"""

from gateway.store.past.absences import Absences, read_absences
from gateway.store.past.decided import (
    Decided,
    Window,
    came_before,
    count_states,
    count_window,
    read_decided,
    strangers_before,
)
from gateway.store.past.hits import hits_before
from gateway.store.past.look_up import Recalled, Then, look_up_then
from gateway.store.past.scratch import Scratch

__all__ = [
    "Absences",
    "Decided",
    "Recalled",
    "Scratch",
    "Then",
    "Window",
    "came_before",
    "count_states",
    "count_window",
    "hits_before",
    "look_up_then",
    "read_absences",
    "read_decided",
    "strangers_before",
]
