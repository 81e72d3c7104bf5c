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

from warmbench.conditions import PAPER_TASKS
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

    Raises ``UsageError`` for a line or an entry point that gives no usable task.
    """
    from importlib.metadata import entry_points

    tasks = {name: _registered(name, where) for name, where in TASKS.items()}
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


def _registered(name: str, where: str) -> TaskSpec:
    try:
        task = resolve_name(where)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"the task {name!r} ({where}) can't be loaded: {error}") from error
    return _checked(name, where, task)


def _checked(name: str, whose: str, task: object) -> TaskSpec:
    """Nobody can change what the headline is: a loss must mean the same wherever it was
    computed."""
    if not isinstance(task, TaskSpec) or task.name != name:
        raise UsageError(f"{whose} is not a TaskSpec with the name {name!r}")
    if task.in_headline and name not in PAPER_TASKS:
        raise UsageError(f"the task {name!r} of {whose} can't be part of the headline")
    return task


def _loaded(point: EntryPoint) -> TaskSpec:
    whose = _whose(point)
    try:
        task = point.load()
    except Exception as error:
        raise UsageError(
            f"the task {point.name!r} of {whose} can't be loaded "
            f"({type(error).__name__}: {str(error)[:200]})"
        ) from error
    return _checked(point.name, whose, task)


def _whose(point: EntryPoint) -> str:
    return f"{point.dist.name if point.dist else 'a distribution'} ({point.value})"
