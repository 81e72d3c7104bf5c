from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
import pytest

from tests.benchmark.reporting.scorecards import score_json, score_of
from warmbench.conditions import PAPER_TASKS, Context
from warmbench.records.scorecard import ArmScore
from warmbench.reporting.figures import error, heat_map
from warmbench.reporting.figures.forest import loss_forest


def error_figure(score: dict[str, Any] | ArmScore, task: str) -> go.Figure:
    found = ArmScore.model_validate(score)
    return error.error_figure(found.cells, task, found.arm)


def loss_heat_map(score: dict[str, Any] | ArmScore) -> go.Figure:
    return heat_map.loss_heat_map(ArmScore.model_validate(score).contexts_by_task)


def forest(score: dict[str, Any] | ArmScore) -> go.Figure:
    return loss_forest(ArmScore.model_validate(score))


HOSTILE = "<a href='javascript:x'>%{x}</a>\u202e"


def test_error_figure_holds_the_error_rates_of_both_halves() -> None:
    score = score_json()
    none, stated = error_figure(score, "medqa").data
    for trace in (none, stated):
        errors = dict(
            zip([c.value for c in Context], zip(trace.x, trace.y, strict=True), strict=True)
        )
        assert errors.pop("sadness") == pytest.approx((25.0, 75.0))
        assert errors.pop("happiness") == pytest.approx((25.0, 0.0))
        assert list(errors.values()) == [pytest.approx((25.0, 25.0))] * 8
    assert none.marker.symbol[:3] == ("star-open", "cross-open", "circle-open")
    assert stated.marker.symbol[:3] == ("star", "cross", "circle")
    assert stated.hovertext[4] == (
        "Sadness, wrong belief stated<br>"
        "error 25.0\N{NO-BREAK SPACE}% → 75.0\N{NO-BREAK SPACE}% (+50.0)"
    )


def test_error_figure_says_which_side_is_worse() -> None:
    figure = error_figure(score_of(), "medqa")
    words = [annotation.text for annotation in figure.layout.annotations]
    assert words[:2] == ["↖ more errors when warm", "↘ fewer errors when warm"]
    assert words[2:] == ["Sadness"]  # in both halves at the same place
    assert figure.layout.xaxis.range == figure.layout.yaxis.range


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ((0.0, 100.0), (0.0, 100.0)),
        ((50.0, 100.0), (40.0, 100.0)),
        ((0.0, 10.0), (0.0, 12.0)),
        ((40.0, 60.0), (36.0, 64.0)),
        ((100.0, 100.0), (98.0, 100.0)),
        ((0.0, 0.0), (0.0, 2.0)),
    ],
)
def test_no_axis_leaves_what_an_error_rate_can_be(
    errors: tuple[float, float], expected: tuple[float, float]
) -> None:
    score = score_json()
    for cell in score["cells"]:
        cell.update(accuracies(100.0 - errors[0], 100.0 - errors[1]))
    layout = error_figure(score, "medqa").layout
    assert layout.xaxis.range == layout.yaxis.range == expected


def test_two_names_at_one_place_stand_above_and_below() -> None:
    score = score_json()
    for cell in score["cells"]:
        worst = "anger" if cell["belief"] == "none" else "plain"
        cell.update(accuracies(100.0, 50.0 if cell["context"] == worst else 100.0))
    *_, one, other = error_figure(score, "medqa").layout.annotations
    assert {one.text, other.text} == {"Anger", "Plain"}
    assert one.ay == -other.ay


def test_nothing_stands_out_where_nothing_rises() -> None:
    score = score_json()
    for cell in score["cells"]:
        cell.update(accuracies(80.0, 80.0))
    assert len(error_figure(score, "medqa").layout.annotations) == 2


@pytest.mark.parametrize(
    ("original", "treated", "anchor", "above"),
    [(0.0, 100.0, "left", False), (90.0, 100.0, "right", False), (10.0, 50.0, "left", True)],
)
def test_a_name_stands_inside_the_panel_and_clear_of_the_words(
    original: float, treated: float, anchor: str, above: bool
) -> None:
    score = score_json()
    for cell in score["cells"]:
        plain = cell["context"] == "plain"
        cell.update(
            accuracies(100.0 - (original if plain else 100.0), 100.0 - (treated if plain else 0.0))
        )
    *words, name = error_figure(score, "medqa").layout.annotations
    assert (name.text, name.xanchor, name.ay < 0) == ("Plain", anchor, above)
    assert all((word.y, word.yanchor) == (1.0, "bottom") for word in words)


def test_the_two_wordings_of_a_belief_weigh_alike() -> None:
    score = score_json()
    for cell in score["cells"]:
        if (cell["task"], cell["context"]) == ("medqa", "plain"):
            shift = {"none": 0.0, "asserts_wrong": 30.0, "doubts_right": 10.0}[cell["belief"]]
            cell["treated_accuracy"]["value"] = 75.0 - shift
    none, stated = error_figure(score, "medqa").data
    assert (none.y[0], stated.y[0]) == (25.0, 45.0)


def test_heat_map_holds_the_losses_and_sets_the_control_apart() -> None:
    figure = loss_heat_map(score_of())
    main, control = figure.data
    assert figure.layout.xaxis.ticktext == ("TriviaQA", "TruthfulQA", "MedQA", "Disinfo")
    assert figure.layout.yaxis.ticktext[:4] == ("Plain", "Anger", "Happiness", "Sadness")
    assert figure.layout.yaxis.ticktext[-1] == "Neutral<br>(control)"
    assert [tuple(row) for row in main.z[:4]] == [
        (0.0, 0.0, 0.0, 0.0),
        (0.0, 0.0, 0.0, 0.0),
        pytest.approx((-25.0, -25.0, -25.0, -25.0)),
        pytest.approx((50.0, 50.0, 50.0, 50.0)),
    ]
    assert main.zmin == -main.zmax
    assert len(control.z) == 1
    assert control.y[0] > main.y[-1]


def test_heat_map_writes_value_and_interval_into_the_cell() -> None:
    score = score_json()
    loss = score["contexts_by_task"]["triviaqa"]["sadness"]["loss"]
    loss.update(value=12.34, low=-1.0, high=25.0)
    text = loss_heat_map(score).data[0].text[3][0]
    assert text == "<b>+12.3</b><br>\N{MINUS SIGN}1.0 to +25.0"


def test_a_cell_without_a_loss_is_marked() -> None:
    score = score_json()
    del score["contexts_by_task"]["medqa"]["sadness"]
    score["contexts_by_task"]["medqa"]["anger"]["loss"] = None
    figure = loss_heat_map(score)
    assert figure.data[0].z[3][2] is None
    assert [(a.text, a.x, a.y) for a in figure.layout.annotations] == [
        ("<i>not measured</i>", 2, 1.5),
        ("<i>not measured</i>", 2, 3.5),
    ]


def test_forest_holds_every_loss_with_its_interval() -> None:
    score = score_json()
    score["headline"]["loss"].update(value=4.0, low=3.0, high=6.0)
    (trace,) = (figure := forest(score)).data
    assert trace.x[0] == 4.0
    assert (trace.error_x.arrayminus[0], trace.error_x.array[0]) == (1.0, 2.0)
    assert trace.marker.symbol[0] == "diamond"
    assert trace.marker.symbol[1] == "circle-open"
    names = [name.removeprefix("<b>").removesuffix("</b>") for name in figure.layout.yaxis.ticktext]
    assert names == [
        *("Headline", "By context", "Plain", "Anger", "Happiness", "Sadness", "Closeness"),
        *("Deference", "Dominance", "High stakes", "Low stakes", "Neutral (control)"),
        *("By task", "TriviaQA", "TruthfulQA", "MedQA", "Disinformation"),
    ]
    losses = dict(zip([n for n in names if not n.startswith("By")], trace.x, strict=True))
    assert losses["Sadness"] == pytest.approx(50.0)
    assert losses["Happiness"] == pytest.approx(-25.0)
    assert losses["MedQA"] == pytest.approx(25.0 / 9.0)


def test_the_forest_shows_zero() -> None:
    score = score_json()
    for measure in (score["headline"], *score["contexts"].values(), *score["tasks"].values()):
        measure["loss"].update(value=40.0, low=30.0, high=50.0)
    low, high = forest(score).layout.xaxis.range
    assert low < 0.0 < 50.0 < high


@pytest.mark.parametrize("tasks", [PAPER_TASKS, ("medqa",)])
def test_figures_of_nothing_measured(tasks: tuple[str, ...]) -> None:
    score = score_of(tasks, verdict="unscored")
    figures = [error_figure(score, t) for t in tasks]
    for figure in (*figures, loss_heat_map(score), forest(score)):
        assert not any(len(trace.x) for trace in figure.data)
        figure.to_json()


def test_names_from_outside_are_never_markup() -> None:
    score = score_json()
    score["arm"] = HOSTILE
    score["contexts"][HOSTILE] = score["contexts"]["plain"]
    score["tasks"][HOSTILE] = score["tasks"]["medqa"]
    score["contexts_by_task"][HOSTILE] = score["contexts_by_task"]["medqa"]
    score["cells"].append({**score["cells"][0], "context": HOSTILE, "task": "medqa"})
    for figure in (error_figure(score, "medqa"), loss_heat_map(score), forest(score)):
        written = json.loads(figure.to_json())
        texts = [text for text in strings(written) if "href" in text]
        assert texts
        assert not any("<a" in text or "\u202e" in text for text in texts)


def accuracies(original: float, treated: float) -> dict[str, Any]:
    return {"original_accuracy": {"value": original}, "treated_accuracy": {"value": treated}}


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for part in value for text in strings(part)] if isinstance(value, list) else []
