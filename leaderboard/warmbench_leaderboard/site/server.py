"""The server: the pages that are read, the board for programs, and the forms that Gradio draws."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from warmbench.errors import UsageError
from warmbench.submission.bundle.limits import LIMITS
from warmbench_leaderboard.services.board_source import BoardSource
from warmbench_leaderboard.services.protocols import RequestDesk, SubmissionDesk
from warmbench_leaderboard.site.framed import Frame, Framed
from warmbench_leaderboard.site.json_api import JsonApi
from warmbench_leaderboard.site.lazy_app import LateApp
from warmbench_leaderboard.site.page import PAGES, render
from warmbench_leaderboard.site.pages import ReadingPages
from warmbench_leaderboard.site.policy import FORM_POLICY, SafeHeaders
from warmbench_leaderboard.site.static_files import static_file

__all__ = ["make_server"]

_FORMS = ("submit", "requests")
"""The pages that Gradio draws."""

_GRADIO_PATHS = {
    *("gradio_api", "assets", "static", "theme.css", "config", "svelte", "manifest.json"),
    *("favicon.ico", "robots.txt", "startup-events"),
}
"""The first part of every path that Gradio's own pages ask for."""


def make_server(
    source: BoardSource,
    *,
    submissions: SubmissionDesk | None = None,
    requests: RequestDesk | None = None,
) -> Starlette:
    """The whole site as one ASGI application.

    ``submissions`` and ``requests``: where the forms hand in what they get; without one, its form
    says that nothing can be handed in here. ``server.state.forms_ready()`` waits for the forms.
    """

    def forms() -> Starlette:
        from warmbench_leaderboard.site.gradio_app import make_app, mounted

        return mounted(make_app(source, submissions=submissions, requests=requests))

    pages = ReadingPages(source)
    late = LateApp(forms, _Waiting(source))
    form = Framed(late, lambda path: _frame(path, source))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with late.running():
            yield

    server = Starlette(
        routes=[
            *pages.routes(),
            *JsonApi(source).routes(),
            Route("/site/{name}", static_file),
            *(Route(PAGES[name][0], endpoint=form) for name in _FORMS),
        ],
        middleware=[
            Middleware(SafeHeaders),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=4),
            Middleware(_ToGradio, gradio=late),
        ],
        exception_handlers={UsageError: _explained(pages), HTTPException: _explained(pages)},
        lifespan=lifespan,
    )
    server.state.forms_ready = late.ready
    return server


class _ToGradio:
    """Hands Gradio what its own pages ask for."""

    def __init__(self, app: ASGIApp, gradio: ASGIApp) -> None:
        self.app = app
        self.gradio = gradio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        first = scope.get("path", "").lstrip("/").split("/", 1)[0]
        await (self.gradio if first in _GRADIO_PATHS else self.app)(scope, receive, send)


class _Waiting:
    """What a form answers while Gradio is loading."""

    def __init__(self, source: BoardSource) -> None:
        self.source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        title = "One moment"
        age = self.source.age()
        text = render("starting", current="", title=title, age=age, description=title)
        page = HTMLResponse(text, status_code=503, headers={"retry-after": "2"})
        await page(scope, receive, send)


def _frame(path: str, source: BoardSource) -> Frame:
    name = path.strip("/")
    frame = {"current": name, "age": source.age(), "largest_mb": LIMITS.zip_bytes // 2**20}
    return Frame(
        head=render("frame_head", **frame),
        before=render("frame_before", **frame),
        after=render("frame_after", **frame),
        policy=FORM_POLICY,
    )


def _explained(pages: ReadingPages) -> Callable[[Request, Exception], Response]:
    """An error as a sentence: JSON for programs, a page for people."""

    def explain(request: Request, error: Exception) -> Response:
        status, sentence = 404, str(error)
        if isinstance(error, HTTPException):
            status = error.status_code
            sentence = "There is no such page." if status == 404 else error.detail
        if request.url.path.startswith("/api/"):
            headers = {"access-control-allow-origin": "*"}
            return JSONResponse({"error": sentence}, status_code=status, headers=headers)
        return pages.message(sentence, status)

    return explain
