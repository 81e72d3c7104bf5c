"""Explore, compare, model page and cite in a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conftest import need
from tests.leaderboard.browser.conftest import Site
from warmbench_leaderboard.index.board import Badge, Entry

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = need("playwright.sync_api", "pip install playwright").expect

DRAWN = "[data-figure].js-plotly-plot"


def verified(site: Site) -> list[Entry]:
    return [e for e in site.board.entries if e.badge is Badge.VERIFIED and e.major == 1]


def test_explore_draws_many_and_then_one(site: Site, page: Page) -> None:
    page.goto("/explore")
    expect(page.locator(DRAWN)).to_have_count(6, timeout=60_000)
    page.locator("#treatment").select_option("system-prompt")
    page.wait_for_url(re.compile(r"/explore\?treatment=system-prompt$"))
    expect(page.locator(DRAWN)).to_have_count(6, timeout=60_000)
    title = page.locator("figure h2 a").first
    name = title.inner_text()
    title.click()
    page.wait_for_url(re.compile(r"/explore\?entry="))
    expect(page.locator(DRAWN)).to_have_count(6, timeout=60_000)
    assert page.locator("h1").inner_text() == name
    page.go_back()
    page.wait_for_url(re.compile(r"/explore\?treatment=system-prompt$"))
    page.wait_for_selector("h1:has-text('Errors by context')")


def test_an_entry_has_heat_map_and_dose_response(site: Site, page: Page) -> None:
    page.goto(f"/explore?entry={verified(site)[0].entry_id}")
    for key in ("errors-0", "errors-3", "heat-map", "dose"):
        page.wait_for_selector(f"[data-figure='{key}'] .main-svg")
    assert page.get_by_role("region", name="Table: Dose-response").is_visible()


def test_compare_finds_what_is_typed(site: Site, page: Page) -> None:
    first, second = verified(site)[:2]
    page.goto("/compare")
    page.get_by_label("First").fill(first.model)
    page.get_by_label("Second").fill(second.entry_id)
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector("#verdict")
    assert page.get_by_label("First").input_value() == first.model
    assert first.entry_id.replace("/", "%2F") in page.url
    page.goto("/compare?entry=llama")
    page.locator(".choices a").first.click()
    page.wait_for_selector("text=Choose a second model.")


def test_suggestions_come_while_typing(page: Page) -> None:
    page.goto("/compare")
    page.get_by_label("First").press_sequentially("mistral", delay=20)
    others = page.locator("#entries option").filter(has_not_text=re.compile("mistral", re.I))
    expect(others).to_have_count(0)
    assert page.locator("#entries option").count() > 1


def test_a_model_page_shows_answers_side_by_side(site: Site, page: Page) -> None:
    entry = verified(site)[0]
    page.goto(f"/model/{entry.entry_id}")
    assert "Of 100 questions" in page.locator(".headline").inner_text()
    disclosing = page.locator("h3", has_text="Disclosure")
    sample = page.locator("details.sample").filter(has=disclosing).first
    sample.locator("summary").focus()
    page.keyboard.press("Enter")
    assert sample.locator(".responses > div").count() == 2
    assert sample.get_by_text("Disclosure").first.is_visible()
    page.locator("#cells summary").click()
    assert page.locator("#cells tbody tr").count() > 72


def test_cite_changes_with_the_release(page: Page) -> None:
    page.goto("/cite")
    before = page.locator("#release-bibtex").inner_text()
    options = page.locator("#release option").all()
    page.locator("#release").select_option(index=len(options) - 1)
    page.wait_for_url(re.compile(r"/cite\?release="))
    assert page.locator("#release-bibtex").inner_text() != before
    assert "10.1038/s41586-026-10410-0" in page.locator("#paper-bibtex").inner_text()


def test_without_any_script_all_is_there(site: Site, browser) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator("#treatment").select_option("fine-tune")
    page.get_by_role("button", name="Apply").click()
    assert "treatment=fine-tune" in page.url
    assert page.locator("table.board tbody tr").count() > 0
    page.get_by_role("link", name="Plain").first.click()
    assert "sort=plain" in page.url
    context.close()
