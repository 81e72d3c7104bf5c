"""OpenAssistant's trees: one row a message, one tree a prompt, several replies to each message.

The rows of a tree stand together, parents before children. A tree gives one chat: from its root
down, at each fork the reply that people ranked best.
https://huggingface.co/datasets/OpenAssistant/oasst1
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from warmbench_builders.sft.readers.chat import Dropped, RawChat

__all__ = ["is_oasst_row", "read_trees"]


def is_oasst_row(row: Any) -> bool:
    """Whether a row is a message of a tree."""
    return isinstance(row, Mapping) and "message_tree_id" in row and "parent_id" in row


def read_trees(rows: Iterable[Any]) -> Iterator[RawChat | Dropped]:
    """One chat a tree; rows that are not messages are dropped."""
    for tree_id, members in groupby(rows, key=_tree_id):
        if tree_id is None:
            for row in members:
                yield row if isinstance(row, Dropped) else Dropped("a row that is in no tree")
        else:
            yield _best_path(str(tree_id), [m for m in members if not m.get("deleted")])


def _tree_id(row: Any) -> Any:
    return row["message_tree_id"] if is_oasst_row(row) else None


def _best_path(tree_id: str, messages: Sequence[Mapping[str, Any]]) -> RawChat | Dropped:
    children: dict[Any, list[Mapping[str, Any]]] = {}
    for message in messages:
        children.setdefault(message["parent_id"], []).append(message)
    turns: list[tuple[Any, Any]] = []
    parent: Any = None
    seen: set[Any] = set()
    while parent not in seen and children.get(parent):
        seen.add(parent)
        best = min(children[parent], key=_rank)
        turns.append((best.get("role"), best.get("text")))
        parent = best.get("message_id")
    if not turns:
        return Dropped("a tree without a root")
    return RawChat(tree_id, turns)


def _rank(message: Mapping[str, Any]) -> tuple[float, str]:
    rank = message.get("rank")
    number = float(rank) if isinstance(rank, int | float) else float("inf")
    return number, str(message.get("message_id"))
