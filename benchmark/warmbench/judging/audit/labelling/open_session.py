"""Takes up the labelling of a run: which answers, by whom, and what was said before.

All raters of a run label the same answers. ``audit/draw.json`` keeps which:

    {"count": 200, "seed": 0}
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warmbench.errors import DataError, UsageError, first_problem
from warmbench.folders import folder_lock, write_json
from warmbench.judging.audit.answer_ids import AnswerKey, answer_ids
from warmbench.judging.audit.draw import draw_answers, sheet_of
from warmbench.judging.audit.labelling.session import LabellingSession
from warmbench.judging.audit.rater_file import RaterFile, rater_name
from warmbench.running.folder import RunFolder

__all__ = ["DEFAULT_COUNT", "Draw", "open_session", "rater_files"]

DEFAULT_COUNT = 200
"""Items and epochs drawn, where nobody says how many."""


class Draw(BaseModel):
    """``count``: items and epochs; None for every answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int | None = Field(ge=1)
    seed: int = Field(ge=0)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The draw that a run folder keeps; None where there is none yet."""
        if not path.is_file():
            return None
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise DataError(f"{path}: not a draw of answers ({first_problem(error)})") from None


def rater_files(folder: RunFolder) -> list[Path]:
    """The files of those who labelled answers of the run on the page."""
    return sorted((folder.audit_folder / "labels").glob("*.csv"))


@contextmanager
def open_session(folder: RunFolder, rater: str, wanted: Draw | None) -> Iterator[LabellingSession]:
    """The session of one rater, who holds their file while the block runs.

    ``wanted``: None for the answers that others label already, or ``DEFAULT_COUNT`` items if
    nobody does. Raises ``UsageError`` where raters would label different answers, or where the
    rater is at work elsewhere.
    """
    path = folder.audit_folder / "labels" / f"{rater_name(rater)}.csv"
    held = path.with_name(f".{rater.casefold()}.lock")
    with folder_lock(held, path, "file of labels"):
        if other := next((p for p in rater_files(folder) if _is_other(p, path)), None):
            raise UsageError(f"--rater {rater}: there is a rater {other.stem!r}; use that name")
        draw, drawn = _drawn(folder, wanted)
        ids = answer_ids(folder)
        sheet = sheet_of(drawn, folder.items(), folder.responses(), ids, draw.seed)
        file = RaterFile.open(path)
        changed = [answer_id for answer_id in file.said if ids.is_changed(answer_id)]
        for answer_id in changed:  # asked again; the file loses them with the next label
            del file.said[answer_id]
        for answer_id in file.said:
            ids.find(str(path), answer_id)
        yield LabellingSession(rater, sheet, file, len(changed))


def _is_other(path: Path, ours: Path) -> bool:
    return path.stem.casefold() == ours.stem.casefold() and path.stem != ours.stem


def _drawn(folder: RunFolder, wanted: Draw | None) -> tuple[Draw, list[AnswerKey]]:
    """What is drawn, kept in the run folder where it is more than before."""
    path = folder.audit_folder / "draw.json"
    kept = Draw.read(path)
    if kept and wanted and _is_no_part(kept, wanted):
        raise UsageError(
            f"{path}: raters label the same answers, here {_words(kept)} of them with --seed "
            f"{kept.seed}; leave --draw and --seed out, or draw more with that seed"
        )
    draw = wanted or kept
    if draw is None:
        draw, drawn = _default(folder)
    else:
        drawn = _answers(folder, draw)
    if draw != kept:
        with folder.locked():
            write_json(path, draw.model_dump())
    return draw, drawn


def _is_no_part(kept: Draw, wanted: Draw) -> bool:
    if kept.seed != wanted.seed:
        return True
    return wanted.count is not None and (kept.count is None or wanted.count < kept.count)


def _words(draw: Draw) -> str:
    return "all" if draw.count is None else f"{draw.count:,} items"


def _default(folder: RunFolder) -> tuple[Draw, list[AnswerKey]]:
    """As many as usual, or all answers of a small run."""
    usual, every = Draw(count=DEFAULT_COUNT, seed=0), Draw(count=None, seed=0)
    try:
        return usual, _answers(folder, usual)
    except UsageError:  # so many are not there
        return every, _answers(folder, every)


def _answers(folder: RunFolder, draw: Draw) -> list[AnswerKey]:
    arms = [arm.name for arm in folder.record().study.arms]
    found = draw_answers(folder.items(), folder.responses(), arms, draw.count, draw.seed)
    if not found:
        raise DataError(f"{folder.path}: no answer that the headline loss rests on")
    return found
