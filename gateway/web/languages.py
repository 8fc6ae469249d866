"""In which language a page speaks."""

LANGUAGES = ("en", "de", "nl", "fi")
"""What customers' pages can speak, by its two letters; the first is for everybody else."""

_LONGEST_HEADER = 200


def language_for(wanted: str) -> str:
    """Give the language to speak in where `wanted` is asked for."""
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def accepted(header: str) -> str:
    """Give the language of a browser's Accept-Language that a page can speak, by its order."""
    asked = (one.split(";")[0].strip()[:2].lower() for one in header[:_LONGEST_HEADER].split(","))
    return language_for(next((one for one in asked if one in LANGUAGES), ""))
