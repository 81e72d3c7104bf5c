"""What one rater has said so far: a CSV that is written whole after each label.

    answer_id,label,note
    kfbhcpdamcgl-ndjoai,wrong,names the wrong year

The file appears whole or not at all: whoever ends the process loses nothing that was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from warmbench.data.cell import cell_text
from warmbench.data.table import read_rows, write_rows
from warmbench.errors import DataError, UsageError
from warmbench.judging.audit.label import label_of
from warmbench.judging.audit.rule import LABELS
from warmbench.text_safety import cell_of, text_of_cell

__all__ = ["MOST_OF_A_NOTE", "RaterFile", "Said", "rater_name", "rater_names"]

MOST_OF_A_NOTE = 2_000
"""Characters."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def rater_name(name: str) -> str:
    """The name, if it can be that of a rater and a file; else ``UsageError``."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"--rater {name[:60]!r}: must be 1 to 40 letters, digits, hyphens and underscores, "
            "beginning with a letter or digit"
        )
    return name


def rater_names(files: Iterable[Path]) -> dict[str, Path]:
    """Rater -> file, each named as its file; ``UsageError`` for two of one name."""
    named: dict[str, Path] = {}
    for path in files:
        twice = next((n for n in named if n.casefold() == path.stem.casefold()), None)
        if twice is not None:
            raise UsageError(
                f"{path}: the rater {path.stem!r} is named twice, by {named[twice]} too; a file is "
                "named for its rater"
            )
        named[path.stem] = path
    return named


@dataclass(frozen=True, slots=True)
class Said:
    """One label and what the rater noted; ``label`` is empty where there is only a note."""

    label: str = ""
    note: str = ""


@dataclass
class RaterFile:
    """``said``: answer id -> what the rater says of it."""

    path: Path
    said: dict[str, Said] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path) -> RaterFile:
        """The file as it is; without labels where there is none yet. ``DataError`` for a file that
        is not a rater's."""
        said: dict[str, Said] = {}
        for number, row in enumerate(read_rows(path, repair=True) if path.exists() else [], 1):
            where = f"{path}, row {number}"
            answer_id, label = cell_text(row.get("answer_id")), cell_text(row.get("label"))
            if not answer_id:
                raise DataError(
                    f"{where}: no 'answer_id'; a rater's file has answer_id, label, note"
                )
            label_of(where, "label", label)
            said[answer_id] = Said(label, text_of_cell(str(row.get("note") or "")))
        return cls(path, said)

    def put(self, answer_id: str, said: Said) -> None:
        """Keep what is said of an answer, in the file at once."""
        if said.label not in ("", *LABELS):
            raise UsageError(f"the label {said.label[:40]!r} is not one of {', '.join(LABELS)}")
        if len(said.note) > MOST_OF_A_NOTE:
            raise UsageError(f"the note is longer than {MOST_OF_A_NOTE:,} characters")
        now = {**self.said, answer_id: said}
        write_rows(
            self.path,
            [
                {"answer_id": each, "label": found.label, "note": cell_of(found.note)}
                for each, found in sorted(now.items())
            ],
        )
        self.said = now
