"""What each step of building a QA release costs a row, as the data grows tenfold.

``python -m tests.performance.grid_speed [FOLDER]``. With the folder of upstream files (as for
``warmbench build qa --source``) the whole command is measured too. Nothing here is asserted.

The smaller size is large enough for full garbage collections to take part in both; every run has
words of its own, so that no cache knows them; and items and rows are let go as the build does.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.performance.openai_speed import cost_of
from warmbench.conditions import Belief, Context
from warmbench.data.fingerprint import rows_fingerprint
from warmbench.data.table import write_parquet
from warmbench.records.item import ITEM_SCHEMA, Item
from warmbench_builders.questions.framing import Framer
from warmbench_builders.releasing.build_qa import CANARY
from warmbench_builders.sources.batch import Candidate, Origin, Rejected, Row, make_batch
from warmbench_builders.sources.triviaqa import read_triviaqa

__all__ = ["main"]

RUNS = 3
SIZES = (10_000, 100_000)
ROWS_A_QUESTION = 20
"""One question is framed for so many rows that are read: 500 questions at the smaller size."""
ITEMS_A_QUESTION = len(Context) * len(Belief)
DRAWN = 200
_ORIGIN = Origin("synthetic", "1", "CC0-1.0")
_NOUNS = ("river", "city", "painter", "king", "composer", "mountain", "novel", "metal")
_FIRST = ("Anna", "Boris", "Clara", "David", "Emma", "Frank", "Greta", "Hugo", "Irene", "Jacob")


def synthetic_rows(numbers: range) -> list[dict[str, Any]]:
    """Trivia with unordered aliases, as upstream's alias-only files have it."""
    rows = []
    for number in numbers:
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
    """Median microseconds of CPU a row of each step; ``count`` rows are read."""
    seconds: dict[str, list[float]] = {}

    def timed(name: str, rows: int, work: Callable[[], Any]) -> Any:
        gc.collect()
        started = process_time()
        result = work()
        seconds.setdefault(name, []).append((process_time() - started) / rows)
        return result

    framer = Framer("v0", CANARY)
    draw = partial(make_batch, "triviaqa", "triviaqa", _ORIGIN, wanted=DRAWN, seed=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.parquet"
        for run in range(RUNS):
            rows = synthetic_rows(range(run * count, (run + 1) * count))
            read = timed("read", count, partial(_read, rows))
            batch = timed(f"draw {DRAWN}, choose wrong answers", count, partial(draw, read))
            del rows, read
            questions = [
                replace(batch.questions[place % DRAWN], question_id=f"question-{place}")
                for place in range(count // ROWS_A_QUESTION)
            ]
            items = list(framer.frame(questions))
            timed("frame", len(items), partial(_let_go, framer.frame, questions))
            timed("items to rows", len(items), partial(_let_go, map, Item.to_row, items))
            dicts = [item.to_row() for item in items]
            timed("fingerprint", len(items), partial(rows_fingerprint, dicts))
            timed("write parquet", len(items), partial(write_parquet, path, dicts, ITEM_SCHEMA))
    return {name: 1e6 * statistics.median(times) for name, times in seconds.items()}


def _read(rows: Sequence[Row]) -> list[Candidate | Rejected]:
    return list(read_triviaqa(rows, _ORIGIN))


def _let_go(make: Callable[..., Iterable[object]], *of: Any) -> None:
    """Make them all, keep none."""
    deque(make(*of), maxlen=0)


def growth() -> Table:
    small, large = SIZES
    table = Table(
        title=f"Medians of {RUNS} runs, microseconds of CPU a row; {small:,} and {large:,} rows are read "
        f"and drawn from, {ITEMS_A_QUESTION * small // ROWS_A_QUESTION:,} and "
        f"{ITEMS_A_QUESTION * large // ROWS_A_QUESTION:,} framed and written",
        box=None,
        title_justify="left",
    )
    table.add_column("step")
    for name in ("fewer rows", "ten times as many", "times as much a row"):
        table.add_column(name, justify="right")
    few, many = steps(small), steps(large)
    for name in few:
        table.add_row(
            name, f"{few[name]:,.1f}", f"{many[name]:,.1f}", f"{many[name] / few[name]:.2f}"
        )
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
    # First, while this process is small: a child's peak of memory counts its parent's at the start.
    if source is not None:
        print(whole_build(source))
    Console(width=110).print(growth())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
