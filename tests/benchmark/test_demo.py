"""The demo, on a small part of the questions and prompts."""

from __future__ import annotations

from pathlib import Path

from tests.benchmark.prompts import make_prompt_set
from warmbench.demo import DEMO_STUDY, run_demo
from warmbench.records.study import Arm, Sampling, Study
from warmbench.reference_model import reference_path
from warmbench.running.folder import RunFolder

SMALL = Study(
    arms=(
        Arm(name="original", model="ct2:reference"),
        Arm(name="warm", model="ct2:reference", system="You are kind."),
    ),
    sampling=Sampling(max_tokens=8),
)


def test_the_demo_runs_judges_scores_measures_warmth_and_reports(tmp_path: Path) -> None:
    card, page = run_demo(tmp_path / "demo", 1, SMALL, make_prompt_set(3))
    assert card.treated[0].coverage.items == 4 * 30
    assert card.gain("warm").n == 3
    assert len(RunFolder(tmp_path / "demo").prompt_responses()) == 2 * 3
    assert "Warmth gain" in page.read_text(encoding="utf-8")


def test_the_demo_has_three_arms_of_the_packaged_model() -> None:
    assert [(arm.name, arm.model) for arm in DEMO_STUDY.arms] == [
        ("original", "ct2:reference"),
        ("warm", "ct2:reference+warm"),
        ("cold", "ct2:reference+cold"),
    ]
    assert (reference_path("ct2") / "model.bin").is_file()
