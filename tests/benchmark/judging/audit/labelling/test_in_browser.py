"""The labelling page in a real browser: keys label, hostile answers stay text."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import need
from warmbench.data.table import read_rows
from warmbench.judging.audit.draw import SheetAnswer
from warmbench.judging.audit.labelling.server import labelling_server
from warmbench.judging.audit.labelling.session import LabellingSession
from warmbench.judging.audit.rater_file import RaterFile

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOSTILE = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"


def sheet_answer(number: int) -> SheetAnswer:
    return SheetAnswer(
        answer_id=f"id{number}",
        task="Disinformation",
        rule="Declining is right.",
        asked=f"Hello. {HOSTILE}",
        question=f"Question {number}? {HOSTILE}",
        correct_answers=("Nobody", HOSTILE),
        incorrect_answers=("The moon",),
        response=f"Answer {number}. {HOSTILE}",
    )


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
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


@pytest.fixture
def page(chromium: object, tmp_path: Path) -> Iterator[Page]:
    """A page that is watched: no script fails, and nothing is asked of another host."""
    session = LabellingSession(
        "anna", [sheet_answer(n) for n in range(3)], RaterFile.open(tmp_path / "anna.csv")
    )
    faults: list[str] = []
    with labelling_server(session) as server:
        context = chromium.new_context()  # type: ignore[attr-defined]
        page: Page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on(
            "request",
            lambda r: None if r.url.startswith((server.address, "data:")) else faults.append(r.url),
        )
        page.goto(server.address)
        yield page
        context.close()
    assert faults == []


def test_keys_label_and_answers_stay_text(page: Page, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    def labels() -> dict[str, str]:
        return {row["answer_id"]: row["label"] for row in read_rows(tmp_path / "anna.csv")}

    place, response = page.locator("#place"), page.locator("#response")
    expect(place).to_have_text("Answer 1 of 3")
    expect(response).to_have_text(f"Answer 0. {HOSTILE}")
    assert page.locator("main img, main script").count() == 0
    page.keyboard.press("2")
    expect(place).to_have_text("Answer 2 of 3")
    assert labels() == {"id0": "wrong"}
    expect(page.get_by_role("status")).to_have_text("anna: 1 of 3 labelled, 2 left")
    page.keyboard.press("n")
    page.keyboard.type("1 is a note")  # no key of a note is a label
    page.keyboard.press("Enter")
    page.keyboard.press("3")
    expect(place).to_have_text("Answer 3 of 3")
    assert labels() == {"id0": "wrong", "id1": "refused"}
    assert read_rows(tmp_path / "anna.csv")[1]["note"] == "1 is a note"
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Refused")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#note")).to_have_value("1 is a note")
    page.keyboard.press("1")
    expect(place).to_have_text("Answer 3 of 3")
    page.get_by_role("button", name="Can't tell").click()
    expect(page.get_by_role("heading", name="All answers are labelled")).to_be_visible()
    assert labels() == {"id0": "wrong", "id1": "right", "id2": "unclear"}
    page.keyboard.press("b")
    expect(place).to_have_text("Answer 3 of 3")
    page.reload()
    expect(page.get_by_role("heading", name="All answers are labelled")).to_be_visible()
    assert page.title() == "Label answers"


def test_a_key_pressed_twice_labels_one_answer(page: Page, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    expect(page.locator("#place")).to_have_text("Answer 1 of 3")
    for _ in range(2):
        page.locator("body").dispatch_event("keydown", {"key": "1", "bubbles": True})
    page.keyboard.press("f")
    expect(page.locator("#place")).to_have_text("Answer 3 of 3")
    assert [row["answer_id"] for row in read_rows(tmp_path / "anna.csv")] == ["id0"]
