"""Where large mails are kept: in a folder, which nodes may share, or in an object store.

Times are seconds; paths are absolute once loaded.
"""

from pathlib import Path
from typing import NamedTuple

from pydantic.dataclasses import dataclass

from gateway.config.kinds import STRICT, Seconds

IN_FOLDER = "folder"
_SCHEME = "s3://"


class Bucket(NamedTuple):
    """A bucket, and what the names of our objects in it begin with; "" for nothing."""

    name: str
    prefix: str


@dataclass(frozen=True, slots=True, config=STRICT)
class Raw:
    """`store` is `folder`, or `s3://BUCKET/PREFIX` of a store that speaks Amazon's S3.

    `folder` lies under the data folder unless it is absolute; with an object store, mails that
    were kept in it before stay readable. `endpoint` is the URL of a store that is not Amazon's.
    Without key files the keys are those of the environment, or of the role of the machine.
    `timeout` is how long one mail may take to be written or read.
    """

    store: str = IN_FOLDER
    folder: Path = Path("large")
    endpoint: str = ""
    region: str = ""
    ca_file: Path | None = None
    access_key_file: str | None = None
    secret_key_file: str | None = None
    connect_timeout: Seconds = 5
    timeout: Seconds = 10

    @property
    def bucket(self) -> Bucket | None:
        """Give the bucket, None where mails are kept in the folder."""
        if self.store == IN_FOLDER:
            return None
        name, _, prefix = self.store.removeprefix(_SCHEME).partition("/")
        return Bucket(name, prefix.strip("/"))
