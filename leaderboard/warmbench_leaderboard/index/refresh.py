"""A board that follows a store of submissions in the background."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic

from warmbench.errors import DataError, WarmbenchError
from warmbench.folders import atomic_write
from warmbench_leaderboard.index.board import Board, Details
from warmbench_leaderboard.index.board_folder import BoardFolder, seed_path
from warmbench_leaderboard.index.build_board import build_board
from warmbench_leaderboard.index.submission_result import TEMPORARY_CODES
from warmbench_leaderboard.index.submission_verifier import WorkerSubmissionVerifier
from warmbench_leaderboard.store.submission_store import SubmissionStore
from warmbench_leaderboard.workers.worker import Cancelled, WorkLimits

__all__ = ["RefreshedBoard", "staleness_notice"]

_INTERVAL_S = 300.0

_POINTER = "current"

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def staleness_notice(store: str, age_s: float | None, problem: str | None) -> str:
    """How old the board is. ``age_s``: seconds since it was last known to be up to date, None where
    it never was in this process; ``problem``: why it can't be updated, if known."""
    if problem is None:
        return f"This board has not been compared with the submissions at {store} yet."
    age = (
        "was built before the server started"
        if age_s is None
        else f"was up to date {_time_ago(age_s)}"
    )
    return f"The submissions can't be read at the moment ({problem}). This board {age}."


def _time_ago(age_s: float) -> str:
    for name, seconds in _UNITS:
        count = int(age_s // seconds)
        if count:
            return f"{count:,} {name}{'' if count == 1 else 's'} ago"
    return "less than a minute ago"


@dataclass(frozen=True)
class _Current:
    """The board that is shown. ``state``: of the submissions that it was built from, None where it
    must be rebuilt; ``checked``: when it was last known to be up to date (s of the clock), None for
    never in this process; ``problem``: why the last refresh failed."""

    source: BoardFolder
    state: str | None = None
    checked: float | None = None
    problem: str | None = None


class RefreshedBoard:
    """A ``BoardSource`` over a store of submissions.

    ``work``: a folder of its own for boards and results; started again with the same folder, it
    continues from there. Until the first board is built it shows the last one of ``work``, else
    ``seed``. ``clock``: monotonic seconds.
    """

    def __init__(
        self,
        store: SubmissionStore,
        work: Path,
        *,
        seed: Path | None = None,
        interval_s: float = _INTERVAL_S,
        limits: WorkLimits | None = None,
        release: Path | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._store = store
        self._work = work
        self._interval_s = interval_s
        self._limits = limits
        self._release = release
        self._clock = clock
        self._stopping = Event()
        self._refreshing = Lock()
        self._thread: Thread | None = None
        self._current = _Current(self._first_board(seed or seed_path()))

    def board(self) -> Board:
        """The last good board: the same object until a newer one replaces it."""
        return self._current.source.board()

    def details(self, entry_id: str) -> Details:
        """The details of an entry. ``UsageError`` where the board has no such entry."""
        current = self._current
        try:
            return current.source.details(entry_id)
        except DataError:
            if self._current is current:
                raise
            return self._current.source.details(entry_id)  # replaced, and its files removed

    def notice(self) -> str | None:
        """How old the board is, where the last refresh failed or there was none yet."""
        current = self._current
        if current.problem is None and current.checked is not None:
            return None
        age_s = None if current.checked is None else self._clock() - current.checked
        return staleness_notice(self._store.name, age_s, current.problem)

    def start(self) -> None:
        """Refresh at intervals, in a thread, until ``stop``."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = Thread(target=self._run, name="board refresh", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread. A build under way is abandoned; its results so far are kept."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def refresh(self) -> bool:
        """Rebuild the board if the submissions changed. Returns whether the board was replaced.

        A store that can't be read, or a failed build, raises nothing: see ``notice``.
        """
        with self._refreshing:
            try:
                state = self._store.state()
                if state != self._current.state:
                    return self._build()
                self._current = replace(self._current, checked=self._clock(), problem=None)
            except Cancelled:
                return False
            except (WarmbenchError, OSError) as error:
                self._current = replace(self._current, problem=str(error))
            except Exception as error:  # a bug must end neither the thread nor the page
                problem = f"{type(error).__name__} while building the board"
                self._current = replace(self._current, problem=problem)
            return False

    def _build(self) -> bool:
        listing = self._store.listing()
        folder = self._boards / f"{_next_number(self._boards):06d}"
        verifier = WorkerSubmissionVerifier(self._limits, self._stopping.is_set, self._release)
        with verifier:
            board = build_board(self._store, listing, folder, self._work / "verified", verifier)
        with atomic_write(self._boards / _POINTER) as file:
            file.write(folder.name.encode())
        previous = self._current.source.folder
        is_final = not any(refusal.code in TEMPORARY_CODES for refusal in board.refused)
        state = listing.state if is_final else None
        self._current = _Current(BoardFolder(folder), state, checked=self._clock())
        self._remove_old(keep={previous.name, folder.name})
        return True

    @property
    def _boards(self) -> Path:
        return self._work / "boards"

    def _first_board(self, seed: Path) -> BoardFolder:
        try:
            name = (self._boards / _POINTER).read_text(encoding="utf-8")
            return BoardFolder(self._boards / Path(name).name)
        except (OSError, ValueError, DataError):
            return BoardFolder(seed)

    def _remove_old(self, keep: set[str]) -> None:
        """Remove all boards but the last two: a request may still be reading the previous one."""
        for folder in self._boards.iterdir():
            if folder.is_dir() and folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.refresh()
            self._stopping.wait(self._interval_s)


def _next_number(boards: Path) -> int:
    numbers = [int(each.name) for each in boards.glob("*") if each.name.isdecimal()]
    return max(numbers, default=0) + 1
