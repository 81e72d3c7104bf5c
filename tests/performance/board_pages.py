"""How fast the leaderboard is with 10,000 entries: on the server, and in a browser.

``python -m tests.performance.board_pages [ENTRIES]``. Nothing here is asserted: machines differ.
The seconds of the server are processor time of one thread; those of the browser are what a reader
waits, from the address to the fiftieth row and from the change of a filter to the new table.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.testclient import TestClient

from tests.leaderboard.synthetic import synthetic_board
from warmbench_leaderboard.services.protocols import InMemoryBoard
from warmbench_leaderboard.site.server import make_server

__all__ = ["main"]

ENTRIES, RUNS = 10_000, 7

PAGES = {
    "the first table": "/",
    "a search": "/?q=llama",
    "two filters": "/?treatment=fine-tune&access=open",
    "another order": "/?sort=model&order=down",
    "the last page": "/?page=9999",
    "all as CSV": "/api/board.csv",
    "suggestions": "/api/suggest?q=qwen",
}

_FILTERED = """async ([id, value]) => {
  const box = document.getElementById(id), before = document.getElementById("main");
  const start = performance.now();
  if (value === true) box.checked = true; else box.value = value;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  while (document.getElementById("main") === before) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def main(entries: int = ENTRIES) -> None:
    """Print both tables."""
    source = InMemoryBoard(synthetic_board(entries, seed=1))
    client = TestClient(make_server(source))
    print(f"{entries:,} entries\nserver, ms of processor time, median of {RUNS}")
    for name, address in PAGES.items():
        client.get(address)
        print(f"  {name:18}{statistics.median(_cpu_ms(client, address)):8.0f}")
    chromium = shutil.which("chromium")
    if chromium is None:
        print("browser: no chromium here")
        return
    with _served(source) as address:
        _print_browser(address, chromium)


def _cpu_ms(client: TestClient, address: str) -> Iterator[float]:
    for _ in range(RUNS):
        before = time.process_time()
        client.get(address)
        yield 1_000 * (time.process_time() - before)


@contextmanager
def _served(source: InMemoryBoard) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(make_server(source), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def _print_browser(address: str, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    first, filtered = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(RUNS):
            page = browser.new_context().new_page()
            before = time.perf_counter()
            page.goto(f"{address}/", wait_until="commit")
            page.wait_for_selector("table.board tbody tr:nth-child(50)")
            first.append(1_000 * (time.perf_counter() - before))
            page.wait_for_load_state("load")
            for change in (["treatment", "fine-tune"], ["access", "open"], ["ranked", True]):
                filtered.append(page.evaluate(_FILTERED, change))
            page.context.close()
        browser.close()
    print(f"browser, ms, best and median of {RUNS}, a new profile each time")
    for name, found in (("the first table", first), ("a filter", filtered)):
        print(f"  {name:18}{min(found):8.0f}{statistics.median(found):8.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
