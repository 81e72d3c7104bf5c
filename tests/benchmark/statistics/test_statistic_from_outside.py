"""A statistic of another distribution: one function and one entry point, and it stands in every
scorecard; bundles with and without it stay sound."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.benchmark.examples import make_items, make_verdicts
from tests.benchmark.submission.verification.made_bundles import (
    HONEST,
    change_json,
    honest_bundle,
    make_run,
    small_release,
)
from warmbench.errors import RunError, UsageError
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import ArmScore
from warmbench.statistics.arm_score import score_arm
from warmbench.statistics.registry import STATISTICS, statistics
from warmbench.submission.bundle.submission import Access, SubmittedModel, Submitter
from warmbench.submission.bundle.write_bundle import write_bundle
from warmbench.submission.handing_in.prepare_bundle import describe_run
from warmbench.submission.verification.bundle_verification import BundleVerification
from warmbench.submission.verification.verify_bundle import verify_bundle

FLIPS = "tests.benchmark.statistics.flips"


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    """A distribution with these entry points: name -> ``module:function``."""
    metadata = folder / "flips-1.0.dist-info"
    metadata.mkdir(parents=True)
    lines = "".join(f"{name} = {target}\n" for name, target in points.items())
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: flips\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[warmbench.statistics]\n{lines}")
    monkeypatch.syspath_prepend(folder)


def scored() -> ArmScore:
    items = make_items(4, tasks=("medqa", "disinfo"))
    verdicts = make_verdicts(
        items,
        lambda i, arm, e: "incorrect" if arm == "warm" and i.task == "medqa" else "correct",
    )
    return score_arm(items, verdicts, "warm")


def verified(bundle: Path) -> BundleVerification:
    return verify_bundle(bundle, release=small_release().path)


def note_of(verification: BundleVerification) -> str:
    return next(step.note for step in verification.steps if step.name == "scorecard")


def test_our_own_are_registered_and_none_other() -> None:
    assert list(statistics()) == list(STATISTICS)
    assert set(scored().statistics) <= set(STATISTICS)


def test_it_stands_in_the_scorecard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = scored()
    install(tmp_path, monkeypatch, flips=f"{FLIPS}:flips", by_task=f"{FLIPS}:flips_by_task")
    found = scored()
    assert found.statistics == {
        **before.statistics,
        "by_task": {"disinfo": Estimate(0.0), "medqa": Estimate(100.0)},
        "flips": Estimate(50.0, n=240),
    }
    assert found.model_copy(update={"statistics": before.statistics}) == before
    assert ArmScore.model_validate_json(found.model_dump_json()) == found


def test_a_bundle_of_before_stays_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, flips=f"{FLIPS}:flips")
    verification = verified(honest_bundle())
    assert verification.is_sound, verification.findings
    assert verification.ranked == ("warm",)
    assert note_of(verification) == ""
    card = verification.scorecard
    assert card is not None
    assert "flips" in card.arm("warm").statistics


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that was scored with the statistic. Leave it as it is."""
    folder = tmp_path_factory.mktemp("flips")
    run = make_run(folder / "run", HONEST, small_release())
    with pytest.MonkeyPatch.context() as monkeypatch:
        install(folder / "site", monkeypatch, flips=f"{FLIPS}:flips")
        submission = describe_run(
            run,
            SubmittedModel(name="honest-7b", access=Access.OPEN),
            Submitter(name="Ann", contact="ann@example.org"),
            date(2026, 11, 24),
        )
        write_bundle(run, submission, folder / "bundle")
    return folder / "bundle"


def test_where_it_is_not_installed_its_number_is_ignored_and_named(bundle: Path) -> None:
    claimed = json.loads((bundle / "scorecard.json").read_text())
    assert claimed["treated"][0]["statistics"]["flips"]["value"] > 0.0
    verification = verified(bundle)
    assert verification.is_sound, verification.findings
    assert note_of(verification) == "ignored 1 key not known here: treated.0.statistics.flips"


def test_where_it_is_installed_its_number_is_checked(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", monkeypatch, flips=f"{FLIPS}:flips")
    assert verified(bundle).is_sound
    altered = Path(shutil.copytree(bundle, tmp_path / "altered"))
    change_json(
        altered / "scorecard.json",
        lambda card: card["treated"][0]["statistics"]["flips"].update(value=-1.0),
    )
    (finding,) = verified(altered).findings
    assert finding.code == "wrong-number"
    assert finding.where == "scorecard.json, treated.0.statistics.flips.value"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("words", "the statistic 'flips' returned str; expected an Estimate, a mapping"),
        ("endless", r"the statistic 'flips' returned Estimate; .*finite number"),
        ("broken", "the statistic 'flips' failed: ZeroDivisionError: no pairs"),
    ],
)
def test_what_it_may_not_return(
    function: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, flips=f"{FLIPS}:{function}")
    with pytest.raises(RunError, match=message):
        scored()


@pytest.mark.parametrize(
    ("name", "target", "message"),
    [
        ("sycophancy", f"{FLIPS}:flips", "the statistic 'sycophancy' of .*: the name is taken"),
        ("headline", f"{FLIPS}:flips", "the statistic 'headline' of .*: the name is taken"),
        ("Flips", f"{FLIPS}:flips", "'Flips' .* can't name a statistic"),
        ("flips", "no_such_module:flips", "the statistic 'flips' .* can't be loaded"),
        ("flips", f"{FLIPS}:gone", "the statistic 'flips' .* can't be loaded"),
    ],
)
def test_what_may_not_be_registered(
    name: str, target: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, **{name: target})
    with pytest.raises(UsageError, match=message):
        statistics()
