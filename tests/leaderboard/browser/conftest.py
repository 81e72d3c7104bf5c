"""One server, one local Hub and one Chromium for all tests of the pages in a browser.

Every page is watched: a test fails when the console shows an error, when a script fails, or when
anything is asked of another host.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from tests.benchmark.submission.handing_in.hub import REPO, Submissions, submissions_hub
from tests.benchmark.submission.verification.made_bundles import small_release
from tests.conftest import need
from tests.leaderboard.fake_services import FakeRequestService
from tests.leaderboard.synthetic import synthetic_board, synthetic_details
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.handing_in.pull_request import open_pull_request
from warmbench_leaderboard.index.board import Board
from warmbench_leaderboard.services.bundle_service import BundleService
from warmbench_leaderboard.services.protocols import InMemoryBoard
from warmbench_leaderboard.site.server import make_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Site:
    """A running server: its address, what it shows, and where its forms hand in."""

    address: str
    board: Board
    submissions: Submissions
    requests: FakeRequestService


class _Running(uvicorn.Server):
    """Says when it listens, and where."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.started_event = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: Any = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.started_event.set()


@pytest.fixture(scope="package")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Submissions]:
    with submissions_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture(scope="package")
def site(submissions: Submissions) -> Iterator[Site]:
    need("gradio", "pip install 'warmbench[leaderboard]'")
    board = synthetic_board(160, seed=8)
    details = {e.entry_id: synthetic_details(e, i) for i, e in enumerate(board.entries)}
    source, requests = InMemoryBoard(board, details), FakeRequestService()

    def submit(bundle: Bundle) -> str:
        return open_pull_request(bundle, submissions.repo()).url

    service = BundleService(source, REPO, submit, small_release().path)
    app = make_server(source, submissions=service, requests=requests)
    server = _Running(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1))
    # A client may keep its stream open, and must not keep the tests from ending.
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    assert server.started_event.wait(60)
    assert server.loop is not None
    asyncio.run_coroutine_threadsafe(app.state.forms_loaded(), server.loop).result(180)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Site(f"http://127.0.0.1:{port}", board, submissions, requests)
    server.should_exit = True
    thread.join(timeout=30)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    playwright = need("playwright.sync_api", "pip install playwright")
    if CHROMIUM is None:
        message = "no chromium; get it with: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with playwright.sync_playwright() as started:
        yield started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )


@dataclass
class Watched:
    """What a browser must not see."""

    address: str
    faults: list[str]

    def page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda m: self._note("console", m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self._note("script", str(error)))
        page.on("request", lambda request: self._asked(request.url))
        return page

    def _note(self, kind: str, text: str) -> None:
        self.faults.append(f"{kind}: {text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:", "about:")):
            self._note("foreign request", url)


@pytest.fixture
def page(site: Site, browser: Browser) -> Iterator[Page]:
    """A desktop page that is watched."""
    yield from _watched(site, browser, viewport=DESKTOP)


@pytest.fixture
def phone(site: Site, browser: Browser) -> Iterator[Page]:
    """A page of a phone, dark, that is watched."""
    yield from _watched(
        site, browser, viewport=PHONE, is_mobile=True, has_touch=True, color_scheme="dark"
    )


def _watched(site: Site, browser: Browser, **options: Any) -> Iterator[Page]:
    watched = Watched(site.address, [])
    context = browser.new_context(base_url=site.address, **options)
    yield watched.page(context)
    context.close()
    assert watched.faults == []
