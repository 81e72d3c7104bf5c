"""How fast the parts are, with ratios to a plain Python baseline.

``python -m tests.performance.part_speed``. Nothing here is asserted: machines differ.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from tests.performance.cases import Case, measured
from tests.performance.synthetic_chats import write_chats
from warmbench.conditions import PAPER_TASKS
from warmbench.data.fingerprint import rows_fingerprint
from warmbench.data.load import open_data
from warmbench.data.table import read_rows, write_parquet
from warmbench.engines.ct2.ct2_engine import CT2Engine
from warmbench.engines.engine import EngineOptions
from warmbench.judging.audit.corrected_loss import prediction_powered_loss, rogan_gladen_loss
from warmbench.judging.audit.label import Label
from warmbench.judging.audit.labelled_pairs import LabelledPairs, labelled_pairs
from warmbench.judging.judge import SilentObserver
from warmbench.judging.judge_answers import cases_of_responses, judgements_of, verdict_rows
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.item import ITEM_SCHEMA, Item
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.request import Request
from warmbench.records.response import Answer
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Study
from warmbench.records.verdict import Verdict
from warmbench.running.ledger import Ledger
from warmbench.running.plan import ArmPlan
from warmbench.running.selection import select_items
from warmbench.statistics.arm_score import score_arm
from warmbench.statistics.bootstrap import bootstrap_interval
from warmbench.statistics.pairs import CELLS
from warmbench.statistics.ranks import rank_intervals
from warmbench.statistics.weights import headline_weights
from warmbench.warmth.measure import open_measure
from warmbench_builders.sft.faithfulness import check_rewrite
from warmbench_builders.sft.filters.unsafe import WordListFilter
from warmbench_builders.sft.open_set import load_open_conversations
from warmbench_builders.sft.pipeline import Wanted, pick_chats
from warmbench_builders.sft.readers import open_log

CHATS = 3_000
BOARD = 10_000
ARMS = ("original", "warm")


def main() -> None:
    """Print the table of all parts."""
    items = open_data("open").items()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        cases = [
            *row_cases(root, items),
            *run_cases(root, items),
            *judging_cases(items),
            *statistics_cases(),
            *chat_cases(root, items),
        ]
        Console(width=110).print(measured(cases))


def row_cases(root: Path, items: Sequence[Item]) -> list[Case]:
    """The baseline first, then rows in and out of a file."""
    rows = [item.to_row() for item in items]
    path = root / "x.parquet"
    return [
        ("baseline: rows to JSON and back", len(rows), lambda: json.loads(json.dumps(rows))),
        ("fingerprint of rows", len(rows), lambda: rows_fingerprint(rows)),
        ("write parquet rows", len(rows), lambda: write_parquet(path, rows, ITEM_SCHEMA)),
        ("read parquet rows", len(rows), lambda: read_rows(path)),
    ]


def run_cases(root: Path, items: Sequence[Item]) -> list[Case]:
    """A run of the packaged model: planned, asked, kept."""
    study = Study(arms=tuple(Arm(name=name, model="ct2:reference") for name in ARMS))

    def planned(some: Sequence[Item], block_size: int) -> list[Request]:
        return list(ArmPlan(study, study.arms[0], {}, some, block_size=block_size).requests())

    requests = planned(items, 1)
    asked = planned(select_items(items, Selection(limit=2)), 32)
    engine = CT2Engine(parse_model_spec("ct2:reference"), EngineOptions())

    def record_all() -> None:
        with Ledger(root / f"{time.perf_counter_ns()}.sqlite") as ledger:
            for request in requests:
                ledger.record([(request, Answer(request.key, "x", "stop"))])

    return [
        ("plan requests", len(items), lambda: planned(items, 1)),
        ("ledger, a commit an answer", len(requests), record_all),
        ("reference model, replies", len(asked), lambda: list(engine.ask(asked))),
    ]


def judge_answers(
    items: Sequence[Item], answers: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    judge = ReferenceJudge()
    judged = judge.judge_all(cases_of_responses(items, answers), SilentObserver())
    return verdict_rows(answers, judgements_of(judged, judge.name, "part_speed"))


def judging_cases(items: Sequence[Item]) -> list[Case]:
    """Answers that are all right: judged, scored, audited."""
    answers = [
        {"item_id": i.item_id, "arm": arm, "epoch": 0, "response": i.correct_answers[0] + "."}
        for i in items
        for arm in ARMS
    ]
    verdicts = judge_answers(items, answers)
    labels = [
        Label("", v["item_id"], v["arm"], 0, Verdict.CORRECT if number % 3 else Verdict.INCORRECT)
        for number, v in enumerate(verdicts)
    ]
    return [
        ("reference judge", len(answers),
         lambda: judge_answers(items, answers)),
        ("score an arm, bootstrap included", len(items),
         lambda: score_arm(items, verdicts, "warm")),
        ("audit, both corrections", len(items),
         lambda: audited(labelled_pairs(items, verdicts, labels, "warm"))),
    ]  # fmt: skip


def audited(pairs: LabelledPairs | None) -> list[object]:
    """Both corrected losses, whose coverage is in ``audit_coverage``."""
    assert pairs is not None
    return [prediction_powered_loss(pairs), rogan_gladen_loss(pairs, "warm")]


def statistics_cases() -> list[Case]:
    """Intervals of one model's loss, and of the ranks of a board of ``BOARD``."""
    rng = np.random.default_rng(0)
    values = {task: rng.choice([-1.0, 0.0, 1.0], size=(500, len(CELLS))) for task in PAPER_TASKS}
    losses, errors = rng.normal(5.0, 5.0, BOARD).tolist(), rng.uniform(0.5, 2.0, BOARD).tolist()
    return [
        ("bootstrap, 10,000 resamples", 500 * len(PAPER_TASKS) * len(CELLS),
         lambda: bootstrap_interval(values, headline_weights(PAPER_TASKS))),
        ("rank intervals (whole index: board_index)", len(losses),
         lambda: rank_intervals(losses, errors)),
    ]  # fmt: skip


def chat_cases(root: Path, items: Sequence[Item]) -> list[Case]:
    """What the builders do with chats and their warm rewrites."""
    log = root / "chats.jsonl"
    write_chats(log, CHATS)
    unsafe = WordListFilter()
    questions = sorted({item.question for item in items})
    wanted = Wanted(train=1_617, validation=1_500, language="en", seed=0)
    turns = [turn for conversation in load_open_conversations() for turn in conversation.turns]
    return [
        ("pick chats, all steps", CHATS,
         lambda: pick_chats(open_log(str(log)), wanted, unsafe, questions)),
        ("faithfulness of a rewrite", len(turns),
         lambda: [check_rewrite(turn.original, turn.warm) for turn in turns]),
        ("lexical warmth", len(turns),
         lambda: open_measure("lexical").score([turn.warm for turn in turns])),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
