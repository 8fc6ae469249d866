"""What the figures of a run hold for: the machine, the programs, the revision."""

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import gateway

ROOT = Path(__file__).resolve().parents[1]
"""The clone that is measured."""


def facts() -> dict[str, object]:
    """Give the facts for JSON; the revision ends in `+` where files differ from it."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "commit": _commit(),
        "machine": {
            "cores": len(os.sched_getaffinity(0)),
            "processor": _processor(),
            "memory_gb": round(_memory() / 1e9, 1),
            "system": f"{platform.system()} {platform.release()}",
        },
        "versions": {
            "casepost": gateway.__version__,
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            **{name: version(name) for name in ("SQLAlchemy", "aiosmtpd", "psycopg")},
        },
    }


def _commit() -> str:
    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True
        )
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--", "gateway", "bench/*.py")
    return git("rev-parse", "--short=12", "HEAD") + ("+" if changed else "")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
