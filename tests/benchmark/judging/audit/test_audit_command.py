"""``warmbench audit`` from end to end: what it prints and writes, and what it says to bad labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmark.judging.audit.conftest import QUESTIONS, warmbench
from warmbench.data.table import read_rows, write_parquet, write_rows
from warmbench.judging.audit.answer_ids import answer_ids
from warmbench.judging.audit.labelling.open_session import open_session
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.tables import RESPONSE_SCHEMA
from warmbench.running.folder import RunFolder


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def labels(run: Path) -> list[dict[str, Any]]:
    """People agree with the judge, but for every fourth warm answer it let pass."""
    rows, passed = [], 0
    for verdict in read_rows(run / "verdicts.parquet"):
        correct = verdict["verdict"] == "correct"
        if correct and verdict["arm"] == "warm":
            passed += 1
            correct = passed % 4 != 0
        label = "right" if correct else "wrong"
        rows.append({"item_id": verdict["item_id"], "arm": verdict["arm"], "label": label})
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
    assert (found["raters"][0]["name"], found["judge"]) == ("l", ReferenceJudge().name)
    assert found["between_raters"] is None
    raw = json.loads(warmbench("score", run, "--json").stdout)["treated"][0]["headline"]["loss"]
    (losses,) = found["treated"]
    assert losses["raw"] == pytest.approx(raw)
    by_arm = {
        arm: [row["label"] == "right" for row in labels if row["arm"] == arm]
        for arm in ("original", "warm")
    }
    truth = 100 * (sum(by_arm["original"]) - sum(by_arm["warm"])) / (4 * QUESTIONS)
    assert truth > raw["value"] + 5
    # All answers are labelled: no judge is needed.
    assert losses["by_labels"]["loss"]["value"] == pytest.approx(truth)
    assert losses["by_labels"]["loss"]["low"] < truth < losses["by_labels"]["loss"]["high"]
    assert losses["by_labels"]["labelled"] == 48
    for name in ("prediction_powered", "rogan_gladen"):
        assert losses[name]["loss"] is None
        assert "every answer is labelled" in losses[name]["reason"]
    arms = found["agreement"]["arms"]
    assert arms["original"]["accuracy"]["value"] == 1.0
    assert arms["original"]["specificity"]["value"] == 1.0
    assert arms["warm"]["sensitivity"]["value"] == 1.0
    assert arms["warm"]["specificity"]["value"] < 0.9


def test_a_part_of_the_answers_corrects_the_loss(
    run: Path, labels: list[dict[str, Any]], tmp_path: Path
) -> None:
    part = [row for row in labels if row["item_id"].split("/")[0][-2:] not in ("02", "05")]
    done = warmbench("audit", run, "--labels", written(tmp_path / "l.csv", part), "--json")
    assert done.exit_code == 0, done.output
    (losses,) = json.loads(done.stdout)["treated"]
    assert "answers that the loss rests on are labelled" in losses["by_labels"]["reason"]
    for name in ("prediction_powered", "rogan_gladen"):
        assert losses[name]["loss"]["value"] > losses["raw"]["value"]


def test_tables_and_picture(run: Path, labels: list[dict[str, Any]], tmp_path: Path) -> None:
    done = warmbench("audit", run, "--labels", written(tmp_path / "l.jsonl", labels[1:]))
    assert done.exit_code == 0, done.output
    assert max(map(len, done.output.split("Audit: ")[0].splitlines())) <= 80
    said = words(done.output)
    for text in ("Judge against human labels", "specificity warm 0.", "by verdicts +",
                 "prediction-powered +", "47 pairs 47", "Rogan-Gladen by arm +", "95 answers 48",
                 "No by labels loss: 95 of the 96 answers",
                 f"judge {ReferenceJudge().name}; audit 2.0.0"):  # fmt: skip
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


def test_refused_and_unscored_answers_are_counted_against_their_labels(
    run: Path, labels: list[dict[str, Any]], tmp_path: Path
) -> None:
    verdicts = read_rows(run / "verdicts.parquet")
    assert verdicts[0]["item_id"] == labels[0]["item_id"]
    verdicts[0]["verdict"], verdicts[1]["verdict"] = "refused", "unscored"
    write_rows(run / "verdicts.parquet", verdicts)
    done = warmbench("audit", run, "--labels", written(tmp_path / "l.csv", labels))
    assert done.exit_code == 0, done.output
    said = {"right": "right 1", "wrong": "wrong 1"}
    for row, verdict in zip(labels, ("refused", "unscored"), strict=False):
        expected = f"1 labelled answers have the verdict {verdict}; people: {said[row['label']]}."
        assert expected in words(done.output)
    assert "of what the judge calls refused, people do 0.000" in words(done.output)
    overall = json.loads((run / "audit.json").read_text())["agreement"]["overall"]
    assert (overall["labelled"], overall["answers"]["accuracy"]) == (96, 94)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"arm": "hot"}, "no arm 'hot' in this run; it has original, warm"),
        ({"item_id": "nowhere/plain/none"}, "no answer to an item 'nowhere/plain/none'"),
        ({"epoch": 3}, "its epochs are 0"),
        ({"label": "perhaps"}, "and wrong), found 'perhaps'"),
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
    rows = [{"id": r["item_id"], "arm": r["arm"], "human": r["label"]} for r in labels]
    path = written(tmp_path / "l.parquet", rows)
    done = warmbench("audit", run, "--labels", path, "--columns", "item_id=id,label=human")
    assert done.exit_code == 0, done.output
    bad = warmbench("audit", run, "--labels", path, "--columns", "response=id")
    assert bad.exit_code == 2
    assert "ours are answer_id, item_id, arm, epoch, label" in words(bad.output)


def keys_of(run: Path) -> dict[str, tuple[str, str, int]]:
    """The answers of a run by their ids, as whoever has the run folder can join them."""
    ids = answer_ids(RunFolder.open(run)).ids
    return {answer_id: answer for answer, answer_id in ids.items()}


def verdicts_by_id(run: Path) -> dict[str, str]:
    verdicts = {
        (row["item_id"], row["arm"], row["epoch"]): row["verdict"]
        for row in read_rows(run / "verdicts.parquet")
    }
    return {answer_id: verdicts[answer] for answer_id, answer in keys_of(run).items()}


def test_from_the_draw_to_the_corrected_loss(run: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "labels.csv"
    drawn = warmbench("audit", run, "--draw", 4, "--out", sheet)
    assert drawn.exit_code == 0, drawn.output
    rows = read_rows(sheet)
    assert len(rows) == 8
    assert not {"arm", "item_id"} & set(rows[0])
    for row in rows:
        said = verdicts_by_id(run)[row["answer_id"]]
        row["label"] = "right" if said == "correct" else "wrong"
    write_rows(tmp_path / "done.csv", rows)
    found = warmbench("audit", run, "--labels", tmp_path / "done.csv", "--json")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["agreement"]["overall"]["accuracy"]["value"] == 1.0
    again = warmbench("audit", run, "--draw", 4, "--out", tmp_path / "again.csv")
    assert again.exit_code == 0
    assert (tmp_path / "again.csv").read_bytes() == sheet.read_bytes()


def test_labels_of_another_run_or_of_a_changed_answer(run: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "labels.csv"
    assert warmbench("audit", run, "--draw", "all", "--out", sheet).exit_code == 0
    rows = [{**row, "label": "right"} for row in read_rows(sheet)]
    responses = read_rows(run / "responses.parquet")
    changed = responses[5]
    changed["response"] = "Something else."
    write_parquet(run / "responses.parquet", responses, RESPONSE_SCHEMA)
    done = warmbench("audit", run, "--labels", written(tmp_path / "l.csv", rows))
    assert done.exit_code == 2
    assert "has changed since it was labelled; label it again as it is now" in words(done.output)
    (run / "audit" / "key").write_text("0" * 64 + "\n")
    done = warmbench("audit", run, "--labels", tmp_path / "l.csv")
    assert done.exit_code == 2
    assert "l.csv, row 1: no answer of this run has the id" in words(done.output)
    assert "the labels are of another run" in words(done.output)
    (run / "audit" / "key").write_text("no key")
    done = warmbench("audit", run, "--labels", tmp_path / "l.csv")
    assert done.exit_code == 2
    assert "not a key of 64 hexadecimal digits" in words(done.output)
    assert not (run / "audit.json").exists()


def test_several_raters(run: Path, labels: list[dict[str, Any]], tmp_path: Path) -> None:
    """Ben differs on three answers, Cleo on one of these and can't tell another."""
    other = {"right": "wrong", "wrong": "right"}
    by_rater = {name: [dict(row) for row in labels] for name in ("anna", "ben", "cleo")}
    for number in (4, 20, 33):
        by_rater["ben"][number]["label"] = other[labels[number]["label"]]
    by_rater["cleo"][4]["label"] = by_rater["ben"][4]["label"]
    by_rater["cleo"][20]["label"] = "unclear"
    given = [
        each
        for name, rows in by_rater.items()
        for each in ("--labels", written(tmp_path / f"{name}.csv", rows))
    ]
    done = warmbench("audit", run, *given, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert [rater["name"] for rater in found["raters"]] == ["anna", "ben", "cleo"]
    between = found["between_raters"]
    assert (between["answers"], between["left_out"], len(between["disagreements"])) == (96, 1, 3)
    assert between["alpha"]["low"] < between["alpha"]["value"] < between["alpha"]["high"] <= 1.0
    assert 0.9 < between["alpha"]["value"] < 1.0
    settled = {(d["item_id"], d["arm"]): d["settled"] for d in between["disagreements"]}
    word = {"right": "correct", "wrong": "incorrect"}
    key = {n: (labels[n]["item_id"], labels[n]["arm"]) for n in (4, 20, 33)}
    assert settled[key[4]] == word[other[labels[4]["label"]]]
    assert settled[key[20]] == "unscored"
    assert settled[key[33]] == word[labels[33]["label"]]
    listed = read_rows(run / "audit" / "disagreements.csv")
    assert len(listed) == 3
    assert {"label of anna", "label of ben", "label of cleo"} < set(listed[0])
    assert not {"arm", "item_id"} & set(listed[0])
    said = words(warmbench("audit", run, *given, "--settle", "unanimous").output)
    assert "Krippendorff's alpha between raters: 0.9" in said
    assert "They differ on 3. Settled by what all of them say, 3 of these are left out." in said
    assert "Judge against each rater" in said
    alone = warmbench("audit", run, "--labels", given[1])
    assert alone.exit_code == 0
    assert not (run / "audit" / "disagreements.csv").exists()


def test_a_refusal_counts_by_the_rule_of_the_task(
    run: Path, labels: list[dict[str, Any]], tmp_path: Path
) -> None:
    rows = [{**row, "label": "refused"} for row in labels]
    done = warmbench("audit", run, "--labels", written(tmp_path / "l.csv", rows), "--json")
    assert done.exit_code == 0, done.output
    table = json.loads(done.stdout)["agreement"]["overall"]["table"]
    counted = {label: sum(said[label] for said in table.values()) for label in table}
    assert counted == {"correct": 24, "refused": 72, "incorrect": 0, "unscored": 0}


def test_what_raters_labelled_on_the_page_is_taken_without_labels(run: Path) -> None:
    done = warmbench("audit", run)
    assert done.exit_code == 2
    assert "nobody has labelled answers yet" in words(done.output)
    with open_session(RunFolder.open(run), "anna", None) as session:
        for index in range(session.count):
            shown = session.answer(index)
            correct = verdicts_by_id(run)[shown["answer_id"]] == "correct"
            session.put(index, shown["answer_id"], "right" if correct else "wrong", "")
    done = warmbench("audit", run, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert [(r["name"], r["file"]) for r in found["raters"]] == [("anna", "anna.csv")]
    assert found["agreement"]["overall"]["accuracy"]["value"] == 1.0
    (losses,) = found["treated"]
    assert losses["by_labels"]["loss"] == pytest.approx(losses["raw"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--draw", "4"], "--draw needs --out FILE"),
        (["--draw", "4", "--out", "run/run.json"], "already exists and may contain labels"),
        (["--draw", "4", "--labels", "x.csv"], "--draw: --labels has no meaning; leave it out"),
        (["--draw", "4", "--out", "x.txt"], "suffix"),
        (["--draw", "some"], "found 'some'; accepted are a number from 1 on, and all"),
        (["--out", "x.csv"], "without --draw: --out has no meaning"),
        (["--rater", "anna"], "without --label: --rater has no meaning"),
        (["--label", "--json"], "there is no JSON of a page"),
        (["--label", "--rater", "../anna"], "must be 1 to 40 letters, digits, hyphens"),
        (["--label", "--seed", "3"], "give --draw N too"),
        (["--labels", "a/anna.csv", "--labels", "b/Anna.csv"], "is named twice, by a/anna.csv too"),
        (["--labels", "nowhere.csv"], "nowhere.csv: no such file"),
    ],
)
def test_an_audit_that_cannot_be_is_reported(
    options: list[str], expected: str, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run.parent)
    before = (run / "run.json").read_bytes()
    done = warmbench("audit", run, *options)
    assert done.exit_code in (1, 2)
    assert expected in words(done.output)
    assert (run / "run.json").read_bytes() == before
