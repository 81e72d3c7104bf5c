"""What counts as being on the board already."""

from __future__ import annotations

import pytest

from tests.leaderboard.synthetic import synthetic_board, synthetic_details
from warmbench.records.study import Treatment
from warmbench_leaderboard.index.board import Badge, Board, Details
from warmbench_leaderboard.requests.check_request import models_on_board
from warmbench_leaderboard.services.protocols import InMemoryBoard

SEED = synthetic_board(1, 0).entries[0]


def source(badge: Badge, treatment: Treatment, arms: object) -> InMemoryBoard:
    entry = SEED.model_copy(
        update={"model": "Base-1B", "badge": badge, "treatment": treatment,
                "entry_id": "base-1b/warm", "arm": "warm"}
    )  # fmt: skip
    details: Details = synthetic_details(SEED, 0).model_copy(
        update={"entry_id": "base-1b/warm", "study": {"arms": arms}}
    )
    return InMemoryBoard(
        Board(revision=None, entries=(entry,), refused=()), {"base-1b/warm": details}
    )


ARMS = [
    {"name": "original", "model": "hf:org/Base-1B"},
    {"name": "warm", "model": "hf:org/Base-1B+Org/Warm-LoRA"},
]
SOURCES = [
    ("fine-tune", Badge.VERIFIED, Treatment.FINE_TUNE, ARMS, "org/base-1b", {None, "org/base-1b", "org/warm-lora"}),
    ("other treatment", Badge.VERIFIED, Treatment.SYSTEM_PROMPT, ARMS, "org/base-1b", {"org/base-1b", "org/warm-lora"}),
    ("another model", Badge.VERIFIED, Treatment.FINE_TUNE, ARMS, "org/base-8b", set()),
    ("only published", Badge.PUBLISHED, Treatment.FINE_TUNE, ARMS, "org/base-1b", set()),
    ("odd details", Badge.VERIFIED, Treatment.FINE_TUNE, [3, {"name": "warm", "model": 7}], "org/base-1b", {None}),
    ("no arms", Badge.VERIFIED, Treatment.FINE_TUNE, "none", "org/base-1b", {None}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "badge", "treatment", "arms", "original", "found"),
    SOURCES,
    ids=[s[0] for s in SOURCES],
)
def test_warm_models_on_the_board(
    name: str, badge: Badge, treatment: Treatment, arms: object, original: str, found: set[str]
) -> None:
    assert models_on_board(source(badge, treatment, arms))(original) == found


def test_an_entry_without_a_page_still_counts() -> None:
    known = source(Badge.VERIFIED, Treatment.FINE_TUNE, ARMS)
    assert models_on_board(InMemoryBoard(known.board()))("org/base-1b") == {None}
