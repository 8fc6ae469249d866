"""Kinds of values that several tables of a configuration have."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import ConfigDict, Field

# How every table is read: a key that it does not have is an error.
STRICT = ConfigDict(extra="forbid", str_strip_whitespace=True)

Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=366 * 86400)]
Count = Annotated[int, Field(ge=1)]
Network = IPv4Network | IPv6Network
