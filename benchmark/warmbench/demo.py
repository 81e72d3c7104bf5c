"""The demo: the main job from end to end, on what ships in the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from warmbench.engines import EngineOptions
from warmbench.loading import open_data
from warmbench.progress import RunProgress
from warmbench.report.report_run import report_run
from warmbench.runner import run_in_folder
from warmbench.scoring import score_run
from warmbench.selection import Selection, select_items
from warmbench.study import Arm, Sampling, Study

__all__ = ["DEMO_STUDY", "run_demo"]

DEMO_STUDY = Study(
    arms=(
        Arm(name="original", model="ct2:reference"),
        Arm(name="warm", model="ct2:reference"),
    ),
    sampling=Sampling(max_tokens=64),
)
"""The reference model against itself. Its answers are a sentence, so 64 tokens are plenty."""


def run_demo(out: Path, limit: int | None = None) -> tuple[dict[str, Any], Path]:
    """Run, judge, score and report ``DEMO_STUDY``; returns the scorecard and the page's path."""
    release = open_data("open")
    selection = Selection(limit=limit)
    items = select_items(release.items(), selection)
    with RunProgress({}) as progress:
        folder, _ = run_in_folder(
            out, DEMO_STUDY, items, release.record(), selection, EngineOptions(), progress
        )
    card = score_run(folder)
    return card, report_run(folder, card)
