"""Large mails as objects of a store that speaks Amazon's S3, which several nodes share.

Each call is bounded in time as a whole, with its retries: a store that is down or slow is an outage
like any other. A mail that is written again is the same bytes again, so it is simply written.
"""

import asyncio
import os
from collections.abc import Callable, Collection, Coroutine
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from gateway.config.raw_store import Bucket, Raw
from gateway.config.secrets import read_secret
from gateway.errors import Misconfigured, Transient
from gateway.store.large_mails import Missing, Page, Stored

if TYPE_CHECKING:  # There is no such thing at run time.
    from obstore.store import ClientConfig, S3Config, S3Credential

T = TypeVar("T")

# The smallest part that stores take, and how many are in memory at once.
_PART = 5 * 1024 * 1024
_PARTS_AT_ONCE = 1
_PIECE = 256 * 1024
# Keys that were changed in their files are used after so long.
_KEYS_HOLD = timedelta(minutes=5)
_LONGEST_REASON = 200


class LargeBucket:
    """A bucket of large mails; `settings_file` is the one beside which the keys are."""

    def __init__(self, own: Raw, bucket: Bucket, settings_file: Path) -> None:
        """Connect to nothing and read no key yet."""
        self._own = own
        self._bucket = bucket
        self._settings_file = settings_file
        self._opened: S3Store | None = None

    def __str__(self) -> str:
        """Name it as the configuration does."""
        return self._own.store

    def keep(self, name: str, file: Path) -> None:
        """Upload a file in parts; the store has all of it, durable, when this returns."""

        async def upload() -> None:
            await obstore.put_async(
                self._store(), name, file, chunk_size=_PART, max_concurrency=_PARTS_AT_ONCE
            )

        try:
            self._bounded(upload, f"take mail {name}")
        except FileNotFoundError as error:
            raise Transient(f"{self} is no bucket that is there") from error

    def read(self, name: str, size: int) -> bytes:
        """Read at most so many bytes. Raises Missing and Transient."""

        async def download() -> bytes:
            found = await obstore.get_async(self._store(), name, options={"range": (0, size)})
            content = _room(min(size, found.meta["size"]))
            async for piece in found.stream(min_chunk_size=_PIECE):
                content.write(piece)
            content.truncate()
            return content.getvalue()

        try:
            return self._bounded(download, f"give mail {name}")
        except FileNotFoundError as error:
            raise Missing(f"{self} has no mail {name}") from error

    def page(self, after: str, limit: int) -> Page:
        """Give objects whose names come after that one."""

        async def listing() -> Page:
            pages = obstore.list(self._store(), offset=after or None, chunk_size=limit)
            async for page in pages:
                found = tuple(Stored(one["path"], one["last_modified"]) for one in page)
                return Page(found, len(found) == limit)
            return Page((), more=False)

        try:
            return self._bounded(listing, "list its mails")
        except FileNotFoundError as error:
            raise Transient(f"{self} is no bucket that is there") from error

    def remove(self, names: Collection[str], before: datetime) -> int:
        """Remove objects; their names are given up, so that nobody writes them meanwhile."""
        del before

        async def delete() -> int:
            for name in names:
                await obstore.delete_async(self._store(), name)
            return len(names)

        return self._bounded(delete, "remove mails")

    def _bounded(self, work: Callable[[], Coroutine[Any, Any, T]], what: str) -> T:
        """Do something with the store within its time.

        Raises FileNotFoundError and Transient.
        """

        async def bounded() -> T:
            async with asyncio.timeout(self._own.timeout):
                return await work()

        try:
            return asyncio.run(bounded())
        except TimeoutError:
            why = f"it took longer than {self._own.timeout:g} seconds"
        except FileNotFoundError:
            raise
        except (BaseError, OSError, ValueError) as error:
            why = _reason(error)
        except Misconfigured as error:
            why = str(error)
        raise Transient(f"{self} does not {what}: {why}")

    def _store(self) -> S3Store:
        if self._opened is None:
            self._opened = self._connected()
        return self._opened

    def _connected(self) -> S3Store:
        own = self._own
        config: S3Config = {"disable_bulk_delete": True}  # Not every store has that.
        if own.region:
            config["region"] = own.region
        if own.endpoint:
            config["endpoint"] = own.endpoint
        client: ClientConfig = {
            "allow_http": own.endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=own.connect_timeout),
            "timeout": timedelta(seconds=own.timeout),
        }
        if own.ca_file is not None:
            client["root_certificate"] = _certificate(own.ca_file)
        if own.access_key_file is not None:
            self._keys()  # What is wrong with them is said as it is.
        return S3Store(
            self._bucket.name,
            prefix=self._bucket.prefix or None,
            config=config,
            client_options=client,
            retry_config={"retry_timeout": timedelta(seconds=own.timeout)},
            credential_provider=self._keys if own.access_key_file is not None else None,
        )

    def _keys(self) -> "S3Credential":
        """Read the keys from their files. Raises Misconfigured."""
        access, secret = (
            read_secret(name or "", self._settings_file, os.environ)
            for name in (self._own.access_key_file, self._own.secret_key_file)
        )
        return {
            "access_key_id": access,
            "secret_access_key": secret,
            "expires_at": datetime.now(UTC) + _KEYS_HOLD,
        }


def _certificate(path: Path) -> bytes:
    """Read whom to trust. Raises Transient; a file that is not there is not a mail that is not."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Transient(f"{path} cannot be read: {error.strerror}") from None


def _room(size: int) -> BytesIO:
    """Make room for so many bytes at once; they are handed out of it without another copy."""
    content = BytesIO()
    if size:
        content.seek(size - 1)
        content.write(b"\0")
        content.seek(0)
    return content


def _reason(error: Exception) -> str:
    """Give why in a few words: what libraries say goes on for many lines, with all they have."""
    first = str(error).partition("\n")[0].partition("<?xml")[0]
    return first.rpartition(" - ")[2].strip(" :")[:_LONGEST_REASON] or type(error).__name__
