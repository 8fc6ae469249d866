"""What is raised when somebody else wrote first."""


class Conflict(Exception):
    """Somebody else wrote first: what was read must be looked up again."""


class ClaimLost(Conflict):
    """The mail is in somebody else's hands by now: there is nothing left to do."""


def expect(found: int, expected: int, why: str) -> None:
    """Raise Conflict unless a write touched as many rows as it must."""
    if found != expected:
        raise Conflict(why)
