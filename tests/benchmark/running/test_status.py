"""Looking on at a run: while it goes on, when it was killed, when it is done; nothing is changed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import warmbench
from tests.benchmark.examples import make_items, make_study
from tests.faults_server.run import run_command, start_run, write_questions
from tests.faults_server.server import FaultServer, serving
from warmbench.cli.main import main
from warmbench.conditions import Belief
from warmbench.engines.budget import Budget, Price
from warmbench.engines.openai_batch.record import BatchRecord, BatchRecords
from warmbench.engines.scripted import ScriptedEngine
from warmbench.errors import DataError, EngineError
from warmbench.judging.refusals import is_refusal
from warmbench.records.release import ReleaseRecord
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind, Response, Tokens
from warmbench.records.run import RunRecord
from warmbench.records.run_status import RequestCounts, RunState, RunStatus
from warmbench.records.selection import Selection
from warmbench.records.study import Arm
from warmbench.reporting.console.status import status_text
from warmbench.running.folder import RunFolder
from warmbench.running.ledger import Ledger
from warmbench.running.ledger_reader import LedgerReader
from warmbench.running.runner import run_study
from warmbench.running.status import RunWatch

COUNT = 12  # questions; asked of two arms
ITEMS = make_items(2, tasks=("triviaqa",), beliefs=(Belief.NONE,))
STUDY = make_study()
Script = Callable[[Request], "str | Response"]


def command(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def open_run(path: Path, study=STUDY, items=ITEMS) -> RunFolder:
    identity = dict(ScriptedEngine(str).identity())
    record = RunRecord(
        study=study,
        release=ReleaseRecord(name="test", version=None, fingerprint="f"),
        selection=Selection(warmth_prompts=0),
        engines={arm.name: identity for arm in study.arms},
        items=len(items),
    )
    return RunFolder.create(path, record, items)


def ask(folder: RunFolder, script: Script, study=STUDY, budget: Budget | None = None) -> None:
    engines = {arm.name: ScriptedEngine(script) for arm in study.arms}
    run_study(study, engines, folder.items(), folder, budget=budget)


def stops_after(count: int, script: Script) -> Script:
    """A script whose engine breaks after so many answers."""
    asked = iter(range(count))

    def stopping(request: Request) -> str | Response:
        if next(asked, None) is None:
            raise EngineError("the engine broke")
        return script(request)

    return stopping


def right(request: Request) -> str:
    return "Canberra"


def look(folder: RunFolder) -> RunStatus:
    return RunWatch(folder.path, is_refusal).look()


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """What is in each file, and when it was last written."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class LooksOn:
    """A schedule without faults. At the N-th request it holds the server, waits until the run has
    written the answers before it, and looks on; with ``kill``, it kills the run then."""

    def __init__(self, out: Path, at: int, *, kill: bool = False) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.seen: RunStatus | None = None
        self.scored: Result | None = None
        self._out, self._at, self._kill, self._asked = out, at, kill, 0

    def __call__(self, question: str, attempt: int) -> None:
        self._asked += 1
        if self._asked != self._at:
            return
        watch = RunWatch(self._out, is_refusal)
        seen = watch.look()
        while seen.total.answered < self._at - 1:  # another process's progress can only be polled
            seen = watch.look()
        self.seen, self.scored = seen, command("score", self._out)
        if self._kill and self.process is not None:
            self.process.kill()


def start(tmp_path: Path, looks: LooksOn) -> int:
    """The exit status of a run of ``COUNT`` questions on a server that ``looks`` on."""
    questions = write_questions(tmp_path / "questions.jsonl", COUNT)
    with serving(FaultServer(looks)) as server:
        looks.process = start_run(
            run_command(server.server.url, questions, tmp_path / "run", "--concurrency", 1)
        )
        looks.process.communicate(timeout=120)
    return looks.process.returncode


def test_a_run_is_seen_and_scored_while_it_goes_on(tmp_path: Path) -> None:
    looks = LooksOn(tmp_path / "run", COUNT + 5)
    assert start(tmp_path, looks) == 0
    seen, scored = looks.seen, looks.scored
    assert seen is not None
    assert (seen.state, seen.working, seen.complete) == (RunState.RUNNING, True, False)
    assert {name: arm.counts.answered for name, arm in seen.arms.items()} == {
        "original": COUNT,
        "warm": 4,
    }
    assert (seen.total.requests, seen.total.left) == (2 * COUNT, COUNT - 4)
    assert seen.rate is not None
    assert seen.seconds_left == pytest.approx((COUNT - 4) / seen.rate)
    assert "running" in status_text(seen)
    assert scored is not None
    assert scored.exit_code == 0, scored.output
    first = scored.stdout.splitlines()[0]
    assert first.startswith(f"Partial: {COUNT + 4} of {2 * COUNT} requests answered")
    after = look(RunFolder(tmp_path / "run"))
    assert (after.state, after.working, after.complete) == (RunState.FINISHED, False, True)
    assert after.seconds_left is None


def test_a_killed_run_is_seen_and_scored_and_not_changed(tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert start(tmp_path, LooksOn(run, COUNT + 5, kill=True)) == -signal.SIGKILL
    before = files(run)
    assert {"ledger.sqlite-wal", "ledger.sqlite-shm"} <= before.keys()
    shown = subprocess.run(
        [sys.executable, "-m", "warmbench", "status", str(run)], capture_output=True, text=True
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(f"{run}: stopped, no process works on it; repeat its command")
    scored = subprocess.run(
        [sys.executable, "-m", "warmbench", "score", str(run), "--json"],
        capture_output=True,
        text=True,
    )
    assert scored.stderr.startswith(f"Partial: {COUNT + 4} of {2 * COUNT} requests answered;")
    card = json.loads(scored.stdout)
    assert (card["complete"], card["failures"]) == (False, {"original": 8, "warm": 8})
    for name in ("judge", "report", "analyse"):
        refused = command(name, run)
        assert refused.exit_code == 2
        assert "the run has not finished; run the same command again" in refused.output
    assert files(run) == before


def test_a_finished_run_is_seen_and_not_changed(tmp_path: Path) -> None:
    folder = open_run(tmp_path / "run")
    ask(folder, right)
    before = files(folder.path)
    assert look(folder).complete
    assert files(folder.path) == before


def test_what_is_counted(tmp_path: Path) -> None:
    """Answers, cut ones, refusals, failures by kind, tokens, reasoning, cost."""

    def script(request: Request) -> str | Response:
        number = ITEMS.index(next(i for i in ITEMS if i.item_id == request.item_id))
        if request.arm == "warm" and number < 3:
            wasted = Tokens(10, 1)
            return Failure(request.key, FailureKind.EMPTY, f"no text {number}", wasted=wasted)
        if number == 3:
            return Failure(request.key, FailureKind.TIMEOUT, "no reply within 360 s")
        reason = "length" if number in (4, 5) else "stop"
        text = "I can't help with that." if number == 6 else "Canberra"
        return Answer(request.key, text, reason, 100, 10, reasoning_tokens=number or None)

    folder = open_run(tmp_path / "run")
    ask(folder, script, budget=Budget(prices={"warm": Price(1.0, 2.0)}))
    seen = look(folder)
    count = len(ITEMS)
    assert seen.arms["original"].counts == RequestCounts(
        count, count - 1, {"timeout": 1}, 2, 1, Tokens(1900, 190), sum(range(count)) - 3, None
    )
    warm = seen.arms["warm"]
    tokens = Tokens(1600 + 30, 160 + 3)
    assert replace(warm.counts, dollars=None) == RequestCounts(
        count, count - 4, {"empty": 3, "timeout": 1}, 2, 1, tokens, sum(range(4, count))
    )
    assert warm.counts.dollars == pytest.approx((1630 + 2 * 163) / 1e6)
    assert warm.messages["timeout"] == "no reply within 360 s"
    assert warm.messages["empty"].startswith("no text ")
    assert seen.total.failed == {"empty": 3, "timeout": 2}
    assert (seen.total.dollars, seen.state) == (None, RunState.FINISHED)
    text = status_text(seen)
    assert f"{folder.path}: finished, 5 without an answer; repeat its command to retry" in text
    assert "warm: timeout 1, one of them: no reply within 360 s" in text


def test_a_run_that_a_limit_stopped_is_not_called_finished(tmp_path: Path) -> None:
    folder = open_run(tmp_path / "run")
    ask(folder, right, budget=Budget(max_requests=len(ITEMS) + 3))
    left = len(ITEMS) - 3
    assert f"stopped early, {left} not asked yet; repeat its command" in status_text(look(folder))


def test_the_json_has_these_fields(tmp_path: Path) -> None:
    folder = open_run(tmp_path / "run")
    ask(folder, right)
    found = json.loads(command("status", folder.path, "--json").stdout)
    counts = [
        "requests", "answered", "failed", "failures", "left", "cut", "refused", "prompt_tokens",
        "completion_tokens", "reasoning_tokens", "dollars",
    ]  # fmt: skip
    assert list(found) == [
        "run", "state", "working", "complete", "began", "session_began", "last_reply",
        "seconds_left", "batches", "total", "arms",
    ]  # fmt: skip
    assert list(found["total"]) == [*counts, "rate"]
    assert list(found["arms"]) == ["original", "warm"]
    assert list(found["arms"]["warm"]) == ["model", *counts, "rate", "messages"]
    lines = command("status", folder.path, "--json", "--watch").stdout.splitlines()
    assert [json.loads(line) for line in lines] == [found]
    assert warmbench.status(folder.path).to_json() == found


def test_rate_and_time_left_are_those_of_the_present_session(tmp_path: Path) -> None:
    """Two answers a second; of the eighteen left, one has failed and is not asked again."""
    folder = open_run(tmp_path / "run")
    ask_some = stops_after(4, right)
    with pytest.raises(EngineError):
        ask(folder, ask_some)
    now = [1000.0]
    with folder.locked(), Ledger(folder.ledger_path, clock=lambda: now[0]) as ledger:
        ledger.begin_session({"original": None, "warm": None})
        ledger.begin_arm("original")
        for item in ITEMS[4:8]:
            now[0] += 0.5
            failed = item is ITEMS[7]
            request = Request(item.item_id, "original", item.item_id, 0, (), 0.8, 300, 1.0, 7)
            response: Response = Answer(request.key, "x", "stop")
            if failed:
                response = Failure(request.key, FailureKind.TIMEOUT, "late")
            ledger.record([(request, response)])
        seen = look(folder)
    assert (seen.session_began, seen.last_reply) == (1000.0, 1002.0)
    assert (seen.rate, seen.arms["original"].rate, seen.arms["warm"].rate) == (1.5, 1.5, None)
    left = 2 * len(ITEMS) - 4 - 3 - 1
    assert seen.seconds_left == left / 2
    text = status_text(seen, clock=lambda: 1002.0 + 75)
    assert "Last reply 1 min 15 s ago" in text
    assert f"About {left // 2} s left for all arms" in text


def test_a_watch_ends_with_the_run(tmp_path: Path) -> None:
    folder = open_run(tmp_path / "run")
    states = []
    with folder.locked():
        watch = RunWatch(folder.path, is_refusal)
        looks = watch.until_it_ends(sleep=lambda seconds: pauses.append(seconds))
        pauses: list[float] = []
        states += [next(looks).state, next(looks).state]
    states += [status.state for status in looks]
    assert states == [RunState.RUNNING, RunState.RUNNING, RunState.NOT_BEGUN]
    assert pauses == [2.0, 2.0]


def test_ctrl_c_ends_a_watch_quietly(tmp_path: Path) -> None:
    folder = open_run(tmp_path / "run")
    with (
        folder.locked(),
        subprocess.Popen(
            [sys.executable, "-m", "warmbench", "status", str(folder.path), "--watch"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        ) as watching,
    ):  # fmt: skip
        assert watching.stdout is not None
        assert "running" in watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        _, said = watching.communicate(timeout=60)
    assert (watching.returncode, said) == (0, "")


def test_on_a_terminal_a_watch_draws_in_place(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    folder = open_run(tmp_path / "run")
    ask(folder, right)
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "warmbench", "status", str(folder.path), "--watch"],
        stdout=theirs,
        timeout=60,
        env={**os.environ, "COLUMNS": "100", "TERM": "xterm"},
    )
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0
    assert "complete" in shown
    assert "\x1b[" in shown


def test_a_reader_never_hinders_the_run(tmp_path: Path) -> None:
    """It holds its moment, and sees nothing of what is written meanwhile."""
    folder = open_run(tmp_path / "run")
    with pytest.raises(EngineError):
        ask(folder, stops_after(3, right))
    with Ledger(folder.ledger_path) as kept_open:
        with LedgerReader.of_one_moment(folder.ledger_path) as reader:
            assert reader.answer_counts() == {"original": 3}
            ask(folder, right)
            assert reader.answer_counts() == {"original": 3}
        assert kept_open.answer_counts() == {"original": len(ITEMS), "warm": len(ITEMS)}


def not_there(path: Path) -> None:
    """No folder at all."""


def other_folder(path: Path) -> None:
    path.mkdir()
    (path / "notes.txt").write_text("x")


def damaged_ledger(path: Path) -> None:
    open_run(path).ledger_path.write_bytes(b"this is no database, but a text that is long" * 50)


def damaged_record(path: Path) -> None:
    open_run(path).record_path.write_text("{}")


def ledger_of_another_version(path: Path) -> None:
    with sqlite3.connect(open_run(path).ledger_path) as db:
        db.execute("CREATE TABLE requests (key TEXT, arm TEXT, answered INTEGER)")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (not_there, r"no run there \(no run.json\); `warmbench run --out"),
        (other_folder, r"no run there \(no run.json\); `warmbench run --out"),
        (damaged_ledger, r"ledger.sqlite: .*file is not a database"),
        (damaged_record, r"run.json: study: Field required"),
        (ledger_of_another_version, r"of another version of WarmBench"),
    ],
)
def test_what_is_no_run_is_said_in_a_sentence(
    tmp_path: Path, make: Callable[[Path], None], sentence: str
) -> None:
    make(tmp_path / "run")
    with pytest.raises(DataError, match=sentence):
        warmbench.status(tmp_path / "run")
    shown = command("status", tmp_path / "run")
    assert (shown.exit_code, len(shown.stderr.splitlines())) == (2, 1)


def test_a_run_that_has_not_begun(tmp_path: Path) -> None:
    folder = open_run(tmp_path / "run")
    assert "not begun; nothing was asked yet" in command("status", folder.path).stdout
    folder.ledger_path.write_bytes(b"")  # killed between the file and its tables
    assert look(folder).state is RunState.NOT_BEGUN
    with folder.locked():
        assert "running, no reply in this session yet" in status_text(look(folder))
    assert command("score", folder.path).stderr.endswith("no request is answered yet\n")


def test_batches_that_are_open_are_counted(tmp_path: Path) -> None:
    folder = open_run(tmp_path / "run")
    records = BatchRecords(folder.path)
    first, second = BatchRecord.begin(["a", "b"]), BatchRecord.begin(["c"])
    records.keep(first)
    records.keep(second)
    assert "2 batches open at the provider, with 3 requests" in status_text(look(folder))
    records.settle(first)
    records.settle(second)
    assert look(folder).batches is None


def test_a_ledger_without_sessions_is_read(tmp_path: Path) -> None:
    folder = open_run(tmp_path / "run")
    ask(folder, right)
    with sqlite3.connect(folder.ledger_path) as db:
        db.execute("DROP TABLE sessions")
        db.execute("DROP TABLE session_arms")
    seen = look(folder)
    assert (seen.state, seen.complete, seen.rate) == (RunState.FINISHED, True, None)


def test_a_resume_that_asks_nothing_is_no_session(tmp_path: Path) -> None:
    folder = open_run(tmp_path / "run")
    ask(folder, right)
    before = look(folder)
    ask(folder, right)
    assert look(folder) == before


def test_a_partial_score_is_that_of_the_same_answers(tmp_path: Path) -> None:
    """All is answered, and the run was stopped before it wrote them. How far the arms are apart in
    cut and empty replies waits for the end."""

    def script(request: Request) -> str:
        return "Sydney" if request.arm == "warm" and "001" in request.item_id else "Canberra"

    folder = open_run(tmp_path / "run")
    ask(folder, script)
    whole = tmp_path / "whole"
    folder.path.rename(whole)
    card = warmbench.score(whole).to_json()
    RunFolder(whole).responses_path.unlink()
    (warm,) = card["treated"]
    expected = {**card, "treated": [{**warm, "replies": {}}], "complete": False}
    assert warmbench.score(whole).to_json() == expected


def test_a_treated_arm_without_a_pair_waits(tmp_path: Path) -> None:
    study = STUDY.model_copy(
        update={"arms": (*STUDY.arms, Arm(name="cold", model="replay:cold.csv"))}
    )
    folder = open_run(tmp_path / "run", study)
    with pytest.raises(EngineError):
        ask(folder, stops_after(len(ITEMS) + 3, right), study)
    shown = command("score", folder.path)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.splitlines()[0] == (
        "Partial: 23 of 60 requests answered; no pair yet with cold; the run has not finished, "
        "and nothing was written."
    )
    assert list(warmbench.score(folder).models) == ["original", "warm"]


def test_without_a_pair_there_is_nothing_to_score(tmp_path: Path) -> None:
    folder = open_run(tmp_path / "run")
    with pytest.raises(EngineError):
        ask(folder, stops_after(3, right))
    with pytest.raises(DataError, match=r"no item is .* yet \(answers: original 3, warm 0\)"):
        warmbench.score(folder)


def test_where_nothing_was_answered_the_score_says_why(tmp_path: Path) -> None:
    def empty(request: Request) -> Response:
        return Failure(request.key, FailureKind.EMPTY, "no text (finish_reason stop)")

    folder = open_run(tmp_path / "run")
    ask(folder, empty)
    for name in ("score", "judge", "report", "analyse"):
        shown = command(name, folder.path)
        assert shown.exit_code == 2
        assert shown.stderr == (
            f"Error: {folder.path}: no request was answered (empty {2 * len(ITEMS)}); one of "
            "them: no text (finish_reason stop)\n"
        )


def test_where_nothing_was_answered_so_far_the_score_says_why_too(tmp_path: Path) -> None:
    def empty(request: Request) -> Response:
        return Failure(request.key, FailureKind.EMPTY, "no text (finish_reason stop)")

    folder = open_run(tmp_path / "run")
    with pytest.raises(EngineError):
        ask(folder, stops_after(3, empty))
    assert command("score", folder.path).stderr == (
        f"Error: {folder.path}: the run has not finished, and no request is answered yet "
        "(empty 3); one of them: no text (finish_reason stop)\n"
    )
