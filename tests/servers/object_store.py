"""An object store in this process: moto's server, which speaks Amazon's S3.

It can be taken away and given back with all that is in it, and be one that never answers.
"""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import count
from pathlib import Path

from moto.server import ThreadedMotoServer

from gateway.config.raw_store import Raw
from gateway.store.large_bucket import LargeBucket

ACCESS = "the-access-key"
SECRET = "the-secret-key"
_buckets = count(1)


class ObjectStore:
    """A server on a port of its own; `bucket` gives the name of an empty one."""

    def __init__(self) -> None:
        """Start it."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self._port = port
        self.url = f"http://{host}:{port}"

    def bucket(self) -> str:
        """Make a bucket."""
        name = f"bucket-{next(_buckets)}"
        connection = HTTPConnection("127.0.0.1", self._port, timeout=10)
        connection.request("PUT", f"/{name}")
        assert 200 == connection.getresponse().status
        connection.close()
        return name

    def stop(self) -> None:
        """Take the server away; what is in it stays."""
        self._server.stop()

    def start(self) -> None:
        """Give it back, where it was."""
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self._port, verbose=False)
        self._server.start()


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Run a server."""
    store = ObjectStore()
    try:
        yield store
    finally:
        store.stop()


@contextmanager
def silent() -> Iterator[str]:
    """Give the URL of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def write_keys(folder: Path) -> None:
    """Write the files of the two keys beside a configuration."""
    for name, key in (("access", ACCESS), ("secret", SECRET)):
        (folder / name).write_text(f"{key}\n")
        (folder / name).chmod(0o600)


def configured(url: str, bucket: str, folder: Path, timeout: float = 5) -> LargeBucket:
    """Give a bucket with the prefix `pre/fix`, by keys in files of this folder."""
    write_keys(folder)
    own = Raw(
        store=f"s3://{bucket}/pre/fix",
        endpoint=url,
        region="us-east-1",
        access_key_file="access",
        secret_key_file="secret",
        connect_timeout=2,
        timeout=timeout,
    )
    assert own.bucket is not None
    return LargeBucket(own, own.bucket, folder / "casepost.toml")


def table(url: str, bucket: str) -> str:
    """Write the table of a configuration."""
    return f"""
[raw]
store = "s3://{bucket}/pre/fix"
endpoint = "{url}"
region = "us-east-1"
access_key_file = "access"
secret_key_file = "secret"
connect_timeout = 2
timeout = 5
"""
