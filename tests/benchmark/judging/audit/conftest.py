"""A judged run whose answers are recorded, for all tests of the audit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from warmbench.cli.main import main
from warmbench.data.load import open_data
from warmbench.data.table import write_rows
from warmbench.records.selection import Selection
from warmbench.running.selection import select_items

QUESTIONS = 12


def warmbench(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="package")
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
