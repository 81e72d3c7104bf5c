"""What each step of building a QA release costs, as the data grows tenfold.

``python -m tests.performance.grid_speed [FOLDER]``. With the folder of upstream files (as for
``warmbench build qa --source``) the whole command is measured too. Nothing here is asserted.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.performance.openai_speed import cost_of
from warmbench.conditions import Task
from warmbench.data.fingerprint import rows_fingerprint
from warmbench.data.item import ITEM_SCHEMA, Item
from warmbench.data.table import write_parquet
from warmbench_builders.build_qa import CANARY
from warmbench_builders.framing import Framer
from warmbench_builders.sources.batch import Origin, make_batch
from warmbench_builders.sources.triviaqa import read_triviaqa

__all__ = ["main"]

RUNS = 3
SIZES = (1_000, 10_000)
DRAWN = 200
_ORIGIN = Origin("synthetic", "1", "CC0-1.0")
_NOUNS = ("river", "city", "painter", "king", "composer", "mountain", "novel", "metal")
_FIRST = ("Anna", "Boris", "Clara", "David", "Emma", "Frank", "Greta", "Hugo", "Irene", "Jacob")


def synthetic_rows(count: int) -> list[dict[str, Any]]:
    """Trivia with unordered aliases, as upstream's alias-only files have it."""
    rows = []
    for number in range(count):
        noun = _NOUNS[number % len(_NOUNS)]
        name = f"{_FIRST[number % 10]} {_word(number)}"
        aliases = [name, f"{name} ({noun})", _word(number), f"{_word(number)}, {name.split()[0]}"]
        rows.append(
            {
                "id": f"row-{number}",
                "question": f"Which {noun} is known for the {_word(7 * number)} of {number % 90}?",
                "aliases": [*aliases, f"The {name}", name.upper(), f"History of {name}"],
            }
        )
    return rows


def _word(number: int) -> str:
    """A word of its own for each number: Bada, Bade, ..."""
    syllables = []
    for _ in range(3):
        number, left = divmod(number, 75)
        syllables.append("bdfgklmnprstvwz"[left % 15] + "aeiou"[left // 15])
    return "".join(syllables).capitalize()


def steps(count: int) -> dict[str, float]:
    """Median seconds of each step on so many rows."""
    rows = synthetic_rows(count)
    seconds: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        started = perf_counter()
        result = work()
        seconds.setdefault(name, []).append(perf_counter() - started)
        return result

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.parquet"
        for _ in range(RUNS):
            results = timed("read rows", lambda: list(read_triviaqa(rows, _ORIGIN)))
            draw = partial(make_batch, "triviaqa", Task.TRIVIAQA, _ORIGIN, wanted=DRAWN, seed=0)
            batch = timed(f"draw {DRAWN}, choose wrong answers", partial(draw, results))
            questions = [
                replace(batch.questions[place % DRAWN], question_id=f"question-{place}")
                for place in range(count // 10)
            ]
            framer = Framer("v0", CANARY)
            items = timed("frame a tenth in all conditions", partial(framer.frame, questions))
            dicts = timed("items to rows", partial(_to_rows, items))
            timed("fingerprint", partial(rows_fingerprint, dicts))
            timed("write parquet", partial(write_parquet, path, dicts, ITEM_SCHEMA))
    return {name: statistics.median(times) for name, times in seconds.items()}


def _to_rows(items: Sequence[Item]) -> list[dict[str, Any]]:
    return [item.to_row() for item in items]


def growth() -> Table:
    small, large = SIZES
    table = Table(
        title=f"Medians of {RUNS} runs",
        box=None,
        title_justify="left",
    )
    table.add_column("step")
    for name in (f"{small:,} rows, ms", f"{large:,} rows, ms", "times"):
        table.add_column(name, justify="right")
    few, many = steps(small), steps(large)
    for name in few:
        table.add_row(
            name, f"{1000 * few[name]:,.0f}", f"{1000 * many[name]:,.0f}",
            f"{many[name] / few[name]:.1f}",
        )  # fmt: skip
    return table


def whole_build(source: Path) -> str:
    """The full grid: 500 questions a task, 10 contexts, 3 beliefs."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "warmbench", "build", "qa", "--source", str(source)]
        costs = [cost_of([*command, "--out", f"{folder}/{number}"]) for number in range(RUNS)]
    wall, cpu, peak = (
        min(values)
        for values in zip(*((c.wall_s, c.cpu_s, c.peak_mib) for c in costs), strict=True)
    )
    return f"full grid, whole process, best of {RUNS}: {wall:.1f} s, {cpu:.1f} s of CPU, {peak:,.0f} MiB"


def main(source: Path | None = None) -> None:
    Console(width=110).print(growth())
    if source is not None:
        print(whole_build(source))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
