"""How Gradio's pages are part of the site: in its frame, and loaded while the rest runs.

An application that loads in the background while the rest of the server runs.

Gradio takes seven seconds to import (it writes stubs for its components each time), which is longer
than a reader should wait for a table. So the other pages are served at once, and Gradio's forms as
soon as they are loaded.

Puts the site's head, navigation and footer around the pages that Gradio draws.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["FrameMiddleware", "LazyApp", "PageFrame"]

_DELAY_S = 1.5
"""How long the first pages have the processor to themselves, unless somebody asks for a form."""

_log = logging.getLogger(__name__)


class LazyApp:
    """``build`` makes the application once, in a thread; until then ``placeholder`` responds."""

    def __init__(self, build: Callable[[], Starlette], placeholder: ASGIApp) -> None:
        self._build = build
        self._placeholder = placeholder
        self._app: ASGIApp | None = None
        self._requested = asyncio.Event()
        self._loaded = asyncio.Event()
        self._stop = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Load it in the background while the server runs, and end it with the server."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._requested.set()
            self._stop.set()
            await asyncio.wait([task])

    async def loaded(self) -> None:
        """Load it now; return when it is loaded or loading has failed."""
        self._requested.set()
        await self._loaded.wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._requested.set()
        await (self._app or self._placeholder)(scope, receive, send)

    async def _run(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._requested.wait(), _DELAY_S)
        if self._stop.is_set():
            return
        try:
            app = await asyncio.to_thread(self._build)
            context = app.router.lifespan_context(app)
        except Exception:
            _log.exception("the forms could not be loaded")
            self._loaded.set()
            return
        async with context:
            self._app = app
            self._loaded.set()
            await self._stop.wait()


_START, _END = "<gradio-app", "</gradio-app>"


@dataclass(frozen=True, slots=True)
class PageFrame:
    """HTML for the end of the head, before the forms and after them. ``policy``: the
    Content-Security-Policy of the page."""

    head: str
    before: str
    after: str
    policy: str


@dataclass(frozen=True, slots=True)
class FrameMiddleware:
    """Frames the pages of ``app``. ``frame``: path -> its frame."""

    app: ASGIApp
    frame: Callable[[str], PageFrame]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        buffered: list[Message] = []

        async def buffer(message: Message) -> None:
            buffered.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                await _send_framed(buffered, self.frame(scope["path"]), send)

        headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await self.app({**scope, "headers": headers}, receive, buffer)


async def _send_framed(buffered: list[Message], frame: PageFrame, send: Send) -> None:
    start, bodies = buffered[0], buffered[1:]
    text = b"".join(message.get("body", b"") for message in bodies).decode("utf-8")
    if _START in text:
        text = text.replace("</head>", f"{frame.head}</head>", 1)
        text = text.replace(_START, f"{frame.before}{_START}", 1)
        text = text.replace(_END, f"{_END}{frame.after}", 1)
    body = text.encode("utf-8")
    headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    if _START in text:
        headers.append((b"content-security-policy", frame.policy.encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body})
