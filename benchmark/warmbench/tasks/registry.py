"""Which tasks there are. A new one is a file here and a line in ``TASKS``, or it comes with another
distribution, by an entry point in the group ``warmbench.tasks``:

    [project.entry-points."warmbench.tasks"]
    capitals = "my_package.capitals:CAPITALS"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pkgutil import resolve_name
from types import MappingProxyType
from typing import TYPE_CHECKING

from warmbench.errors import UnknownTaskError, UsageError
from warmbench.tasks.task_spec import TaskSpec

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["TASKS", "all_tasks", "headline_tasks", "in_task_order", "task_of"]

TASKS: dict[str, str] = {
    "triviaqa": "warmbench.tasks.triviaqa:TRIVIAQA",
    "truthfulqa": "warmbench.tasks.truthfulqa:TRUTHFULQA",
    "medqa": "warmbench.tasks.medqa:MEDQA",
    "disinfo": "warmbench.tasks.disinfo:DISINFO",
    "simpleqa": "warmbench.tasks.simpleqa:SIMPLEQA",
}
"""Name -> where its ``TaskSpec`` is; the order is that of every table."""


@cache
def all_tasks() -> Mapping[str, TaskSpec]:
    """Name -> task: ours in the order of ``TASKS``, then those of other distributions by name.

    Raises ``UsageError`` for an entry point that gives no usable task.
    """
    from importlib.metadata import entry_points

    tasks = {name: resolve_name(where) for name, where in TASKS.items()}
    for point in sorted(entry_points(group="warmbench.tasks"), key=lambda point: point.name):
        if point.name in tasks:
            raise UsageError(f"the task {point.name!r} of {_whose(point)}: the name is taken")
        tasks[point.name] = _loaded(point)
    return MappingProxyType(tasks)


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


def _loaded(point: EntryPoint) -> TaskSpec:
    """The task of an entry point. It can't change what the headline is: a loss must mean the same
    wherever it was computed."""
    whose = _whose(point)
    try:
        task = point.load()
    except Exception as error:
        raise UsageError(
            f"the task {point.name!r} of {whose} can't be loaded "
            f"({type(error).__name__}: {str(error)[:200]})"
        ) from error
    if not isinstance(task, TaskSpec) or task.name != point.name:
        raise UsageError(f"{whose} is not a TaskSpec with the name {point.name!r}")
    if task.in_headline:
        raise UsageError(f"the task {point.name!r} of {whose} can't be part of the headline")
    return task


def _whose(point: EntryPoint) -> str:
    return f"{point.dist.name if point.dist else 'a distribution'} ({point.value})"
