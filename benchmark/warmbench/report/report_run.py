"""Writes the report of a run folder."""

from __future__ import annotations

from pathlib import Path

from warmbench.data.table import atomic_write
from warmbench.judging.judge_run import verdicts_of
from warmbench.report.example import choose_examples
from warmbench.report.page import render_report
from warmbench.run_folder import RunFolder
from warmbench.scoring import score_run

__all__ = ["report_run"]


def report_run(folder: RunFolder, out: Path | None = None) -> Path:
    """Score the run and write its page; returns where (default: ``RUN/report.html``)."""
    card = score_run(folder)
    items, responses, verdicts = folder.items(), folder.responses(), verdicts_of(folder)
    examples = [
        example
        for arm in folder.record().study.treated
        for example in choose_examples(items, responses, verdicts, arm.name)
    ]
    path = out or folder.report_path
    with atomic_write(path) as file:
        file.write(render_report(card, examples).encode())
    return path
