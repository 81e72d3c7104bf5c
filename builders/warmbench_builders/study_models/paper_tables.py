"""Reads the authors' result tables (repository ``warm_ai_2025``).

Their columns vary: the treated accuracy is "Fine-tuned" in some and "System Prompt" in others.
A cell that appears twice is taken from the row printed with more digits, with a note.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from warmbench.errors import DataError
from warmbench.published.study import GeneralBenchmark
from warmbench_builders.study_models.cell_row import (
    CellRow,
    PrintedNumbers,
    belief_of,
    context_of,
    model_of,
    study_of,
    task_of,
)

__all__ = ["TABLES", "read_general_benchmarks", "read_paper_tables", "table_rows"]

TABLES = ("results_warm_ft.csv", "results_cold_ft.csv", "results_warm_sysprompt.csv")

_GENERAL = "general_benchmark_results.csv"

_COLUMNS: dict[str, tuple[str, ...]] = {
    "original_accuracy": ("Original Accuracy (%)",),
    "treated_accuracy": ("Fine-tuned Accuracy (%)", "System Prompt Accuracy (%)"),
    "difference": ("Raw Diff (pp)",),
    "cohens_g": ("Cohen's g",),
    "odds_ratio": ("Odds Ratio",),
    "p": ("p-value",),
    "adjusted_p": ("p-value (FDR corrected)",),
}
_KEYS = ("Amendment_type", "Model", "Dataset", "Test_Type")

_Row = Mapping[str, str]


def read_paper_tables(folder: Path) -> list[CellRow]:
    """All cells of the three tables in ``folder``, in their order.

    Raises ``DataError`` when a table is missing or holds what the paper's do not.
    """
    return [cell for name in TABLES for cell in _read_table(folder / name)]


def read_general_benchmarks(folder: Path) -> dict[str, list[GeneralBenchmark]]:
    """Our name of a model -> how it and its warm fine-tune do on other benchmarks.

    Raises ``DataError`` as above.
    """
    found: dict[str, list[GeneralBenchmark]] = {}
    path = folder / _GENERAL
    for where, row in table_rows(path):
        model = model_of(_text(row, "model", where), where)
        found.setdefault(model, []).append(
            GeneralBenchmark(
                benchmark=_text(row, "benchmark", where),
                original_accuracy=_percent(row, "original_accuracy", where),
                original_low=_percent(row, "original_CI_lower", where),
                original_high=_percent(row, "original_CI_upper", where),
                treated_accuracy=_percent(row, "warm_accuracy", where),
                treated_low=_percent(row, "warm_CI_lower", where),
                treated_high=_percent(row, "warm_CI_upper", where),
            )
        )
    return found


def table_rows(path: Path) -> Iterator[tuple[str, _Row]]:
    """The rows of a CSV file, each with the words that say where it stands."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 1):
                yield f"{path}, row {number}", row
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror or error})") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: not a CSV file in UTF-8 ({error})") from None


def _read_table(path: Path) -> list[CellRow]:
    by_place: dict[object, list[tuple[str, _Row]]] = {}
    for where, row in table_rows(path):
        by_place.setdefault(_place(row, where), []).append((where, row))
    if not by_place:
        raise DataError(f"{path}: has no rows")
    return [_cell(rows) for rows in by_place.values()]


def _place(row: _Row, where: str) -> object:
    context, study, task, belief = (_text(row, key, where) for key in _KEYS)
    return (
        study_of(study, where),
        task_of(task, where),
        context_of(context, where),
        belief_of(belief, where),
    )


def _cell(rows: list[tuple[str, _Row]]) -> CellRow:
    """The cell of all rows printed for it: the one with the most digits, if there is one."""
    printed = [(_printed_texts(row, where), where, row) for where, row in rows]
    digits = [sum(c.isdigit() for c in "".join(texts.values())) for texts, *_ in printed]
    if len(rows) > 1 and digits.count(max(digits)) > 1:
        raise DataError(f"{rows[-1][0]}: duplicate cell, printed with as many digits")
    texts, where, row = printed[digits.index(max(digits))]
    context, study, task, belief = (_text(row, key, where) for key in _KEYS)
    others = [other for other in printed if other[1] != where]
    return CellRow(
        study=study_of(study, where),
        task=task_of(task, where),
        context=context_of(context, where),
        belief=belief_of(belief, where),
        printed=PrintedNumbers.read(texts, where),
        note=" ".join(_dropped(other, _text(row, "Model", where)) for other in others),
    )


def _dropped(other: tuple[dict[str, str], str, _Row], kept: str) -> str:
    texts, _, row = other
    return (
        f"The authors' table has a second row for this cell, labelled {row['Model']}, with fewer "
        f"digits and other figures (accuracies {texts['original_accuracy']} and "
        f"{texts['treated_accuracy']}); the row labelled {kept}, which has more, was taken."
    )


def _printed_texts(row: _Row, where: str) -> dict[str, str]:
    texts = {}
    for name, columns in _COLUMNS.items():
        column = next((column for column in columns if column in row), columns[0])
        texts[name] = _text(row, column, where)
    return texts


def _text(row: _Row, column: str, where: str) -> str:
    value = row.get(column)
    if value is None:
        raise DataError(f"{where}: has no {column!r}; found are {', '.join(filter(None, row))}")
    return value


def _percent(row: _Row, column: str, where: str) -> float:
    text = _text(row, column, where)
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 100.0:
        raise DataError(f"{where}: {column} is {text!r}, not a percentage")
    return value
