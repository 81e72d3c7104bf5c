"""A part of the server that takes long to load: it is there as soon as it can be.

Gradio takes seven seconds to import (it writes stubs for its components each time), which is longer
than a reader should wait for a table. So the pages that are read are served at once, and the forms,
which Gradio draws, when it is there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["LateApp"]

_GRACE_S = 1.5
"""How long the first pages have the processor to themselves, where nobody asks for a form."""

_log = logging.getLogger(__name__)


class LateApp:
    """``build`` makes the application, once, in a thread; until then ``waiting`` answers."""

    def __init__(self, build: Callable[[], Starlette], waiting: ASGIApp) -> None:
        self._build = build
        self._waiting = waiting
        self._app: ASGIApp | None = None
        self._wanted = asyncio.Event()
        self._ready = asyncio.Event()
        self._stop = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Load it in the background while the server runs, and end it with the server."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._wanted.set()
            self._stop.set()
            await asyncio.wait([task])

    async def ready(self) -> None:
        """Load it now; return when it is there, or can't be."""
        self._wanted.set()
        await self._ready.wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._wanted.set()
        await (self._app or self._waiting)(scope, receive, send)

    async def _run(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), _GRACE_S)
        if self._stop.is_set():
            return
        try:
            app = await asyncio.to_thread(self._build)
            context = app.router.lifespan_context(app)
        except Exception:
            _log.exception("the forms could not be loaded")
            self._ready.set()
            return
        async with context:
            self._app = app
            self._ready.set()
            await self._stop.wait()
