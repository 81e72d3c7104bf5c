"""The page in a real browser: the pictures are drawn, and nothing is asked of the network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from tests.benchmark.reporting.beside import make_analysis, make_audit
from tests.benchmark.reporting.ladders import make_ladder
from tests.benchmark.reporting.scorecards import make_card, score_of
from warmbench.records.analysis import Analysis
from warmbench.records.audit import Audit
from warmbench.reporting.answers import RunRows
from warmbench.reporting.html.page import render_report

BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--enable-logging=stderr",
    "--v=0",
]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The document as the browser has it when all scripts have run, and the browser's log."""
    if BROWSER is None:
        message = "no chromium; get it with: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("page")
    page = folder / "report.html"
    rows = RunRows(
        words={
            arm: {"plain": {("medqa", "q1"): [length], ("medqa", "q2"): [length + 2.0]}}
            for arm, length in (("original", 9.0), ("warm", 14.0))
        },
        analysis=Analysis.model_validate(make_analysis()),
        audit=Audit.model_validate(make_audit()),
    )
    html = render_report(make_card(score_of()), [], make_ladder(), rows)
    page.write_text(html, encoding="utf-8")
    done = subprocess.run(
        [BROWSER, *QUIET, f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=10000",
         "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_every_picture_is_drawn(drawn: tuple[str, str]) -> None:
    document, _ = drawn
    figures = len(re.findall(r'class="[^"]*js-plotly-plot', document))
    assert figures == 4 + 1 + 3 + 1  # errors by task, heat map, statistics, dose
    assert document.count('class="main-svg"') >= figures


def test_the_console_is_silent(drawn: tuple[str, str]) -> None:
    _, log = drawn
    assert not [line for line in log.splitlines() if "CONSOLE" in line]
