"""The process: `python -P -m gateway.rehearsal`."""

import json
import os
import resource
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Thread

from gateway import logs
from gateway.config.load import load
from gateway.errors import Misconfigured, Misused, Transient
from gateway.rehearsal.one_mail import of_spool, of_text
from gateway.rehearsal.past_mails import past_mails

_MEMORY = 1024 * 1024 * 1024
# Seconds of the processor's time.
_FOR_ONE_MAIL = 60
_FOR_PAST_MAILS = 60 * 60
_NICE = 10


def main() -> int:
    """Do what the line on standard input says; 0 if it was done."""
    logs.to_stderr()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    wanted = json.loads(sys.stdin.readline() or "{}")
    if not isinstance(wanted, Mapping) or "do" not in wanted:
        return 2
    Thread(target=_end_with_whoever_asks, daemon=True).start()
    if wanted["do"] == "past":
        os.nice(_NICE)  # Mail goes first.
    _be_bounded(_FOR_PAST_MAILS if wanted["do"] == "past" else _FOR_ONE_MAIL)
    try:
        for line in lines(wanted):
            print(json.dumps(line), flush=True)  # noqa: T201  what we are asked for
    except BrokenPipeError:
        return 1
    return 0


def lines(wanted: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Do what is wanted, and give what there is to say, as it comes."""
    try:
        configuration = load(Path(str(wanted["config"])))
        match wanted["do"]:
            case "past":
                yield from past_mails(configuration, str(wanted["since"]), str(wanted["desk"]))
            case "mail":
                yield {"tried": of_spool(configuration, int(str(wanted["mail"])))}
            case _:
                text, desk = str(wanted["text"]), str(wanted["desk"])
                authentic = wanted["authentic"] is True
                tried = of_text(configuration, text, desk, authentic=authentic)
                yield {"tried": tried}
    except Misconfigured as refused:
        found = [f"{Path(one.path).name}:{one.line}: {one.message}" for one in refused.findings]
        yield {"problem": "The files are wrong, so that nothing can be tried.", "findings": found}
    except (Misused, Transient, OSError) as error:
        yield {"problem": str(error), "findings": []}


def _be_bounded(seconds: int) -> None:
    """Let the kernel end this process when it takes too much."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _end_with_whoever_asks() -> None:
    """End as soon as nobody reads what we say any more."""
    while sys.stdin.read(4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
