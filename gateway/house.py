"""What stays the same from mail to mail: the configuration in force, and what was made of it.

One value, built once at a process's start and handed to the ways (`intake`, `agenda`) and edges.
"""

from dataclasses import dataclass
from pathlib import Path

from gateway.config.case_number import CaseNumberPattern
from gateway.config.desk import Desk
from gateway.config.settings import Settings
from gateway.desk.route import Routes
from gateway.mail.message_id import MessageIds
from gateway.store.database import Database
from gateway.store.numbers import Numbers
from gateway.templates import Templates


@dataclass(frozen=True, slots=True)
class House:
    """The parts that a mail's way needs; `data` is the folder of keys and large mails."""

    settings: Settings
    desks: tuple[Desk, ...]
    routes: Routes
    patterns: dict[str, CaseNumberPattern]
    templates: Templates
    message_ids: MessageIds
    database: Database
    numbers: Numbers
    node: str
    data: Path
