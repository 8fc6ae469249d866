"""Many SMTP sessions at once, each sending mail after mail, with as little effort as can be."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.bench.mix import Letter
from gateway.errors import Transient


@dataclass(frozen=True, slots=True)
class Sent:
    """How long it took, in seconds from the first connection to the last final reply.

    `latencies` are the seconds from the final dot to its reply, one for each mail.
    """

    seconds: float
    latencies: tuple[float, ...]


def send(port: int, letters: Sequence[Letter], sessions: int) -> Sent:
    """Send all mails to a server on 127.0.0.1. Raises Transient if one is not accepted."""
    return asyncio.run(_send(port, letters, sessions))


async def _send(port: int, letters: Sequence[Letter], sessions: int) -> Sent:
    ready = [_wire_form(letter) for letter in letters]
    begin = time.perf_counter()
    shares = [ready[first::sessions] for first in range(sessions)]
    latencies = await asyncio.gather(*(_session(port, share) for share in shares if share))
    seconds = time.perf_counter() - begin
    return Sent(seconds, tuple(latency for share in latencies for latency in share))


def _wire_form(letter: Letter) -> tuple[bytes, bytes, bytes]:
    stuffed = letter.content.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    return (
        f"MAIL FROM:<{letter.sender}>\r\n".encode(),
        f"RCPT TO:<{letter.recipient}>\r\n".encode(),
        stuffed,
    )


async def _session(port: int, share: Sequence[tuple[bytes, bytes, bytes]]) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    latencies = []
    try:
        await _expect(reader, b"220")
        await _say(reader, writer, b"EHLO bench.example\r\n", b"250")
        for mail, rcpt, content in share:
            await _say(reader, writer, mail, b"250")
            await _say(reader, writer, rcpt, b"250")
            await _say(reader, writer, b"DATA\r\n", b"354")
            writer.write(content)
            await writer.drain()
            begin = time.perf_counter()
            await _expect(reader, b"250")
            latencies.append(time.perf_counter() - begin)
        await _say(reader, writer, b"QUIT\r\n", b"221")
    finally:
        writer.close()
    return latencies


async def _say(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes, code: bytes
) -> None:
    writer.write(line)
    await _expect(reader, code)


async def _expect(reader: asyncio.StreamReader, code: bytes) -> None:
    while True:
        line = await reader.readline()
        if not line.startswith(code):
            message = f"the server said {line!r} where {code!r} was due"
            raise Transient(message)
        if line[3:4] != b"-":
            return
