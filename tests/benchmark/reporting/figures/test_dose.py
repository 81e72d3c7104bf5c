"""Dose and response: the picture, its words, its table, and where the page shows them."""

from __future__ import annotations

import json

import pytest

from tests.benchmark.reporting.ladders import make_ladder
from tests.benchmark.reporting.scorecards import Page, make_card, read_page
from warmbench.reporting.figures.dose import dose_figure, dose_note, dose_sentence
from warmbench.reporting.html.page import render_report
from warmbench.reporting.html.study_tables import dose_table

MINUS = "\N{MINUS SIGN}"


@pytest.fixture(scope="module")
def page() -> Page:
    return read_page(render_report(make_card(), [], make_ladder()))


def test_all_lines_start_at_the_original_and_hold_their_rungs() -> None:
    traces = {(t.name, t.yaxis): t for t in dose_figure(make_ladder()).data}
    assert set(traces) == {(arm, axis) for arm in ("cold", "warm") for axis in ("y", "y2")}
    warm, cold = traces["warm", "y"], traces["cold", "y2"]
    assert (warm.x[0], warm.y[0]) == (cold.x[0], cold.y[0]) == (0.0, 0.0)
    assert warm.y == (0.0, 1.0, 4.0, 8.0)
    assert warm.error_y.array == pytest.approx((0.0, 1.0, 1.0, 1.0))
    assert warm.error_y.arrayminus == pytest.approx((0.0, 1.5, 1.5, 1.5))
    assert cold.y == pytest.approx((0.0, -0.05, -0.2, -0.4))
    assert warm.x == pytest.approx((0.0, 0.54, 2.04, 4.04))
    assert warm.hovertext[0] == "original"
    assert warm.hovertext[2] == "warm, epoch 2 (40 steps)<br>loss +4.0 (+2.5 to +5.0)"


def test_arms_differ_by_more_than_colour() -> None:
    figure = dose_figure(make_ladder())
    looks = {t.name: (t.marker.symbol, t.line.dash) for t in figure.data}
    assert looks == {"cold": ("square", "dash"), "warm": ("circle", "solid")}
    assert [t.name for t in figure.data if t.showlegend] == ["cold", "warm"]


def test_an_arm_keeps_its_look_when_it_is_alone() -> None:
    figure = dose_figure(make_ladder(("warm",)))
    assert [t.name for t in figure.data] == ["cold", "warm"] * 2
    assert [len(t.x) for t in figure.data] == [0, 4, 0, 4]
    assert [t.name for t in figure.data if t.showlegend] == ["warm"]


def test_the_selected_epoch_is_marked() -> None:
    layout = dose_figure(make_ladder()).layout
    assert (layout.shapes[0].x0, layout.shapes[0].x1) == (2.0, 2.0)
    assert (layout.annotations[0].text, layout.annotations[0].x) == ("selected", 2.0)
    assert layout.xaxis.tickvals == (0.0, 2.0, 4.0)


def test_a_figure_without_an_interval_has_no_bar() -> None:
    ladder = make_ladder(("warm",)).model_dump()
    ladder["rungs"][0]["loss"] = {"value": 1.0}
    figure = dose_figure(type(make_ladder()).model_validate(ladder))
    trace = next(t for t in figure.data if t.name == "warm")
    assert (trace.error_y.array[1], trace.error_y.arrayminus[1]) == (0.0, 0.0)
    assert trace.hovertext[1].endswith("loss +1.0")


def test_the_words_below_the_picture() -> None:
    assert dose_sentence(make_ladder()) == (
        "Warm at the selected epoch 2: loss +4.0 (+2.5 to +5.0) points, warmth gain "
        "+1.00 (+0.800 to +1.20); largest loss +8.0 at epoch 4. "
        f"Cold at the selected epoch 2: loss {MINUS}0.8 ({MINUS}2.3 to +0.2) points, warmth gain "
        f"{MINUS}0.200 ({MINUS}0.400 to 0.000); largest loss {MINUS}0.2 at epoch 0.5. "
        "Markers of one epoch stand side by side to keep their bars apart."
    )


def test_the_note_says_what_it_rests_on_and_that_it_is_no_finding() -> None:
    note = dose_note(make_ladder())
    for words in (
        "measured when the model was made",
        "60 questions a task of warmbench-open 1.0.0",
        "temperature 0.8",
        "judged by reference-2",
        "not a finding",
    ):
        assert words in note


def test_the_table_holds_every_rung() -> None:
    rows = {row.header: row.cells for row in dose_table(make_ladder()).rows}
    assert list(rows) == [
        *("Warm, epoch 0.5", "Warm, epoch 2, selected", "Warm, epoch 4"),
        *("Cold, epoch 0.5", "Cold, epoch 2, selected", "Cold, epoch 4"),
    ]
    assert rows["Warm, epoch 4"] == ("80", "+8.0 (+6.5 to +9.0)", "+2.00 (+1.80 to +2.20)")


def test_the_page_has_the_section_with_picture_words_and_table(page: Page) -> None:
    titles = [tag.text for tag in page.named("h2")]
    assert titles.index("Dose and response") == titles.index("How good the judge is") + 1
    (plot,) = (t for t in page.classed("plot") if t.attributes["data-figure"] == "dose")
    ids = {tag.attributes["id"]: tag for tag in page.tags if "id" in tag.attributes}
    assert ids[str(plot.attributes["aria-describedby"])].text == dose_sentence(make_ladder())
    (data,) = (t for t in page.named("script") if t.attributes.get("id") == "figures")
    assert len(json.loads("".join(data.parts))["dose"]["data"]) == 4
    assert "Every checkpoint" in " ".join(tag.text for tag in page.named("caption"))
    assert dose_note(make_ladder()) in page.reading


def test_a_page_without_a_ladder_has_none_of_it() -> None:
    page = read_page(render_report(make_card(), []))
    assert "Dose and response" not in page.reading
    assert not [t for t in page.classed("plot") if t.attributes["data-figure"] == "dose"]


def test_names_from_a_file_are_never_markup() -> None:
    hostile = make_ladder(("<b>warm</b>",), measure="<script>alert(1)</script>")
    page = read_page(render_report(make_card(), [], hostile))
    tame = read_page(render_report(make_card(), [], make_ladder(("other",))))
    assert [tag.name for tag in page.tags] == [tag.name for tag in tame.tags]
    figure = dose_figure(hostile)
    assert figure.layout.yaxis2.title.text.startswith("warmth gain, &lt;script&gt;")
    assert figure.data[2].name == "&lt;b&gt;warm&lt;/b&gt;"
