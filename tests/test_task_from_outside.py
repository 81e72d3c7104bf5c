"""A task of three questions that another distribution ships: built, run, judged, scored, shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MODULE = '''
"""Capitals: three questions with a right and a wrong answer."""

from warmbench.tasks.task_spec import Source, TaskSpec
from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.sources.batch import stable_id

CAPITALS = TaskSpec(
    name="capitals",
    label="Capitals of the world",
    answer_form="phrase",
    judge_prompt="CORRECT: it names the capital.\\nINCORRECT: another city.\\nREFUSED: none.\\n",
    source=Source(
        repo="tests/capitals",
        config=None,
        split="test",
        revision="1",
        license="CC0-1.0",
        file_patterns=("capitals*.csv",),
        columns=("country", "capital", "wrong"),
        reader="capitals_task:read_capitals",
    ),
)


def read_capitals(rows, origin):
    for row in rows:
        question = f"What is the capital of {row['country']}?"
        yield SourceQuestion(
            question_id=stable_id("capitals", question),
            task="capitals",
            question=question,
            correct_answers=(row["capital"],),
            incorrect_answers=(row["wrong"],),
            doubted=row["capital"],
            belief=row["wrong"],
            category="capital",
            source=origin.name,
            source_revision=origin.revision,
            license=origin.license,
        )
'''

ROWS = "country,capital,wrong\nAustralia,Canberra,Sydney\nTurkey,Ankara,Istanbul\nChad,N'Djamena,Moundou\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``pip install`` would leave of the distribution, and its data."""
    root = tmp_path_factory.mktemp("outside")
    site = root / "site"
    metadata = site / "capitals_task-1.0.dist-info"
    metadata.mkdir(parents=True)
    (site / "capitals_task.py").write_text(MODULE, encoding="utf-8")
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: capitals-task\nVersion: 1.0\n", encoding="utf-8"
    )
    (metadata / "entry_points.txt").write_text(
        "[warmbench.tasks]\ncapitals = capitals_task:CAPITALS\n", encoding="utf-8"
    )
    (root / "data").mkdir()
    (root / "data" / "capitals.csv").write_text(ROWS, encoding="utf-8")
    return root


def warmbench(root: Path, *arguments: str, exit_code: int = 0) -> str:
    """Run a command where the distribution is installed."""
    found = subprocess.run(
        [sys.executable, "-m", "warmbench", *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "site")},
        capture_output=True,
        text=True,
    )
    assert found.returncode == exit_code, found.stderr
    return found.stdout + found.stderr


@pytest.fixture(scope="module")
def run(place: Path) -> Path:
    """Built from its file and asked of the reference pair."""
    warmbench(place, "build", "qa", "--source", "data", "--tasks", "capitals", "--out", "release")
    warmbench(
        place, "run", "--data", "release", "--original", "ct2:reference",
        "--warm", "ct2:reference+warm", "--contexts", "plain,sadness", "--warmth-prompts", "0",
        "--out", "run",
    )  # fmt: skip
    return place


def test_its_questions_are_framed_as_ours_are(run: Path) -> None:
    manifest = json.loads((run / "release" / "release.json").read_bytes())
    assert list(manifest["configs"]) == ["capitals"]
    assert manifest["configs"]["capitals"]["sadness"]["rows"] == 9
    assert manifest["sources"]["capitals"]["name"] == "tests/capitals"


def test_its_score_is_shown_outside_the_headline(run: Path) -> None:
    card: dict[str, Any] = json.loads(warmbench(run, "score", "run", "--json"))
    (scored,) = card["treated"]
    assert scored["tasks"]["capitals"]["loss"]["n"] == 3
    assert set(scored["contexts_by_task"]["capitals"]) == {"plain", "sadness"}
    assert scored["headline"]["loss"] is None
    assert scored["coverage"]["missing_tasks"] == ["triviaqa", "truthfulqa", "medqa", "disinfo"]
    assert not card["complete"]


def test_it_is_in_the_score_that_people_read(run: Path) -> None:
    shown = warmbench(run, "score", "run")
    assert "Loss not measured" in shown
    assert "capitals " in shown


def test_it_has_its_own_name_in_the_report(run: Path) -> None:
    warmbench(run, "report", "run")
    assert "Capitals of the world" in (run / "run" / "report.html").read_text(encoding="utf-8")


def test_the_gate_takes_it_by_name(run: Path) -> None:
    asked = ("gate", "run", "--max-loss", "100")
    assert "--task" in warmbench(run, *asked, exit_code=2)
    found = json.loads(warmbench(run, *asked, "--task", "capitals", "--json"))
    assert [check["task"] for check in found["checks"]] == ["capitals"]


def test_without_the_distribution_its_run_is_refused_in_a_sentence(run: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "warmbench", "score", str(run / "run")],
        capture_output=True,
        text=True,
    )
    assert found.returncode == 2
    assert "no task 'capitals'; the tasks are triviaqa, " in found.stderr
