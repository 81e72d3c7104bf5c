"""Opens a board: what ships, or one that follows a folder or a repository of submissions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from warmbench_leaderboard.index.board_file import BoardFolder, seed_path
from warmbench_leaderboard.services.board_source import BoardSource
from warmbench_leaderboard.services.bundle_service import BundleDesk
from warmbench_leaderboard.services.protocols import RequestDesk, SubmissionDesk

__all__ = ["OpenedBoard", "opened_board"]

_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class OpenedBoard:
    """What ``make_server`` takes."""

    source: BoardSource
    submissions: SubmissionDesk
    requests: RequestDesk | None


@contextmanager
def opened_board(place: str | None, work: Path | None = None) -> Iterator[OpenedBoard]:
    """The board of ``place``: a folder, ``ORG/NAME`` on the Hub, or None for what ships.

    It follows the place in the background for as long as the block lasts. ``work``: a folder that
    keeps what was verified from one start to the next; else it is forgotten. Raises ``UsageError``
    where ``place`` is neither.
    """
    if place is None:
        board = BoardFolder(seed_path())
        yield OpenedBoard(board, BundleDesk(board, "", None), None)
        return
    with TemporaryDirectory(prefix="warmbench-board-") as kept:
        yield from _followed(place, work or Path(kept))


def _followed(place: str, work: Path) -> Iterator[OpenedBoard]:
    from warmbench.data.hub.client import hub_api
    from warmbench_leaderboard.index.refresh import RefreshedBoard
    from warmbench_leaderboard.requests.model_facts import HubModels
    from warmbench_leaderboard.requests.on_board import on_board
    from warmbench_leaderboard.requests.queue_service import QueueDesk
    from warmbench_leaderboard.requests.submissions import open_submissions
    from warmbench_leaderboard.store.hub_store import HubShelf
    from warmbench_leaderboard.store.local_store import LocalShelf

    submissions = open_submissions(place, _TIMEOUT_S)
    api = hub_api(_TIMEOUT_S, needs_token=False)
    folder = Path(place).expanduser()
    shelf = LocalShelf(folder, work / "seen.json") if folder.is_dir() else HubShelf(place, api)
    board = RefreshedBoard(shelf, work)
    board.start()
    try:
        yield OpenedBoard(
            board,
            BundleDesk(board, place, submissions.hand_in),
            QueueDesk(submissions.queue, HubModels(api), on_board(board)),
        )
    finally:
        board.stop()
