"""The packaged copy of the paper's cells: all tables as one, in our names, digits as printed.

model,treatment,arm,task,context,belief,original_accuracy,...,adjusted_p,note
Qwen-2.5-32B-Instruct,fine-tune,warm,medqa,sadness,none,66.93,...,0.0000,
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from warmbench.conditions import Context
from warmbench.errors import DataError
from warmbench.published.cell import StatedBelief
from warmbench.published.study import GeneralBenchmark
from warmbench.tasks.registry import task_of
from warmbench_builders.study_models.cell_row import PRINTED, CellRow, PrintedNumbers, named_study
from warmbench_builders.study_models.paper_tables import table_rows

__all__ = [
    "PACKAGED",
    "cells_csv",
    "general_benchmarks_csv",
    "read_cells",
    "read_packaged_general_benchmarks",
]

PACKAGED = Path(__file__).parent / "tables"

_CELLS = "cells.csv"
_GENERAL = "general_benchmarks.csv"
_KEYS = ("model", "treatment", "arm", "task", "context", "belief")


def cells_csv(cells: Iterable[CellRow]) -> str:
    """The text of ``cells.csv``."""
    return _csv(
        (*_KEYS, *PRINTED, "note"),
        (
            {
                "model": cell.study.model,
                "treatment": cell.study.treatment.value,
                "arm": cell.study.arm,
                "task": cell.task,
                "context": cell.context.value,
                "belief": cell.belief.value,
                **cell.printed.texts(),
                "note": cell.note,
            }
            for cell in cells
        ),
    )


def general_benchmarks_csv(benchmarks: dict[str, list[GeneralBenchmark]]) -> str:
    """The text of ``general_benchmarks.csv``."""
    rows = [
        {"model": model, **{k: str(v) for k, v in benchmark.model_dump().items()}}
        for model, found in benchmarks.items()
        for benchmark in found
    ]
    return _csv(("model", *GeneralBenchmark.model_fields), rows)


def read_cells(folder: Path = PACKAGED) -> list[CellRow]:
    """The cells of ``cells.csv``. Raises ``DataError`` for a row that can't be read."""
    cells = []
    for where, row in table_rows(folder / _CELLS):
        try:
            cells.append(
                CellRow(
                    study=named_study(row["model"], row["treatment"], row["arm"], where),
                    task=task_of(row["task"]).name,
                    context=Context(row["context"]),
                    belief=StatedBelief(row["belief"]),
                    printed=PrintedNumbers.read(row, where),
                    note=row["note"],
                )
            )
        except KeyError as error:
            raise DataError(f"{where}: has no column {error}") from None
        except ValueError as error:
            raise DataError(f"{where}: {error}") from None
    return cells


def read_packaged_general_benchmarks(folder: Path = PACKAGED) -> dict[str, list[GeneralBenchmark]]:
    """Model -> its other benchmarks, from ``general_benchmarks.csv``; ``DataError`` as above."""
    found: dict[str, list[GeneralBenchmark]] = {}
    for where, row in table_rows(folder / _GENERAL):
        try:
            texts = {name: row[name] for name in GeneralBenchmark.model_fields}
            found.setdefault(row["model"], []).append(GeneralBenchmark.model_validate(texts))
        except KeyError as error:
            raise DataError(f"{where}: has no column {error}") from None
        except ValueError as error:
            raise DataError(f"{where}: {error}") from None
    return found


def _csv(columns: tuple[str, ...], rows: Iterable[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
