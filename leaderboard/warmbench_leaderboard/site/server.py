"""The server: pages, API, and the forms that Gradio draws."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warmbench.errors import UsageError
from warmbench.submission.bundle.limits import LIMITS
from warmbench_leaderboard.services.protocols import BoardSource, RequestService, SubmissionService
from warmbench_leaderboard.site.api import BoardApi
from warmbench_leaderboard.site.gradio_mount import FrameMiddleware, LazyApp, PageFrame
from warmbench_leaderboard.site.pages import BoardPages
from warmbench_leaderboard.site.static_files import static_file
from warmbench_leaderboard.site.templates import PAGES, render

__all__ = ["FORM_POLICY", "PAGE_POLICY", "SecurityHeaders", "make_server"]


_FORMS = ("submit", "requests")
"""The pages that Gradio draws."""

_GRADIO_PATHS = {
    *("gradio_api", "assets", "static", "theme.css", "config", "svelte", "manifest.json"),
    *("favicon.ico", "robots.txt", "startup-events"),
}
"""The first part of every path that Gradio's own pages request."""

_FRAMED_BY = "frame-ancestors 'self' https://huggingface.co https://*.hf.space"
"""The Hub shows a Space in a frame."""

PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    f"{_FRAMED_BY}"
)
"""For our own pages: nothing from elsewhere, no inline script."""

FORM_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    f"{_FRAMED_BY}"
)
"""For the pages that Gradio draws: it needs inline scripts."""


def make_server(
    source: BoardSource,
    *,
    submissions: SubmissionService | None = None,
    requests: RequestService | None = None,
) -> Starlette:
    """The whole site as one ASGI application.

    ``submissions`` and ``requests``: the services behind the forms; without one, its form says that
    it is not available here. ``server.state.forms_loaded()`` waits for the forms.
    """

    def forms() -> Starlette:
        from warmbench_leaderboard.site.gradio_app import make_app, mount_app

        return mount_app(make_app(source, submissions=submissions, requests=requests))

    pages = BoardPages(source)
    gradio = LazyApp(forms, _LoadingPage(source))
    form = FrameMiddleware(gradio, lambda path: _frame(path, source))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with gradio.running():
            yield

    server = Starlette(
        routes=[
            *pages.routes(),
            *BoardApi(source).routes(),
            Route("/site/{name}", static_file),
            *(Route(PAGES[name][0], endpoint=form) for name in _FORMS),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=4),
            Middleware(_GradioRoutes, gradio=gradio),
        ],
        exception_handlers={
            UsageError: _error_handler(pages),
            HTTPException: _error_handler(pages),
        },
        lifespan=lifespan,
    )
    server.state.forms_loaded = gradio.loaded
    return server


class _GradioRoutes:
    """Middleware: routes the requests of Gradio's own pages to Gradio."""

    def __init__(self, app: ASGIApp, gradio: ASGIApp) -> None:
        self.app = app
        self.gradio = gradio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        first = scope.get("path", "").lstrip("/").split("/", 1)[0]
        await (self.gradio if first in _GRADIO_PATHS else self.app)(scope, receive, send)


class _LoadingPage:
    """The response of a form while Gradio is loading."""

    def __init__(self, source: BoardSource) -> None:
        self.source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        title = "Loading"
        notice = self.source.notice()
        text = render("loading", current="", title=title, notice=notice, description=title)
        page = HTMLResponse(text, status_code=503, headers={"retry-after": "2"})
        await page(scope, receive, send)


def _frame(path: str, source: BoardSource) -> PageFrame:
    name = path.strip("/")
    frame = {"current": name, "notice": source.notice(), "largest_mb": LIMITS.zip_bytes // 2**20}
    return PageFrame(
        head=render("frame_head", **frame),
        before=render("frame_before", **frame),
        after=render("frame_after", **frame),
        policy=FORM_POLICY,
    )


def _error_handler(pages: BoardPages) -> Callable[[Request, Exception], Response]:
    """An error as a sentence: JSON for programs, a page for people."""

    def explain(request: Request, error: Exception) -> Response:
        status, sentence = 404, str(error)
        if isinstance(error, HTTPException):
            status = error.status_code
            sentence = "This page does not exist." if status == 404 else error.detail
        if request.url.path.startswith("/api/"):
            headers = {"access-control-allow-origin": "*"}
            return JSONResponse({"error": sentence}, status_code=status, headers=headers)
        return pages.error(sentence, status)

    return explain


class SecurityHeaders:
    """Middleware: adds security headers that a response has not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "no-referrer")
                headers.setdefault("content-security-policy", PAGE_POLICY)
            await send(message)

        await self.app(scope, receive, send_safe)
