"""What a run must have asked is what its release holds, in that order."""

from __future__ import annotations

from tests.benchmark.submission.verification.made_bundles import honest_bundle, small_release
from warmbench.running.selection import select_items
from warmbench.submission.bundle.read_bundle import read_bundle
from warmbench.submission.verification.expected_requests import ExpectedRequests, expect_requests


def test_the_items_are_those_of_the_release_and_share_their_texts() -> None:
    submission = read_bundle(honest_bundle()).submission
    found = expect_requests(submission, small_release().path)
    assert isinstance(found, ExpectedRequests)
    assert list(found.items) == select_items(small_release().items(), submission.selection)
    by_question: dict[str, set[int]] = {}
    for item in found.items:
        by_question.setdefault(item.question_id, set()).add(id(item.correct_answers))
    assert {len(objects) for objects in by_question.values()} == {1}


def test_the_keys_are_those_of_the_run() -> None:
    bundle = read_bundle(honest_bundle())
    found = expect_requests(bundle.submission, small_release().path)
    assert isinstance(found, ExpectedRequests)
    for keys, rows in (
        (found.item_keys, bundle.responses),
        (found.prompt_keys, bundle.prompt_responses),
    ):
        assert keys == {(row["item_id"], row["arm"], row["epoch"]): row["key"] for row in rows}
