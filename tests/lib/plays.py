"""Conversations of the shipped desks, played once however many tests and processes ask.

What came of one is kept in a file, so that the test of it and the test of all of them together
share one play, in whichever of pytest's processes they run.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.config.load import Configuration
from gateway.conversation import Kind, Part, play
from gateway.conversation.prepared import Prepared, prepare

# What this process has prepared, by the folders of templates.
_PREPARED: dict[Path, Prepared] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a conversation went otherwise than expected, and which parts of desks it used."""

    differences: tuple[str, ...]
    used: frozenset[Part]


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Give a folder that all processes of this run of pytest share."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "plays"
    folder.mkdir(exist_ok=True)
    return folder


def outcome(path: Path, configuration: Configuration, kept: Path, folder: Path) -> Outcome:
    """Give what comes of a conversation; unless that is `kept`, play it in an empty folder."""
    file = kept / f"{path.parts[-3]}-{path.stem}.json"
    if not file.exists():
        prepared = _prepared(configuration, kept / f"{os.getpid()}-{path.parts[-3]}")
        folder.mkdir()
        played = play(path, configuration, folder, prepared=prepared)
        differences = [str(difference) for difference in played.differences]
        used = sorted((part.desk, part.kind.value, part.name) for part in played.used)
        # Whoever reads it meanwhile finds all of it, or nothing.
        written = kept / f"{file.name}.{os.getpid()}"
        written.write_text(json.dumps({"differences": differences, "used": used}))
        written.replace(file)
    found = json.loads(file.read_text())
    parts = (Part(desk, Kind(kind), name) for desk, kind, name in found["used"])
    return Outcome(tuple(found["differences"]), frozenset(parts))


def _prepared(configuration: Configuration, folder: Path) -> Prepared:
    """Give what all conversations of a configuration begin with; it is made under `folder` once."""
    templates = configuration.settings.templates
    if templates not in _PREPARED:
        folder.mkdir()
        _PREPARED[templates] = prepare(configuration, folder)
    return _PREPARED[templates]
