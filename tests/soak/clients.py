"""Clients that send at a steady rate, and insist as MTAs do: to the other node if one is gone."""

import itertools
import smtplib
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from lib.reckoning import Delivery, by_smtp
from soak.letters import Load

_CLIENTS = 24
_PAUSE_SECONDS = 0.2
_ANSWER_SECONDS = 60.0


class Clients:
    """Sends what `stream` gives, `rate` mails a second, until it is stopped."""

    def __init__(self, stream: Iterator[Load], ports: Sequence[int], rate: float) -> None:
        """Prepare; each mail goes to the next port first."""
        self._stream = stream
        self._ports = ports
        self._rate = rate
        self._over = threading.Event()
        # Of who was not heard; unlike the end, nobody calls it off.
        self._pause = threading.Event()
        self._lock = threading.Lock()
        self._pace = ThreadPoolExecutor(1)
        self._running: Future[None] | None = None
        self.accepted: list[Delivery] = []
        self.poison: set[str] = set()
        self.latencies: list[float] = []
        """Seconds from the connection to 250, of each mail's last try."""
        self.tries = 0

    def start(self) -> None:
        """Begin."""
        self._running = self._pace.submit(self._run)

    def go_on_for(self, seconds: float) -> None:
        """Let them send for a while."""
        self._over.wait(max(0.0, seconds))

    def stop(self) -> None:
        """Send no more; what was begun is brought to its end. Raises what went wrong here."""
        self._over.set()
        self._pace.shutdown()
        if self._running is not None:
            self._running.result()

    def _run(self) -> None:
        begin = time.monotonic()
        begun: list[Future[None]] = []
        with ThreadPoolExecutor(_CLIENTS) as pool:
            for number in itertools.count():
                if self._over.wait(max(0.0, begin + number / self._rate - time.monotonic())):
                    break
                begun.append(pool.submit(self._insist, next(self._stream), number))
        # A client that failed by itself would be one that nobody asks about.
        for one in begun:
            one.result()

    def _insist(self, load: Load, number: int) -> None:
        """Send one mail until somebody has taken it."""
        letter = load.letter
        delivery = by_smtp(letter.sender, letter.recipient, letter.content, answers=load.answers)
        ports = itertools.cycle(self._ports)
        for _ in range(number % len(self._ports)):
            next(ports)
        while (seconds := self._send(load, next(ports))) is None:
            self._pause.wait(_PAUSE_SECONDS)
        with self._lock:
            self.accepted.append(delivery)
            self.latencies.append(seconds)
            if load.poison:
                self.poison.add(delivery.message_id)

    def _send(self, load: Load, port: int) -> float | None:
        """Send one mail once; the seconds that it took, None if it was not taken."""
        begin = time.monotonic()
        letter = load.letter
        with self._lock:
            self.tries += 1
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=_ANSWER_SECONDS) as client:
                client.sendmail(letter.sender, [letter.recipient], letter.content)
                return time.monotonic() - begin
        except (OSError, smtplib.SMTPException):
            return None
