"""Which tasks there are. A new one is a file here and a line in ``TASKS``, or it comes with another
distribution, by an entry point in the group ``warmbench.tasks``:

    [project.entry-points."warmbench.tasks"]
    capitals = "my_package.capitals:CAPITALS"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from warmbench.conditions import PAPER_TASKS
from warmbench.errors import UnknownTaskError, UsageError
from warmbench.registry import Registry
from warmbench.tasks.task_spec import TaskSpec

__all__ = ["TASKS", "all_tasks", "headline_tasks", "in_task_order", "task_of"]

TASKS: dict[str, str] = {
    "triviaqa": "warmbench.tasks.triviaqa:TRIVIAQA",
    "truthfulqa": "warmbench.tasks.truthfulqa:TRUTHFULQA",
    "medqa": "warmbench.tasks.medqa:MEDQA",
    "disinfo": "warmbench.tasks.disinfo:DISINFO",
    "simpleqa": "warmbench.tasks.simpleqa:SIMPLEQA",
}
"""Name -> where its ``TaskSpec`` is; the order is that of every table."""


_REGISTRY = Registry("task", "warmbench.tasks", TASKS)


@cache
def all_tasks() -> Mapping[str, TaskSpec]:
    """Name -> task: ours in the order of ``TASKS``, then those of other distributions by name.

    Raises ``UsageError`` for an entry point that gives no usable task.
    """
    return MappingProxyType({name: _checked(name) for name in _REGISTRY.names()})


def task_of(name: str) -> TaskSpec:
    """The task of that name; raises ``UnknownTaskError``, which is a ``ValueError`` too."""
    task = all_tasks().get(name)
    if task is None:
        raise UnknownTaskError(
            f"no task {str(name)[:80]!r}; the tasks are {', '.join(all_tasks())}"
        )
    return task


def headline_tasks() -> tuple[str, ...]:
    """The names of the tasks that make the headline loss, in order."""
    return tuple(name for name, task in all_tasks().items() if task.in_headline)


def in_task_order(names: Iterable[str]) -> list[str]:
    """Each of the names once, in the order of ``all_tasks``."""
    wanted = set(names)
    return [name for name in all_tasks() if name in wanted]


def _checked(name: str) -> TaskSpec:
    """Nobody can change what the headline is: a loss must mean the same wherever it was
    computed."""
    task = _REGISTRY.load(name)
    if not isinstance(task, TaskSpec) or task.name != name:
        raise UsageError(f"{_REGISTRY.source(name)} is not a TaskSpec with the name {name!r}")
    if task.in_headline and name not in PAPER_TASKS:
        raise UsageError(
            f"the task {name!r} of {_REGISTRY.source(name)} can't be part of the headline"
        )
    return task
