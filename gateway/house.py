"""What stays the same from mail to mail: the configuration in force, and what was made of it.

One value, built once at a process's start and handed to the ways (`intake`, `agenda`) and edges.
"""

import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.config.case_number import CaseNumberPattern
from gateway.config.desk import Desk
from gateway.config.load import Configuration
from gateway.config.settings import Settings
from gateway.desk.needs import Needs, needs_of
from gateway.desk.route import Routes
from gateway.errors import Finding, Misconfigured, Misused, Transient
from gateway.mail.case_link import CaseLinks
from gateway.mail.dkim_signing import Signers, UnusableKey
from gateway.mail.file_link import FileLinks
from gateway.mail.message_id import MessageIds
from gateway.mail.reply_address import ReplyAddresses
from gateway.store import keys, template_versions
from gateway.store.database import Database
from gateway.store.dkim_keys import load_signers
from gateway.store.large_mails import LargeMails
from gateway.store.large_places import large_mails_of
from gateway.store.node import name_node
from gateway.store.numbers import Numbers
from gateway.store.revision import is_current
from gateway.templates import Templates, shipped_folder
from gateway.templates import load as load_templates
from gateway.templates.folder import Edited

_log = logging.getLogger("casepost.house")

# Audiences whose templates are sent when something happens.
_PROGRAMS = frozenset({"customer", "agent"})


@dataclass(frozen=True, slots=True)
class House:
    """The parts that a mail's way needs; `data` is the folder of keys.

    `canned` are the names of the answers that an agent of a desk may send by command, `needs` what
    its policy has to know of those who write. `random` gives so many random bytes, for secrets.
    `path` is that of `casepost.toml`.
    """

    settings: Settings
    desks: tuple[Desk, ...]
    routes: Routes
    patterns: dict[str, CaseNumberPattern]
    templates: Templates
    canned: dict[str, tuple[str, ...]]
    needs: dict[str, Needs]
    message_ids: MessageIds
    reply_addresses: ReplyAddresses
    file_links: FileLinks
    case_links: CaseLinks
    signers: Signers
    database: Database
    numbers: Numbers
    node: str
    data: Path
    large: LargeMails
    random: Callable[[int], bytes] = os.urandom
    path: Path = Path()

    def signed(self, content: bytes, sender: str) -> bytes:
        """Give an outgoing mail with a DKIM signature, if there is a key for its sender's domain.

        A mail that cannot be signed goes out as it is, with an alarm.
        """
        signer = self.signers.signer_for(sender)
        try:
            return signer.sign(content) if signer else content
        except UnusableKey as error:
            _log.error("a mail from %s goes out without its DKIM signature: %s", sender, error)
            return content


def open_house(
    configuration: Configuration,
    templates: Templates | None = None,
    edited: tuple[Edited, ...] | None = None,
) -> House:
    """Make ready what a configuration says; a broken template is logged and never stops us.

    Without `templates` they are read from their folders, and without `edited` what was written in
    the console is read from the database.

    Raises OSError when the data folder can't be used.
    """
    settings = configuration.settings
    settings.data.mkdir(mode=0o750, parents=True, exist_ok=True)
    database = Database(settings.database.url, settings.data)
    if templates is None:
        edited = edited_templates(database) if edited is None else edited
        templates = sound_templates(configuration, edited)
    ring = keys.load_ring(settings.data, keys.REPLY_ADDRESS, os.urandom)
    files = keys.load_ring(settings.data, keys.FILES, os.urandom)
    signers, unusable = load_signers(settings)
    for finding in unusable:
        _log.error("mail goes out without a DKIM signature: %s", finding)
    return House(
        settings=settings,
        desks=configuration.desks,
        routes=Routes(configuration.desks),
        patterns={
            desk.name: CaseNumberPattern.parse(desk.case_number) for desk in configuration.desks
        },
        templates=templates,
        canned={desk.name: _canned(templates, desk) for desk in configuration.desks},
        needs={desk.name: needs_of(desk) for desk in configuration.desks},
        message_ids=MessageIds(keys.load_or_make(settings.data, "message-id", os.urandom)),
        reply_addresses=ReplyAddresses(ring, ring.current),
        file_links=FileLinks(files, files.current),
        case_links=CaseLinks(files, files.current),
        signers=signers,
        database=database,
        numbers=Numbers(database, time.monotonic),
        node=name_node(settings.data, settings.hostname or socket.gethostname(), os.urandom),
        data=settings.data,
        large=large_mails_of(settings),
        path=configuration.path,
    )


def open_to_look(
    configuration: Configuration, database: Database, *, with_edited: bool = True
) -> House:
    """Give a house on a database that nobody writes to: nothing is made, and nothing kept.

    Templates that were written in the console hold in it as they do for the daemon, or, without
    `with_edited`, the files alone.

    Raises Misused where the keys that mail went out with are not there, OSError when they cannot
    be read, and Misconfigured with what is wrong in the templates.
    """
    settings = configuration.settings
    for name in (keys.REPLY_ADDRESS, keys.FILES):
        if not keys.ring_ids(settings.data, name):
            raise _no_key(settings, name)
    for name in ("message-id", "node"):
        if not keys.key_file(settings.data, name).exists():
            raise _no_key(settings, name)
    templates, findings = _tried(configuration, edited_templates(database) if with_edited else ())
    if findings:
        raise Misconfigured(findings)
    return replace(open_house(configuration, templates), database=database)


def _no_key(settings: Settings, name: str) -> Misused:
    return Misused(f"there is no {name} key in {settings.data}: start `casepost run` first")


def renewed(house: House, configuration: Configuration) -> House:
    """Give an open house with another configuration in force; what it has open stays open.

    Raises Misconfigured with everything that is wrong in the templates and the keys for DKIM.
    """
    settings, desks = configuration.settings, configuration.desks
    edited = _edited_now(house)
    _, findings = _tried(configuration, edited)
    signers, unusable = load_signers(settings)
    if findings or unusable:
        raise Misconfigured((*findings, *unusable))
    folders = (settings.templates, shipped_folder())
    templates, _ = load_templates(*folders, desks, settings.data, edited=edited)
    return replace(
        house,
        settings=settings,
        desks=desks,
        routes=Routes(desks),
        patterns={desk.name: CaseNumberPattern.parse(desk.case_number) for desk in desks},
        templates=templates,
        canned={desk.name: _canned(templates, desk) for desk in desks},
        needs={desk.name: needs_of(desk) for desk in desks},
        signers=signers,
    )


def with_templates(house: House, templates: Templates) -> House:
    """Give an open house with other templates in force."""
    canned = {desk.name: _canned(templates, desk) for desk in house.desks}
    return replace(house, templates=templates, canned=canned)


def edited_templates(database: Database) -> tuple[Edited, ...]:
    """Read what was written in the console and holds; nothing from tables of another version."""
    file = database.url.database if database.is_sqlite else None
    # To look into a file that is not there would make one.
    if (file is not None and not Path(file).exists()) or not is_current(database):
        return ()
    with database.reading() as connection:
        return template_versions.edited(template_versions.newest(connection))


def sound_templates(configuration: Configuration, edited: tuple[Edited, ...]) -> Templates:
    """Load what is sound of the templates, keep it as the last that was, and log what is not."""
    settings = configuration.settings
    folders = (settings.templates, shipped_folder())
    templates, findings = load_templates(
        *folders, configuration.desks, settings.data, edited=edited
    )
    for finding in findings:
        _log.error("a template is not used: %s", finding)
    return templates


def _edited_now(house: House) -> tuple[Edited, ...]:
    """Give what was written in the console; what holds already where the store does not answer."""
    try:
        return edited_templates(house.database)
    except Transient:
        return tuple(one.edited for one in house.templates.edited if one.edited)


def _tried(
    configuration: Configuration, edited: tuple[Edited, ...]
) -> tuple[Templates, tuple[Finding, ...]]:
    """Load templates, keep nothing as the last that was sound, and say what is wrong in the files.

    What somebody wrote in the console, or has yet to write, is no fault of theirs.
    """
    settings, desks = configuration.settings, configuration.desks
    folders = (settings.templates, shipped_folder())
    found, findings = load_templates(*folders, desks, settings.data, keep=False, edited=edited)
    if findings and edited:
        _, own = load_templates(*folders, desks, settings.data, keep=False)
        for finding in findings:
            if finding not in own:
                _log.warning("in what was written in the console: %s", finding)
        findings = tuple(finding for finding in findings if finding in own)
    return found, findings


def _canned(templates: Templates, desk: Desk) -> tuple[str, ...]:
    """Give the names of the templates that answer a customer and are nothing of the program's."""
    names = templates.names(desk.name)
    canned = (name for name in names if name.partition("/")[0] not in _PROGRAMS)
    return tuple(name for name in canned if templates.usable(desk.name, name))
