"""Writes the report of a run folder."""

from __future__ import annotations

from pathlib import Path

from warmbench.folders import atomic_write
from warmbench.judging.stated_answers import stated_verdicts
from warmbench.judging.verdicts import verdicts_of
from warmbench.records.analysis import Analysis
from warmbench.records.audit import Audit
from warmbench.records.scorecard import Scorecard
from warmbench.reference_model.ladder import ladder_of
from warmbench.reporting.answers import RunRows, refusals_of, unsure_shares, words_of
from warmbench.reporting.html.example import choose_examples
from warmbench.reporting.html.page import render_report
from warmbench.running.folder import RunFolder
from warmbench.scoring.closing import closing_differences

__all__ = ["report_run"]


def report_run(folder: RunFolder, card: Scorecard, out: Path | None = None) -> Path:
    """Write the page of a run and its scorecard; returns where (default: ``RUN/report.html``).

    ``analysis.json`` and ``audit.json`` are shown where they are. Raises ``DataError`` where one
    of them is damaged.
    """
    items, responses, verdicts = folder.items(), folder.responses(), verdicts_of(folder)
    stated = folder.closing_responses()
    examples = [
        example
        for arm in folder.record().study.treated
        for example in choose_examples(items, responses, verdicts, arm.name)
    ]
    models = [arm.model for arm in folder.record().study.arms]
    rows = RunRows(
        words=words_of(items, responses),
        refusals=refusals_of(items, verdicts),
        unsure=unsure_shares(verdicts),
        analysis=Analysis.read(folder.analysis_path),
        audit=Audit.read(folder.audit_path),
        closing_differences=list(
            closing_differences(items, responses, verdicts, stated, stated_verdicts(items, stated))
        ),
    )
    path = out or folder.report_path
    with atomic_write(path) as file:
        file.write(render_report(card, examples, ladder_of(models), rows).encode())
    return path
