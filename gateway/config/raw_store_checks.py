"""What `[raw]` must be beyond its shape."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from gateway.config.raw_store import IN_FOLDER
from gateway.config.settings import Settings
from gateway.config.toml_file import TomlFile
from gateway.config.web_address import is_web_address
from gateway.errors import Finding

# Names of buckets are Amazon's; a prefix has what needs no quoting anywhere.
_STORE = re.compile(
    r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_.-]+)*/?"
)
_OF_BUCKETS = ("endpoint", "region", "ca_file", "access_key_file", "secret_key_file")
# A worker reads mails for up to twice the bound, and has as long again to take them in.
_READING = 3


def check_raw_store(file: TomlFile, settings: Settings) -> Iterator[Finding]:
    """Find what is wrong with where large mails are kept."""
    own = settings.raw
    if own.store == IN_FOLDER:
        for key in _OF_BUCKETS:
            if getattr(own, key):
                yield file.finding(f'"{key}" is for a store such as s3://bucket/mail', "raw", key)
        return
    if not _STORE.fullmatch(own.store):
        yield file.finding(
            '"store" must be "folder", or a bucket such as s3://bucket/mail', "raw", "store"
        )
    if own.endpoint and not _is_endpoint(own.endpoint):
        message = '"endpoint" must be an address such as https://objects.example.net'
        yield file.finding(message, "raw", "endpoint")
    if (own.access_key_file is None) != (own.secret_key_file is None):
        key = "access_key_file" if own.secret_key_file is None else "secret_key_file"
        yield file.finding("the two key files go together", "raw", key)
    if own.timeout * _READING > settings.worker.wall_seconds:
        yield file.finding(
            f'"timeout" must be at most a third of wall_seconds of [worker], '
            f"which is {settings.worker.wall_seconds}: a worker reads mails within it",
            *("raw", "timeout"),
        )


def _is_endpoint(url: str) -> bool:
    return is_web_address(url) and urlsplit(url)[2:] in {("", "", ""), ("/", "", "")}
