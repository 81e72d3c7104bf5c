"""Where the questions of a run are from.

A published release holds no text of sets whose licence forbids to hand it on. Who asks it without
that text asks the open pool's questions of the same task in their place: under the same
fingerprint, but not the same questions, so every score says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from warmbench.data.release import OPEN_SOURCE
from warmbench.records.item import Item
from warmbench.tasks.registry import in_task_order

__all__ = ["question_sources", "stand_in_tasks", "stand_in_text"]


def question_sources(items: Iterable[Item]) -> dict[str, list[str]]:
    """Task -> the sources of its questions, by name, in the order of the tasks."""
    pairs = {(item.task, item.source) for item in items}
    return {
        task: sorted(source for of, source in pairs if of == task)
        for task in in_task_order(of for of, _ in pairs)
    }


def stand_in_tasks(sources: Mapping[str, Iterable[str]]) -> list[str]:
    """The tasks asked from the open pool where others are not; none where all or no tasks are."""
    open_tasks = [task for task, names in sources.items() if OPEN_SOURCE in names]
    only_open = all(set(names) <= {OPEN_SOURCE} for names in sources.values())
    return [] if only_open else open_tasks


def stand_in_text(sources: Mapping[str, Iterable[str]]) -> str:
    """``disinfo asked from the open pool, not from the release's own set``; empty where nothing
    stands in."""
    tasks = stand_in_tasks(sources)
    if not tasks:
        return ""
    return f"{', '.join(tasks)} asked from the open pool, not from the release's own set"
