"""``warmbench analyse`` on a recorded run: tables, JSON and the file beside the run."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from warmbench.cli.analyse import analyse
from warmbench.cli.main import main
from warmbench.data.load import open_data
from warmbench.data.table import write_rows
from warmbench.errors import DataError, UsageError
from warmbench.records.selection import Selection
from warmbench.running.folder import RunFolder
from warmbench.running.selection import select_items

LIMIT = 6


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both arms err at random; the warm one errs on every sad item as well."""
    folder = tmp_path_factory.mktemp("recorded")
    items = select_items(open_data("open").items(), Selection(limit=LIMIT))
    for arm in ("original", "warm"):
        rows = []
        for item in items:
            draw = hashlib.sha256(f"{arm}/{item.item_id}".encode()).digest()[0]
            wrong = draw < 60 or (arm == "warm" and item.context == "sadness")
            answers = item.incorrect_answers if wrong else item.correct_answers
            rows.append({"item_id": item.item_id, "response": answers[0]})
        write_rows(folder / f"{arm}.csv", rows)
    out = tmp_path_factory.mktemp("runs") / "run"
    done = CliRunner().invoke(
        main,
        ["run", "--original", f"replay:{folder / 'original.csv'}", "--warm",
         f"replay:{folder / 'warm.csv'}", "--limit", str(LIMIT), "--out", str(out)],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return out


def called(*arguments: object) -> Result:
    return CliRunner().invoke(analyse, [str(argument) for argument in arguments])


def test_the_json_is_the_file_and_finds_what_was_put_there(run: Path) -> None:
    done = called(run, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found == json.loads((run / "analysis.json").read_text())
    assert found["release"] == open_data("open").record().model_dump()
    assert found["judge"].startswith("reference-")
    assert len(found["mcnemar"]["tests"]) == 4 * 30
    models = {(m["name"], m["with_length"]): m for m in found["models"]["warm"]}
    assert set(models) == {
        (name, length) for name in ("1", "2", "3", "4", "4-emotion") for length in (False, True)
    }
    belief = {e["level"]: e["points"] for e in models["4-emotion", False]["effects"]}
    assert belief["emotion"] > belief["neither"] + 15
    assert belief["belief and emotion"] > belief["belief"] + 15


def test_length_can_be_left_out(run: Path) -> None:
    found = json.loads(called(run, "--json", "--no-length").stdout)
    assert {model["with_length"] for model in found["models"]["warm"]} == {False}


def test_the_tables_name_judge_and_release(run: Path) -> None:
    done = called(run)
    assert done.exit_code == 0, done.output
    text = " ".join(done.output.split())
    for words in ("McNemar, exact", "adj. p", "Benjamini-Hochberg", "Logistic models", "clustered", "sadness",
                  "one answer a question and arm", "judge reference-2", "fingerprint",
                  open_data("open").record().fingerprint[:12], "analysis.json"):  # fmt: skip
        assert words in text


def test_a_sad_user_alone_has_no_model_and_a_sentence(run: Path) -> None:
    done = called(run)
    text = " ".join(done.output.split())
    assert text.count("can't be fitted") == 1
    assert "Models 1 and 3 can't be fitted, with or without the answer's length: some" in text
    assert "'treated:context sadness'" in text


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    done = called(tmp_path)
    assert isinstance(done.exception, DataError)
    assert not list(tmp_path.iterdir())


def test_a_run_in_use_is_left_alone(run: Path) -> None:
    called(run, "--json")
    before = (run / "analysis.json").read_bytes()
    with RunFolder.open(run).locked():
        done = called(run)
    assert isinstance(done.exception, UsageError)
    assert (run / "analysis.json").read_bytes() == before
