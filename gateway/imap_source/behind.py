"""Filing a batch while the next one is fetched: the server and the database work side by side."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from types import TracebackType
from typing import Self

from gateway.imap_source.filing import Prepared, forget


class Behind:
    """Files batches one after the other, each in a thread behind the one that fetches.

    `file` gives the UIDs of what is ours. So two batches are held in memory at most: the one that
    is being filed, and the one that comes in meanwhile.
    """

    def __init__(self, file: Callable[[Prepared], list[int]]) -> None:
        """Start with nothing to file."""
        self._file = file
        self._under_way: Future[list[int]] | None = None

    def begin(self, batch: Prepared) -> list[int]:
        """Begin to file a batch as soon as the last one is filed; gives the UIDs of the last one.

        Raises why the last one could not be filed, and forgets the new one then.
        """
        try:
            filed = self.end()
            under_way: Future[list[int]] = Future()
            # At the end of the process nobody waits for it, as for the thread that fetches.
            thread = Thread(
                target=self._run, args=(batch, under_way), name="imap-file", daemon=True
            )
            thread.start()
        except BaseException:
            forget(batch)
            raise
        self._under_way = under_way
        return filed

    def end(self) -> list[int]:
        """Wait until the last batch is filed; gives its UIDs once, or raises why it is not."""
        under_way, self._under_way = self._under_way, None
        return under_way.result() if under_way else []

    def _run(self, batch: Prepared, under_way: Future[list[int]]) -> None:
        try:
            under_way.set_result(self._file(batch))
        except Exception as error:  # handed on to whoever fetches
            under_way.set_exception(error)

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave nothing under way, whatever went wrong."""
        if self._under_way is not None:
            wait([self._under_way])
