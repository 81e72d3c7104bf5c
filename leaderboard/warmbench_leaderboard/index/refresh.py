"""How old a board is that can't be renewed, as a sentence."""

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
from warmbench_leaderboard.index.board_file import BoardFolder, seed_path
from warmbench_leaderboard.index.build_board import fold
from warmbench_leaderboard.index.outcome import PASSING_CODES
from warmbench_leaderboard.index.submission_verifier import WorkerExaminer
from warmbench_leaderboard.store.submission_store import Shelf
from warmbench_leaderboard.workers.limits import WorkLimits
from warmbench_leaderboard.workers.stopped_work import Cancelled

__all__ = ["RefreshedBoard", "age_sentence"]

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def age_sentence(where: str, age_s: float | None, problem: str | None) -> str:
    """What a reader should know. ``age_s``: seconds since the board was last known to be up to
    date, None where it never was since this page was started; ``problem``: why not, if known."""
    if problem is None:
        return f"This board is not yet compared with the submissions at {where}."
    known = (
        "is the last one known, from before this page was started"
        if age_s is None
        else f"was up to date {_ago(age_s)}"
    )
    return f"The submissions can't be read at the moment ({problem}). This board {known}."


def _ago(age_s: float) -> str:
    for name, seconds in _UNITS:
        count = int(age_s // seconds)
        if count:
            return f"{count:,} {name}{'' if count == 1 else 's'} ago"
    return "less than a minute ago"


_INTERVAL_S = 300.0

_POINTER = "current"


@dataclass(frozen=True)
class _Standing:
    """The board that is shown. ``state``: of the submissions it is of, None where it must be
    built anew; ``seen``: when it was last known to be up to date (s of the clock), None for never
    in this process; ``problem``: why the last try to renew it failed."""

    source: BoardFolder
    state: str | None = None
    seen: float | None = None
    problem: str | None = None


class RefreshedBoard:
    """A ``BoardSource`` over a shelf of submissions.

    ``work``: a folder of its own for boards and for what was examined; started again on the same
    one, it goes on where it was. Until the first board is built it shows the last one of ``work``,
    else ``seed``. ``clock`` counts seconds.
    """

    def __init__(
        self,
        shelf: Shelf,
        work: Path,
        *,
        seed: Path | None = None,
        interval_s: float = _INTERVAL_S,
        limits: WorkLimits | None = None,
        release: Path | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._shelf = shelf
        self._work = work
        self._interval_s = interval_s
        self._limits = limits
        self._release = release
        self._clock = clock
        self._stopping = Event()
        self._looking = Lock()
        self._thread: Thread | None = None
        self._now = _Standing(self._first_board(seed or seed_path()))

    def board(self) -> Board:
        """The last good board: the same object until a newer one takes its place."""
        return self._now.source.board()

    def details(self, entry_id: str) -> Details:
        """What the page of an entry shows. ``UsageError`` where there is no such entry."""
        now = self._now
        try:
            return now.source.details(entry_id)
        except DataError:
            if self._now is now:
                raise
            return self._now.source.details(entry_id)  # it was swapped, and its files removed

    def age(self) -> str | None:
        """How old the board is, where the last look at the submissions failed or none was had."""
        now = self._now
        if now.problem is None and now.seen is not None:
            return None
        age_s = None if now.seen is None else self._clock() - now.seen
        return age_sentence(self._shelf.name, age_s, now.problem)

    def start(self) -> None:
        """Look now and then, in a thread of its own, until ``stop``."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = Thread(target=self._run, name="board refresh", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread; a build on its way is given up, and what it examined is kept."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def look(self) -> bool:
        """Look once, and build anew if the submissions moved. Whether another board is shown.

        What can't be reached or built is no error here: ``age`` tells.
        """
        with self._looking:
            try:
                state = self._shelf.look()
                if state != self._now.state:
                    return self._build()
                self._now = replace(self._now, seen=self._clock(), problem=None)
            except Cancelled:
                return False
            except (WarmbenchError, OSError) as error:
                self._now = replace(self._now, problem=str(error))
            except Exception as error:  # a fault of ours must not end the thread or the page
                self._now = replace(self._now, problem=f"{type(error).__name__} in building it")
            return False

    def _build(self) -> bool:
        listing = self._shelf.listing()
        folder = self._boards / f"{_next_number(self._boards):06d}"
        with WorkerExaminer(self._limits, self._stopping.is_set, self._release) as examiner:
            board = fold(self._shelf, listing, folder, self._work / "examined", examiner)
        with atomic_write(self._boards / _POINTER) as file:
            file.write(folder.name.encode())
        before = self._now.source.folder
        whole = not any(refusal.code in PASSING_CODES for refusal in board.refused)
        self._now = _Standing(
            BoardFolder(folder), listing.state if whole else None, seen=self._clock()
        )
        self._clear(keep={before.name, folder.name})
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

    def _clear(self, keep: set[str]) -> None:
        """Remove boards before the last: a reader may still be in that."""
        for folder in self._boards.iterdir():
            if folder.is_dir() and folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(self._interval_s)


def _next_number(boards: Path) -> int:
    numbers = [int(each.name) for each in boards.glob("*") if each.name.isdecimal()]
    return max(numbers, default=0) + 1
