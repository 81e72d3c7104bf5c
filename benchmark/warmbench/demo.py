"""The demo: the main job from end to end, on what ships in the package."""

from __future__ import annotations

from pathlib import Path

from warmbench.data.load import open_data
from warmbench.engines.engine import EngineOptions
from warmbench.records.scorecard import Scorecard
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Sampling, Study, Treatment
from warmbench.reporting.console.progress import RunProgress
from warmbench.reporting.report_run import report_run
from warmbench.running.prompt_set import PromptSet, choose_prompts
from warmbench.running.runner import run_in_folder
from warmbench.running.selection import items_of_release
from warmbench.scoring.score import score_run

__all__ = ["DEMO_STUDY", "run_demo"]

DEMO_STUDY = Study(
    arms=(
        Arm(name="original", model="ct2:reference"),
        Arm(name="warm", model="ct2:reference+warm"),
        Arm(name="cold", model="ct2:reference+cold"),
    ),
    treatment=Treatment.FINE_TUNE,
    sampling=Sampling(max_tokens=64),
)
"""The reference model, original and tuned warm and cold, on the open data alone. Its answers are a
sentence or two, so 64 tokens are plenty."""


def run_demo(
    out: Path,
    limit: int | None = None,
    study: Study = DEMO_STUDY,
    prompt_set: PromptSet | None = None,
) -> tuple[Scorecard, Path]:
    """Run, judge, score and report a study; returns the scorecard and the page's path.

    ``prompt_set``: by default prompts of the open SFT release that ships in the package.
    """
    release = open_data("open")
    selection = Selection(limit=limit)
    prompts = choose_prompts(study, selection) if prompt_set is None else prompt_set
    items = items_of_release(release, selection)
    with RunProgress({}) as progress:
        folder, _ = run_in_folder(
            out, study, items, release.record(), selection, EngineOptions(), progress, prompts
        )
    card = score_run(folder)
    return card, report_run(folder, card)
