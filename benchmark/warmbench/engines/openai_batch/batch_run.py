"""The requests of one arm on their way through batches: begun, followed, taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from warmbench.engines.budget import Budget, most_tokens
from warmbench.engines.engine import Responses
from warmbench.engines.openai.openai_engine import OTHER_LENGTH_FIELD, ChatCompletions
from warmbench.engines.openai_batch.batch_client import BatchClient
from warmbench.engines.openai_batch.batch_errors import Refusal
from warmbench.engines.openai_batch.lines import BatchLimits, in_files, read_line, request_line
from warmbench.engines.openai_batch.record import BatchRecord, BatchRecords
from warmbench.errors import EngineError
from warmbench.records.request import Request
from warmbench.records.response import Failure, FailureKind, Response
from warmbench.retry import Sleep

if TYPE_CHECKING:
    from collections.abc import Callable

    from openai.types import Batch

__all__ = ["BatchRun", "Surroundings"]

_ENDED = ("completed", "expired", "cancelled")
_FIRST_PAUSE_S, _LONGEST_PAUSE_S, _GROWTH = 5.0, 60.0, 1.5
_MOST_LOST_LOOKS = 60  # an hour at the longest pause
_GROUP = 500  # responses that are handed on, and written, together


@dataclass(frozen=True)
class Surroundings:
    """What a run through batches needs beside its requests. ``note`` is told how it goes."""

    desk: BatchClient
    records: BatchRecords
    budget: Budget
    limits: BatchLimits
    api: ChatCompletions
    wait: Sleep
    note: Callable[[str], None]


class BatchRun:
    """Requests that wait for a batch, and the batches that are open."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._wanted: dict[str, Request] = {}
        self._waiting: dict[str, Request] = {}
        self._open: dict[str, BatchRecord] = {}
        self._reserved: set[str] = set()
        self._reworded: set[str] = set()
        self._largest = around.limits.requests
        self._one_by_one = False
        self._pause = _FIRST_PAUSE_S
        self._lost_looks = 0
        self._told: dict[str, str] = {}

    def begin(self, requests: Sequence[Request]) -> None:
        """Take up the batches that hold these requests, and begin others for the rest."""
        new = {r.key: r for r in requests if r.key not in self._wanted}
        self._wanted.update(new)
        for record in self._around.records.unsettled():
            held = [key for key in record.keys if key in new]
            found = self._taken_up(record) if held else None
            if found is not None:
                self._open[found.mark] = found
                for key in held:
                    self._reserve(new.pop(key))
        self._waiting.update(new)
        self._submit()

    def responses(self) -> Responses:
        """Follow the batches to their ends; what a batch did not do is a failure."""
        while self._open or self._waiting:
            ended = False
            for record in list(self._open.values()):
                batch = self._look(record)
                if batch is not None and batch.status in (*_ENDED, "failed"):
                    yield from self._take(record, batch)
                    ended = True
            if self._waiting and not (self._one_by_one and self._open):
                self._submit()
            if self._open and not ended:
                self._around.wait(self._pause)
                self._pause = min(self._pause * _GROWTH, _LONGEST_PAUSE_S)

    def _taken_up(self, record: BatchRecord) -> BatchRecord | None:
        """The batch of a record; None where nothing came of it before its process ended."""
        batch = record.batch or self._around.desk.find(record.mark)
        if batch is None:
            self._around.records.settle(record)
            return None
        self._around.note(f"{batch}: begun before, followed on")
        return self._around.records.keep(record.model_copy(update={"batch": batch}))

    def _submit(self) -> None:
        """Begin batches for what waits: all of it, or one where the queue is short."""
        affordable = self._affordable()
        lines = [request_line(self._around.api, r) for r in affordable]
        limits = BatchLimits(self._largest, self._around.limits.bytes)
        for requests, content in in_files(affordable, lines, limits):
            self._begin_batch(requests, content)
            for request in requests:
                del self._waiting[request.key]
            if self._one_by_one:
                break
        self._pause = _FIRST_PAUSE_S

    def _affordable(self) -> list[Request]:
        """What waits, as far as the budget goes; the rest is not asked for."""
        for request in list(self._waiting.values()):
            if not self._reserve(request):
                break
        for key in self._waiting.keys() - self._reserved:
            del self._waiting[key], self._wanted[key]
        return list(self._waiting.values())

    def _reserve(self, request: Request) -> bool:
        if request.key not in self._reserved:
            if not self._around.budget.reserve(request.arm, most_tokens(request)):
                return False
            self._reserved.add(request.key)
        return True

    def _begin_batch(self, requests: Sequence[Request], content: bytes) -> None:
        """Each id is kept as soon as it is known."""
        desk, records = self._around.desk, self._around.records
        record = records.keep(BatchRecord.begin([request.key for request in requests]))
        file_id = desk.upload(content, record.mark)
        record = records.keep(record.model_copy(update={"input_file": file_id}))
        batch = desk.begin(file_id, record.mark)
        record = records.keep(record.model_copy(update={"batch": batch}))
        self._open[record.mark] = record
        self._around.note(
            f"{batch}: begun with {len(requests):,} requests; follow it here, or stop with Ctrl-C: "
            "it goes on, and the same command follows it again"
        )

    def _look(self, record: BatchRecord) -> Batch | None:
        assert record.batch is not None
        batch = self._around.desk.look(record.batch, self._around.records.where(record))
        if batch is None:
            self._lost_looks += 1
            if self._lost_looks > _MOST_LOST_LOOKS:
                raise EngineError(
                    f"{record.batch}: the provider has not answered {self._lost_looks} times in a "
                    "row; the batch goes on, and the same command follows it"
                )
            return None
        self._lost_looks = 0
        self._tell(batch)
        return batch

    def _tell(self, batch: Batch) -> None:
        """Say how it stands, when that has changed."""
        said = batch.status.replace("_", " ")
        counts = batch.request_counts
        if counts is not None and counts.total:
            said += f", {counts.completed:,} of {counts.total:,} done"
            said += f", {counts.failed:,} failed" if counts.failed else ""
        if self._told.get(batch.id) != said:
            self._told[batch.id] = said
            self._around.note(f"{batch.id}: {said}")

    def _take(self, record: BatchRecord, batch: Batch) -> Iterator[list[Response]]:
        """Hand on all that came of a batch; it is settled when the last was taken."""
        del self._open[record.mark]
        pending = {key: self._wanted[key] for key in record.keys if key in self._wanted}
        found = self._refused(record, batch, pending) if batch.status == "failed" else None
        groups = self._read(batch, pending) if found is None else iter([found])
        for group in groups:
            for response in group:
                self._settle_budget(self._wanted.pop(response.key), response)
            if group:
                yield group
        self._around.records.settle(record)

    def _read(self, batch: Batch, pending: dict[str, Request]) -> Iterator[list[Response]]:
        """The responses in the files of a batch, and failures for what stands in none."""
        group: list[Response] = []
        garbled = 0
        desk = self._around.desk
        for line in chain(desk.lines(batch.output_file_id), desk.lines(batch.error_file_id)):
            response = read_line(line, self._around.api)
            garbled += response is None
            if response is None or response.key not in pending:
                continue
            request = pending.pop(response.key)
            if self._is_to_be_reworded(response):
                self._waiting[request.key] = request
                continue
            group.append(response)
            if len(group) == _GROUP:
                yield group
                group = []
        kind, why = FailureKind.MISSING, f"{batch.id} ({batch.status}) has no line for it"
        if garbled:
            kind, why = FailureKind.MALFORMED, f"{why}, and {garbled:,} that can't be read"
        yield [*group, *(Failure(key, kind, why) for key in pending)]

    def _is_to_be_reworded(self, response: Response) -> bool:
        """Whether the model wants the length under the other name. Such a request is asked again
        once: it was refused, so it cost nothing."""
        if isinstance(response, Failure) and response.kind is FailureKind.BAD_REQUEST:
            wanted = OTHER_LENGTH_FIELD in response.message
            if wanted and response.key not in self._reworded:
                self._reworded.add(response.key)
                self._around.api.length_field = OTHER_LENGTH_FIELD
                return True
        return False

    def _refused(
        self, record: BatchRecord, batch: Batch, pending: dict[str, Request]
    ) -> list[Response]:
        """What follows from a batch that failed its validation, of which nothing was done: the
        lines at fault are failures, the others wait for another batch.

        Raises ``EngineError`` when no other batch would fare better.
        """
        refusal = Refusal.of(batch)
        if refusal.queue_is_full and (self._open or len(record.keys) > 1):
            if not self._open:
                self._largest = -(-min(self._largest, len(record.keys)) // 2)
            self._one_by_one = True
            self._around.note(f"{batch.id}: {refusal.words}; going on with one batch at a time")
            self._waiting.update(pending)
            return []
        faults = refusal.faults(record.keys)
        if not faults or len(faults) == len(record.keys):
            self._around.records.settle(record)
            raise EngineError(f"{batch.id}: the provider refuses the batch: {refusal.words}")
        self._waiting.update((k, r) for k, r in pending.items() if k not in faults)
        return [
            Failure(key, FailureKind.BAD_REQUEST, why)
            for key, why in faults.items()
            if key in pending
        ]

    def _settle_budget(self, request: Request, response: Response) -> None:
        if request.key in self._reserved:
            self._reserved.discard(request.key)
            self._around.budget.settle(request.arm, most_tokens(request), response.billed)
