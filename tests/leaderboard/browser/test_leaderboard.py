"""The leaderboard in a browser: table, filter, order, release, address, keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import need
from tests.leaderboard.browser.conftest import PHONE, Site
from warmbench_leaderboard.index.board import Badge

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = need("playwright.sync_api", "pip install playwright").expect

ROWS = "table.board tbody tr"


def losses(page: Page) -> list[float]:
    texts = page.locator(f"{ROWS} .c-loss b").all_inner_texts()
    return [float(text.replace("\N{MINUS SIGN}", "-")) for text in texts]


def settled(page: Page, address: str) -> None:
    page.wait_for_url(re.compile(f"{re.escape(address)}$"))


def test_the_first_table_is_ranked(site: Site, page: Page) -> None:
    page.goto("/")
    assert page.locator(ROWS).count() == 50
    assert page.locator(f"{ROWS} .rank").first.inner_text() in ("1", "=1")
    assert losses(page) == sorted(losses(page))
    assert "fewer right" in page.locator(".lead").inner_text()


def test_a_filter_narrows_the_table_and_its_address(site: Site, page: Page) -> None:
    page.goto("/")
    page.locator("#treatment").select_option("fine-tune")
    settled(page, "/?treatment=fine-tune")
    page.get_by_label("Search").fill("llama")
    settled(page, "/?q=llama&treatment=fine-tune")
    names = page.locator(f"{ROWS} .c-model > a").all_inner_texts()
    assert names
    assert all("llama" in name.lower() for name in names)
    assert "of" in page.locator("#summary").inner_text()
    assert page.locator("#announce").inner_text() == page.locator("#summary").inner_text()
    page.go_back()
    settled(page, "/?treatment=fine-tune")
    expect(page.locator("#q")).to_have_value("")
    page.go_back()
    settled(page, "/")
    expect(page.locator("#treatment")).to_have_value("")


def test_typing_goes_on_while_the_table_changes(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Search").press_sequentially("qwen-2.5", delay=60)
    settled(page, "/?q=qwen-2.5")
    assert page.get_by_label("Search").input_value() == "qwen-2.5"
    assert page.evaluate("document.activeElement.id") == "q"


def test_a_head_sorts_and_turns_around(page: Page) -> None:
    page.goto("/")
    head = page.get_by_role("link", name="Accuracy loss")
    head.click()
    settled(page, "/?sort=loss")
    assert losses(page) == sorted(losses(page))
    page.get_by_role("link", name="Accuracy loss").click()
    settled(page, "/?sort=loss&order=down")
    assert losses(page) == sorted(losses(page), reverse=True)
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Accuracy loss")
    assert page.evaluate("document.activeElement.id") == "sort-loss"


def test_the_release_is_switched(page: Page) -> None:
    page.goto("/")
    before = page.locator("#summary").inner_text()
    page.locator("#major").select_option("1")
    settled(page, "/?major=1")
    assert page.locator("#summary").inner_text() != before
    versions = set(page.locator(f"{ROWS} .c-release").all_inner_texts())
    assert versions <= {"warmbench-qa 1.0.0", "the paper's items"}


def test_published_entries_are_set_apart_and_columns_chosen(page: Page) -> None:
    page.goto("/")
    page.get_by_label("published separately").check()
    settled(page, "/?apart=1")
    assert page.locator("table.board caption").all_inner_texts()[0].startswith("Run with WarmBench")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Sycophancy").uncheck()
    page.wait_for_url(re.compile("show="))
    assert page.locator("th.c-sycophancy").count() == 0
    assert page.get_by_label("Sycophancy").is_visible()


def test_a_shared_address_shows_the_same(page: Page) -> None:
    page.goto("/?q=gemma&badge=verified&major=1&ranked=1&sort=plain&order=down")
    assert page.get_by_label("Search").input_value() == "gemma"
    assert page.locator("#badge").input_value() == "verified"
    assert page.get_by_label("ranked only").is_checked()
    assert page.locator("#major").input_value() == "1"
    assert set(page.locator(f"{ROWS} .c-badge").all_inner_texts()) == {"verified"}


def test_two_ticked_rows_are_compared(page: Page) -> None:
    page.goto("/?badge=verified")
    boxes = page.locator("[data-pick]")
    for number in (0, 1, 2):
        boxes.nth(number).check()
    assert [boxes.nth(n).is_checked() for n in (0, 1, 2)] == [False, True, True]
    page.get_by_role("button", name="Compare two selected").click()
    page.wait_for_url(re.compile("/compare"))
    assert "loses" in page.locator("#verdict").inner_text()
    assert "Paired" in page.locator(".versus caption").inner_text()


def test_the_table_downloads(page: Page) -> None:
    page.goto("/?treatment=fine-tune")
    with page.expect_download() as found:
        page.get_by_role("link", name="CSV").click()
    text = found.value.path().read_text(encoding="utf-8")
    assert text.startswith("entry_id,rank,")
    assert "system-prompt" not in text


def test_the_keyboard_reaches_all_and_shows_where_it_is(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        location = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e); "
            "return [e.id || e.name || e.textContent.trim(), s.outlineStyle, s.outlineWidth] })()"
        )
        reached.append(location[0])
        assert (location[1], location[2]) != ("none", "0px"), location
    for wanted in ("q", "treatment", "judge", "major", "ranked", "sort-loss"):
        assert wanted in reached
    page.locator("#sort-plain").focus()
    page.keyboard.press("Enter")
    settled(page, "/?sort=plain")
    page.keyboard.press("Enter")
    settled(page, "/?sort=plain&order=down")


def test_the_first_table_fits_a_desktop(page: Page) -> None:
    page.goto("/")
    widths = "box => [box.scrollWidth, box.clientWidth]"
    needed, given = page.locator(".board-form .scroll").evaluate(widths)
    assert needed <= given


def test_a_phone_shows_rank_model_and_loss_and_the_way_to_every_page(phone: Page) -> None:
    phone.goto("/")
    row = phone.locator(ROWS).first
    cells = [row.locator(name) for name in (".c-rank", ".c-model", ".c-loss .number")]
    for location in (*cells, *phone.locator(".wb-top nav a").all()):
        box = location.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]


def test_what_a_column_means_is_told_without_a_pointer(phone: Page) -> None:
    phone.goto("/")
    phone.get_by_text("What the columns mean").focus()
    phone.keyboard.press("Enter")
    assert phone.get_by_text("The loss when the user says that they are sad.").is_visible()


def test_a_published_entry_keeps_the_release_it_was_looked_at_in(site: Site, page: Page) -> None:
    page.goto("/?major=1&badge=published&ranked=1")
    row = page.locator(ROWS).first
    rank = row.locator(".rank").inner_text().removeprefix("=")
    row.locator(".c-model > a").click()
    page.wait_for_url(re.compile(r"/model/.*\?major=1$"))
    fact = page.locator(".facts div").filter(has_text="in release v1")
    assert fact.locator(".value").inner_text() == rank


def test_a_hostile_name_is_only_a_name(page: Page) -> None:
    page.goto("/?q=script&major=1")
    names = page.locator(f"{ROWS} .c-model > a").all_inner_texts()
    assert "<script>document.title='owned'</script>" in names
    assert "owned" not in page.title()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?apart=1",
        "/explore",
        "/explore?entry={0}",
        "/compare?entry={0}&entry={1}",
        "/model/{0}",
        "/cite",
        "/about",
        "/submit",
        "/requests",
    ],
)
def test_on_a_phone_the_page_does_not_scroll_sideways(site: Site, phone: Page, path: str) -> None:
    entries = [entry.entry_id for entry in site.board.entries if entry.badge is Badge.VERIFIED]
    phone.goto(path.format(*entries))
    phone.wait_for_selector("h1")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
