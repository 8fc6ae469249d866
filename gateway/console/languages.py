"""How pages of the console call languages."""

from functools import lru_cache


@lru_cache(maxsize=64)
def language(code: str) -> str:
    """Give the English name of a language by its two letters, as in "Dutch"; these if unknown."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  slow to import, and seldom needed

    try:
        return Locale.parse(code).get_language_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code
