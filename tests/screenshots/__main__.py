"""`python -m screenshots FOLDER`: all pictures; ends with 1 if anything is wrong on a page."""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from screenshots.camera import take
from screenshots.served import served
from servers import chromium

# A working day of all desks, so that pictures taken anew differ by what changed in the pages.
_NOW = datetime(2026, 11, 18, 14, 20, tzinfo=UTC)


def _main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    faults = 0
    with (
        tempfile.TemporaryDirectory() as house,
        served(Path(house), _NOW) as pages,
        chromium.running(chromium.require()) as browser,
    ):
        for name, wrong in take(browser, list(pages.shots), pages.cookies, folder):
            sys.stdout.write(f"{name}\n" + "".join(f"  {one}\n" for one in wrong))
            faults += len(wrong)
    sys.stdout.write(f"{faults} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1])))
