"""``warmbench judge --tone-bias``, and the line that stands with every score after it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.benchmark.engines.endpoint import Endpoint, Reply, completion, serve
from warmbench.cli.main import main
from warmbench.data.load import open_data
from warmbench.data.table import write_rows
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.judging.tone_bias.packaged import read_packaged
from warmbench.judging.tone_bias.wrap import WRAPS
from warmbench.records.selection import Selection
from warmbench.running.selection import select_items

WARM_WORDS = [text for wrap in WRAPS for text in (wrap.warm.opening, wrap.warm.closing) if text]


def warmbench(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def charmed(body: dict[str, Any], attempt: int) -> Reply:
    """A grader that gives in to every warm word."""
    warm = any(text in body["messages"][-1]["content"] for text in WARM_WORDS)
    return completion(f"VERDICT: {'CORRECT' if warm else 'INCORRECT'}")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    items = select_items(open_data("open").items(), Selection(limit=2))
    for arm in ("original", "warm"):
        rows = [
            {"item_id": i.item_id, "response": f"{i.question_id}, {arm}: {i.correct_answers[0]}"}
            for i in items
        ]
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


def test_a_charmed_judge_is_found_out_and_never_paid_twice(run: Path) -> None:
    endpoint = Endpoint(charmed)
    with serve(endpoint) as url:
        command = ["judge", run, "--judge", f"llm:openai:g@{url}", "--tone-bias", 10]
        done = warmbench(*command)
        assert done.exit_code == 0, done.output
        asked = len(endpoint.bodies)
        assert warmbench(*command).exit_code == 0
        assert len(endpoint.bodies) == asked == 16 + 3 * 10
    assert "Tone bias of the judge: +100.0 points" in " ".join(done.output.split())
    record = json.loads((run / "judging.json").read_text())["tone_bias"]
    assert (record["value"], record["flips"], record["answers"]) == (100.0, 1.0, 10)
    card = json.loads(warmbench("score", run, "--json").stdout)
    assert card["tone_bias"] == record
    printed = " ".join(warmbench("score", run).output.split())
    assert "Tone bias of the judge: +100.0 points of accuracy" in printed


def test_answers_that_the_model_fails_on_are_counted(run: Path) -> None:
    def fails_once(body: dict[str, Any], attempt: int) -> Reply:
        cold = WRAPS[0].cold.opening in body["messages"][-1]["content"]
        return Reply(status=500) if cold else completion("VERDICT: CORRECT")

    with serve(Endpoint(fails_once)) as url:
        done = warmbench(
            "judge", run, "--judge", f"llm:openai:g@{url}", "--tone-bias", 16, "--max-retries", 0
        )
    assert done.exit_code == 0, done.output
    record = json.loads((run / "judging.json").read_text())["tone_bias"]
    failed = record["not_judged"]
    assert failed > 0
    assert record["answers"] == 16 - failed
    assert f"{failed} answers could not be judged" in " ".join(done.output.split())


def test_a_judge_that_nobody_measured_says_so(run: Path) -> None:
    with serve(Endpoint(charmed)) as url:
        assert warmbench("judge", run, "--judge", f"llm:openai:g@{url}").exit_code == 0
    assert json.loads(warmbench("score", run, "--json").stdout)["tone_bias"] is None
    assert "Tone bias of the judge: not measured" in warmbench("score", run).output


def test_the_reference_judge_has_its_packaged_figure_or_that_of_the_run(run: Path) -> None:
    card = json.loads(warmbench("score", run, "--json").stdout)
    assert card["tone_bias"] == read_packaged().overall.model_dump()
    assert warmbench("judge", run, "--tone-bias", 8).exit_code == 0
    card = json.loads(warmbench("score", run, "--json").stdout)
    assert (card["tone_bias"]["answers"], card["tone_bias"]["judge"]) == (8, ReferenceJudge().name)


def test_a_figure_of_another_judge_is_not_taken(run: Path) -> None:
    assert warmbench("judge", run, "--tone-bias", 8).exit_code == 0
    path = run / "judging.json"
    record = json.loads(path.read_text())
    record["tone_bias"]["judge"] = "reference-0"
    path.write_text(json.dumps(record))
    card = json.loads(warmbench("score", run, "--json").stdout)
    assert card["tone_bias"] == read_packaged().overall.model_dump()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            json.dumps({"tone_bias": {"judge": ReferenceJudge().name}}),
            "judging.json: tone_bias: answers",
        ),
        ("[]", "judging.json: not a JSON object"),
        ("{", "judging.json: not a JSON object"),
    ],
)
def test_a_broken_record_is_reported(run: Path, text: str, says: str) -> None:
    assert warmbench("judge", run).exit_code == 0
    (run / "judging.json").write_text(text)
    done = warmbench("score", run)
    assert done.exit_code == 2
    assert says in "".join(done.output.split("\n"))


def test_a_file_has_no_tone_bias(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    write_rows(path, [{"question": "?", "response": "x", "correct_answers": ["x"]}])
    done = warmbench("judge", path, "--tone-bias", 5)
    assert done.exit_code == 2
    assert "--tone-bias needs a run, not a file" in " ".join(done.output.split())
