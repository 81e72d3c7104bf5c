"""How fast the parts are, as a table: medians of five runs and ratios to a plain Python baseline.

``make performance``. Nothing here is asserted: machines differ.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.performance import board_index, board_pages, grid_speed, openai_speed
from tests.performance.synthetic_chats import write_chats
from warmbench.audit.label import Label
from warmbench.audit.labelled_pairs import LabelledPairs, labelled_pairs
from warmbench.audit.prediction_powered import prediction_powered_loss
from warmbench.audit.rogan_gladen import rogan_gladen_loss
from warmbench.conditions import Task
from warmbench.data.fingerprint import rows_fingerprint
from warmbench.data.item import ITEM_SCHEMA
from warmbench.data.table import read_rows, write_parquet
from warmbench.engines import Answer
from warmbench.engines.ct2 import CT2Engine
from warmbench.engines.engine import EngineOptions
from warmbench.judging.judge_answers import judge_responses
from warmbench.judging.reference import ReferenceJudge
from warmbench.ledger import Ledger
from warmbench.loading import open_data
from warmbench.model_spec import parse_model_spec
from warmbench.plan import plan_requests
from warmbench.selection import Selection, select_items
from warmbench.statistics.bootstrap import bootstrap_interval
from warmbench.statistics.pairs import CELLS
from warmbench.statistics.ranks import rank_intervals
from warmbench.statistics.scorecard import score_arm
from warmbench.statistics.weights import headline_weights
from warmbench.study import Arm, Study
from warmbench.warmth import open_measure
from warmbench_builders.faithfulness import check_rewrite
from warmbench_builders.open_sft import load_open_conversations
from warmbench_builders.sft.pipeline import Wanted, pick_chats
from warmbench_builders.sft.readers import open_log
from warmbench_builders.sft.unsafe import WordListFilter

RUNS = 5
CHATS = 3_000


def median_seconds(work: Callable[[], object]) -> float:
    """The median of ``RUNS`` runs after one that is not counted."""
    work()
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


Case = tuple[str, int, Callable[[], object]]
"""What is measured, how many rows it handles, and the work itself."""


def measured(cases: Sequence[Case]) -> Table:
    """The table of all cases; the first is the baseline."""
    table = Table(title="Medians of five runs", box=None, title_justify="left")
    for name in ("what", "rows", "ms", "rows a second", "times the baseline, a row"):
        table.add_column(name, justify="left" if name == "what" else "right")
    baseline = None
    for name, count, work in cases:
        seconds = median_seconds(work)
        per_row = seconds / count
        baseline = baseline or per_row
        table.add_row(
            name, f"{count:,}", f"{1000 * seconds:,.0f}", f"{1 / per_row:,.0f}",
            f"{per_row / baseline:,.1f}",
        )  # fmt: skip
    return table


def audited(pairs: LabelledPairs | None) -> list[object]:
    """Both corrected losses, whose coverage is in ``audit_coverage``."""
    assert pairs is not None
    return [prediction_powered_loss(pairs), rogan_gladen_loss(pairs, "warm")]


def main() -> None:
    items = open_data("open").items()
    rows = [item.to_row() for item in items]
    study = Study(
        arms=(Arm(name="original", model="ct2:reference"), Arm(name="warm", model="ct2:reference"))
    )
    requests = plan_requests(study, study.arms[0], {}, items, epochs=1, block_size=1)
    answers = [
        {"item_id": i.item_id, "arm": arm, "epoch": 0, "response": i.correct_answers[0] + "."}
        for i in items
        for arm in ("original", "warm")
    ]
    verdicts = judge_responses(items, answers, ReferenceJudge())
    labels = [
        Label("", v["item_id"], v["arm"], 0, number % 3 > 0) for number, v in enumerate(verdicts)
    ]
    rng = np.random.default_rng(0)
    values = {task: rng.choice([-1.0, 0.0, 1.0], size=(500, len(CELLS))) for task in Task}
    losses, errors = rng.normal(5.0, 5.0, 10_000).tolist(), rng.uniform(0.5, 2.0, 10_000).tolist()
    few = select_items(items, Selection(limit=2))
    asked = plan_requests(study, study.arms[0], {}, few, epochs=1, block_size=32)
    engine = CT2Engine(parse_model_spec("ct2:reference"), EngineOptions())

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)

        def record_all() -> None:
            path = root / f"{time.perf_counter_ns()}.sqlite"
            with Ledger(path) as ledger:
                for request in requests:
                    ledger.record([(request, Answer(request.key, "x", "stop"))])

        log = root / "chats.jsonl"
        write_chats(log, CHATS)
        unsafe = WordListFilter()
        questions = sorted({item.question for item in items})
        wanted = Wanted(train=1_617, validation=1_500, language="en", seed=0)
        pairs = [
            (turn.original, turn.warm)
            for conversation in load_open_conversations()
            for turn in conversation.turns
        ]
        replies = [warm for _, warm in pairs]

        cases: list[Case] = [
            ("baseline: rows to JSON and back", len(rows), lambda: json.loads(json.dumps(rows))),
            ("fingerprint of rows", len(rows), lambda: rows_fingerprint(rows)),
            ("write parquet rows", len(rows),
             lambda: write_parquet(root / "x.parquet", rows, ITEM_SCHEMA)),
            ("read parquet rows", len(rows), lambda: read_rows(root / "x.parquet")),
            ("plan requests", len(items),
             lambda: plan_requests(study, study.arms[0], {}, items, epochs=1, block_size=1)),
            ("ledger, a commit an answer", len(requests), record_all),
            ("reference judge", len(answers),
             lambda: judge_responses(items, answers, ReferenceJudge())),
            ("score an arm, bootstrap included", len(items),
             lambda: score_arm(items, verdicts, "warm")),
            ("audit, both corrections", len(items),
             lambda: audited(labelled_pairs(items, verdicts, labels, "warm"))),
            ("bootstrap, 10,000 resamples", 500 * len(Task) * len(CELLS),
             lambda: bootstrap_interval(values, headline_weights(tuple(Task)))),
            ("rank intervals (whole index: board_index)", len(losses),
             lambda: rank_intervals(losses, errors)),
            ("pick chats, all steps", CHATS,
             lambda: pick_chats(open_log(str(log)), wanted, unsafe, questions)),
            ("faithfulness of a rewrite", len(pairs),
             lambda: [check_rewrite(original, warm) for original, warm in pairs]),
            ("lexical warmth", len(replies), lambda: open_measure("lexical").score(replies)),
            ("reference model, replies", len(asked), lambda: list(engine.ask(asked))),
        ]  # fmt: skip
        Console(width=110).print(measured(cases))
    openai_speed.main()
    grid_speed.main()
    board_index.main()
    board_pages.main()


if __name__ == "__main__":
    main()
