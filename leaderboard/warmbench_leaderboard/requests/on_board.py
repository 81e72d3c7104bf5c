"""With which warm models an original stands on the board already."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from warmbench.errors import UsageError, WarmbenchError
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.study import Treatment
from warmbench.text_safety import skeleton
from warmbench_leaderboard.index.board import Badge, Details, Entry
from warmbench_leaderboard.services.board_source import BoardSource

__all__ = ["on_board"]


def on_board(source: BoardSource) -> Callable[[str], frozenset[str | None]]:
    """For an original (``ORG/NAME``): the ids of the warm models, in lower case; None stands for
    a fine-tune of it that was verified here. What a paper published does not count: it is worth
    running again."""

    def warm_models_of(original: str) -> frozenset[str | None]:
        entries = [e for e in source.board().entries if _is_of(e, original)]
        return frozenset(name for entry in entries for name in _warm_models(source, entry))

    return warm_models_of


def _is_of(entry: Entry, original: str) -> bool:
    names = (skeleton(original), skeleton(original.rpartition("/")[2]))
    return entry.badge is Badge.VERIFIED and skeleton(entry.model) in names


def _warm_models(source: BoardSource, entry: Entry) -> Iterator[str | None]:
    if entry.treatment is Treatment.FINE_TUNE:
        yield None
    try:
        yield from _names_in(source.details(entry.entry_id), entry.arm)
    except WarmbenchError:  # its row is there, its page is not
        return


def _names_in(details: Details, arm_name: str) -> Iterator[str]:
    arms = details.study.get("arms")
    for arm in arms if isinstance(arms, list | tuple) else ():
        if isinstance(arm, dict) and arm.get("name") == arm_name:
            try:
                spec = parse_model_spec(str(arm.get("model")))
            except UsageError:
                continue
            yield from (name.lower() for name in (spec.name, spec.adapter) if name)
