"""The closing turns of a run: a second pass that leaves the replies as they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.examples import make_items, make_study
from tests.benchmark.prompts import SFT_RECORD, make_prompt_set
from warmbench.cli.main import main
from warmbench.conditions import Belief, Context
from warmbench.data.table import write_rows
from warmbench.engines.budget import Budget
from warmbench.engines.scripted import ScriptedEngine
from warmbench.errors import UsageError
from warmbench.judging.refusals import is_refusal
from warmbench.records.closing import CLOSING_QUESTION, closing_key, closing_request
from warmbench.records.message import Message
from warmbench.records.release import ReleaseRecord
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind, Response
from warmbench.records.run import RunRecord
from warmbench.records.run_status import ClosingCounts, RunState
from warmbench.records.selection import Selection
from warmbench.records.study import Study, read_study
from warmbench.reporting.console.status import status_text
from warmbench.running.dry_run import estimate_run
from warmbench.running.folder import RunFolder
from warmbench.running.observer import SilentObserver
from warmbench.running.options import RunOptions, study_of
from warmbench.running.runner import run_study
from warmbench.running.status import RunWatch

ITEMS = make_items(2, tasks=("triviaqa",), contexts=tuple(Context)[:4], beliefs=(Belief.NONE,))
COUNT = len(ITEMS)
PROMPTS = make_prompt_set(3).prompts
PLAIN = make_study()
STUDY = PLAIN.model_copy(update={"closing_tokens": 20})
Script = Callable[[Request], "str | Response"]


def talk(request: Request) -> str:
    """A long reply; then what it was about."""
    if request.closes:
        return f"In short: {request.messages[-2].content.split()[0]}"
    return f"{request.arm}-{request.seed} is what I would say"


def open_folder(path: Path, study: Study = STUDY, prompts=PROMPTS) -> RunFolder:
    identity = dict(ScriptedEngine(str).identity())
    record = RunRecord(
        study=study,
        release=ReleaseRecord(name="test", version=None, fingerprint="f"),
        selection=Selection(warmth_prompts=len(prompts)),
        engines={arm.name: identity for arm in study.arms},
        items=COUNT,
        prompts=len(prompts),
        prompt_release=SFT_RECORD,
    )
    return RunFolder.create(path, record, ITEMS, prompts)


def engines(script: Script = talk, block_size: int = 1) -> dict[str, ScriptedEngine]:
    return {arm.name: ScriptedEngine(script, block_size=block_size) for arm in STUDY.arms}


def ask(folder: RunFolder, script: Script = talk, study: Study = STUDY, **options):
    arms = engines(script)
    return run_study(study, arms, ITEMS, folder, prompts=PROMPTS, **options), arms


def tables(folder: RunFolder) -> dict[str, bytes]:
    names = ("responses", "prompt_responses", "closing_responses")
    return {n: getattr(folder, f"{n}_path").read_bytes() for n in names}


def test_a_reply_is_stated_in_a_further_turn_of_its_conversation(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")
    summary, arms = ask(folder)
    assert (summary.complete, summary.closing_turns, summary.stated) == (True, 2 * COUNT, 2 * COUNT)
    asked = arms["warm"].asked
    replies, turns = asked[:COUNT], asked[COUNT + len(PROMPTS) :]
    assert len(turns) == COUNT  # none for the prompts of warmth
    first, turn = replies[0], turns[0]
    said = talk(first)
    assert turn.messages == (
        *first.messages,
        Message("assistant", said),
        Message("user", CLOSING_QUESTION),
    )
    assert (turn.temperature, turn.max_tokens, turn.closes) == (0.0, 20, first.key)
    (row, *_) = [r for r in folder.closing_responses() if r["arm"] == "warm"]
    assert (row["item_id"], row["response"]) == (first.item_id, f"In short: {said.split()[0]}")
    assert row["key"] == turn.key == closing_key(first.key, said, 20)


def test_the_replies_and_their_keys_are_those_of_a_run_without_it(tmp_path: Path) -> None:
    with_it, without = open_folder(tmp_path / "with"), open_folder(tmp_path / "without", PLAIN)
    ask(with_it)
    ask(without, study=PLAIN)
    for path in (RunFolder(tmp_path / "with"), RunFolder(tmp_path / "without")):
        assert path.responses()
    assert with_it.responses_path.read_bytes() == without.responses_path.read_bytes()
    assert with_it.prompt_responses_path.read_bytes() == without.prompt_responses_path.read_bytes()
    assert not without.closing_responses_path.exists()
    assert "closing_tokens" not in without.record_path.read_text()


def test_the_key_depends_on_all_that_can_change_the_stated_answer() -> None:
    one = closing_key("k", "Canberra", 48)
    parts = ["k", hashlib.sha256(b"Canberra").hexdigest(), CLOSING_QUESTION, "48"]
    assert one == hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()
    others = [closing_key("l", "Canberra", 48), closing_key("k", "Sydney", 48),
              closing_key("k", "Canberra", 49)]  # fmt: skip
    assert len({one, *others}) == 4


def test_a_reasoning_model_has_its_reasoning_tokens_once_more() -> None:
    request = Request(
        key="k", arm="warm", item_id="i", epoch=0, messages=(Message("user", "q"),),
        temperature=0.8, max_tokens=1300, top_p=1.0, seed=1, reasoning_tokens=1000,
    )  # fmt: skip
    assert closing_request(request, "Canberra", 48).max_tokens == 1048


@pytest.mark.parametrize("kind", [FailureKind.EMPTY, FailureKind.REASONING_ONLY])
def test_a_reply_that_failed_has_no_closing_turn_until_it_is_answered(
    tmp_path: Path, kind: FailureKind
) -> None:
    folder, bad = open_folder(tmp_path / "run"), ITEMS[3].item_id

    def failing(request: Request) -> str | Response:
        if request.item_id == bad and request.arm == "warm" and not request.closes:
            return Failure(request.key, kind, "no")
        return talk(request)

    summary, arms = ask(folder, failing)
    assert not summary.complete
    assert summary.closing_turns == summary.stated == 2 * COUNT - 1
    assert not [r for r in arms["warm"].asked if r.closes and r.item_id == bad]
    again, arms = ask(folder)
    assert again.complete
    assert [(r.item_id, bool(r.closes)) for r in arms["warm"].asked] == [(bad, False), (bad, True)]


def test_a_closing_turn_that_failed_is_missing_and_asked_again(tmp_path: Path) -> None:
    folder, bad = open_folder(tmp_path / "run"), ITEMS[3].item_id

    def failing(request: Request) -> str | Response:
        if request.item_id == bad and request.closes:
            return Failure(request.key, FailureKind.TIMEOUT, "too late")
        return talk(request)

    summary, _ = ask(folder, failing)
    assert (summary.complete, summary.failures) == (False, {"timeout": 2})
    assert len(folder.responses()) == 2 * COUNT
    assert folder.failures() == []  # all replies are there
    assert bad not in {row["item_id"] for row in folder.closing_responses()}
    seen = RunWatch(folder.path, is_refusal).look()
    assert seen.arms["warm"].counts.closing == ClosingCounts(COUNT, COUNT - 1, {"timeout": 1})
    assert seen.arms["warm"].counts.failed == {}
    assert seen.arms["warm"].closing_messages == {"timeout": "too late"}
    again, arms = ask(folder)
    assert again.complete
    assert [r.item_id for r in arms["warm"].asked] == [bad]


@given(stops=st.lists(st.integers(0, 45), max_size=5))
@settings(max_examples=25, deadline=None)
def test_a_run_stopped_anywhere_ends_with_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, stops: list[int]
) -> None:
    root = tmp_path_factory.mktemp("runs")
    whole, broken = open_folder(root / "whole"), open_folder(root / "broken")
    ask(whole)
    asked: list[str] = []
    for stop in stops:
        left = stop

        def until_stopped(request: Request) -> str:
            nonlocal left
            if left == 0:
                raise KeyboardInterrupt
            left -= 1
            asked.append(request.key)
            return talk(request)

        try:
            ask(broken, until_stopped)
        except KeyboardInterrupt:
            continue
    _, last = ask(broken)
    asked += [request.key for engine in last.values() for request in engine.asked]
    assert tables(broken) == tables(whole)
    assert len(asked) == len(set(asked)) == 2 * (2 * COUNT + len(PROMPTS))


def test_replies_can_be_read_when_a_run_breaks_in_its_closing_turns(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")

    def breaking(request: Request) -> str:
        if request.closes:
            raise KeyboardInterrupt
        return talk(request)

    with pytest.raises(KeyboardInterrupt):
        ask(folder, breaking)
    assert len(folder.responses()) == 2 * COUNT
    seen = RunWatch(folder.path, is_refusal).look()
    assert seen.state is RunState.STOPPED
    assert not seen.complete


def test_where_the_budget_ends_the_replies_come_first(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")
    replies = 2 * (COUNT + len(PROMPTS))
    short, arms = ask(folder, budget=Budget(max_requests=replies - 1))
    assert not any(r.closes for engine in arms.values() for r in engine.asked)
    assert (short.complete, short.closing_turns) == (False, 0)
    some, _ = ask(folder, budget=Budget(max_requests=replies + 3))
    assert (some.complete, some.stated) == (False, 3)
    assert "requests sent" in some.stopped
    seen = RunWatch(folder.path, is_refusal).look().total
    assert seen.closing == ClosingCounts(2 * COUNT, 3)
    assert (seen.left, seen.all_left, seen.unasked) == (0, 2 * COUNT - 3, 2 * COUNT - 3)
    rest, _ = ask(folder)
    assert rest.complete


def test_another_setting_is_another_run(tmp_path: Path) -> None:
    open_folder(tmp_path / "run")
    other = STUDY.model_copy(update={"closing_tokens": 30})
    for study, found in ((other, "30"), (PLAIN, "None")):
        with pytest.raises(UsageError, match=f"study.closing_tokens is 20 there and {found}"):
            open_folder(tmp_path / "run", study)


class Totals(SilentObserver):
    def __init__(self) -> None:
        self.told: list[tuple[str, int, int]] = []

    def run_planned(self, arms: Mapping[str, tuple[int, int]]) -> None:
        self.told += [(arm, *counts) for arm, counts in arms.items()]

    def arm_started(self, arm: str, total: int, done: int) -> None:
        self.told.append((arm, total, done))


def test_closing_turns_are_part_of_the_progress(tmp_path: Path) -> None:
    folder, totals = open_folder(tmp_path / "run"), Totals()
    bad = ITEMS[0].item_id

    def failing(request: Request) -> str | Response:
        if request.item_id == bad and request.arm == "warm":
            return Failure(request.key, FailureKind.EMPTY, "")
        return talk(request)

    ask(folder, failing, observer=totals)
    plan = COUNT + len(PROMPTS)
    both = plan + COUNT
    assert totals.told == [
        ("original", both, 0), ("warm", both, 0), ("original", both, 0), ("warm", both, 0),
        ("warm", both - 1, plan), ("original", both, plan),
    ]  # fmt: skip


def test_an_answer_that_needs_cleaning_is_closed_as_it_is_stored(tmp_path: Path) -> None:
    """The key is made of the stored text, so that anyone can make it again."""
    folder = open_folder(tmp_path / "run")
    ask(folder, lambda r: "short" if r.closes else Answer(r.key, "half \ud83d of a pair", "stop"))
    replies = {(r["item_id"], r["arm"]): r for r in folder.responses()}
    for row in folder.closing_responses():
        reply = replies[row["item_id"], row["arm"]]
        assert row["key"] == closing_key(reply["key"], reply["response"], 20)


def test_what_a_run_would_cost_counts_the_whole_conversation() -> None:
    plain = estimate_run(PLAIN, ITEMS, 2, {})["arms"]["warm"]
    closing = estimate_run(STUDY, ITEMS, 2, {})["arms"]["warm"]
    assert closing["requests"] == 2 * plain["requests"] == 4 * COUNT
    assert (
        closing["completion_tokens_at_most"] == plain["completion_tokens_at_most"] + 2 * COUNT * 20
    )
    words = len(CLOSING_QUESTION) // 4 + 16
    assert closing["prompt_tokens_estimated"] == (
        2 * plain["prompt_tokens_estimated"] + 2 * COUNT * (300 + words)
    )


OPTIONS = [
    ("the usual", {"closing_question": True}, 48),
    ("its own", {"closing_question": True, "closing_tokens": 12}, 12),
    ("none", {}, 0),
]


@pytest.mark.parametrize(("name", "given", "found"), OPTIONS)
def test_the_options(name: str, given: dict[str, object], found: int) -> None:
    options = RunOptions(original="ct2:reference", warm="ct2:reference+warm", **given)
    assert study_of(options).closing_tokens == found


def test_a_study_file_may_ask_it(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    arms = "".join(
        f'[[arms]]\nname = "{n}"\nmodel = "ct2:reference"\n' for n in ("original", "warm")
    )
    path.write_text(f"closing_tokens = 24\n{arms}", encoding="utf-8")
    assert read_study(path).closing_tokens == 24
    assert study_of(RunOptions(study=path)).closing_tokens == 24
    assert study_of(RunOptions(study=path, closing_tokens=30)).closing_tokens == 30


def warmbench(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_recorded_answers_cannot_be_asked(tmp_path: Path) -> None:
    rows = [{"item_id": item.item_id, "response": "x"} for item in ITEMS]
    write_rows(tmp_path / "old.csv", rows)
    old = f"replay:{tmp_path / 'old.csv'}"
    run = ("run", "--original", old, "--warm", old, "--out", tmp_path / "run")
    done = warmbench(*run, "--closing-question")
    assert done.exit_code == 2
    assert "has recorded answers, which can't be asked a further question" in done.output
    assert not (tmp_path / "run").exists()
    done = warmbench(*run, "--closing-tokens", 9)
    assert (done.exit_code, "needs --closing-question" in done.output) == (2, True)


def test_status_tells_of_them_apart(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "run")

    def failing(request: Request) -> str | Response:
        if request.item_id == ITEMS[1].item_id and request.arm == "warm":
            kind = FailureKind.TIMEOUT if request.closes else FailureKind.EMPTY
            return Failure(request.key, kind, "no")
        if request.item_id == ITEMS[2].item_id and request.closes:
            return Failure(request.key, FailureKind.TIMEOUT, "too \x1b[31mlate")
        return Answer(request.key, talk(request), "length" if request.closes else "stop")

    ask(folder, failing)
    text = status_text(RunWatch(folder.path, is_refusal).look(), clock=lambda: 0.0)
    assert "finished, 3 without an answer; repeat its command to retry" in text
    header, original, warm, total = (line.split() for line in text.splitlines()[4:8])
    assert header[-1] == "stated"
    assert (original[-3:], warm[-3:], total[-3:]) == (
        ["7", "of", "8"], ["6", "of", "7"], ["13", "of", "15"],
    )  # fmt: skip
    assert "cut" in header
    assert original[header.index("cut")] == "0"  # of replies alone
    assert "warm: closing question, timeout 1, one of them: too ?[31mlate" in text
    found = json.loads(json.dumps(RunWatch(folder.path, is_refusal).look().to_json()))
    assert found["arms"]["warm"]["closing"] == {
        "turns": 7, "answered": 6, "failed": 1, "failures": {"timeout": 1}, "left": 1,
    }  # fmt: skip
    assert found["arms"]["warm"]["failures"] == {"empty": 1}
