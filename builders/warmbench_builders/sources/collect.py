"""Collects the questions of a source: the open pool, the Hub, or upstream files on disk."""

from __future__ import annotations

import gc
import hashlib
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

from warmbench.data.release import OPEN_PREFIX
from warmbench.data.table import read_rows
from warmbench.errors import DataError, RunError, UsageError
from warmbench.tasks.registry import task_of
from warmbench.tasks.task_spec import Source
from warmbench_builders.sources.batch import Batch, Origin, Row, make_batch, read_source, source_of
from warmbench_builders.sources.hub import hub_batch
from warmbench_builders.sources.open import open_batch

__all__ = ["collect_batches", "folder_batch", "run_in_processes"]

Note = Callable[[str], None]


def collect_batches(
    source: str, tasks: Sequence[str], *, sample: int | None, seed: int, note: Note
) -> Iterator[Batch]:
    """The questions of every config as they become ready: those of the source and the open
    pool's.

    ``source``: ``open``, ``hub`` or a folder, whose files are read in parallel. ``sample``
    overrides how many questions a task are drawn. ``note`` is called with a sentence on what a
    source lacks. Raises ``UsageError`` at once for any other ``source``.
    """
    in_pool = [task for task in tasks if task_of(task).open_config]
    open_jobs = {OPEN_PREFIX + task: partial(open_batch, task, seed) for task in in_pool}
    if source == "open":
        if not in_pool:
            raise UsageError(f"the open pool has no questions of {', '.join(tasks)}")
        return (job() for job in open_jobs.values())
    wanted = {task: source_of(task).sample if sample is None else sample for task in tasks}
    if source == "hub":
        return chain(_batches_of_hub(wanted, seed, note), (job() for job in open_jobs.values()))
    if not Path(source).is_dir():
        raise UsageError(f"--source {source}: not open, not hub, and not a folder")
    return _batches_of_folder(Path(source), wanted, open_jobs, seed, note)


def _batches_of_hub(wanted: Mapping[str, int | None], seed: int, note: Note) -> Iterator[Batch]:
    for task, count in wanted.items():
        note(f"{task}: reading {source_of(task).repo} from the Hub")
        yield hub_batch(task, wanted=count, seed=seed)


def _batches_of_folder(
    root: Path,
    wanted: Mapping[str, int | None],
    open_jobs: Mapping[str, Callable[[], Batch]],
    seed: int,
    note: Note,
) -> Iterator[Batch]:
    jobs: dict[str, Callable[[], Batch | None]] = {
        task: partial(folder_batch, root, task, wanted=count, seed=seed)
        for task, count in wanted.items()
    }
    missing = 0
    for config, batch in run_in_processes({**jobs, **open_jobs}):
        if batch is not None:
            yield batch
            continue
        missing += 1
        wanted_names = " or ".join(source_of(config).file_patterns)
        stand_in = task_of(config).open_config
        instead = (
            f"; runs on this release ask the open pool's {config} instead (config {stand_in})"
            if stand_in
            else ""
        )
        note(f"{config}: no {wanted_names} under {root}{instead}")
    if missing == len(jobs):
        raise UsageError(f"--source {root}: has no file of any of these tasks")


def folder_batch(root: Path, task: str, *, wanted: int | None, seed: int) -> Batch | None:
    """The questions of one task from its file somewhere under ``root``; None when there is none.

    Raises ``DataError`` when two files fit, or when one lacks a column.
    """
    upstream = source_of(task)
    path = _find(root, upstream)
    if path is None:
        return None
    rows = read_rows(path)
    _check_columns(path, rows[0], upstream)
    revision = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    origin = Origin(upstream.repo, revision, upstream.license)
    try:
        results = read_source(upstream, rows, origin)
        return make_batch(task, task, origin, results, wanted=wanted, seed=seed)
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path}: a row does not have the upstream format ({type(error).__name__}: {error})"
        ) from None


def _find(root: Path, upstream: Source) -> Path | None:
    found = sorted({path for pattern in upstream.file_patterns for path in root.rglob(pattern)})
    if len(found) > 1:
        names = ", ".join(str(path.relative_to(root)) for path in found)
        raise DataError(f"{root}: more than one file for {upstream.repo}: {names}; keep one")
    return found[0] if found else None


def _check_columns(path: Path, row: Row, upstream: Source) -> None:
    names = {name.lower().replace(" ", "_") for name in row}
    for column in upstream.columns:
        if column.lower().replace(" ", "_") not in names:
            raise DataError(f"{path}: no column {column!r}; it has {', '.join(row)}")


Key = TypeVar("Key")
Result = TypeVar("Result")


def run_in_processes(jobs: Mapping[Key, Callable[[], Result]]) -> Iterator[tuple[Key, Result]]:
    """Each job's key and result as it becomes ready, from a process a core.

    The jobs start in order. Raises what a job raises, and ``RunError`` when one of the
    processes dies.
    """
    workers = min(len(jobs), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, initializer=_begin) as pool:
        keys = {pool.submit(job): key for key, job in jobs.items()}
        try:
            for done in as_completed(keys):
                yield keys[done], done.result()
        except BrokenProcessPool:
            raise RunError(
                "a process that read the sources was killed; is there enough memory?"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends its own
    gc.freeze()  # modules stay: no collection need look at them
