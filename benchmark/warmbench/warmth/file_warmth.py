"""The warmth of a file of answers: by arm, and against ``original`` where prompts are shared.

Columns (another name can be given with ``response=NAME``):

    response                              the text that is scored                   required
    finish_reason, reasoning              as of recorded answers                    optional
    arm                                   who answered; ``all`` without it          optional
    item_id, conversation_id or question  what was asked; the first one found       optional

Reasoning is not scored, and a row without an answer (``records.reply``) is left out and counted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.data.answer_row import NO_TEXT
from warmbench.data.cell import cell_text
from warmbench.data.recorded_answers import COLUMN_NAMES, parse_column_names
from warmbench.data.table import columns_of, read_rows
from warmbench.errors import DataError
from warmbench.records.reply import RECORDED, Reply, response_of
from warmbench.records.response import Failure
from warmbench.warmth.gain import ORIGINAL, mean_warmth, warmth_gain
from warmbench.warmth.measure import Tick, WarmthMeasure, no_tick

__all__ = ["ALL", "COLUMNS", "TextRow", "Texts", "parse_columns", "read_texts", "warmth_of_texts"]

ALL = "all"
"""The arm of texts without one."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "response": COLUMN_NAMES["response"],
    "arm": ("arm",),
    "item_id": COLUMN_NAMES["item_id"],
    "conversation_id": ("conversation_id",),
    "question": COLUMN_NAMES["question"],
    "finish_reason": COLUMN_NAMES["finish_reason"],
    "reasoning": COLUMN_NAMES["reasoning"],
}
"""Our column -> its names in a file; the first one found is read."""

_PROMPT_COLUMNS = ("item_id", "conversation_id", "question")


@dataclass(frozen=True, slots=True)
class TextRow:
    """One text to score: whose it is, what it answers (if known), its value in the ``--by``
    column (if one is given)."""

    text: str
    arm: str
    prompt_id: str | None
    group: str | None


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a file. ``no_answer``: how many rows have none, by the kind of failure."""

    rows: list[TextRow]
    no_answer: Mapping[str, int]


def parse_columns(text: str | None) -> dict[str, str]:
    """Read ``response=output,arm=model``; raises ``UsageError`` for an unknown column of ours."""
    return parse_column_names(text, COLUMNS)


def read_texts(path: Path, names: Mapping[str, str] | None = None, by: str | None = None) -> Texts:
    """The texts of a CSV, JSONL or parquet file; ``by`` is a column to split them by.

    Raises ``DataError`` with file and row for what can't be read, and where no row has an answer.
    """
    rows = read_rows(path, repair=True)
    columns = _columns(path, rows, names or {})
    if by is not None and not any(by in row for row in rows):
        raise DataError(
            f"{path}: no column {by!r} to split by; it has {', '.join(columns_of(rows))}"
        )
    said = columns["response"]
    if path.suffix.lower() == ".csv":
        rows = [{**row, said: "" if row[said].strip() in NO_TEXT else row[said]} for row in rows]
    found = [
        _to_text(f"{path}, row {number}", row, columns, by)
        for number, row in enumerate(rows, start=1)
    ]
    texts = [text for text in found if isinstance(text, TextRow)]
    if not texts:
        raise DataError(f"{path}: no row has an answer; all of {said!r} is empty")
    missing = Counter(text.kind.value for text in found if isinstance(text, Failure))
    return Texts(texts, missing)


def _columns(
    path: Path, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> dict[str, str]:
    there = columns_of(rows)
    columns = {}
    for ours, usual in COLUMNS.items():
        wanted = (names[ours],) if ours in names else usual
        found = next((name for name in wanted if name in there), None)
        if found is not None:
            columns[ours] = found
        elif ours in names:
            raise DataError(f"{path}: no column {names[ours]!r}; it has {', '.join(there)}")
    if "response" not in columns:
        raise DataError(
            f"{path}: no column 'response'; it has {', '.join(there)}. "
            "Name it with --columns response=NAME"
        )
    return columns


def _to_text(
    where: str, row: Mapping[str, Any], columns: Mapping[str, str], by: str | None
) -> TextRow | Failure:
    if columns["response"] not in row:
        raise DataError(f"{where}: no {columns['response']!r}; it has {', '.join(row)}")
    text = row[columns["response"]]
    if text is not None and text == text and not isinstance(text, str):
        raise DataError(
            f"{where}: {columns['response']!r} should be text, found {type(text).__name__}"
        )
    arm = _label(row.get(columns["arm"])) if "arm" in columns else ALL
    if arm is None:
        raise DataError(f"{where}: {columns['arm']!r} is empty; it should name who answered")
    prompt = next((columns[name] for name in _PROMPT_COLUMNS if name in columns), None)
    ending, thought = (
        _label(row.get(columns[name])) if name in columns else None
        for name in ("finish_reason", "reasoning")
    )
    answer = response_of(where, Reply(cell_text(text) and text, ending or RECORDED, thought or ""))
    if isinstance(answer, Failure):
        return answer
    return TextRow(
        text=answer.text,
        arm=arm,
        prompt_id=None if prompt is None else _label(row.get(prompt)),
        group=None if by is None else _label(row.get(by)) or "",
    )


def _label(value: Any) -> str | None:
    return cell_text(value) or None


def warmth_of_texts(
    rows: Sequence[TextRow], measure: WarmthMeasure, tick: Tick = no_tick
) -> dict[str, Any]:
    """The means by arm and the gains over ``original``, as JSON::

        {"measure": "lexical-1", "texts": 4,
         "arms": {"original": {"texts": 2, "value": 0.5, "low": ..., "high": ..., "se": ...,
                               "df": 1, "n": 2, "method": "t"}, "warm": ...},
         "gains": {"warm": {"gain": {"value": 3.0, ..., "n": 2}, "original_mean": ..., ...}},
         "by": {"advice": {"texts": 2, "arms": ..., "gains": ...}}}

    Several answers of an arm to one prompt are one observation, their mean: they are not
    independent; a text that names no prompt is one of its own. ``texts`` counts rows, ``n``
    observations: those of an arm, or those that a gain rests on, which both arms answered. There
    is no gain for an arm that shares no prompt with ``original``.
    """
    scores = measure.score([row.text for row in rows], tick)
    scored = list(zip(rows, scores, strict=True))
    groups = sorted({row.group for row in rows if row.group is not None})
    return {
        "measure": measure.name,
        **_summary(scored),
        "by": {
            group: _summary([(row, score) for row, score in scored if row.group == group])
            for group in groups
        },
    }


def _summary(scored: Sequence[tuple[TextRow, float]]) -> dict[str, Any]:
    texts = Counter(row.arm for row, _ in scored)
    paired: dict[str, dict[str, list[float]]] = {}
    alone: dict[str, list[float]] = {}
    for row, score in scored:
        prompts = paired.setdefault(row.arm, {})
        if row.prompt_id is None:
            alone.setdefault(row.arm, []).append(score)
        else:
            prompts.setdefault(row.prompt_id, []).append(score)
    means = {
        arm: {prompt: math.fsum(found) / len(found) for prompt, found in prompts.items()}
        for arm, prompts in paired.items()
    }
    treated = [
        arm
        for arm in sorted(means)
        if arm != ORIGINAL and means[arm].keys() & means.get(ORIGINAL, {}).keys()
    ]
    return {
        "texts": len(scored),
        "arms": {
            arm: {
                "texts": texts[arm],
                **mean_warmth([*means[arm].values(), *alone.get(arm, [])]).to_json(),
            }
            for arm in sorted(means, key=lambda name: (name != ORIGINAL, name))
        },
        "gains": {arm: warmth_gain(means, arm).model_dump(mode="json") for arm in treated},
    }
