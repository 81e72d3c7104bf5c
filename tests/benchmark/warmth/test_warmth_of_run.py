"""The warmth of a run, worked out by hand: scores are the numbers that the arms say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.benchmark.examples import make_items, make_study
from tests.benchmark.prompts import SFT_RECORD, make_prompt_set
from warmbench.conditions import Belief
from warmbench.engines.scripted import ScriptedEngine
from warmbench.errors import DataError
from warmbench.records.release import ReleaseRecord
from warmbench.records.request import Request
from warmbench.records.response import Failure, FailureKind
from warmbench.records.run import RunRecord
from warmbench.records.selection import Selection
from warmbench.running.folder import RunFolder
from warmbench.running.runner import run_study
from warmbench.scoring.score import score_run
from warmbench.warmth.measure import Tick, no_tick
from warmbench.warmth.warmth_of_run import warmth_of_run

ITEMS = make_items(2, tasks=("triviaqa",), beliefs=(Belief.NONE,))
STUDY = make_study()


class Spoken:
    """A measure: the text is the score."""

    name = "spoken-1"

    def score(self, texts: Sequence[str], tick: Tick = no_tick) -> list[float]:
        return [float(text) for text in texts]


def run_with(
    path: Path, script: Callable[[Request], str | Failure], prompts: int = 4, epochs: int = 1
) -> RunFolder:
    prompt_set = make_prompt_set(prompts)
    record = RunRecord(
        study=STUDY,
        release=ReleaseRecord(name="test", version=None, fingerprint="f"),
        selection=Selection(epochs=epochs, warmth_prompts=prompts),
        engines={arm.name: {"engine": "scripted"} for arm in STUDY.arms},
        items=len(ITEMS),
        prompts=prompts,
        prompt_release=SFT_RECORD if prompts else None,
    )
    folder = RunFolder.create(path, record, ITEMS, prompt_set.prompts)
    engines = {arm.name: ScriptedEngine(script) for arm in STUDY.arms}
    run_study(STUDY, engines, ITEMS, folder, prompts=prompt_set.prompts, epochs=epochs)
    return folder


def number(request: Request) -> str:
    """Prompt n of the original scores n, of the warm arm 2 n + 1; epoch e adds 2 e to both."""
    if not request.item_id.startswith("warmth/"):
        return "Canberra."
    n = int(request.item_id[-3:])
    return str((n if request.arm == "original" else 2 * n + 1) + 2 * request.epoch)


def test_means_and_gains(tmp_path: Path) -> None:
    found = warmth_of_run(run_with(tmp_path / "run", number), Spoken()).model_dump(mode="json")
    gains = found.pop("gains")
    assert found == {
        "measure": "spoken-1",
        "prompts": 4,
        "release": {"name": "sft", "version": "1.0.0", "fingerprint": "s", "released": None},
        "arms": {"original": 1.5, "warm": 4.0},
    }
    assert list(gains) == ["warm"]
    # differences 1, 2, 3, 4: sd 1.291, error 0.645, t(3) 3.182
    assert gains["warm"] == {
        "gain": {
            "value": 2.5,
            "low": pytest.approx(0.4457, abs=1e-4),
            "high": pytest.approx(4.5543, abs=1e-4),
            "se": pytest.approx(0.6455, abs=1e-4),
            "df": 3,
            "n": 4,
            "method": "t",
        },
        "original_mean": 1.5,
        "treated_mean": 4.0,
    }


def test_epochs_of_a_prompt_are_one_observation(tmp_path: Path) -> None:
    once = warmth_of_run(run_with(tmp_path / "once", number), Spoken())
    twice = warmth_of_run(run_with(tmp_path / "twice", number, epochs=2), Spoken())
    assert twice.arms == {"original": 2.5, "warm": 5.0}
    assert twice.gain("warm") == once.gain("warm")


def failing(arm: str, *numbers: int) -> Callable[[Request], str | Failure]:
    def script(request: Request) -> str | Failure:
        lost = [f"warmth/talk-{n:03d}" for n in numbers]
        if request.arm == arm and request.item_id in lost:
            return Failure(request.key, FailureKind.TIMEOUT, "too slow")
        return number(request)

    return script


FAILED: list[tuple[str, Callable[[Request], str | Failure], dict[str, Any], Any]] = [
    ("one prompt", failing("warm", 0), {"original": 1.5, "warm": 5.0}, 3.0),
    ("a whole arm", failing("warm", 0, 1, 2, 3), {"original": 1.5, "warm": None}, None),
    ("the original", failing("original", 0, 1, 2, 3), {"original": None, "warm": 4.0}, None),
]


@pytest.mark.parametrize(("name", "script", "arms", "gain"), FAILED, ids=[f[0] for f in FAILED])
def test_what_failed_is_left_out(
    name: str,
    script: Callable[[Request], str | Failure],
    arms: dict[str, Any],
    gain: float | None,
    tmp_path: Path,
) -> None:
    found = warmth_of_run(run_with(tmp_path / "run", script), Spoken())
    assert found.arms == arms
    gained = found.gain("warm")
    assert (gained and gained.value) == gain


def test_a_run_without_prompts_has_none_and_still_scores(tmp_path: Path) -> None:
    folder = run_with(tmp_path / "run", number, prompts=0)
    with pytest.raises(DataError, match=r"the run asked 0 prompts"):
        warmth_of_run(folder, Spoken())
    assert score_run(folder).warmth is None


def test_the_scorecard_measures_by_words(tmp_path: Path) -> None:
    def kind(request: Request) -> str:
        if request.arm == "warm":
            return "I'm so happy to help you, my friend! I hope it all goes well, let's start."
        return "The task has three steps. Preheat the oven first. Then mix the dough."

    warmth = score_run(run_with(tmp_path / "run", kind)).warmth
    assert warmth is not None
    assert warmth.measure.startswith("lexical-")
    gain = warmth.gain("warm")
    assert gain is not None
    assert gain.value > 1.0
    assert gain.n == 4
