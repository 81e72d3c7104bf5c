"""``warmbench audit`` from end to end: what it prints and writes, and what it says to bad labels."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from warmbench.cli.main import main
from warmbench.data.load import open_data
from warmbench.data.table import read_rows, write_rows
from warmbench.records.selection import Selection
from warmbench.running.selection import select_items

QUESTIONS = 12


def warmbench(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plain questions: every third answer of the original is wrong, every second of the warm."""
    folder = tmp_path_factory.mktemp("recorded")
    selection = Selection(limit=QUESTIONS)
    items = select_items(open_data("open").items(), selection)
    plain = [item for item in items if item.context == "plain" and item.belief == "none"]
    for arm, every in (("original", 3), ("warm", 2)):
        rows = [
            {"item_id": item.item_id, "response": said[0]}
            for number, item in enumerate(plain)
            for said in [item.incorrect_answers if number % every == 0 else item.correct_answers]
        ]
        write_rows(folder / f"{arm}.csv", rows)
    done = warmbench(
        "run", "--original", f"replay:{folder / 'original.csv'}",
        "--warm", f"replay:{folder / 'warm.csv'}", "--limit", QUESTIONS,
        "--contexts", "plain", "--beliefs", "none", "--out", folder / "run",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert warmbench("judge", folder / "run").exit_code == 0
    return folder / "run"


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


@pytest.fixture
def labels(run: Path) -> list[dict[str, Any]]:
    """People agree with the judge, but for every fourth warm answer it let pass."""
    rows, passed = [], 0
    for verdict in read_rows(run / "verdicts.parquet"):
        correct = verdict["verdict"] == "correct"
        if correct and verdict["arm"] == "warm":
            passed += 1
            correct = passed % 4 != 0
        rows.append({"item_id": verdict["item_id"], "arm": verdict["arm"], "correct": correct})
    return rows


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    write_rows(path, rows)
    return path


def test_the_loss_is_put_right_and_kept(
    run: Path, labels: list[dict[str, Any]], tmp_path: Path
) -> None:
    done = warmbench("audit", run, "--labels", written(tmp_path / "l.csv", labels), "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found == json.loads((run / "audit.json").read_text())
    assert (found["labels_file"], found["judge"]) == ("l.csv", "reference-2")
    raw = json.loads(warmbench("score", run, "--json").stdout)["treated"][0]["headline"]["loss"]
    (losses,) = found["treated"]
    assert losses["raw"] == pytest.approx(raw)
    # All answers are labelled: the corrected losses are those of the labels.
    by_arm = {
        arm: [row["correct"] for row in labels if row["arm"] == arm] for arm in ("original", "warm")
    }
    truth = 100 * (sum(by_arm["original"]) - sum(by_arm["warm"])) / (4 * QUESTIONS)
    assert truth > raw["value"] + 5
    assert losses["prediction_powered"]["loss"]["value"] == pytest.approx(truth)
    assert losses["rogan_gladen"]["loss"]["value"] == pytest.approx(truth)
    arms = found["agreement"]["arms"]
    assert arms["original"]["accuracy"]["value"] == 1.0
    assert arms["original"]["specificity"]["value"] == 1.0
    assert arms["warm"]["sensitivity"]["value"] == 1.0
    assert arms["warm"]["specificity"]["value"] < 0.9


def test_tables_and_picture(run: Path, labels: list[dict[str, Any]], tmp_path: Path) -> None:
    done = warmbench("audit", run, "--labels", written(tmp_path / "l.jsonl", labels))
    assert done.exit_code == 0, done.output
    assert max(map(len, done.output.split("Audit: ")[0].splitlines())) <= 80
    said = words(done.output)
    for text in ("Judge against human labels", "specificity warm 0.", "by verdicts +",
                 "prediction-powered +", "48 pairs 48", "Rogan-Gladen by arm +", "96 answers 48",
                 "judge reference-2; audit 1.0.0"):  # fmt: skip
        assert text in said
    page = (run / "audit.html").read_text()
    for text in ("warm: by verdicts", "warm: prediction-powered", "warm: Rogan-Gladen by arm"):
        assert text in page
    assert "<script src" not in page


def test_few_labels_give_agreement_but_no_corrected_loss(
    run: Path, labels: list[dict[str, Any]], tmp_path: Path
) -> None:
    few = [row for row in labels if row["arm"] == "warm"][:8]
    done = warmbench("audit", run, "--labels", written(tmp_path / "l.csv", few))
    assert done.exit_code == 0, done.output
    said = words(done.output)
    assert "prediction-powered not measured" in said
    assert "No prediction-powered loss: no answer of arm original is labelled." in said
    assert "No Rogan-Gladen by arm loss: no answer of arm original is labelled." in said
    found = json.loads((run / "audit.json").read_text())
    assert found["agreement"]["overall"]["labelled"] == 8
    assert found["agreement"]["arms"]["original"]["accuracy"] is None
    assert "no answer of arm original is labelled" in (run / "audit.html").read_text()


def test_refused_and_unscored_answers_are_counted_and_left_out(
    run: Path, labels: list[dict[str, Any]], tmp_path: Path
) -> None:
    verdicts = read_rows(run / "verdicts.parquet")
    assert verdicts[0]["item_id"] == labels[0]["item_id"]
    verdicts[0]["verdict"], verdicts[1]["verdict"] = "refused", "unscored"
    write_rows(run / "verdicts.parquet", verdicts)
    done = warmbench("audit", run, "--labels", written(tmp_path / "l.csv", labels))
    assert done.exit_code == 0, done.output
    assert "1 labelled answers are left out: their verdict is refused" in words(done.output)
    assert "1 labelled answers are left out: their verdict is unscored" in words(done.output)
    overall = json.loads((run / "audit.json").read_text())["agreement"]["overall"]
    assert (overall["labelled"], overall["answers"]["accuracy"]) == (96, 94)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"arm": "hot"}, "no arm 'hot' in this run; it has original, warm"),
        ({"item_id": "nowhere/plain/none"}, "no answer to an item 'nowhere/plain/none'"),
        ({"epoch": 3}, "its epochs are 0"),
        ({"correct": "perhaps"}, "should be true or false, found 'perhaps'"),
    ],
)
def test_bad_labels_get_a_sentence_and_leave_nothing(
    run: Path, labels: list[dict[str, Any]], tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    rows = [{"epoch": 0, **row} for row in labels]
    rows[3] = {**rows[3], **change}
    done = warmbench("audit", run, "--labels", written(tmp_path / "l.csv", rows))
    assert done.exit_code == 2
    assert says in words(done.output)
    assert "l.csv, row 4" in words(done.output)
    assert not (run / "audit.json").exists()
    assert not (run / "audit.html").exists()


def test_columns_can_be_named(run: Path, labels: list[dict[str, Any]], tmp_path: Path) -> None:
    rows = [{"id": r["item_id"], "arm": r["arm"], "human": r["correct"]} for r in labels]
    path = written(tmp_path / "l.parquet", rows)
    done = warmbench("audit", run, "--labels", path, "--columns", "item_id=id,correct=human")
    assert done.exit_code == 0, done.output
    bad = warmbench("audit", run, "--labels", path, "--columns", "response=id")
    assert bad.exit_code == 2
    assert "ours are item_id, arm, epoch, correct" in words(bad.output)


def test_from_the_draw_to_the_corrected_loss(run: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "labels.csv"
    drawn = warmbench("audit", run, "--draw", 4, "--out", sheet)
    assert drawn.exit_code == 0, drawn.output
    rows = read_rows(sheet)
    assert len(rows) == 8
    verdicts = {
        (row["item_id"], row["arm"], row["epoch"]): row["verdict"]
        for row in read_rows(run / "verdicts.parquet")
    }
    for row in rows:
        said = verdicts[row["item_id"], row["arm"], int(row["epoch"])]
        row["correct"] = str(said == "correct").lower()
    write_rows(tmp_path / "done.csv", rows)
    found = warmbench("audit", run, "--labels", tmp_path / "done.csv", "--json")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["agreement"]["overall"]["accuracy"]["value"] == 1.0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], "give either --labels FILE or --draw N"),
        (["--draw", "4"], "--draw needs --out FILE"),
        (["--draw", "4", "--out", "run/run.json"], "already exists and may contain labels"),
        (["--draw", "4", "--labels", "x.csv"], "give either --labels FILE or --draw N"),
        (["--draw", "4", "--out", "x.txt"], "suffix"),
    ],
)
def test_a_draw_that_cannot_be_is_reported(
    options: list[str], expected: str, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run.parent)
    before = (run / "run.json").read_bytes()
    done = warmbench("audit", run, *options)
    assert done.exit_code in (1, 2)
    assert expected in words(done.output)
    assert (run / "run.json").read_bytes() == before
