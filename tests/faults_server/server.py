"""The server: asks a schedule what goes wrong with each request, and can be stopped and restarted."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from aiohttp import web

from tests.faults_server.account import Account, question_of
from tests.faults_server.fault import Fault
from tests.faults_server.replies import send

__all__ = ["FaultServer", "Schedule", "mixed", "never", "serving"]

Schedule = Callable[[str, int], Fault | None]
"""From a question's name and how often it was asked (1: the first time) to what goes wrong."""

_Result = TypeVar("_Result")


def never(question: str, attempt: int) -> None:
    """Nothing goes wrong."""


def mixed(share: float, faults: Sequence[Fault] = tuple(Fault), seed: int = 0) -> Schedule:
    """This share (0-1) of replies goes wrong, with all the faults in turn of chance; the same
    question asked the same time has the same fate in every run."""

    def fate(question: str, attempt: int) -> Fault | None:
        digest = hashlib.sha256(f"{seed}/{question}/{attempt}".encode()).digest()
        if int.from_bytes(digest[:8], "big") >= share * 2**64:
            return None
        return faults[int.from_bytes(digest[8:16], "big") % len(faults)]

    return fate


class FaultServer:
    """``delay_s`` is the time that a completion takes; of more than ``capacity`` requests at once
    the rest gets 429 with Retry-After ``retry_after_s``."""

    def __init__(
        self,
        schedule: Schedule = never,
        *,
        delay_s: float = 0.0,
        capacity: int | None = None,
        retry_after_s: float = 0.01,
    ) -> None:
        self.account = Account()
        self.port = 0
        self._schedule = schedule
        self._delay_s = delay_s
        self._capacity = capacity
        self._retry_after_s = retry_after_s
        self._runner: web.AppRunner | None = None
        self._open = asyncio.Event()
        self._open.set()

    def hold(self) -> None:
        """Reply to nobody until ``release``. To be called in the server's event loop."""
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def start(self) -> None:
        """Listen: on a free port the first time, on the same one afterwards."""
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_get("/account", self._account)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the door and all connections, whatever is under way."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        question = question_of(body)
        attempt = self.account.arrived(question)
        try:
            if self._capacity is not None and self.account.at_once > self._capacity:
                fault: Fault | None = Fault.RATE_LIMIT
            else:
                fault = self._schedule(question, attempt)
                await asyncio.sleep(self._delay_s)
                await self._open.wait()
            self.account.replied(question, fault)
            return await send(request, body, fault, self._retry_after_s)
        finally:
            self.account.left()

    async def _account(self, request: web.Request) -> web.Response:
        return web.json_response(self.account.summary())


class ServerThread:
    """A fault server that runs in a thread with an event loop of its own."""

    def __init__(self, server: FaultServer) -> None:
        self.server = server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def start(self) -> None:
        self._wait(self.server.start())

    def stop(self) -> None:
        self._wait(self.server.stop())

    def hold(self) -> None:
        """Reply to nobody until ``release``."""
        self._loop.call_soon_threadsafe(self.server.hold)

    def release(self) -> None:
        self._loop.call_soon_threadsafe(self.server.release)

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)


@contextmanager
def serving(server: FaultServer) -> Iterator[ServerThread]:
    """Serve until the block ends; ``stop`` and ``start`` of what it yields are a restart."""
    thread = ServerThread(server)
    try:
        thread.start()
        yield thread
    finally:
        thread.close()
