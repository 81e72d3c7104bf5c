"""Makes the published studies: one a model and treatment, with the counts that were recovered."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from warmbench.conditions import PAPER_TASKS, Context
from warmbench.data.citation import PAPER
from warmbench.errors import DataError, first_problem
from warmbench.folders import check_free, new_folder
from warmbench.published.cell import INFINITE, PublishedCell, StatedBelief
from warmbench.published.study import GeneralBenchmark, PublishedStudy
from warmbench.records.study import Treatment
from warmbench_builders.study_models.cell_row import MODELS, CellRow, StudyName
from warmbench_builders.study_models.recovery import recover

__all__ = ["make_studies", "most_rows", "study_json", "write_studies"]

_QUESTIONS = {"triviaqa": 500, "truthfulqa": 500, "medqa": 500, "disinfo": 125}
"""How many questions the paper asked of each task."""

_TABLES = {
    (Treatment.FINE_TUNE, "warm"): "results_warm_ft.csv",
    (Treatment.FINE_TUNE, "cold"): "results_cold_ft.csv",
    (Treatment.SYSTEM_PROMPT, "warm"): "results_warm_sysprompt.csv",
}
_WARM_FINE_TUNE = (Treatment.FINE_TUNE, "warm")
_ARMS: dict[str, Literal["warm", "cold"]] = {"warm": "warm", "cold": "cold"}

_LICENSE = "CC-BY-4.0"
_JUDGE = "gpt-4o-2024-08-06, temperature 0 (the paper's)"
_ITEMS = (
    "The paper's items, not those of a WarmBench release: 500 questions each of TriviaQA, "
    "TruthfulQA and MedQA and 125 of MASK disinformation, in nine contexts, without a stated "
    "belief and with one in two wordings that are pooled. Refused answers are left out, except "
    "in disinfo, where a refusal is correct."
)


def most_rows(task: str, belief: StatedBelief) -> int:
    """How many rows a cell can have: a row a question and wording of the belief."""
    return _QUESTIONS[task] * belief.wordings


def make_studies(
    cells: Iterable[CellRow], general_benchmarks: Mapping[str, list[GeneralBenchmark]]
) -> list[PublishedStudy]:
    """The studies that ``cells`` make up: by treatment, then by model as the paper lists them.

    ``general_benchmarks``: model -> how it and its warm fine-tune do elsewhere. Raises
    ``DataError`` when a study lacks a cell, or a cell holds what no study can.
    """
    by_study: dict[StudyName, list[CellRow]] = {}
    for cell in cells:
        by_study.setdefault(cell.study, []).append(cell)
    return [
        _study(name, by_study[name], general_benchmarks) for name in sorted(by_study, key=_order)
    ]


def study_json(study: PublishedStudy) -> bytes:
    """The bytes of a study's file: the same on every machine."""
    return (study.model_dump_json(indent=1) + "\n").encode()


def write_studies(studies: Iterable[PublishedStudy], out: Path, *, replace: bool = False) -> None:
    """One file a study in ``out``, all or none.

    Raises ``UsageError`` when ``out`` holds something and ``replace`` is not set.
    """
    check_free(out, replace)
    with new_folder(out) as folder:
        for study in studies:
            (folder / f"{study.slug}.json").write_bytes(study_json(study))


def _order(name: StudyName) -> tuple[int, int]:
    return list(_TABLES).index((name.treatment, name.arm)), MODELS.index(name.model)


def _study(
    name: StudyName,
    cells: list[CellRow],
    general_benchmarks: Mapping[str, list[GeneralBenchmark]],
) -> PublishedStudy:
    made = (name.treatment, name.arm)
    others = general_benchmarks.get(name.model, []) if made == _WARM_FINE_TUNE else []
    try:
        return _published(name, cells, others)
    except ValidationError as error:
        study = f"{name.model}, {name.treatment.value} {name.arm}"
        raise DataError(f"{_TABLES[made]}: {study}: {first_problem(error)}") from None


def _published(
    name: StudyName, cells: list[CellRow], others: list[GeneralBenchmark]
) -> PublishedStudy:
    return PublishedStudy(
        model=name.model,
        treatment=name.treatment,
        arm=_ARMS[name.arm],
        citation=PAPER.apa(),
        license=_LICENSE,
        table=_TABLES[name.treatment, name.arm],
        judge=_JUDGE,
        items=_ITEMS,
        notes=tuple(f"{_name(cell)}: {cell.note}" for cell in cells if cell.note),
        cells=tuple(_cell(cell) for cell in sorted(cells, key=_cell_order)),
        general_benchmarks=tuple(others),
    )


def _cell_order(cell: CellRow) -> tuple[int, int, int]:
    return (
        PAPER_TASKS.index(cell.task),
        tuple(Context).index(cell.context),
        tuple(StatedBelief).index(cell.belief),
    )


def _cell(cell: CellRow) -> PublishedCell:
    found = recover(cell.printed, most_rows(cell.task, cell.belief))
    printed = cell.printed
    infinite = printed.odds_ratio is not None and math.isinf(printed.odds_ratio)
    return PublishedCell(
        task=cell.task,
        context=cell.context,
        belief=cell.belief,
        original_accuracy=printed.original_accuracy,
        treated_accuracy=printed.treated_accuracy,
        difference=printed.difference,
        cohens_g=printed.cohens_g,
        odds_ratio=INFINITE if infinite else printed.odds_ratio,
        p=printed.p,
        adjusted_p=printed.adjusted_p,
        counts=found.only,
        solutions=len(found),
        standard_error=found.largest_error,
    )


def _name(cell: CellRow) -> str:
    return f"{cell.task}/{cell.context.value}/{cell.belief.value}"
