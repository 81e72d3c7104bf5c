"""Builds a board from submissions; a submission verified before is not verified again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from warmbench.errors import DataError
from warmbench.folders import new_folder
from warmbench.records.scorecard import METRIC_VERSION
from warmbench_leaderboard.index.board import BOARD_VERSION, Board, Entry
from warmbench_leaderboard.index.board_folder import details_path, write_board
from warmbench_leaderboard.index.duplicates import disputed_submissions, refuse_duplicates
from warmbench_leaderboard.index.ranking import rank_entries
from warmbench_leaderboard.index.submission_result import (
    RESULT_VERSION,
    TEMPORARY_CODES,
    SubmissionResult,
    link_details,
    read_result,
    refused,
    write_result,
)
from warmbench_leaderboard.index.submission_verifier import SubmissionVerifier
from warmbench_leaderboard.store.submission_store import Listing, StoredSubmission, SubmissionStore

__all__ = ["build_board", "unverified_count"]

_BATCH = 32
"""Submissions that are fetched together."""


@dataclass(frozen=True, slots=True)
class _CachedResult:
    """A result, and the folder with the details of its entries."""

    result: SubmissionResult
    folder: Path


def build_board(
    store: SubmissionStore,
    listing: Listing,
    out: Path,
    cache: Path,
    verifier: SubmissionVerifier,
    on_verified: Callable[[int], None] = lambda count: None,
) -> Board:
    """Write the board of a listing to the folder ``out``, whole or not at all.

    ``cache``: a folder of earlier results, by content; new ones are added. ``on_verified`` is
    called with the number of submissions that were just verified. The same submissions give the
    same bytes. Raises ``OutputError`` where ``out`` can't be written, and what ``store`` raises.
    """
    cached = _cached_results(listing, cache)
    new = [each for each in listing.submissions if each not in cached]
    if new:
        with store.fetcher(listing) as fetch:
            for batch in _batches(new):
                root = fetch([each for each in batch if each.problem is None])
                for each in batch:
                    cached[each] = _verify(each, root, cache, verifier)
                    on_verified(1)
    return _write(out, store, listing, [cached[each] for each in listing.submissions])


def unverified_count(listing: Listing, cache: Path) -> int:
    """How many submissions of a listing have no result in ``cache``."""
    return len(listing.submissions) - len(_cached_results(listing, cache))


def _cached_results(listing: Listing, cache: Path) -> dict[StoredSubmission, _CachedResult]:
    cached = {}
    for each in listing.submissions:
        folder = _folder_of(each, cache)
        try:
            result = read_result(folder)
        except DataError:  # of another version, or damaged: verify again
            continue
        if result is not None and not _is_temporary(result):
            cached[each] = _CachedResult(result, folder)
    return cached


def _is_temporary(result: SubmissionResult) -> bool:
    return result.refusal is not None and result.refusal.code in TEMPORARY_CODES


def _folder_of(submission: StoredSubmission, cache: Path) -> Path:
    """Named for everything that the result depends on: the files, their name, the software."""
    parts = [
        RESULT_VERSION, BOARD_VERSION, METRIC_VERSION, _software(),
        submission.kind.value, submission.name, submission.content, submission.problem,
    ]  # fmt: skip
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return cache / key[:2] / key


@lru_cache(maxsize=1)
def _software() -> str:
    return version("warmbench")


def _verify(
    submission: StoredSubmission, root: Path, cache: Path, verifier: SubmissionVerifier
) -> _CachedResult:
    folder = _folder_of(submission, cache)
    if submission.problem is None:
        return _CachedResult(verifier.verify(submission, root, folder), folder)
    result = refused(submission.name, *submission.problem)
    write_result(folder, result, ())
    return _CachedResult(result, folder)


def _write(
    out: Path, store: SubmissionStore, listing: Listing, cached: Sequence[_CachedResult]
) -> Board:
    single = [each.result for each in cached]
    disputed = set(disputed_submissions(single))
    bundles = [each for each in listing.submissions if each.name in disputed]
    results = refuse_duplicates(single, store.first_seen(listing, bundles))
    with new_folder(out) as built:
        entries: list[Entry] = []
        for result, each in zip(results, cached, strict=True):
            for entry in result.entries:
                link_details(each.folder, entry, details_path(built, entry.entry_id))
                entries.append(entry)
        board = Board(
            revision=listing.revision,
            entries=rank_entries(entries),
            refused=tuple(result.refusal for result in results if result.refusal),
        )
        write_board(built, board)
    return board


def _batches(submissions: Iterable[StoredSubmission]) -> Iterator[list[StoredSubmission]]:
    remaining = iter(submissions)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
