"""What the terminal and the page say of the judge of a run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmark.reporting.beside import make_audit
from tests.benchmark.reporting.scorecards import make_card, read_page, score_json
from warmbench.records.audit import Audit
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.reporting.answers import RunRows
from warmbench.reporting.console.scorecard import print_scorecard
from warmbench.reporting.figures.judge import judge_figure, judge_figure_sentence
from warmbench.reporting.html.judge_tables import corrected_table, expected_table
from warmbench.reporting.html.page import render_report
from warmbench.reporting.judge_sentences import judge_sentences

SPACE = "\N{NO-BREAK SPACE}"

Json = dict[str, Any]


def share(value: float) -> Json:
    return {"value": value, "low": value - 0.05, "high": value + 0.05}


def rates(sensitivity: float, specificity: float) -> Json:
    return {"sensitivity": share(sensitivity), "specificity": share(specificity)}


def figures(**changes: Any) -> Json:
    return {
        "judge": "reference-2",
        "release": {"name": "warmbench-judging", "version": "0.1.0", "fingerprint": "a" * 64},
        "part": "final",
        "packaged": True,
        "answers": 800,
        "questions": 121,
        "arms": {
            "original": {**rates(0.8, 0.9), "tasks": {"medqa": rates(0.7, 0.9)}},
            "warm": {**rates(0.75, 0.85), "tasks": {"medqa": rates(0.6, 0.8)}},
        },
        "wider": {"medqa, under 40 words": "medqa, any length"},
        **changes,
    }


def score(corrected: Json | None = None, reason: str | None = None) -> ArmScore:
    found = {"headline": corrected, "medqa": None}
    return ArmScore.model_validate({**score_json(), "corrected": found, "not_corrected": reason})


LOSS = {"value": 5.0, "low": 1.0, "high": 9.5}
UNSURE = {"original": 0.25, "warm": 0.375}


def card_of(found: ArmScore, **changes: Any) -> Scorecard:
    return make_card(found, **{"judge_figures": figures(), "unsure_shares": UNSURE, **changes})


CHECK = "figures of the packaged check of reference-2, judging set 0.1.0"
RATES = (
    "Judge on answers of these tasks and lengths: "
    f"sensitivity 80.0{SPACE}% (75.0 to 85.0) original, 75.0{SPACE}% (70.0 to 80.0) warm; "
    f"specificity 90.0{SPACE}% (85.0 to 95.0) and 85.0{SPACE}% (80.0 to 90.0); "
    f"unsure of 25.0{SPACE}% and 37.5{SPACE}% of the verdicts."
)
NEAR_CHANCE = "the judge guesses in medqa, any length"


@pytest.mark.parametrize(
    ("card", "first"),
    [
        (
            card_of(score(LOSS)),
            f"Corrected for the judge: +5.0 (+1.0 to +9.5) points of accuracy ({CHECK}).",
        ),
        (
            card_of(score(reason=NEAR_CHANCE)),
            f"Can't be corrected for the judge ({CHECK}): {NEAR_CHANCE}.",
        ),
        (
            card_of(score(LOSS), judge_figures=figures(packaged=False)),
            "Corrected for the judge: +5.0 (+1.0 to +9.5) points of accuracy (figures of "
            "this run's check of reference-2, judging set 0.1.0).",
        ),
    ],
    ids=["corrected", "can't be", "checked for this run"],
)
def test_two_sentences_of_an_arm(card: Scorecard, first: str) -> None:
    assert judge_sentences(card, card.treated[0]) == [first, RATES]


def test_without_a_check_only_how_sure_it_was_is_said() -> None:
    found = card_of(score(), judge_figures=None)
    assert judge_sentences(found, found.treated[0]) == [
        f"Judge: unsure of 25.0{SPACE}% and 37.5{SPACE}% of the verdicts."
    ]
    nothing = make_card(score())
    assert judge_sentences(nothing, nothing.treated[0]) == []


@pytest.mark.parametrize(
    ("audit", "by_people"),
    [
        (make_audit(), True),
        (make_audit("llm-9"), False),
        (make_audit(reason="too few labels"), False),
        (None, False),
    ],
    ids=["labelled", "of another judge", "too few labels", "no labels"],
)
def test_people_s_labels_stand_before_the_check(audit: Json | None, by_people: bool) -> None:
    card = card_of(score(LOSS))
    first, second = judge_sentences(
        card, card.treated[0], Audit.model_validate(audit) if audit else None
    )
    assert first.startswith("Corrected by people's labels: +6.5 (+4.5 to +8.5)") == by_people
    assert second == RATES


def test_the_terminal_shows_both(capsys: pytest.CaptureFixture[str]) -> None:
    print_scorecard(card_of(score(LOSS)))
    shown = " ".join(capsys.readouterr().out.split())
    assert f"Corrected for the judge: +5.0 (+1.0 to +9.5) points of accuracy ({CHECK})." in shown
    assert "unsure of 25.0 % and 37.5 % of the verdicts." in shown


def test_the_page_shows_sentences_picture_and_tables() -> None:
    card = card_of(score(LOSS))
    page = read_page(render_report(card, [], rows=RunRows()))
    assert "Corrected for the judge: +5.0 (+1.0 to +9.5) points" in page.reading
    assert "The judge's errors" in [tag.text for tag in page.named("h4")]
    assert "arm-1-judge" in {tag.attributes["data-figure"] for tag in page.classed("plot")}
    without = read_page(render_report(make_card(score()), [], rows=RunRows()))
    assert "The judge's errors" not in without.reading


def test_the_tables() -> None:
    card = card_of(score(LOSS, "too near 0"))
    assert card.judge_figures is not None
    expected = expected_table(card, card.judge_figures, card.treated[0])
    assert [(row.header, row.cells[0][:4], row.cells[2]) for row in expected.rows] == [
        ("Original", "80.0", f"25.0{SPACE}%"),
        ("Original, MedQA", "70.0", "\N{EN DASH}"),
        ("Warm", "75.0", f"37.5{SPACE}%"),
        ("Warm, MedQA", "60.0", "\N{EN DASH}"),
    ]
    assert "medqa, any length for medqa, under 40 words" in expected.note
    table = corrected_table(card.judge_figures, card.treated[0])
    assert [(row.header, row.cells[1]) for row in table.rows][:2] == [
        ("Headline", "+5.0 (+1.0 to +9.5)"),
        ("TriviaQA", "\N{EN DASH}"),
    ]
    assert table.note.endswith("Not corrected: too near 0.")


def test_the_figure_has_a_point_for_each_rate_task_and_arm() -> None:
    card = card_of(score(LOSS))
    assert card.judge_figures is not None
    original, warm = judge_figure(card.judge_figures, "warm").data
    assert list(original.x) == pytest.approx([80.0, 70.0, 90.0, 90.0])
    assert list(warm.x) == pytest.approx([75.0, 60.0, 85.0, 80.0])
    assert list(warm.error_x.array) == pytest.approx([5.0] * 4)
    assert list(warm.error_x.arrayminus) == pytest.approx([5.0] * 4)
    words = judge_figure_sentence(card.judge_figures, "warm")
    assert "Both are lowest together in MedQA, warm: 60.0" in words


def test_an_arm_without_scored_answers_draws_nothing() -> None:
    card = card_of(score(), judge_figures=figures(arms={}))
    assert card.judge_figures is not None
    assert not any(len(trace.x) for trace in judge_figure(card.judge_figures, "warm").data)
    assert judge_figure_sentence(card.judge_figures, "warm") == (
        "No answer has a verdict of right or wrong."
    )
    assert judge_sentences(card, card.treated[0])[-1].startswith("Judge: unsure of")
