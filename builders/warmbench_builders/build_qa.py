"""Builds a QA release: questions from a source, framed, written as parquet by task and context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from warmbench.conditions import Task
from warmbench.data.item import Item
from warmbench.data.release import Release, read_release, write_release
from warmbench.errors import UsageError
from warmbench.new_folder import check_free, new_folder
from warmbench.statistics.scorecard import METRIC_VERSION
from warmbench_builders.framing import Framer
from warmbench_builders.sources.batch import Batch
from warmbench_builders.sources.folder import folder_batch
from warmbench_builders.sources.hub import hub_batch
from warmbench_builders.sources.open import open_batch
from warmbench_builders.sources.upstream import UPSTREAM

__all__ = ["CANARY", "RELEASE_VERSION", "build_qa", "collect_batches"]

RELEASE_VERSION = "0.1.0"
CANARY = "warmbench:canary:8d1f0a52-6a0e-4f43-9d6b-2f1c7be0a9d4"
"""Stands in every row, so that training data that holds the benchmark can be recognised."""

Note = Callable[[str], None]


def collect_batches(
    source: str, tasks: Sequence[Task], *, sample: int | None, seed: int, note: Note
) -> list[Batch]:
    """The questions of every config: those of the source, and always the open pool's.

    ``source``: ``open``, ``hub`` or a folder. ``sample`` overrides how many questions a task are
    drawn. ``note`` is told in a sentence what a source lacks.
    """
    batches: list[Batch] = []
    for task in tasks:
        if source == "open":
            continue
        wanted = sample if sample is not None else UPSTREAM[task].sample
        if source == "hub":
            note(f"{task.value}: reading {UPSTREAM[task].repo} from the Hub")
            batches.append(hub_batch(task, wanted=wanted, seed=seed))
            continue
        root = Path(source)
        if not root.is_dir():
            raise UsageError(f"--source {source}: not open, not hub, and no such folder")
        batch = folder_batch(root, task, wanted=wanted, seed=seed)
        if batch is None:
            wanted_names = " or ".join(UPSTREAM[task].file_patterns)
            note(
                f"{task.value}: no {wanted_names} under {source}; runs on this release ask the "
                f"open pool's {task.value} instead (config open_{task.value})"
            )
        else:
            batches.append(batch)
    if source != "open" and not batches:
        raise UsageError(f"--source {source}: holds no file of any of the tasks asked for")
    return batches + [open_batch(task, seed) for task in tasks]


def build_qa(
    batches: Sequence[Batch], out: Path, *, version: str, seed: int, replace: bool = False
) -> Release:
    """Frame the questions and write the release to ``out``, whole or not at all.

    Raises ``UsageError`` when ``out`` holds something and ``replace`` is not set.
    """
    check_free(out, replace)
    framer = Framer(line=f"v{version.split('.')[0]}", canary=CANARY)
    configs: dict[str, Sequence[Item]] = {b.config: framer.frame(b.questions) for b in batches}
    sources = {batch.config: batch.record for batch in batches}
    with new_folder(out) as built:
        write_release(
            built, configs, sources, version=version, metric_version=METRIC_VERSION, seed=seed
        )
    return read_release(out)
