"""A run: it asks each item once, resumes where it stopped, and loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.examples import make_items, make_study
from warmbench.conditions import Belief, Context, Task
from warmbench.data.release import ReleaseRecord
from warmbench.engines.engine import Failure, FailureKind, Request
from warmbench.engines.scripted import ScriptedEngine
from warmbench.errors import DataError, EngineError, UsageError
from warmbench.plan import plan_requests, request_seed
from warmbench.run_folder import RunFolder, RunRecord
from warmbench.runner import run_study
from warmbench.selection import Selection, select_items

ITEMS = make_items(2, tasks=(Task.TRIVIAQA,), beliefs=(Belief.NONE,))
STUDY = make_study()


def echo(request: Request) -> str:
    return f"{request.arm} {request.item_id} {request.seed}"


def open_folder(path: Path, study=STUDY, items=ITEMS, epochs: int = 1) -> RunFolder:
    record = RunRecord(
        study=study,
        release=ReleaseRecord(name="test", version=None, fingerprint="f"),
        selection=Selection(epochs=epochs),
        engines={},
        items=len(items),
    )
    return RunFolder.create(path, record, items)


def engines(script=echo) -> dict[str, ScriptedEngine]:
    return {arm.name: ScriptedEngine(script) for arm in STUDY.arms}


def answers(folder: RunFolder) -> list[tuple[object, ...]]:
    return [(r["item_id"], r["arm"], r["epoch"], r["response"]) for r in folder.responses()]


def test_every_item_is_asked_once_of_every_arm(tmp_path: Path) -> None:
    folder, asked = open_folder(tmp_path / "run"), engines()
    summary = run_study(STUDY, asked, ITEMS, folder)
    assert summary.complete
    assert summary.answered == 2 * len(ITEMS)
    assert [r.item_id for r in asked["warm"].asked] == [item.item_id for item in ITEMS]
    assert len(folder.responses()) == 2 * len(ITEMS)


def test_a_finished_run_asks_nothing_again(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")
    run_study(STUDY, engines(), ITEMS, folder)
    again = engines()
    summary = run_study(STUDY, again, ITEMS, folder)
    assert (summary.answered, summary.already_answered) == (0, 2 * len(ITEMS))
    assert not any(engine.asked for engine in again.values())


@given(stops=st.lists(st.integers(0, 25), max_size=5), block=st.integers(1, 7))
@settings(max_examples=25, deadline=None)
def test_a_run_stopped_anywhere_ends_as_an_uninterrupted_one(
    tmp_path_factory: pytest.TempPathFactory, stops: list[int], block: int
) -> None:
    root = tmp_path_factory.mktemp("runs")
    whole = open_folder(root / "whole")
    run_study(STUDY, engines(), ITEMS, whole)
    broken = open_folder(root / "broken")
    asked: list[str] = []
    for stop in stops:
        left = stop

        def until_stopped(request: Request) -> str:
            nonlocal left
            if left == 0:
                raise KeyboardInterrupt
            left -= 1
            asked.append(request.key)
            return echo(request)

        try:
            run_study(STUDY, engines(until_stopped), ITEMS, broken)
        except KeyboardInterrupt:
            continue
    last = engines()
    run_study(STUDY, last, ITEMS, broken)
    asked += [request.key for engine in last.values() for request in engine.asked]
    assert answers(broken) == answers(whole)
    assert len(asked) == len(set(asked))


def test_a_failure_is_no_answer_and_is_asked_again(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")
    bad = ITEMS[3].item_id

    def failing(request: Request) -> str | Failure:
        if request.item_id == bad:
            return Failure(request.key, FailureKind.TIMEOUT, "too slow")
        return echo(request)

    summary = run_study(STUDY, engines(failing), ITEMS, folder)
    assert not summary.complete
    assert summary.failures == {"timeout": 2}
    assert bad not in {row["item_id"] for row in folder.responses()}
    again = engines()
    assert run_study(STUDY, again, ITEMS, folder).complete
    assert [r.item_id for r in again["warm"].asked] == [bad]


def test_what_was_answered_before_an_engine_broke_is_kept(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")
    count = 0

    def breaking(request: Request) -> str:
        nonlocal count
        count += 1
        if count > 5:
            raise EngineError("the endpoint is down")
        return echo(request)

    with pytest.raises(EngineError):
        run_study(STUDY, engines(breaking), ITEMS, folder)
    summary = run_study(STUDY, engines(), ITEMS, folder)
    assert summary.already_answered == 5


def test_a_folder_of_another_run_is_refused_with_the_difference(tmp_path: Path) -> None:
    open_folder(tmp_path / "run")
    with pytest.raises(UsageError, match=r"study\.seed is 0 there and 1 in this command"):
        open_folder(tmp_path / "run", study=make_study(seed=1))


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="exists and is not a run folder"):
        open_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_two_processes_on_one_folder_are_refused(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")
    with (
        folder.locked(),
        pytest.raises(UsageError, match="another process"),
        RunFolder(folder.path).locked(),
    ):
        pass


def test_a_ledger_that_is_none_is_said(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")
    folder.ledger_path.write_bytes(b"this is no database, it is a text that is long enough" * 20)
    with pytest.raises(DataError, match="not a WarmBench ledger"):
        run_study(STUDY, engines(), ITEMS, folder)


def test_arms_epochs_and_seeds_never_share_an_answer() -> None:
    identity = {"engine": "x", "model": "same"}
    keys = [
        request.key
        for study in (STUDY, make_study(seed=1), make_study(temperature=0.0))
        for arm in study.arms
        for request in plan_requests(study, arm, identity, ITEMS, epochs=2, block_size=1)
    ]
    assert len(keys) == len(set(keys)) == 3 * 2 * 2 * len(ITEMS)


@pytest.mark.parametrize("part", ["engine", "endpoint", "model", "revision", "adapter"])
def test_every_part_of_the_identity_changes_the_key(part: str) -> None:
    identity = {"engine": "a", "endpoint": "b", "model": "c", "revision": "d", "adapter": "e"}
    one = plan_requests(STUDY, STUDY.arms[0], identity, ITEMS, epochs=1, block_size=1)
    other = plan_requests(
        STUDY, STUDY.arms[0], {**identity, part: "other"}, ITEMS, epochs=1, block_size=1
    )
    assert not {r.key for r in one} & {r.key for r in other}


def test_seeds_fit_31_bits_and_differ() -> None:
    seeds = {request_seed(0, arm, item.item_id, 0) for arm in ("a", "b") for item in ITEMS}
    assert len(seeds) == 2 * len(ITEMS)
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_a_limit_takes_whole_questions_and_a_larger_one_the_same_and_more() -> None:
    items = make_items(9)
    small = select_items(items, Selection(limit=2))
    large = select_items(items, Selection(limit=5))
    assert len(small) == 4 * 2 * 30
    assert {i.item_id for i in small} < {i.item_id for i in large}
    assert select_items(items[::-1], Selection(limit=2)) == small


def test_a_selection_keeps_what_it_names() -> None:
    chosen = select_items(
        make_items(3), Selection(tasks=(Task.MEDQA,), contexts=(Context.SADNESS,))
    )
    assert {(i.task, i.context) for i in chosen} == {(Task.MEDQA, Context.SADNESS)}
    assert len(chosen) == 9


def test_a_selection_of_nothing_is_said() -> None:
    items = make_items(1, tasks=(Task.MEDQA,))
    with pytest.raises(UsageError, match="the data has the tasks medqa"):
        select_items(items, Selection(tasks=(Task.TRIVIAQA,)))
