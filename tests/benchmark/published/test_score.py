"""Published studies and their scores, against values worked out by hand."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from warmbench.conditions import HEADLINE_CONTEXTS, PAPER_TASKS, Context
from warmbench.errors import DataError
from warmbench.published.cell import PublishedCell, StatedBelief, paired_error
from warmbench.published.score import bounded_estimate, mean_of, minus, score_published
from warmbench.published.study import PublishedStudy, published_studies, read_published_study
from warmbench.records.study import Treatment

ROWS, RIGHT = 100, 80
NONE, PRESENT = StatedBelief
Z = 1.959963984540054


def cell(task: str, context: Context, belief: StatedBelief, lost: int) -> PublishedCell:
    """Of 100 rows 80 were right, ``lost`` are lost, none is gained: a loss of ``lost`` points."""
    error = paired_error(ROWS, lost, 0)
    return PublishedCell.model_validate(
        {
            "task": task,
            "context": context,
            "belief": belief,
            "original_accuracy": RIGHT,
            "treated_accuracy": RIGHT - lost,
            "difference": -lost,
            "cohens_g": round(math.sqrt(lost), 3) if lost else None,
            "odds_ratio": "infinite" if lost else None,
            "p": 0.5 if lost else None,
            "adjusted_p": 0.5 if lost else None,
            "counts": {"rows": ROWS, "original_right": RIGHT, "lost": lost, "gained": 0},
            "solutions": 1,
            "standard_error": error,
        }
    )


def lost_in(task: str, context: Context, belief: StatedBelief) -> int:
    """4 points; 4 more with a belief, 8 more in sadness, 12 more in medqa."""
    more = (belief is PRESENT, context is Context.SADNESS, task == "medqa")
    return 4 + sum(points for there, points in zip(more, (4, 8, 12), strict=True) if there)


def study(**changes: Any) -> PublishedStudy:
    places = product(PAPER_TASKS, HEADLINE_CONTEXTS, StatedBelief)
    values: dict[str, Any] = {
        "model": "Some Model-1.0",
        "treatment": Treatment.FINE_TUNE,
        "arm": "warm",
        "citation": "Somebody (2026).",
        "license": "CC-BY-4.0",
        "table": "table.csv",
        "judge": "a judge",
        "items": "their items",
        "cells": tuple(cell(*place, lost_in(*place)) for place in places),
    }
    return PublishedStudy(**{**values, **changes})


def error(lost: int, belief: StatedBelief = NONE) -> float:
    """sqrt(b - b^2 / n) / n in points, and sqrt 2 times that for two wordings."""
    one = 100 * math.sqrt(lost - lost**2 / ROWS) / ROWS
    return one * (math.sqrt(2) if belief is PRESENT else 1)


def test_the_headline_by_hand() -> None:
    loss = score_published(study())["headline"]["loss"]
    assert loss["value"] == pytest.approx(4 + 4 / 2 + 8 / 9 + 12 / 4)
    by_task = []
    for more in (0, 0, 0, 12):
        none = (8 * error(4 + more) + error(12 + more)) / 9
        present = (8 * error(8 + more, PRESENT) + error(16 + more, PRESENT)) / 9
        by_task.append((none + present) / 2)
    bound = math.sqrt(sum(each**2 for each in by_task)) / 4
    assert loss["standard_error_bound"] == pytest.approx(bound, abs=1e-5)
    assert loss["low"] == pytest.approx(loss["value"] - Z * bound, abs=1e-4)
    assert loss["high"] == pytest.approx(loss["value"] + Z * bound, abs=1e-4)


def test_the_other_figures_by_hand() -> None:
    score = score_published(study())
    assert score["cells_recovered"] == 72
    assert score["plain"]["loss"]["value"] == pytest.approx(4 + 12 / 4)
    assert score["sycophancy"]["value"] == pytest.approx(4)
    assert score["contexts"]["sadness"]["loss"]["value"] == pytest.approx(4 + 2 + 8 + 3)
    assert score["contexts_by_belief"]["none"]["sadness"]["loss"]["value"] == pytest.approx(15)
    assert score["contrasts"]["plain"]["sadness"]["value"] == pytest.approx(8)
    assert score["contrasts"]["plain"]["anger"]["value"] == pytest.approx(0)
    assert score["tasks"]["medqa"]["loss"]["value"] == pytest.approx(4 + 2 + 8 / 9 + 12)
    assert score["beliefs"]["present"]["loss"]["value"] == pytest.approx(4 + 4 + 8 / 9 + 3)
    assert score["plain"]["original_accuracy"] == pytest.approx(80)
    assert score["plain"]["treated_accuracy"] == pytest.approx(73)
    assert score["plain"]["retention"] == pytest.approx(73 / 80)
    assert score["plain"]["relative_error_rise"] == pytest.approx(7 / 20)


def test_a_contrast_takes_the_worst_of_both_sides() -> None:
    cells = study().cells
    sadness = mean_of(["medqa"], [Context.SADNESS], [NONE])
    plain = mean_of(["medqa"], [Context.PLAIN], [NONE])
    found = bounded_estimate(cells, minus(sadness, plain))
    assert found.value == pytest.approx(8)
    assert found.standard_error_bound == pytest.approx(error(24) + error(16), abs=1e-5)
    nothing = bounded_estimate(cells, minus(plain, plain))
    assert (nothing.value, nothing.standard_error_bound) == (0.0, 0.0)


def test_a_cell_of_several_solutions_lends_its_largest_error() -> None:
    first, *rest = study().cells
    wider = first.model_copy(update={"counts": None, "solutions": 2, "standard_error": 9.0})
    changed = study(cells=(wider, *rest))
    assert changed.recovered == 71
    weights = mean_of([first.task], [first.context], [first.belief])
    assert bounded_estimate(changed.cells, weights).standard_error_bound == 9.0


def test_a_cell_without_solution_leaves_no_interval() -> None:
    first, *rest = study().cells
    unknown = first.model_copy(update={"counts": None, "solutions": 0, "standard_error": None})
    score = score_published(study(cells=(unknown, *rest)))
    assert score["headline"]["loss"]["low"] is None
    assert score["headline"]["loss"]["value"] == pytest.approx(4 + 2 + 8 / 9 + 3)
    assert score["tasks"]["medqa"]["loss"]["low"] is not None


def test_a_study_reads_back_as_it_was_written(tmp_path: Path) -> None:
    written = study()
    assert written.slug == "some-model-1-0-fine-tune-warm"
    path = tmp_path / f"{written.slug}.json"
    path.write_text(written.model_dump_json())
    assert read_published_study(path) == written
    assert published_studies(tmp_path) == [written]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not a published study"),
        ("{}", "model: Field required"),
        (
            study().model_dump_json().replace('"sadness"', '"plain"'),
            r"appears [02] times, not once",
        ),
        (study().model_dump_json().replace('"published"', '"measured"'), "provenance"),
    ],
)
def test_what_is_no_study_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "study.json"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_published_study(path)


def test_a_folder_without_studies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="contains no published study"):
        published_studies(tmp_path)
    with pytest.raises(DataError, match="can't be read"):
        read_published_study(tmp_path / "none.json")
