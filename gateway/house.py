"""What stays the same from mail to mail: the configuration in force, and what was made of it.

One value, built once at a process's start and handed to the ways (`intake`, `agenda`) and edges.
"""

import logging
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from gateway.config.case_number import CaseNumberPattern
from gateway.config.desk import Desk
from gateway.config.load import Configuration
from gateway.config.settings import Settings
from gateway.desk.route import Routes
from gateway.mail.message_id import MessageIds
from gateway.mail.reply_address import ReplyAddresses
from gateway.store import keys
from gateway.store.database import Database
from gateway.store.node import name_node
from gateway.store.numbers import Numbers
from gateway.templates import Templates, shipped_folder
from gateway.templates import load as load_templates

_log = logging.getLogger("casepost.house")


@dataclass(frozen=True, slots=True)
class House:
    """The parts that a mail's way needs; `data` is the folder of keys and large mails."""

    settings: Settings
    desks: tuple[Desk, ...]
    routes: Routes
    patterns: dict[str, CaseNumberPattern]
    templates: Templates
    message_ids: MessageIds
    reply_addresses: ReplyAddresses
    database: Database
    numbers: Numbers
    node: str
    data: Path


def open_house(configuration: Configuration) -> House:
    """Make ready what a configuration says; a broken template is logged and never stops us.

    Raises OSError when the data folder can't be used.
    """
    settings = configuration.settings
    settings.data.mkdir(mode=0o750, parents=True, exist_ok=True)
    templates, findings = load_templates(settings.templates, shipped_folder(), configuration.desks)
    for finding in findings:
        _log.error("a template is not used: %s", finding)
    database = Database(settings.database.url, settings.data)
    ring = keys.load_ring(settings.data, keys.REPLY_ADDRESS, os.urandom)
    return House(
        settings=settings,
        desks=configuration.desks,
        routes=Routes(configuration.desks),
        patterns={
            desk.name: CaseNumberPattern.parse(desk.case_number) for desk in configuration.desks
        },
        templates=templates,
        message_ids=MessageIds(keys.load_or_make(settings.data, "message-id", os.urandom)),
        reply_addresses=ReplyAddresses(ring, ring.current),
        database=database,
        numbers=Numbers(database, time.monotonic),
        node=name_node(settings.data, settings.hostname or socket.gethostname(), os.urandom),
        data=settings.data,
    )
