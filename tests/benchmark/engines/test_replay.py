"""Recorded answers as an engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmark.examples import make_items, make_study
from warmbench.conditions import Belief, Context
from warmbench.data.table import write_rows
from warmbench.engines.engine import EngineOptions
from warmbench.engines.replay import ReplayEngine
from warmbench.errors import DataError, UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.response import Answer, Failure, FailureKind
from warmbench.running.plan import ArmPlan

ITEMS = make_items(2, tasks=("medqa",), contexts=(Context.PLAIN,), beliefs=(Belief.NONE,))


def open_engine(path: Path) -> ReplayEngine:
    return ReplayEngine(ModelSpec("replay", str(path)), EngineOptions())


def ask(engine: ReplayEngine, epochs: int = 1):
    study = make_study()
    requests = list(
        ArmPlan(study, study.arms[0], engine.identity(), ITEMS, epochs=epochs).requests()
    )
    return [response for group in engine.ask(requests) for response in group]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_rows_answer_their_items(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_rows(path, [{"item_id": i.item_id, "response": f"r {i.item_id}"} for i in ITEMS])
    responses = ask(open_engine(path))
    assert [r.text for r in responses if isinstance(r, Answer)] == [
        f"r {item.item_id}" for item in ITEMS
    ]


def test_an_item_without_a_row_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_rows(path, [{"item_id": ITEMS[0].item_id, "response": "x"}])
    first, second = ask(open_engine(path))
    assert isinstance(first, Answer)
    assert isinstance(second, Failure)
    assert second.kind is FailureKind.MISSING


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_an_empty_response_is_no_answer(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    said = ["", "x"]
    write_rows(
        path, [{"item_id": i.item_id, "response": r} for i, r in zip(ITEMS, said, strict=True)]
    )
    empty, full = ask(open_engine(path))
    assert isinstance(full, Answer)
    assert isinstance(empty, Failure)
    assert empty.kind is FailureKind.EMPTY
    assert f"{path}, row 1: the reply has no text" in empty.message


def test_epochs_have_rows_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_rows(
        path,
        [{"item_id": i.item_id, "response": f"{e}", "epoch": e} for i in ITEMS for e in range(2)],
    )
    assert [r.text for r in ask(open_engine(path), epochs=2)] == ["0", "0", "1", "1"]


def test_two_rows_for_one_item_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_rows(path, [{"item_id": "x/plain/none", "response": "a"}] * 2)
    with pytest.raises(DataError, match=r"row 2: answers x/plain/none again"):
        open_engine(path)


def test_other_content_is_another_revision(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_rows(path, [{"item_id": "x", "response": "a"}])
    one = open_engine(path).identity()
    write_rows(path, [{"item_id": "x", "response": "b"}])
    assert open_engine(path).identity()["revision"] != one["revision"]


def test_replay_takes_no_adapter() -> None:
    with pytest.raises(UsageError, match="replay takes only a file"):
        ReplayEngine(ModelSpec("replay", "a.csv", "warm"), EngineOptions())


RECORDED = [
    ("null", {"response": None}, FailureKind.EMPTY),
    ("empty at length", {"response": "", "finish_reason": "length"}, FailureKind.EMPTY),
    ("filtered", {"response": "I", "finish_reason": "content_filter"}, FailureKind.CONTENT_FILTER),
    ("error", {"response": "I", "finish_reason": "error"}, FailureKind.SERVER_ERROR),
    ("unfinished", {"response": "<think>So, I"}, FailureKind.REASONING_ONLY),
    ("reasoning alone", {"response": "", "reasoning": "So"}, FailureKind.REASONING_ONLY),
]


@pytest.mark.parametrize(("name", "row", "kind"), RECORDED, ids=[r[0] for r in RECORDED])
def test_what_a_file_tells_of_a_reply_decides_what_it_is(
    tmp_path: Path, name: str, row: dict[str, str | None], kind: FailureKind
) -> None:
    path = tmp_path / "a.jsonl"
    write_rows(path, [{"item_id": ITEMS[0].item_id, **row}])
    failure, _ = ask(open_engine(path))
    assert isinstance(failure, Failure)
    assert failure.kind is kind
    assert "row 1" in failure.message


def test_reasoning_is_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    said = [{"response": "<think>Hm.</think>Yes.", "finish_reason": "max_tokens"},
            {"response": "Yes.", "reasoning": "Hm."}]  # fmt: skip
    write_rows(path, [{"item_id": i.item_id, **row} for i, row in zip(ITEMS, said, strict=True)])
    found = [(r.text, r.reasoning, r.finish_reason) for r in ask(open_engine(path))
             if isinstance(r, Answer)]  # fmt: skip
    assert found == [("Yes.", "Hm.", "length"), ("Yes.", "Hm.", "recorded")]


def test_another_ending_is_another_revision(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_rows(path, [{"item_id": "x", "response": "a"}])
    one = open_engine(path).identity()["revision"]
    write_rows(path, [{"item_id": "x", "response": "a", "finish_reason": "length"}])
    assert open_engine(path).identity()["revision"] != one
    write_rows(path, [{"item_id": "x", "response": "a", "finish_reason": None}])
    assert open_engine(path).identity()["revision"] == one
