"""The items that a run asks: of a release, or of a file of recorded answers."""

from __future__ import annotations

from pathlib import Path

from warmbench.data.fingerprint import rows_fingerprint
from warmbench.data.load import open_data
from warmbench.data.recorded_answers import items_of_answers, read_answers
from warmbench.data.table import TABLE_SUFFIXES
from warmbench.engines.engine import EngineOptions
from warmbench.records.item import Item
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.release import ReleaseRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Study
from warmbench.running.selection import items_of_release, select_items

__all__ = ["items_of_data"]


def items_of_data(
    data: str | None, study: Study, options: EngineOptions, selection: Selection
) -> tuple[list[Item], ReleaseRecord]:
    """The selected items of ``data`` (``open``, a release folder, ``ORG/NAME@vX.Y.Z`` or a file of
    recorded answers), and what they are called; by default those of the original arm's recorded
    answers, else of the open pool."""
    path = Path(data).expanduser() if data else _replayed(study)
    if path is not None and (data is None or path.suffix.lower() in TABLE_SUFFIXES):
        answers = read_answers(path, options.column_names, options.task)
        if data is not None or answers[0].item_id is None:
            items = items_of_answers(answers, path.name)
            fingerprint = rows_fingerprint(item.to_row() for item in items)
            record = ReleaseRecord(name=path.name, version=None, fingerprint=fingerprint)
            return select_items(items, selection), record
    release = open_data(data or "open")
    return items_of_release(release, selection), release.record()


def _replayed(study: Study) -> Path | None:
    """The file of the original arm's recorded answers, if it replays some."""
    spec = parse_model_spec(study.original.model)
    return Path(spec.name).expanduser() if spec.engine == "replay" else None
