"""A small file system of its own under a folder, in memory; only root can have one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.fault import NotRun


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """Mount one on a folder, which is made; `options` bound its bytes and inodes."""
    if os.geteuid() != 0:
        raise NotRun("only root can mount a small file system")
    folder.mkdir(mode=0o750, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"{options},mode=750", "tmpfs", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise NotRun(f"no small file system can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
