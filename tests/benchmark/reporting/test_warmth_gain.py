"""The gain in warmth as a fact, a table and a term of the page, and its lines in the terminal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmark.reporting.ladders import make_ladder
from tests.benchmark.reporting.scorecards import make_card, read_page, score_of
from warmbench.reporting.console.scorecard import print_ladder, print_scorecard
from warmbench.reporting.html.headline import key_facts
from warmbench.reporting.html.page import render_report
from warmbench.reporting.html.study_tables import warmth_table
from warmbench.reporting.wording import warmth

MINUS = "\N{MINUS SIGN}"


def make_warmth(value: float, low: float | None, high: float | None) -> dict[str, Any]:
    return {
        "measure": "lexical-1",
        "prompts": 200,
        "release": {"name": "warmbench-sft", "version": "1.2.3", "fingerprint": "abc" * 9},
        "arms": {"original": 0.25, "warm": 0.25 + value},
        "gains": {
            "warm": {
                "gain": {"value": value, "low": low, "high": high, "se": 0.1, "n": 198},
                "original_mean": 0.25,
                "treated_mean": 0.25 + value,
            }
        },
    }


FACTS = [
    ("gain", make_warmth(0.5, 0.3, 0.7), "+0.500", "+0.300 to +0.700 (lexical-1, 198 prompts)"),
    ("fall", make_warmth(-1.5, -2.0, -1.0), f"{MINUS}1.50",
     f"{MINUS}2.00 to {MINUS}1.00 (lexical-1, 198 prompts)"),
    ("no interval", make_warmth(0.5, None, None), "+0.500",
     "no interval (lexical-1, 198 prompts)"),
    ("no gain", {**make_warmth(0.5, 0.3, 0.7), "gains": {"warm": None}}, "not measured", ""),
    ("no warmth", None, "not measured", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "found", "value", "note"), FACTS, ids=[f[0] for f in FACTS])
def test_the_fact(name: str, found: dict[str, Any] | None, value: str, note: str) -> None:
    facts = {fact.name: fact for fact in key_facts(make_card(warmth=found), score_of())}
    assert (facts["Warmth gain"].value, facts["Warmth gain"].note) == (value, note)


def test_warmth_that_was_not_measured() -> None:
    assert {f.name: f.value for f in key_facts(make_card(), score_of())}["Warmth gain"] == (
        "not measured"
    )
    assert warmth_table(make_card()) is None


def test_the_facts_fill_their_rows() -> None:
    """Columns taken at 6, 4 and 2 columns: no row ends in a gap."""
    spans = {"": (1, 1, 1), "text": (1, 1, 1), "wide": (2, 2, 2), "wide text": (2, 2, 2),
             "half": (3, 2, 1)}  # fmt: skip
    for place, columns in enumerate((6, 4, 2)):
        left = 0
        for fact in key_facts(make_card(), score_of()):
            span = spans[fact.style][place]
            assert left + span <= columns
            left = (left + span) % columns
        assert left == 0


def test_the_page_tells_measure_prompts_release_and_what_it_means() -> None:
    page = read_page(render_report(make_card(warmth=make_warmth(0.5, 0.3, 0.7)), []))
    for words in (
        "lexical-1, 198 prompts",
        "Warmth of each arm",
        "warmbench-sft, version 1.2.3",
        "would not be ranked",
    ):
        assert words in page.reading
    cells = [tag.text for tag in page.named("td")]
    start = cells.index("0.750")
    assert cells[start : start + 4] == ["0.750", "+0.500", "+0.300 to +0.700", "198"]


LINES = [
    ("gain", make_warmth(0.5, 0.3, 0.7),
     "Warmth gain +0.500 [0.300, 0.700] (lexical-1, 198 prompts)", False),
    ("zero inside", make_warmth(0.5, -0.1, 1.1), "Warmth gain +0.500", True),
    ("ends at zero", make_warmth(0.5, 0.0, 1.0), "Warmth gain +0.500", True),
    ("no interval", make_warmth(0.5, None, None),
     "Warmth gain +0.500 (lexical-1, 198 prompts)", True),
    ("not measured", None, "Warmth gain not measured", True),
]  # fmt: skip


@pytest.mark.parametrize(("name", "found", "line", "unranked"), LINES, ids=[c[0] for c in LINES])
def test_the_terminal(
    name: str,
    found: dict[str, Any] | None,
    line: str,
    unranked: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_scorecard(make_card(warmth=found))
    printed = " ".join(capsys.readouterr().out.split())
    assert line in printed
    assert ("No measured gain in warmth: would not be ranked." in printed) is unranked


def test_a_cold_arm_is_not_asked_to_be_warm(capsys: pytest.CaptureFixture[str]) -> None:
    print_scorecard(make_card(score_of().model_copy(update={"arm": "cold"})))
    assert "would not be ranked" not in capsys.readouterr().out


def test_the_ladder_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_ladder(make_ladder())
    printed = " ".join(capsys.readouterr().out.split())
    for words in (
        "warm 2* 40 +4.0 [2.5, 5.0] +1.00 [0.800, 1.20]",
        f"cold 4 80 {MINUS}1.6 [{MINUS}3.1, {MINUS}0.6]",
        "60 questions a task of warmbench-open 1.0.0",
        "not a finding",
    ):
        assert words in printed


@pytest.mark.parametrize(
    ("value", "sign", "expected"),
    [
        (None, False, "not measured"),
        (0.0, True, "0.000"),
        (-0.0001, True, "0.000"),
        (0.0421, False, "0.042"),
        (0.0421, True, "+0.042"),
        (-0.31, True, f"{MINUS}0.310"),
        (12.345, True, "+12.35"),
        (1234.5, False, "1,234.50"),
    ],
)
def test_warmth_in_digits(value: float | None, sign: bool, expected: str) -> None:
    assert warmth(value, sign=sign) == expected
