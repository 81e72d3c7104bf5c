"""Which items of a release a run asks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from warmbench.conditions import Belief, Context
from warmbench.errors import UsageError
from warmbench.records.item import Item, ItemName
from warmbench.records.selection import Selection
from warmbench.tasks.registry import all_tasks

if TYPE_CHECKING:
    from warmbench.data.release import Release

__all__ = ["items_of_release", "select_items"]

_Item = TypeVar("_Item", Item, ItemName)


def items_of_release(release: Release, selection: Selection) -> list[Item]:
    """The items that a selection asks of a release, in the order of ``select_items``.

    They are chosen by their names: the rows of other items are neither decoded nor hashed. Raises
    ``UsageError`` when nothing is left, ``DataError`` for a damaged file.
    """
    if not selection.is_partial:
        return select_items(release.items(), selection)
    names = release.names(selection.tasks, selection.contexts) or release.names()
    return release.items_named(select_items(names, selection))


def select_items(items: Sequence[_Item], selection: Selection) -> list[_Item]:
    """The items (or names of items) that a selection asks, ordered by task, question, context,
    belief.

    A limited run takes whole questions, the first by a hash of their id: a larger limit asks the
    same questions and more. Raises ``UsageError`` when nothing is left.
    """
    chosen = [
        item
        for item in items
        if (not selection.tasks or item.task in selection.tasks)
        and (not selection.contexts or item.context in selection.contexts)
        and (not selection.beliefs or item.belief in selection.beliefs)
    ]
    if selection.limit is not None:
        kept = _first_questions(chosen, selection.limit)
        chosen = [item for item in chosen if item.question_id in kept]
    if not chosen:
        raise UsageError(f"no item matches {_asked(selection)}: {_described(items)}")
    return sorted(chosen, key=_order)


def _first_questions(items: Iterable[Item | ItemName], limit: int) -> set[str]:
    by_task: dict[str, set[str]] = {}
    for item in items:
        by_task.setdefault(item.task, set()).add(item.question_id)
    return {
        question_id
        for question_ids in by_task.values()
        for question_id in sorted(question_ids, key=_hash)[:limit]
    }


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


_CONTEXTS, _BELIEFS = tuple(Context), tuple(Belief)


def _order(item: Item | ItemName) -> tuple[int, str, int, int]:
    return (
        tuple(all_tasks()).index(item.task),
        item.question_id,
        _CONTEXTS.index(item.context),
        _BELIEFS.index(item.belief),
    )


def _asked(selection: Selection) -> str:
    parts = [
        f"{what} {', '.join(names)}"
        for what, names in (
            ("tasks", selection.tasks),
            ("contexts", selection.contexts),
            ("beliefs", selection.beliefs),
        )
        if names
    ]
    return "; ".join(parts) or "the selection"


def _described(items: Sequence[Item] | Sequence[ItemName]) -> str:
    tasks = sorted({item.task for item in items})
    contexts = sorted({item.context.value for item in items})
    if not items:
        return "the data has no items"
    return f"the data has the tasks {', '.join(tasks)} and the contexts {', '.join(contexts)}"
