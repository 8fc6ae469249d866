"""How the log is written."""

from enum import StrEnum

from pydantic.dataclasses import dataclass

from gateway.config.kinds import STRICT


class LogFormat(StrEnum):
    """Lines for people and grep, or an object of JSON a line for programs."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True, config=STRICT)
class Log:
    """Where the log goes is for whoever starts the daemon to say; `format` is of each line."""

    format: LogFormat = LogFormat.TEXT
