"""What only shows when submissions stand beside each other: the same rows or name twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from warmbench.bundle.text_safety import skeleton
from warmbench_leaderboard.board import Badge
from warmbench_leaderboard.index.outcome import Outcome, refused

__all__ = ["checked_against_each_other"]


def checked_against_each_other(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The outcomes, in the order given; of two with the same rows, the same entry, or names that
    look alike without being the same, the later one is refused.

    Published studies come first, then the others by the day they give and by name.
    """
    known = list(outcomes)
    rows: dict[str, str] = {}
    names: dict[str, str] = {}
    entries: dict[str, str] = {}
    kept: dict[int, Outcome] = {}
    for number in sorted(range(len(known)), key=lambda number: _age(known[number])):
        outcome = known[number]
        kept[number] = _checked(outcome, rows, names, entries)
        if kept[number].refusal is None:
            _remember(outcome, rows, names, entries)
    return [kept[number] for number in range(len(known))]


def _age(outcome: Outcome) -> tuple[bool, date, str]:
    published = any(entry.badge is Badge.PUBLISHED for entry in outcome.entries)
    days = [entry.submitted for entry in outcome.entries if entry.submitted is not None]
    return not published, min(days, default=date.min), outcome.submission


def _checked(
    outcome: Outcome, rows: dict[str, str], names: dict[str, str], entries: dict[str, str]
) -> Outcome:
    if outcome.fingerprint is not None and outcome.fingerprint in rows:
        other = rows[outcome.fingerprint]
        return refused(outcome.submission, "same-rows", f"its rows are those of {other}")
    for entry in outcome.entries:
        if other_id := entries.get(entry.entry_id):
            text = f"{entry.entry_id} is an entry of {other_id} already"
            return refused(outcome.submission, "entry-twice", text)
        other_name = names.get(skeleton(entry.model), entry.model)
        if other_name != entry.model:
            text = f"{entry.model!r} looks like {other_name!r}, which is on the board already"
            return refused(outcome.submission, "lookalike", text)
    return outcome


def _remember(
    outcome: Outcome, rows: dict[str, str], names: dict[str, str], entries: dict[str, str]
) -> None:
    if outcome.fingerprint is not None:
        rows[outcome.fingerprint] = outcome.submission
    for entry in outcome.entries:
        names.setdefault(skeleton(entry.model), entry.model)
        entries[entry.entry_id] = outcome.submission
