"""A run: it asks each item once, resumes where it stopped, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.examples import make_items, make_study
from tests.benchmark.prompts import SFT_RECORD, make_prompt_set
from warmbench.conditions import Belief, Context
from warmbench.data.load import open_data
from warmbench.data.table import write_rows
from warmbench.engines.budget import Budget, Price
from warmbench.engines.engine import NEVER_ASKED, ArmHistory, EngineOptions, Responses
from warmbench.engines.scripted import ScriptedEngine
from warmbench.errors import DataError, EngineError, UsageError
from warmbench.records.release import ReleaseRecord
from warmbench.records.request import Request, request_key
from warmbench.records.response import Answer, Failure, FailureKind
from warmbench.records.run import RunRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Sampling, Study
from warmbench.running.folder import RunFolder
from warmbench.running.observer import SilentObserver
from warmbench.running.plan import ArmPlan, request_seed
from warmbench.running.prompt_set import NO_PROMPTS, PromptSet
from warmbench.running.runner import run_in_folder, run_study
from warmbench.running.selection import select_items

ITEMS = make_items(2, tasks=("triviaqa",), beliefs=(Belief.NONE,))
STUDY = make_study()
PROMPTS = make_prompt_set(5).prompts


def echo(request: Request) -> str:
    return f"{request.arm} {request.item_id} {request.seed}"


def open_folder(path: Path, study=STUDY, items=ITEMS, epochs: int = 1, prompts=()) -> RunFolder:
    record = RunRecord(
        study=study,
        release=ReleaseRecord(name="test", version=None, fingerprint="f"),
        selection=Selection(epochs=epochs, warmth_prompts=len(prompts)),
        engines={},
        items=len(items),
        prompts=len(prompts),
        prompt_release=SFT_RECORD if prompts else None,
    )
    return RunFolder.create(path, record, items, prompts)


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


class SlowEngine(ScriptedEngine):
    """Is told beforehand what it will be asked; ``told`` is shared, and so keeps the order."""

    def __init__(self, told: list[tuple[str, int]]) -> None:
        super().__init__(echo)
        self.told = told

    def begin(self, requests: Iterable[Request], history: ArmHistory = NEVER_ASKED) -> None:
        self.told.append(("begin", len(list(requests))))

    def ask(self, requests: Sequence[Request]) -> Responses:
        self.told.append(("ask", len(requests)))
        yield from super().ask(requests)


def test_engines_that_take_hours_begin_all_arms_before_one_is_waited_for(tmp_path: Path) -> None:
    folder, told = open_folder(tmp_path / "run"), []
    arms = {arm.name: SlowEngine(told) for arm in STUDY.arms}
    run_study(STUDY, arms, ITEMS, folder)
    n = len(ITEMS)
    assert told == [("begin", n), ("begin", n), ("ask", n), ("ask", n)]
    told.clear()
    assert run_study(STUDY, arms, ITEMS, folder).complete
    assert told == [("begin", 0), ("begin", 0), ("ask", 0), ("ask", 0)]


def test_each_key_is_computed_once(tmp_path: Path) -> None:
    """Also for engines that begin ahead, and for the files of responses in the end."""
    folder, keys = open_folder(tmp_path / "run", epochs=2, prompts=PROMPTS), []

    def key_of(*parts: object, **named: object) -> str:
        keys.append(request_key(*parts, **named))
        return keys[-1]

    arms = {arm.name: SlowEngine([]) for arm in STUDY.arms}
    run_study(STUDY, arms, ITEMS, folder, prompts=PROMPTS, epochs=2, key_of=key_of)
    assert len(keys) == len(set(keys)) == 2 * 2 * (len(ITEMS) + len(PROMPTS))
    rows = [*folder.responses(), *folder.prompt_responses()]
    assert {row["key"] for row in rows} == set(keys)


def test_a_finished_run_asks_nothing_again(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")
    run_study(STUDY, engines(), ITEMS, folder)
    again = engines()
    summary = run_study(STUDY, again, ITEMS, folder)
    assert (summary.answered, summary.already_answered) == (0, 2 * len(ITEMS))
    assert not any(engine.asked for engine in again.values())


@given(stops=st.lists(st.integers(0, 25), max_size=5), count=st.sampled_from([0, 5]))
@settings(max_examples=25, deadline=None)
def test_a_run_stopped_anywhere_ends_as_an_uninterrupted_one(
    tmp_path_factory: pytest.TempPathFactory, stops: list[int], count: int
) -> None:
    root, prompts = tmp_path_factory.mktemp("runs"), PROMPTS[:count]
    whole = open_folder(root / "whole", prompts=prompts)
    run_study(STUDY, engines(), ITEMS, whole, prompts=prompts)
    broken = open_folder(root / "broken", prompts=prompts)
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
            run_study(STUDY, engines(until_stopped), ITEMS, broken, prompts=prompts)
        except KeyboardInterrupt:
            continue
    last = engines()
    run_study(STUDY, last, ITEMS, broken, prompts=prompts)
    asked += [request.key for engine in last.values() for request in engine.asked]
    assert answers(broken) == answers(whole)
    assert broken.prompt_responses() == whole.prompt_responses()
    assert len(whole.prompt_responses()) == 2 * count
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
    assert summary.first_failures == {"timeout": "too slow"}
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


def test_a_ledger_that_is_none_is_reported(tmp_path: Path) -> None:
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
        for request in ArmPlan(study, arm, identity, ITEMS, epochs=2).requests()
    ]
    assert len(keys) == len(set(keys)) == 3 * 2 * 2 * len(ITEMS)


@pytest.mark.parametrize("part", ["engine", "endpoint", "model", "revision", "adapter"])
def test_every_part_of_the_identity_changes_the_key(part: str) -> None:
    identity = {"engine": "a", "endpoint": "b", "model": "c", "revision": "d", "adapter": "e"}
    one = ArmPlan(STUDY, STUDY.arms[0], identity, ITEMS)
    other = ArmPlan(STUDY, STUDY.arms[0], {**identity, part: "other"}, ITEMS)
    assert not {r.key for r in one.requests()} & {r.key for r in other.requests()}


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
    chosen = select_items(make_items(3), Selection(tasks=("medqa",), contexts=(Context.SADNESS,)))
    assert {(i.task, i.context) for i in chosen} == {("medqa", Context.SADNESS)}
    assert len(chosen) == 9


def test_a_selection_of_nothing_is_reported() -> None:
    items = make_items(1, tasks=("medqa",))
    with pytest.raises(UsageError, match="the data has the tasks medqa"):
        select_items(items, Selection(tasks=("triviaqa",)))


def test_a_budget_stops_an_engine_that_knows_of_none(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")
    for limit, answered, asked in ((5, 5, {5: 0}), (5, 0, {0: 0}), (9, 4, {4: 0})):
        engines_now = engines()
        summary = run_study(STUDY, engines_now, ITEMS, folder, budget=Budget(max_requests=limit))
        assert (summary.complete, summary.answered) == (False, answered)
        assert summary.stopped == f"{limit} of at most {limit} requests sent"
        assert {len(engines_now["original"].asked): len(engines_now["warm"].asked)} == asked
    summary = run_study(STUDY, engines(), ITEMS, folder, budget=Budget(2 * len(ITEMS)))
    assert (summary.complete, summary.stopped) == (True, "")


def test_a_budget_of_dollars_is_kept_by_an_engine_that_knows_of_none(tmp_path: Path) -> None:
    """A token is a dollar: each request is reserved with its 300 before it is asked."""
    folder, prices = open_folder(tmp_path / "run"), {arm.name: Price(0, 1e6) for arm in STUDY.arms}

    def two_tokens(request: Request) -> Answer:
        return Answer(request.key, "x", "stop", 0, 2)

    budget = Budget(max_cost=304.0, prices=prices)
    summary = run_study(STUDY, engines(two_tokens), ITEMS, folder, budget=budget)
    assert summary.answered == 3
    assert summary.stopped == (
        "$6.0000 of at most $304.0000 spent, and the next request may cost $300.0000"
    )


@pytest.mark.parametrize(
    ("limit", "asked"),
    [
        (299, []),  # not one fits
        (300, [1]),  # as much of the first block as fits
        (1199, [3, 1, 2, 1, 1, 1]),
        (1200, [4, 2, 2, 1, 1]),
        (2500, [8, 4]),
    ],
)
def test_a_budget_is_spent_block_by_block(limit: float, asked: list[int], tmp_path: Path) -> None:
    """Blocks of four, replies of 100 tokens and as many dollars that might have 300."""
    folder, prices = open_folder(tmp_path / "run"), {arm.name: Price(0, 1e6) for arm in STUDY.arms}
    asked_of: list[int] = []

    class Blocks(ScriptedEngine):
        def ask(self, requests: Sequence[Request]) -> Responses:
            asked_of.append(len(requests))
            yield [Answer(r.key, "x", "stop", 0, 100) for r in requests]

    both = {arm.name: Blocks(lambda _: "", model=arm.name, block_size=4) for arm in STUDY.arms}
    run_study(STUDY, both, ITEMS, folder, budget=Budget(max_cost=limit, prices=prices))
    spent = 100 * sum(asked_of)
    assert spent <= limit
    assert asked_of[: len(asked)] == asked
    assert spent + 300 > limit or sum(asked_of) == 2 * len(ITEMS)


def test_what_was_asked_again_is_counted(tmp_path: Path) -> None:
    folder, faults = open_folder(tmp_path / "run"), (FailureKind.TIMEOUT, FailureKind.EMPTY)

    def on_the_third(request: Request) -> Answer:
        return Answer(request.key, "x", "stop", attempts=3, retried=faults)

    summary = run_study(STUDY, engines(on_the_third), ITEMS, folder)
    assert summary.asked_again == {"empty": 2 * len(ITEMS), "timeout": 2 * len(ITEMS)}


class Totals(SilentObserver):
    """Remembers what it is told of each arm: total and done, before the run and at its start."""

    def __init__(self) -> None:
        self.planned: dict[str, tuple[int, int]] = {}
        self.started: dict[str, tuple[int, int]] = {}
        self.notes: list[tuple[str, str]] = []

    def run_planned(self, arms: Mapping[str, tuple[int, int]]) -> None:
        assert not self.planned
        assert not self.started
        self.planned = dict(arms)

    def arm_started(self, arm: str, total: int, done: int) -> None:
        self.started[arm] = (total, done)

    def noted(self, arm: str, text: str) -> None:
        self.notes.append((arm, text))


def test_the_plan_of_all_arms_is_told_first_with_what_was_answered_before(tmp_path: Path) -> None:
    folder, totals = open_folder(tmp_path / "run"), Totals()
    run_study(STUDY, engines(), ITEMS[:2], folder)
    run_study(STUDY, engines(), ITEMS, folder, observer=totals)
    assert totals.planned == {"original": (len(ITEMS), 2), "warm": (len(ITEMS), 2)}


def test_what_an_engine_does_meanwhile_is_told_with_its_arm(tmp_path: Path) -> None:
    arms = tuple(Arm(name=arm, model="ct2:reference") for arm in ("original", "warm"))
    items = select_items(open_data("open").items(), Selection(tasks=("triviaqa",), limit=1))
    totals, record = Totals(), open_data("open").record()
    study = Study(arms=arms, sampling=Sampling(max_tokens=1))
    run_in_folder(tmp_path / "run", study, items[:2], record, Selection(), EngineOptions(), totals)
    assert totals.notes == [("original", "loading the model"), ("warm", "loading the model")]


def test_prompts_are_asked_after_the_items_and_kept_apart(tmp_path: Path) -> None:
    folder, asked, totals = open_folder(tmp_path / "run", prompts=PROMPTS), engines(), Totals()
    summary = run_study(STUDY, asked, ITEMS, folder, prompts=PROMPTS, epochs=2, observer=totals)
    one_arm = 2 * (len(ITEMS) + len(PROMPTS))
    assert (summary.complete, summary.requests) == (True, 2 * one_arm)
    assert totals.planned == totals.started == {"original": (one_arm, 0), "warm": (one_arm, 0)}
    ids = [request.item_id for request in asked["warm"].asked]
    assert ids == [i.item_id for i in ITEMS] * 2 + [p.item_id for p in PROMPTS] * 2
    assert {row["item_id"] for row in folder.responses()} == {i.item_id for i in ITEMS}
    responses = folder.prompt_responses()
    assert [(r["item_id"], r["epoch"]) for r in responses if r["arm"] == "warm"] == [
        (p.item_id, epoch) for epoch in (0, 1) for p in PROMPTS
    ]
    assert responses[0]["response"].startswith("original warmth/talk-000 ")
    assert folder.prompts() == list(PROMPTS)


def test_prompts_change_no_answer_to_an_item(tmp_path: Path) -> None:
    without, with_prompts = (
        open_folder(tmp_path / "without"),
        open_folder(tmp_path / "with", prompts=PROMPTS),
    )
    alone, beside = engines(), engines()
    run_study(STUDY, alone, ITEMS, without, epochs=2)
    run_study(STUDY, beside, ITEMS, with_prompts, prompts=PROMPTS, epochs=2)
    assert without.responses() == with_prompts.responses()
    requests = beside["warm"].asked
    assert requests[: 2 * len(ITEMS)] == alone["warm"].asked
    blocks = [request.block for request in requests]
    assert max(blocks[: 2 * len(ITEMS)]) < min(blocks[2 * len(ITEMS) :])


def test_a_prompt_that_failed_is_asked_again_and_no_item_fails_for_it(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run", prompts=PROMPTS)

    def failing(request: Request) -> str | Failure:
        if request.item_id.startswith("warmth/"):
            return Failure(request.key, FailureKind.TIMEOUT, "too slow")
        return echo(request)

    summary = run_study(STUDY, engines(failing), ITEMS, folder, prompts=PROMPTS)
    assert summary.failures == {"timeout": 2 * len(PROMPTS)}
    assert folder.prompt_responses() == []
    assert len(folder.responses()) == 2 * len(ITEMS)
    again = engines()
    assert run_study(STUDY, again, ITEMS, folder, prompts=PROMPTS).complete
    assert [r.item_id for r in again["warm"].asked] == [p.item_id for p in PROMPTS]
    assert len(folder.prompt_responses()) == 2 * len(PROMPTS)


def test_a_run_of_no_prompts_has_no_files_of_them(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")
    run_study(STUDY, engines(), ITEMS, folder)
    assert not folder.prompts_path.exists()
    assert not folder.prompt_responses_path.exists()
    assert (folder.prompts(), folder.prompt_responses()) == ([], [])


@pytest.mark.parametrize(
    ("name", "prompt_set", "wanted", "prompts"),
    [("some", make_prompt_set(5), 200, 5), ("none", NO_PROMPTS, 0, 0)],
)
def test_a_run_remembers_what_it_asks(
    name: str, prompt_set: PromptSet, wanted: int, prompts: int, tmp_path: Path
) -> None:
    for arm in ("original", "warm"):
        rows = [{"item_id": i.item_id, "response": "x"} for i in (*ITEMS, *prompt_set.prompts)]
        write_rows(tmp_path / f"{arm}.csv", rows)
    study = Study(
        arms=tuple(
            Arm(name=arm, model=f"replay:{tmp_path / arm}.csv") for arm in ("original", "warm")
        )
    )
    release = ReleaseRecord(name="test", version=None, fingerprint="f")
    folder, summary = run_in_folder(
        tmp_path / "run", study, ITEMS, release, Selection(), EngineOptions(), None, prompt_set
    )
    assert summary.complete
    record = folder.record()
    assert (record.selection.warmth_prompts, record.prompts) == (wanted, prompts)
    assert record.prompt_release == prompt_set.release
