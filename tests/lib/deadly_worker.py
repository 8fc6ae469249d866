"""A worker that mails can harm: what a mail's body asks for happens while it is parsed.

Run as a program, in place of `python -P -m gateway.worker`.
"""

import os
import re
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gateway import reading
from gateway.mail.model import Mail
from gateway.mail.parse import parse
from gateway.worker import __main__ as worker


def _harm(raw: bytes) -> Mail:
    if b"ABORT" in raw:
        os.abort()
    if b"HANG" in raw:
        signal.pause()
    if b"ALLOCATE" in raw:
        bytearray(1 << 40)
    while b"SPIN" in raw:
        pass
    if b"RAISE" in raw:
        raise AssertionError("the mail asked for it")
    if found := re.search(rb"READ (\S+)", raw):
        fifo = Path(os.fsdecode(found[1]))
        if fifo.exists():
            fifo.read_bytes()
    return parse(raw)


if __name__ == "__main__":
    reading.parse = _harm  # type: ignore[attr-defined]
    worker.main()
