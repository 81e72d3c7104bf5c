"""Entries of a verified bundle: every figure is the recomputed scorecard's."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import pytest

from tests.benchmark.submission.verification.made_bundles import honest_bundle, small_release
from warmbench.conditions import PAPER_TASKS, Belief, Context
from warmbench.statistics.estimate import estimate
from warmbench.statistics.pairs import pair_verdicts, pairs_by_task
from warmbench.statistics.weights import single_cell
from warmbench.submission.verification.bundle_verification import BundleVerification
from warmbench.submission.verification.expected_requests import ExpectedRequests, expect_requests
from warmbench.submission.verification.verify_bundle import verify_bundle
from warmbench_leaderboard.index.board import Badge, Details, Entry
from warmbench_leaderboard.index.bundle_entries import bundle_entries


@cache
def verified() -> tuple[BundleVerification, ExpectedRequests]:
    release = small_release().path
    found = verify_bundle(honest_bundle(), release=release)
    assert found.bundle is not None
    asked = expect_requests(found.bundle.submission, release)
    assert isinstance(asked, ExpectedRequests)
    return found, asked


@cache
def made() -> tuple[Entry, Details]:
    [(entry, details)] = bundle_entries("honest-0123abcd", *verified())
    return entry, details


def test_the_entry_is_of_the_submission() -> None:
    entry, details = made()
    assert (entry.entry_id, details.entry_id) == ("honest-0123abcd/warm",) * 2
    assert (entry.model, entry.arm, entry.badge) == ("honest-7b", "warm", Badge.VERIFIED)
    assert (entry.major, entry.release_version) == (9, "9.0.0")
    assert (entry.rank, entry.rank_apart, entry.unranked) == (None, None, None)
    assert entry.warmth_gain is not None
    assert entry.warmth_gain.low is not None
    assert entry.warmth_gain.low > 0.0


@pytest.mark.parametrize("name", ["headline", "plain"])
def test_the_figures_are_those_of_the_scorecard(name: str) -> None:
    card = verified()[0].scorecard
    assert card is not None
    stated = getattr(card.treated[0], name)
    pair = getattr(made()[0], name)
    for field in ("value", "low", "high"):
        assert math.isclose(getattr(pair.loss, field), getattr(stated.loss, field), abs_tol=1e-9)
    assert math.isclose(pair.original_accuracy.value, stated.original_accuracy.value, abs_tol=1e-9)
    assert math.isclose(pair.treated_accuracy.value, stated.treated_accuracy.value, abs_tol=1e-9)


def test_sadness_is_what_the_rows_of_its_cells_give() -> None:
    """From the cells of a scorecard the same as from all rows at once."""
    found, asked = verified()
    assert found.bundle is not None
    values = {
        task: pairs.difference
        for task, pairs in pairs_by_task(
            pair_verdicts(asked.items, found.bundle.verdicts, "warm")
        ).items()
    }
    cells = [single_cell(task, Context.SADNESS, Belief.NONE) for task in PAPER_TASKS]
    whole = estimate(values, {t: w / len(PAPER_TASKS) for each in cells for t, w in each.items()})
    sadness = made()[0].sadness
    assert whole is not None
    assert sadness is not None
    for field in ("value", "low", "high"):
        assert math.isclose(getattr(sadness.loss, field), getattr(whole, field), abs_tol=1e-8)


def test_the_losses_of_questions_average_to_those_of_tasks() -> None:
    entry, details = made()
    assert details.question_losses is not None
    assert list(details.question_losses) == list(PAPER_TASKS)
    for task, losses in details.question_losses.items():
        mean = sum(losses.values()) / len(losses)
        assert math.isclose(mean, entry.tasks[task].loss.value, abs_tol=1e-6)


def test_the_page_has_all_cells_and_says_how_it_was_checked() -> None:
    _, details = made()
    assert len(details.cells) == 4 * 10 * 3
    checked = details.study["checked"]
    assert isinstance(checked, list)
    assert {step["status"] for step in checked} == {"passed"}
    assert details.dose_response == ()
    assert set(details.contexts_by_task) == set(PAPER_TASKS)


def test_nothing_is_made_of_what_is_not_sound(tmp_path: Path) -> None:
    found = verify_bundle(tmp_path / "none")
    assert bundle_entries("none", found, verified()[1]) == []
