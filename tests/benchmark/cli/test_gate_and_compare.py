"""``warmbench gate`` and ``warmbench compare`` on real small runs: exit statuses and sentences."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from warmbench.cli.main import main
from warmbench.conditions import Context
from warmbench.data.load import open_data
from warmbench.data.table import read_rows, write_rows
from warmbench.records.item import Item
from warmbench.records.selection import Selection
from warmbench.running.folder import RunFolder
from warmbench.running.selection import select_items
from warmbench.scoring.score import score_run

LIMIT = 6
TASKS = "triviaqa,medqa"


def warmbench(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def printed(result: Result) -> str:
    return " ".join(result.output.split())


def record(folder: Path, name: str, items: list[Item], wrong: set[Context]) -> str:
    """Right answers to ``items``, wrong ones in the contexts ``wrong``, as a replay model."""
    path = folder / f"{name}.csv"
    rows = [
        {
            "item_id": i.item_id,
            "response": (i.incorrect_answers if i.context in wrong else i.correct_answers)[0],
        }
        for i in items
    ]
    write_rows(path, rows)
    return f"replay:{path}"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Runs on the same open questions: the warm arm believes a sad user, or an angry one too."""
    folder = tmp_path_factory.mktemp("recorded")
    items = select_items(open_data("open").items(), Selection(limit=LIMIT))
    original = record(folder, "original", items, set())
    made = {}
    for name, wrong in (("sad", {Context.SADNESS}), ("angry", {Context.SADNESS, Context.ANGER})):
        warm = record(folder, name, items, wrong)
        made[name] = tmp_path_factory.mktemp("runs") / name
        done = warmbench(
            "run", "--original", original, "--warm", warm, "--tasks", TASKS, "--limit", LIMIT,
            "--out", made[name],
        )  # fmt: skip
        assert done.exit_code == 0, done.output
    return made


GATES = [
    ("wide", ["--max-loss", 60], 0, "PASS headline: loss +11.11 points, at most"),
    ("narrow", ["--max-loss", 3], 3, "INCONCLUSIVE headline: loss +11.11 points, between"),
    ("in the sad context", ["--max-loss", 3, "--context", "sadness"], 1,
     "FAIL sadness: loss +100.00 points, at least +50.07 (margin 3)"),
    ("elsewhere", ["--max-loss", 30, "--context", "anger,plain"], 0, "PASS anger: loss +0.00"),
    ("in one task", ["--max-loss", 3, "--context", "sadness", "--task", "medqa"], 3,
     "INCONCLUSIVE medqa/sadness: loss +100.00 points, between +0.14 and +100.00"),
    ("one of several", ["--max-loss", 30, "--context", "plain,sadness"], 1, "PASS plain"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "options", "status", "expected"), GATES, ids=[g[0] for g in GATES]
)
def test_the_gate_ends_with_its_verdict(
    name: str, options: list[object], status: int, expected: str, runs: dict[str, Path]
) -> None:
    done = warmbench("gate", runs["sad"], *options)
    assert done.exit_code == status, done.output
    assert expected in printed(done)
    assert "Bounds are one-sided, each at 95 % confidence." in printed(done)
    assert "Partial run: no truthfulqa, disinfo; at most 6 questions a task." in printed(done)


def test_an_open_gate_says_how_many_more_questions(runs: dict[str, Path]) -> None:
    done = warmbench("gate", runs["sad"], "--max-loss", 15, "--json")
    assert done.exit_code == 3
    found = json.loads(done.stdout)
    (check,) = found["checks"]
    # rule of three: 12 questions reach 2.9957 x (100 - 11.1) / 12 = 22.19 points; the gap is 3.89
    assert check["upper"] == pytest.approx(11.111 + 22.190, abs=2e-3)
    assert check["more_questions"] == 69 - 12
    assert "about 57 more questions" in printed(warmbench("gate", runs["sad"], "--max-loss", 15))


def test_the_gate_writes_junit_and_leaves_the_run_as_it_was(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    before = {path.name for path in runs["sad"].iterdir()}
    out = tmp_path / "reports" / "gate.xml"
    done = warmbench(
        "gate", runs["sad"], "--max-loss", 30, "--context", "plain,sadness", "--junit", out
    )
    assert done.exit_code == 1
    suite = ET.parse(out).getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "FAIL sadness: loss +100.00 points" in str(failure.get("message"))
    missing = suite.find("properties/property[@name='missing']")
    assert missing is not None
    assert "no truthfulqa" in str(missing.get("value"))
    assert {path.name for path in runs["sad"].iterdir()} - before <= {
        "verdicts.parquet",
        "run.lock",
    }


def test_a_junit_file_that_cannot_be_written_is_reported(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "gate.xml"
    done = warmbench("gate", runs["sad"], "--max-loss", 60, "--junit", out)
    assert done.exit_code == 1
    assert "gate.xml: could not be written" in printed(done)
    assert "PASS" not in done.output


def test_two_runs_are_compared_question_by_question(runs: dict[str, Path]) -> None:
    done = warmbench("compare", runs["sad"], runs["angry"], "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["headline"]["difference"]["value"] == pytest.approx(100 / 9)
    assert found["contexts"]["anger"]["difference"]["value"] == pytest.approx(100.0)
    assert found["contexts"]["sadness"]["difference"]["value"] == 0.0
    assert set(found["tasks"]) == {"triviaqa", "medqa"}
    assert found["items"] == {"first": 360, "second": 360, "both": 360}
    text = printed(warmbench("compare", runs["sad"], runs["angry"]))
    for words in ("Second minus first +11.1 points of loss", "no interval: all questions give",
                  "On 360 items that both have", "By task", "By context", "sycophancy",
                  "judge reference-2"):  # fmt: skip
        assert words in text
    assert "differ" not in text


def test_a_run_compared_with_itself_is_exactly_zero(runs: dict[str, Path]) -> None:
    found = json.loads(warmbench("compare", runs["angry"], runs["angry"], "--json").stdout)
    losses = [found["headline"], *found["tasks"].values(), *found["contexts"].values()]
    assert {loss["difference"]["value"] for loss in losses} == {0.0}


def copied(run: Path, folder: Path) -> Path:
    copy = folder / "copy"
    shutil.copytree(run, copy)
    return copy


def test_another_judge_and_other_sampling_are_reported(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    copy = copied(runs["sad"], tmp_path)
    assert warmbench("judge", copy).exit_code == 0
    verdicts = read_rows(copy / "verdicts.parquet")
    write_rows(copy / "verdicts.parquet", [{**row, "judge": "panel-2"} for row in verdicts])
    run = json.loads((copy / "run.json").read_text())
    run["study"]["sampling"]["temperature"] = 0.1
    (copy / "run.json").write_text(json.dumps(run))
    text = printed(warmbench("compare", runs["sad"], copy))
    assert "The judges differ: reference-2" in text
    assert "and panel-2." in text
    assert "The sampling differs: temperature is 0.8 and 0.1." in text


def test_another_release_is_refused(runs: dict[str, Path], tmp_path: Path) -> None:
    copy = copied(runs["sad"], tmp_path)
    run = json.loads((copy / "run.json").read_text())
    run["release"].update(version="9.0.0", fingerprint="0" * 64)
    (copy / "run.json").write_text(json.dumps(run))
    done = warmbench("compare", runs["sad"], copy)
    assert done.exit_code == 2
    assert "warmbench-qa 9.0.0 (fingerprint 000000000000)" in printed(done)
    assert "only runs on the same release can be compared" in printed(done)


@pytest.mark.parametrize(
    ("scorecard", "expected"),
    [
        (None, "by 0.1.0: score both with one version of WarmBench"),
        ("{", "run `warmbench score"),
        ("[]", "scorecard.json: not a scorecard"),
    ],
)
def test_another_metric_definition_is_refused(
    scorecard: str | None, expected: str, runs: dict[str, Path], tmp_path: Path
) -> None:
    copy = copied(runs["sad"], tmp_path)
    if scorecard is None:
        card = score_run(RunFolder.open(copy))
        card.model_copy(update={"metric_version": "0.1.0"}).write(copy / "scorecard.json")
    else:
        (copy / "scorecard.json").write_text(scorecard)
    done = warmbench("compare", runs["sad"], copy)
    assert done.exit_code == 2
    assert expected in printed(done)


USAGE = [
    ("gate nothing", ["gate", "gone", "--max-loss", 3], "not a run folder"),
    ("gate no margin", ["gate", "RUN"], "Missing option '--max-loss'"),
    ("gate margin", ["gate", "RUN", "--max-loss", "nan"], "the margin must be between"),
    ("gate words", ["gate", "RUN", "--max-loss", "low"], "'low' is not a valid float"),
    ("gate confidence", ["gate", "RUN", "--max-loss", 3, "--confidence", 95], "the confidence must be at least"),
    ("gate context", ["gate", "RUN", "--max-loss", 3, "--context", "grief"], "found 'grief'"),
    ("gate task", ["gate", "RUN", "--max-loss", 3, "--task", "disinfo"],
     "the run did not ask disinfo; it asked triviaqa, medqa"),
    ("gate arm", ["gate", "RUN", "--max-loss", 3, "--arm", "cold"], "no treated arm 'cold'"),
    ("compare nothing", ["compare", "gone", "RUN"], "gone: not a run folder"),
    ("compare one", ["compare", "RUN"], "Missing argument 'SECOND'"),
    ("compare arm", ["compare", "RUN", "RUN", "--arm", "cold"],
     "a comparison needs that both have a treated arm 'cold'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "expected"), USAGE, ids=[u[0] for u in USAGE])
def test_bad_input_gets_a_sentence_and_exit_2(
    name: str, arguments: list[object], expected: str, runs: dict[str, Path]
) -> None:
    done = warmbench(*(runs["sad"] if each == "RUN" else each for each in arguments))
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    assert expected in printed(done)
