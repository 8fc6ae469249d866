"""How pages of the console write numbers and sizes."""


def number(count: float) -> str:
    """Write a number with its thousands apart, as in "12 345"."""
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def size(count: int) -> str:
    """Write how many bytes something has, as in "1.4 MB"."""
    if count < 1000:
        return f"{count} bytes"
    amount = float(count)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.5 or unit == "GB":
            return f"{amount:.{1 if amount < 9.95 else 0}f} {unit}"
    raise AssertionError  # pragma: no cover  the last unit takes all
