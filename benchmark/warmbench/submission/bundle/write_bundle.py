"""Writes a bundle of a finished run: the same run gives the same bytes."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from warmbench.folders import atomic_write, new_folder, write_json
from warmbench.judging.registry import recorded_judge
from warmbench.judging.verdicts import verdicts_of
from warmbench.records.tables import FAILURE_SCHEMA, RESPONSE_SCHEMA, VERDICT_SCHEMA
from warmbench.running.folder import RunFolder
from warmbench.scoring.score import score_run
from warmbench.submission.bundle.json_lines import to_json_lines
from warmbench.submission.bundle.members import (
    CLOSING_RESPONSES,
    FAILURES,
    JUDGING,
    MEMBERS,
    PROMPT_RESPONSES,
    RESPONSES,
    SCORECARD,
    SUBMISSION,
    VERDICTS,
)
from warmbench.submission.bundle.submission import Submission

__all__ = ["write_bundle", "write_zip"]

_FIRST_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16

_REASONING_KEPT = 500
"""Characters: reasoning is never judged, and may be many times as long as its answer. With this the
bundle of a whole release stays within ``LIMITS``; ``reasoning_words`` has the whole length."""

Rows = Sequence[Mapping[str, Any]]


def write_bundle(run: RunFolder, submission: Submission, out: Path) -> None:
    """Write the bundle of ``run`` as the folder ``out``, whole or not at all.

    Scores the run (and judges it by reference where nobody has judged yet). Rows are in one
    order, whatever order they were answered in. Raises ``DataError`` where the run has not
    finished, ``OutputError`` where ``out`` can't be written.
    """
    card = score_run(run)
    with new_folder(out) as folder:
        write_json(folder / SUBMISSION, submission.model_dump(mode="json"))
        card.write(folder / SCORECARD)
        _write_rows(folder / RESPONSES, _shortened(run.responses()), RESPONSE_SCHEMA)
        _write_rows(folder / VERDICTS, verdicts_of(run), VERDICT_SCHEMA)
        if prompt_responses := run.prompt_responses():
            _write_rows(folder / PROMPT_RESPONSES, _shortened(prompt_responses), RESPONSE_SCHEMA)
        if stated := run.closing_responses():
            _write_rows(folder / CLOSING_RESPONSES, _shortened(stated), RESPONSE_SCHEMA)
        if failures := run.failures():
            _write_rows(folder / FAILURES, failures, FAILURE_SCHEMA)
        judge = recorded_judge(submission.judge)
        if run.judging_path.is_file() and not (judge and judge.recomputable):
            shutil.copyfile(run.judging_path, folder / JUDGING)


def write_zip(folder: Path, out: Path) -> None:
    """Write a bundle's folder as one .zip: nothing in it tells when or where it was made."""
    with atomic_write(out) as file, zipfile.ZipFile(file, "w") as archive:
        for name in MEMBERS:
            if (folder / name).is_file():
                member = zipfile.ZipInfo(name, _FIRST_OF_ZIP)
                member.external_attr = _PLAIN_FILE
                member.create_system = 3
                content = (folder / name).read_bytes()
                archive.writestr(member, content, zipfile.ZIP_DEFLATED, compresslevel=9)


def _shortened(rows: Rows) -> list[dict[str, Any]]:
    """The rows with the beginning of their reasoning."""
    return [
        {**row, "reasoning": (row.get("reasoning") or "")[:_REASONING_KEPT] or None} for row in rows
    ]


def _write_rows(path: Path, rows: Rows, schema: pa.Schema) -> None:
    ordered = sorted(rows, key=itemgetter("arm", "epoch", "item_id"))
    with atomic_write(path) as file:
        file.writelines(to_json_lines(ordered, schema))
