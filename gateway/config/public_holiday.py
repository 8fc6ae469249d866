"""Public holidays of countries and their regions, and what they are called."""

import re
import warnings
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


@lru_cache(maxsize=512)
def public_holidays(region: str, year: int, language: str = "") -> Mapping[date, str]:
    """Give all public holidays of a year, as `public_holiday` gives one."""
    import holidays  # noqa: PLC0415  it takes a tenth of a second, and few calendars name a region

    country, _, part = region.partition("-")
    known = holidays.country_holidays(country)
    spoken = next((one for one in known.supported_languages if one[:2] == language), None)
    # Without a language it would ask the environment for one.
    named = spoken or known.default_language
    with warnings.catch_warnings():
        # Of some countries the days are not known for all years; then there are fewer.
        warnings.simplefilter("ignore")
        found = holidays.country_holidays(country, subdiv=part or None, years=year, language=named)
    return dict(found)


def public_holiday(region: str, day: date, language: str = "") -> str:
    """Give the name of a public holiday of a country such as `NL`, or of `DE-BY`; "" if it is none.

    It is in the `language`, of two letters, where somebody has translated it, or else in the
    country's own. Raises NotImplementedError for a region whose holidays nobody knows.
    """
    return public_holidays(region, day.year, language).get(day, "")


def is_known(region: str) -> bool:
    """Say whether the public holidays of a region are known."""
    try:
        public_holidays(region, 2000)
    except NotImplementedError:
        return False
    return True


def regions() -> tuple[str, ...]:
    """Give all regions whose public holidays are known."""
    import holidays  # noqa: PLC0415  as above

    found = holidays.list_supported_countries(include_aliases=False)
    named = (
        f"{one}-{part}" if part else one for one, parts in found.items() for part in ("", *parts)
    )
    return tuple(sorted(region for region in named if _REGION.fullmatch(region)))
