"""The forms in a browser: a bundle from file to pull request, a refused one, a requested run."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmark.submission.handing_in.hub import REPO
from tests.benchmark.submission.verification.made_bundles import change_json, honest_bundle
from tests.conftest import need
from tests.leaderboard.browser.conftest import Site
from warmbench.submission.bundle.write_bundle import write_zip

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole bundle of an honest pair, as one file."""
    path = tmp_path_factory.mktemp("bundle") / "bundle.zip"
    write_zip(honest_bundle(), path)
    return path


def handed(page: Page, file: Path) -> None:
    """Choose a file and have it verified."""
    page.goto("/submit")
    chosen = page.get_by_text(file.name)
    for _ in range(20):  # no person is so fast that the form does not listen yet; a script may be
        page.locator("input[type=file]").first.set_input_files(file)
        with suppress(need("playwright.sync_api", "pip install playwright").TimeoutError):
            chosen.first.wait_for(timeout=5_000)
            break
    page.get_by_role("button", name="Verify").click()


def test_a_sound_bundle_becomes_a_pull_request(site: Site, page: Page, bundle: Path) -> None:
    handed(page, bundle)
    page.wait_for_selector("text=Sound and eligible for a rank (warm)", timeout=180_000)
    assert page.locator(".steps li.passed").count() == 7
    page.get_by_role("button", name="Open pull request").click()
    link = page.locator("#pull-request a")
    link.wait_for()
    assert (link.get_attribute("href") or "").endswith(f"/datasets/{REPO}/discussions/1")
    (title,) = site.submissions.titles()
    assert title.startswith("Submit honest-7b-fine-tune-")


def test_an_edited_bundle_is_refused_with_the_field(site: Site, page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    shutil.copytree(honest_bundle(), folder)

    def better(card: dict[str, Any]) -> None:
        card["treated"][0]["headline"]["loss"]["value"] = 0.5

    change_json(folder / "scorecard.json", better)
    write_zip(folder, tmp_path / "edited.zip")
    before = site.submissions.titles()
    handed(page, tmp_path / "edited.zip")
    page.wait_for_selector("text=Refused, for the reason above.", timeout=180_000)
    found = page.locator(".steps li.failed .finding").inner_text()
    assert "headline.loss.value" in found
    assert "0.5" in found
    assert page.get_by_role("button", name="Open pull request").is_disabled()
    assert site.submissions.titles() == before


def test_a_file_that_is_no_bundle_is_refused(page: Page, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK nothing")
    handed(page, broken)
    page.wait_for_selector("text=Refused, for the reason above.")
    assert page.locator(".steps li.failed .finding code").count() == 1
    assert page.locator(".steps li.skipped").count() == 6
    assert page.get_by_role("button", name="Open pull request").is_disabled()


def test_the_form_is_sent_by_keyboard_alone(page: Page) -> None:
    page.goto("/submit")
    page.get_by_role("button", name="Verify").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Choose a bundle first")


def test_a_run_is_asked_for_and_stands_in_the_queue(site: Site, page: Page) -> None:
    page.goto("/requests")
    page.get_by_label("Original model").fill("org/base")
    page.get_by_label("Warm model").fill("not a model")
    page.get_by_label("Your name").fill("Ann <b>")
    page.get_by_label("E-mail or web page").fill("ann@example.org")
    page.get_by_role("button", name="Request run").click()
    page.wait_for_selector("text=Warm model: 'not a model' is not a model id")
    page.get_by_label("Warm model").fill("org/warm")
    page.get_by_role("button", name="Request run").click()
    page.wait_for_selector("text=(waiting)")
    assert page.locator("#queue tbody tr").count() == 1
    assert [(run.original, run.warm) for run in site.requests.runs] == [("org/base", "org/warm")]
    page.get_by_role("button", name="Request run").click()
    page.wait_for_selector("text=is already in the queue")
