"""`python -m manual FILE`: write the manual page, where it says something else than the help."""

import sys
from pathlib import Path

from manual.page import written


def main() -> None:
    """Write the page."""
    path = Path(sys.argv[1])
    page = written()
    if not path.exists() or path.read_text() != page:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page)
        print(f"{path} is written")  # noqa: T201  said to whoever ran it


if __name__ == "__main__":
    main()
