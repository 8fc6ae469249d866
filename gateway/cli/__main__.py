"""`python -m gateway.cli` is `casepost`."""

from gateway.cli import main

if __name__ == "__main__":
    main()
