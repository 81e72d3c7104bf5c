"""Builds a QA release: questions from a source, framed, written as parquet by task and context."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from warmbench.data.release import (
    OPEN_PREFIX,
    ConfigContent,
    Release,
    read_release,
    write_release,
)
from warmbench.errors import UsageError
from warmbench.folders import check_free, new_folder
from warmbench.records.scorecard import METRIC_VERSION
from warmbench.tasks.registry import task_of
from warmbench_builders.questions.framing import Framer
from warmbench_builders.sources.batch import Batch, source_of
from warmbench_builders.sources.folder import folder_batch
from warmbench_builders.sources.hub import hub_batch
from warmbench_builders.sources.open import open_batch
from warmbench_builders.sources.side_by_side import done_side_by_side

__all__ = ["CANARY", "RELEASE_VERSION", "build_qa", "collect_batches"]

RELEASE_VERSION = "0.1.0"
CANARY = "warmbench:canary:8d1f0a52-6a0e-4f43-9d6b-2f1c7be0a9d4"
"""Stands in every row, so that training data that holds the benchmark can be recognised."""

Note = Callable[[str], None]


def collect_batches(
    source: str, tasks: Sequence[str], *, sample: int | None, seed: int, note: Note
) -> Iterator[Batch]:
    """The questions of every config, as they are ready: those of the source, and always the open
    pool's.

    ``source``: ``open``, ``hub`` or a folder, whose files are read side by side. ``sample``
    overrides how many questions a task are drawn. ``note`` is told in a sentence what a source
    lacks. Raises ``UsageError`` at once when ``source`` is nothing of these.
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
        raise UsageError(f"--source {source}: not open, not hub, and no such folder")
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
    for config, batch in done_side_by_side({**jobs, **open_jobs}):
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
        raise UsageError(f"--source {root}: holds no file of any of the tasks asked for")


def build_qa(
    batches: Iterable[Batch], out: Path, *, version: str, seed: int, replace: bool = False
) -> Release:
    """Frame the questions and write the release to ``out``, whole or not at all, one batch after
    the other.

    Raises ``UsageError`` when ``out`` holds something and ``replace`` is not set.
    """
    check_free(out, replace)
    framer = Framer(line=f"v{version.split('.')[0]}", canary=CANARY)
    configs = (
        ConfigContent(batch.config, batch.record, framer.frame(batch.questions))
        for batch in batches
    )
    with new_folder(out) as built:
        write_release(built, configs, version=version, metric_version=METRIC_VERSION, seed=seed)
    return read_release(out)
