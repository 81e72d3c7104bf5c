"""Analyses a run folder as the paper does, and keeps the result there as ``analysis.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from warmbench.data.citation import citation_json, citation_of
from warmbench.folders import write_json
from warmbench.judging.verdicts import verdicts_of
from warmbench.records.analysis import Analysis, McNemarFamily
from warmbench.records.item import Item
from warmbench.records.run import RunRecord
from warmbench.records.verdict import judges_of
from warmbench.running.folder import RunFolder
from warmbench.statistics.mcnemar import FAMILY, mcnemar_tests
from warmbench.statistics.models.fitted_model import fit_models
from warmbench.statistics.models.observations import observations_of

__all__ = ["ANALYSIS_VERSION", "analyse_run", "analysis_of"]

ANALYSIS_VERSION = "1.0.0"
"""Of the meaning of the numbers in ``analysis.json``."""

Rows = Sequence[Mapping[str, Any]]


def analyse_run(folder: RunFolder, *, with_length: bool = True) -> Analysis:
    """The analysis of a run, written beside it. Judges by reference if nobody has judged yet."""
    verdicts = verdicts_of(folder)
    found = analysis_of(
        folder.record(), folder.items(), folder.responses(), verdicts, with_length=with_length
    )
    with folder.locked():
        write_json(folder.analysis_path, found.model_dump(mode="json"))
    return found


def analysis_of(
    record: RunRecord, items: Sequence[Item], responses: Rows, verdicts: Rows, *, with_length: bool
) -> Analysis:
    """Tests and models of a study, and what they rest on."""
    arms = [arm.name for arm in record.study.treated]
    return Analysis(
        analysis_version=ANALYSIS_VERSION,
        warmbench_version=version("warmbench"),
        release=record.release,
        citation=citation_json(citation_of(record.release)),
        study=record.study,
        selection=record.selection,
        judge=judges_of(verdicts),
        mcnemar=McNemarFamily(
            family=FAMILY,
            epochs=_epochs_text(record.selection.epochs),
            tests=tuple(mcnemar_tests(items, verdicts, arms)),
        ),
        models={
            arm: tuple(
                fit_models(
                    observations_of(items, verdicts, arm, responses), with_length=with_length
                )
            )
            for arm in arms
        },
    )


def _epochs_text(epochs: int) -> str:
    if epochs == 1:
        return "one answer a question and arm"
    return f"the first of {epochs} epochs of each question: repeats are no evidence of their own"
