"""``warmbench judge --check``: a judge on the labelled answers of the judging set."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.benchmark.engines.endpoint import Endpoint, Reply, completion, serve
from warmbench.cli.main import main
from warmbench.data.load import open_data
from warmbench.data.table import write_rows
from warmbench.judging.check.measure import packaged_part
from warmbench.judging.check.packaged import packaged_check, read_check
from warmbench.judging.check.summary import summary_of
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.selection import Selection
from warmbench.records.verdict import Verdict
from warmbench.running.selection import select_items

_ANSWER = re.compile(r"<answer-([0-9a-f]{16})>\n(.*?)\n</answer-\1>", re.DOTALL)
_LABELS = {
    " ".join(one.answer.split()): one.label
    for one in packaged_part()[1]
    if one.question_id.startswith("open-")
}
"""Of the answers whose questions the package has: the others are left out."""


def warmbench(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def knowing(body: dict[str, Any], attempt: int) -> Reply:
    """A grader that knows the labels; what it does not know is right."""
    match = _ANSWER.search(body["messages"][-1]["content"])
    assert match is not None
    answer = " ".join(line.removeprefix("|").strip() for line in match[2].split("\n"))
    label = _LABELS.get(" ".join(answer.split()), Verdict.CORRECT)
    return completion(f"VERDICT: {label.value.upper()}")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    items = select_items(open_data("open").items(), Selection(limit=2))
    for arm in ("original", "warm"):
        rows = [{"item_id": i.item_id, "response": f"{arm}: {i.correct_answers[0]}"} for i in items]
        write_rows(folder / f"{arm}.csv", rows)
    done = warmbench(
        "run", "--original", f"replay:{folder / 'original.csv'}",
        "--warm", f"replay:{folder / 'warm.csv'}", "--limit", 2, "--out", folder / "run",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return folder / "run"


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


def test_a_knowing_judge_is_found_good_and_never_paid_twice(tmp_path: Path) -> None:
    out = tmp_path / "knowing.json"
    endpoint = Endpoint(knowing)
    with serve(endpoint) as url:
        command = ["judge", "--check", "--judge", f"llm:openai:g@{url}", "--out", out]
        done = warmbench(*command)
        assert done.exit_code == 0, done.output
        asked = len(endpoint.bodies)
        again = warmbench(*command, "--json")
    assert len(endpoint.bodies) == asked > 600
    found = json.loads(again.stdout)
    assert found["overall"]["answers"] == len(_LABELS)
    assert found["overall"]["kappa"]["value"] > 0.9  # plain refusals are settled by rule
    assert set(found["groups"]["arm"]) == {"original", "warm"}
    assert read_check(out).not_judged == 0
    assert "Check of llm-" in done.output
    assert "no person labelled these answers" in " ".join(done.output.split())


def test_answers_that_the_model_fails_on_are_counted_and_asked_again(tmp_path: Path) -> None:
    def fails_now_and_then(body: dict[str, Any], attempt: int) -> Reply:
        length = len(body["messages"][-1]["content"])
        return Reply(status=500) if length % 50 == 0 else knowing(body, attempt)

    out = tmp_path / "failing.json"
    endpoint = Endpoint(fails_now_and_then)
    with serve(endpoint) as url:
        command = ["judge", "--check", "--judge", f"llm:openai:g@{url}", "--out", out]
        done = warmbench(*command, "--max-retries", 0)
        assert done.exit_code == 0, done.output
        check = read_check(out)
        assert check.not_judged > 0
        assert len(check.answers) + check.not_judged == len(_LABELS)
        assert f"could not be asked about {check.not_judged} answers" in done.output
        endpoint.script = knowing
        assert warmbench(*command).exit_code == 0
    assert read_check(out).not_judged == 0


def test_a_run_has_the_check_beside_its_verdicts(run: Path) -> None:
    with serve(Endpoint(knowing)) as url:
        done = warmbench("judge", run, "--judge", f"llm:openai:g@{url}", "--check")
    assert done.exit_code == 0, done.output
    assert "Check of llm-" in done.output
    record = json.loads((run / "judging.json").read_text())["judge_check"]
    assert len(record["answers"]) == len(_LABELS)
    assert "answer" not in record["answers"][0]
    card = json.loads(warmbench("score", run, "--json").stdout)
    assert card["judge_check"]["overall"]["kappa"]["value"] > 0.9
    printed = " ".join(warmbench("score", run).output.split())
    assert f"Judge on {len(_LABELS)} labelled answers (judging set 0.1.0): accuracy " in printed
    assert warmbench("report", run).exit_code == 0
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "The judge on the judging set" in page
    assert 'data-figure="judge-check"' in page


def test_a_judge_that_nobody_measured_says_so(run: Path) -> None:
    with serve(Endpoint(knowing)) as url:
        assert warmbench("judge", run, "--judge", f"llm:openai:g@{url}").exit_code == 0
    assert json.loads(warmbench("score", run, "--json").stdout)["judge_check"] is None
    assert "Judge on labelled answers: not measured" in warmbench("score", run).output
    assert warmbench("report", run).exit_code == 0
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "The judge on labelled answers: not measured." in page


def test_the_default_judge_has_its_packaged_check(run: Path) -> None:
    packaged = packaged_check(ReferenceJudge().name)
    assert packaged is not None
    card = json.loads(warmbench("score", run, "--json").stdout)
    assert card["judge_check"] == summary_of(packaged).model_dump(mode="json")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "needs a RUN or a FILE to judge, or --check"),
        (["--check", "--tone-bias", "5"], "--tone-bias needs a RUN"),
        (["--check", "--task", "medqa"], "--task needs a RUN or a FILE"),
        (["--data", "open"], "needs a RUN or a FILE"),
        (["{file}", "--check"], "--check needs a run, or neither run nor file"),
        (["{file}", "--check", "--data", "open"], "--data goes with --check and without"),
        (["--check", "--judge", "oracle"], "judges are"),
        (["--check", "--data", "nowhere"], "nowhere"),
    ],
)
def test_what_does_not_go_together_gets_a_sentence(
    tmp_path: Path, arguments: list[str], says: str
) -> None:
    path = tmp_path / "answers.jsonl"
    write_rows(path, [{"question": "?", "response": "x", "correct_answers": ["x"]}])
    out = tmp_path / "out.json"
    given = [argument.replace("{file}", str(path)) for argument in arguments]
    done = warmbench("judge", *given, "--out", out)
    assert done.exit_code == 2, done.output
    assert says in " ".join(done.output.split())
    assert not out.exists()
