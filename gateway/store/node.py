"""Which node this is: the machine together with the data folder, under the same name for ever.

Two machines may have one hostname, and must not take each other's processes for dead. A random
key in the data folder tells daemons apart; the machine's own id (machine-id(5)) tells apart the
copies of a data folder. Every process on the same folder and machine gives the same name.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from gateway.store import keys

_MACHINE = Path("/etc/machine-id")
_SHOWN = 8
# With the rest of the name, below what the ledger has room for.
_LONGEST_HOSTNAME = 80


def name_node(
    folder: Path,
    hostname: str,
    random_bytes: Callable[[int], bytes],
    machine: Path = _MACHINE,
) -> str:
    """Give the node's name, `HOSTNAME-` and eight hexadecimal digits.

    Raises OSError, and Misused when the key in `folder` was damaged.
    """
    key = keys.load_or_make(folder, "node", random_bytes)
    # The machine's id is confidential: with the key, nobody can tell it from the name.
    digest = hashlib.sha256(key + _machine_id(machine)).hexdigest()
    return f"{hostname[:_LONGEST_HOSTNAME]}-{digest[:_SHOWN]}"


def _machine_id(machine: Path) -> bytes:
    """Give the machine's id; nothing where the system keeps none."""
    try:
        return machine.read_bytes().strip()
    except OSError:
        return b""
