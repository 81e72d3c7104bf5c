"""Records of a run's batches, so that another process finds them again.

One file a batch under ``batches/`` of the run folder, written before the batch is started and after
each step::

    {"mark": "5f0c...-9d41c2...", "keys": ["3a7b...", ...], "input_file": "file-1",
     "batch": "batch_1", "settled": false}
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warmbench.errors import DataError, first_problem
from warmbench.folders import write_json

__all__ = ["BatchRecord", "BatchRecords"]


class BatchRecord(BaseModel):
    """One batch. ``mark`` names it at the provider: a hash of its keys, and a ticket that tells
    it from an earlier batch of the same requests. ``settled``: all its responses were taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mark: str = Field(pattern=r"^[0-9a-f]{32}-[0-9a-f]{16}$")
    keys: tuple[str, ...]
    input_file: str | None = None
    batch: str | None = None
    settled: bool = False

    @classmethod
    def begin(cls, keys: Sequence[str]) -> Self:
        """A batch of these requests, before it is started."""
        digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()
        return cls(mark=f"{digest[:32]}-{secrets.token_hex(8)}", keys=tuple(keys))


class BatchRecords:
    """The records of one run folder, or of this process alone where ``work_dir`` is None.

    Raises ``DataError`` for a file that is not a record, ``OutputError`` when one can't be written.
    """

    def __init__(self, work_dir: Path | None) -> None:
        self._folder = None if work_dir is None else work_dir / "batches"
        self._kept: dict[str, BatchRecord] = {}

    def unsettled(self) -> list[BatchRecord]:
        """The batches that may still have responses, by their marks."""
        if self._folder is not None:
            for path in sorted(self._folder.glob("*.json")):
                if path.stem not in self._kept:
                    self._kept[path.stem] = _read(path)
        return [record for _, record in sorted(self._kept.items()) if not record.settled]

    def keep(self, record: BatchRecord) -> BatchRecord:
        if self._folder is not None:
            write_json(self._folder / f"{record.mark}.json", record.model_dump(mode="json"))
        self._kept[record.mark] = record
        return record

    def settle(self, record: BatchRecord) -> None:
        """Nothing more is expected of it."""
        self.keep(record.model_copy(update={"settled": True}))

    def where(self, record: BatchRecord) -> str:
        """The file of the record, for messages."""
        return str(self._folder / f"{record.mark}.json") if self._folder else record.mark


def _read(path: Path) -> BatchRecord:
    try:
        record = BatchRecord.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(f"{path}: not the record of a batch ({first_problem(error)})") from None
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror})") from None
    if record.mark != path.stem:
        raise DataError(f"{path}: is the record of another batch, {record.mark}")
    return record
