"""``warmbench report`` on a run with all that can stand beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.benchmark.reporting.scorecards import read_page
from warmbench.cli.main import main
from warmbench.data.load import open_data
from warmbench.data.table import read_rows, write_rows
from warmbench.records.selection import Selection
from warmbench.running.selection import select_items

QUESTIONS = 4


def warmbench(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every fifth answer of the original is wrong, every third of the warm arm."""
    folder = tmp_path_factory.mktemp("recorded")
    items = select_items(open_data("open").items(), Selection(limit=QUESTIONS))
    for arm, every in (("original", 5), ("warm", 3)):
        rows = [
            {"item_id": item.item_id, "response": said[0]}
            for number, item in enumerate(items)
            for said in [item.incorrect_answers if number % every == 0 else item.correct_answers]
        ]
        write_rows(folder / f"{arm}.csv", rows)
    done = warmbench(
        "run", "--original", f"replay:{folder / 'original.csv'}",
        "--warm", f"replay:{folder / 'warm.csv'}", "--limit", QUESTIONS,
        "--contexts", "plain,sadness", "--out", folder / "run",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert warmbench("judge", folder / "run").exit_code == 0
    return folder / "run"


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


def test_a_run_alone(run: Path) -> None:
    assert warmbench("report", run).exit_code == 0
    page = read_page((run / "report.html").read_text(encoding="utf-8"))
    drawn = {tag.attributes["data-figure"] for tag in page.classed("plot")}
    assert drawn >= {"arm-1-forest", "arm-1-beliefs", "arm-1-lengths"}
    assert "run `warmbench analyse`, then `warmbench report`" in page.reading
    assert "`warmbench audit` does" in page.reading


def test_a_run_with_an_analysis_and_an_audit(run: Path, tmp_path: Path) -> None:
    labels = [
        {"item_id": row["item_id"], "arm": row["arm"], "label": row["verdict"]}
        for row in read_rows(run / "verdicts.parquet")
    ]
    write_rows(tmp_path / "labels.csv", labels)
    assert warmbench("analyse", run).exit_code == 0
    done = warmbench("audit", run, "--labels", tmp_path / "labels.csv")
    assert done.exit_code == 0, done.output
    assert warmbench("report", run).exit_code == 0
    page = read_page((run / "report.html").read_text(encoding="utf-8"))
    shown = [tag.text for tag in page.named("caption")]
    for title in (
        "McNemar's exact test in every cell", "The judge against people",
        "Headline loss corrected with people's labels",
    ):  # fmt: skip
        assert any(caption.startswith(title) for caption in shown)
    assert not any(caption.startswith("Logistic models") for caption in shown)
    assert page.reading.count("can't be fitted") == 2  # so few answers: one sentence a reason
    assert "cells differ at a false discovery rate" in page.reading


@pytest.mark.parametrize("name", ["analysis.json", "audit.json"])
def test_a_damaged_file_is_said_and_leaves_the_page_as_it_was(run: Path, name: str) -> None:
    (run / "report.html").write_text("the page of before")
    (run / name).write_text('{"judge": 3')
    done = warmbench("report", run)
    assert done.exit_code == 2
    assert f"{name}: " in done.output
    assert "Traceback" not in done.output
    assert (run / "report.html").read_text() == "the page of before"
