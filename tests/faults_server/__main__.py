"""``python -m tests.faults_server``: the server as a process; prints its URL when it listens."""

from __future__ import annotations

import argparse
import asyncio

from tests.faults_server.server import FaultServer, mixed

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--delay", type=float, default=0.05, help="seconds that a completion takes")
parser.add_argument("--share", type=float, default=0.0, help="share (0-1) of faulty replies")
parser.add_argument("--capacity", type=int, help="requests at once; more get 429")
parser.add_argument("--retry-after", type=float, default=0.01, help="seconds, in 429 and 503")
parser.add_argument("--seed", type=int, default=0)


async def main() -> None:
    options = parser.parse_args()
    server = FaultServer(
        mixed(options.share, seed=options.seed),
        delay_s=options.delay,
        capacity=options.capacity,
        retry_after_s=options.retry_after,
    )
    await server.start()
    print(server.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
