"""The limit to compare with: aiosmtpd as released, which throws each mail away.

Run as `python -P -m gateway.bench.bare PORT`; ends when its standard input closes.
"""

import asyncio
import sys

from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP


async def _serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink()), "127.0.0.1", port)
    print("ready", flush=True)  # noqa: T201  whoever started us waits for it
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
