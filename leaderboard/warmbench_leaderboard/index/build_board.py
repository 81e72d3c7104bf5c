"""Folds submissions into a board: what was examined before is not examined again."""

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
from warmbench_leaderboard.index.board_file import details_path, write_board
from warmbench_leaderboard.index.duplicates import (
    checked_against_each_other,
    contested,
)
from warmbench_leaderboard.index.outcome import OUTCOME_VERSION, PASSING_CODES, Outcome, refused
from warmbench_leaderboard.index.ranking import rank_entries
from warmbench_leaderboard.index.submission_verifier import Examiner
from warmbench_leaderboard.index.verified_folder import (
    link_details,
    read_outcome,
    write_examined,
)
from warmbench_leaderboard.store.submission_store import Listing, Shelf, Shelved

__all__ = ["Progress", "fold", "unexamined"]

_AT_ONCE = 32
"""So many submissions are fetched together."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Known:
    """A submission with its outcome and the folder that this lies in."""

    outcome: Outcome
    folder: Path


def fold(
    shelf: Shelf,
    listing: Listing,
    out: Path,
    cache: Path,
    examiner: Examiner,
    tick: Progress = lambda count: None,
) -> Board:
    """Write the board of a listing as the folder ``out``, whole or not at all.

    ``cache``: a folder of what was examined before, by content; it is added to. ``tick`` is told
    of every submission that was examined anew. The same submissions give the same bytes.
    Raises ``OutputError`` where it can't be written, and what ``shelf`` raises.
    """
    known = _remembered(listing, cache)
    new = [each for each in listing.submissions if each not in known]
    if new:
        with shelf.opened(listing) as fetch:
            for batch in _batches(new):
                root = fetch([each for each in batch if each.problem is None])
                for each in batch:
                    known[each] = _examined(each, root, cache, examiner)
                    tick(1)
    return _write(out, shelf, listing, [known[each] for each in listing.submissions])


def unexamined(listing: Listing, cache: Path) -> int:
    """How many submissions of a listing ``cache`` knows nothing of."""
    return len(listing.submissions) - len(_remembered(listing, cache))


def _remembered(listing: Listing, cache: Path) -> dict[Shelved, _Known]:
    known = {}
    for each in listing.submissions:
        folder = _folder_of(each, cache)
        try:
            outcome = read_outcome(folder)
        except DataError:  # of another version, or damaged: examined again
            continue
        if outcome is not None and not _may_pass(outcome):
            known[each] = _Known(outcome, folder)
    return known


def _may_pass(outcome: Outcome) -> bool:
    return outcome.refusal is not None and outcome.refusal.code in PASSING_CODES


def _folder_of(submission: Shelved, cache: Path) -> Path:
    """Named for all that the outcome follows from: the files, their name, the software."""
    parts = [
        OUTCOME_VERSION, BOARD_VERSION, METRIC_VERSION, _software(),
        submission.kind.value, submission.name, submission.content, submission.problem,
    ]  # fmt: skip
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return cache / key[:2] / key


@lru_cache(maxsize=1)
def _software() -> str:
    return version("warmbench")


def _examined(submission: Shelved, root: Path, cache: Path, examiner: Examiner) -> _Known:
    folder = _folder_of(submission, cache)
    if submission.problem is None:
        return _Known(examiner.examine(submission, root, folder), folder)
    outcome = refused(submission.name, *submission.problem)
    write_examined(folder, outcome, ())
    return _Known(outcome, folder)


def _write(out: Path, shelf: Shelf, listing: Listing, known: Sequence[_Known]) -> Board:
    by_themselves = [each.outcome for each in known]
    disputed = set(contested(by_themselves))
    bundles = [each for each in listing.submissions if each.name in disputed]
    outcomes = checked_against_each_other(by_themselves, shelf.since(listing, bundles))
    with new_folder(out) as built:
        entries: list[Entry] = []
        for outcome, each in zip(outcomes, known, strict=True):
            for entry in outcome.entries:
                link_details(each.folder, entry, details_path(built, entry.entry_id))
                entries.append(entry)
        board = Board(
            revision=listing.revision,
            entries=rank_entries(entries),
            refused=tuple(outcome.refusal for outcome in outcomes if outcome.refusal),
        )
        write_board(built, board)
    return board


def _batches(submissions: Iterable[Shelved]) -> Iterator[list[Shelved]]:
    left = iter(submissions)
    while batch := list(islice(left, _AT_ONCE)):
        yield batch
