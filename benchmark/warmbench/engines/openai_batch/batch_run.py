"""The requests of one arm in batches: started, polled, collected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from warmbench.engines.budget import Budget, most_tokens
from warmbench.engines.engine import Responses
from warmbench.engines.openai.chat_completions import ChatCompletions
from warmbench.engines.openai_batch.batch_client import BatchClient, Refusal
from warmbench.engines.openai_batch.lines import (
    BatchLimits,
    in_files,
    line_error,
    read_line,
    request_line,
)
from warmbench.engines.openai_batch.record import BatchRecord, BatchRecords
from warmbench.errors import EngineError
from warmbench.records.request import Request
from warmbench.records.request_form import USUAL_FORM, RequestForm
from warmbench.records.response import Answer, Failure, FailureKind, Response
from warmbench.retry import Sleep

if TYPE_CHECKING:
    from collections.abc import Callable

    from openai.types import Batch

__all__ = ["BatchRun", "BatchSetup"]

_ENDED = ("completed", "expired", "cancelled")
_FIRST_PAUSE_S, _LONGEST_PAUSE_S, _GROWTH = 5.0, 60.0, 1.5
_MOST_FAILED_POLLS = 60  # an hour at the longest pause
_GROUP = 500  # responses that are handed on, and written, together


@dataclass(frozen=True)
class BatchSetup:
    """What a run of batches needs besides its requests. ``note`` is called with its progress;
    ``has_answers``: the ledger has some of this arm."""

    client: BatchClient
    records: BatchRecords
    budget: Budget
    limits: BatchLimits
    api: ChatCompletions
    sleep: Sleep
    note: Callable[[str], None]
    has_answers: bool = False


class BatchRun:
    """Requests that wait for a batch, and the batches that are open."""

    def __init__(self, setup: BatchSetup) -> None:
        self._setup = setup
        self._wanted: dict[str, Request] = {}
        self._waiting: dict[str, Request] = {}
        self._open: dict[str, BatchRecord] = {}
        self._reserved: set[str] = set()
        self._forms: dict[str, RequestForm] = {}
        self._has_answers = setup.has_answers
        self._largest = setup.limits.requests
        self._one_by_one = False
        self._pause = _FIRST_PAUSE_S
        self._failed_polls = 0
        self._reported: dict[str, str] = {}

    def begin(self, requests: Sequence[Request]) -> None:
        """Resume the batches that have these requests, and start others for the rest."""
        new = {r.key: r for r in requests if r.key not in self._wanted}
        self._wanted.update(new)
        for record in self._setup.records.unsettled():
            held = [key for key in record.keys if key in new]
            found = self._resumed(record) if held else None
            if found is not None:
                self._open[found.mark] = found
                for key in held:
                    self._reserve(new.pop(key))
        self._waiting.update(new)
        self._submit()

    def responses(self) -> Responses:
        """Poll the batches until they end; what a batch left out is a failure."""
        while self._open or self._waiting:
            ended = False
            for record in list(self._open.values()):
                batch = self._poll(record)
                if batch is not None and batch.status in (*_ENDED, "failed"):
                    yield from self._take(record, batch)
                    ended = True
            if self._waiting and not (self._one_by_one and self._open):
                self._submit()
            if self._open and not ended:
                self._setup.sleep(self._pause)
                self._pause = min(self._pause * _GROWTH, _LONGEST_PAUSE_S)

    def _resumed(self, record: BatchRecord) -> BatchRecord | None:
        """The record of a batch that was started; None where its process ended before that."""
        batch = record.batch or self._setup.client.find(record.mark)
        if batch is None:
            self._setup.records.settle(record)
            return None
        self._setup.note(f"{batch}: already started, resumed")
        return self._setup.records.keep(record.model_copy(update={"batch": batch}))

    def _submit(self) -> None:
        """Start batches for all waiting requests, or one batch where the queue is short."""
        affordable = self._affordable()
        lines = [request_line(self._setup.api, r) for r in affordable]
        limits = BatchLimits(self._largest, self._setup.limits.bytes)
        for requests, content in in_files(affordable, lines, limits):
            self._start_batch(requests, content)
            for request in requests:
                del self._waiting[request.key]
            if self._one_by_one:
                break
        self._pause = _FIRST_PAUSE_S

    def _affordable(self) -> list[Request]:
        """The waiting requests that the budget allows; the others are dropped."""
        for request in list(self._waiting.values()):
            if not self._reserve(request):
                break
        for key in self._waiting.keys() - self._reserved:
            del self._waiting[key], self._wanted[key]
        return list(self._waiting.values())

    def _reserve(self, request: Request) -> bool:
        if request.key not in self._reserved:
            if not self._setup.budget.reserve(request.arm, most_tokens(request)):
                return False
            self._reserved.add(request.key)
        return True

    def _start_batch(self, requests: Sequence[Request], content: bytes) -> None:
        """Each id is recorded as soon as it is known."""
        client, records = self._setup.client, self._setup.records
        record = records.keep(BatchRecord.begin([request.key for request in requests]))
        self._forms[record.mark] = self._setup.api.form
        file_id = client.upload(content, record.mark)
        record = records.keep(record.model_copy(update={"input_file": file_id}))
        batch = client.start(file_id, record.mark)
        record = records.keep(record.model_copy(update={"batch": batch}))
        self._open[record.mark] = record
        self._setup.note(
            f"{batch}: started with {len(requests):,} requests; wait here, or stop with Ctrl-C: "
            "the batch keeps running, and the same command resumes it"
        )

    def _poll(self, record: BatchRecord) -> Batch | None:
        assert record.batch is not None
        batch = self._setup.client.poll(record.batch, self._setup.records.where(record))
        if batch is None:
            self._failed_polls += 1
            if self._failed_polls > _MOST_FAILED_POLLS:
                raise EngineError(
                    f"{record.batch}: the provider did not respond {self._failed_polls} times in a "
                    "row; the batch keeps running, and the same command resumes it"
                )
            return None
        self._failed_polls = 0
        self._report(batch)
        return batch

    def _report(self, batch: Batch) -> None:
        """Note the status, when it has changed."""
        status = batch.status.replace("_", " ")
        counts = batch.request_counts
        if counts is not None and counts.total:
            status += f", {counts.completed:,} of {counts.total:,} done"
            status += f", {counts.failed:,} failed" if counts.failed else ""
        if self._reported.get(batch.id) != status:
            self._reported[batch.id] = status
            self._setup.note(f"{batch.id}: {status}")

    def _take(self, record: BatchRecord, batch: Batch) -> Iterator[list[Response]]:
        """Yield all responses of a batch; it is settled after the last."""
        del self._open[record.mark]
        pending = {key: self._wanted[key] for key in record.keys if key in self._wanted}
        found = self._refused(record, batch, pending) if batch.status == "failed" else None
        form = self._forms.get(record.mark, USUAL_FORM)
        groups = self._read(batch, pending, form) if found is None else iter([found])
        for group in groups:
            for response in group:
                self._settle_budget(self._wanted.pop(response.key), response)
            if group:
                yield group
        self._setup.records.settle(record)

    def _read(
        self, batch: Batch, pending: dict[str, Request], form: RequestForm
    ) -> Iterator[list[Response]]:
        """The responses in the files of a batch that was sent in this form, and failures for
        requests that are in none."""
        group: list[Response] = []
        garbled = 0
        client = self._setup.client
        for line in chain(client.lines(batch.output_file_id), client.lines(batch.error_file_id)):
            response = read_line(line, self._setup.api)
            garbled += response is None
            if response is None or response.key not in pending:
                continue
            request = pending.pop(response.key)
            if isinstance(response, Failure) and self._adapts(line, request, form):
                self._waiting[request.key] = request
                continue
            group.append(response)
            self._has_answers = self._has_answers or isinstance(response, Answer)
            if len(group) == _GROUP:
                yield group
                group = []
        kind, why = FailureKind.MISSING, f"{batch.id} ({batch.status}) has no line for it"
        if garbled:
            kind, why = FailureKind.MALFORMED, f"{why}, and {garbled:,} that can't be read"
        yield [*group, *(Failure(key, kind, why) for key in pending)]

    def _adapts(self, line: bytes, request: Request, sent: RequestForm) -> bool:
        """Whether the model takes the request in another form than the one in which it was sent:
        then it is sent again. It was refused, so it cost nothing. An arm that has answers is not
        asked in another way."""
        error, api = line_error(line), self._setup.api
        if error is None or api.other_form(error, request, sent) is None:
            return False
        # Another line of the batch may have been the first to be refused so.
        form = api.other_form(error, request) or api.form
        if self._has_answers and sent.changes_answers(form):
            return False
        api.form = form
        return True

    def _refused(
        self, record: BatchRecord, batch: Batch, pending: dict[str, Request]
    ) -> list[Response]:
        """The failures of a batch that failed its validation, so that nothing of it was done: those
        of the invalid lines. The other requests wait for another batch.

        Raises ``EngineError`` when another batch would be refused too.
        """
        refusal = Refusal.of(batch)
        if refusal.queue_is_full and (self._open or len(record.keys) > 1):
            if not self._open:
                self._largest = -(-min(self._largest, len(record.keys)) // 2)
            self._one_by_one = True
            self._setup.note(f"{batch.id}: {refusal.message}; continuing with one batch at a time")
            self._waiting.update(pending)
            return []
        invalid = refusal.invalid(record.keys)
        if not invalid or len(invalid) == len(record.keys):
            self._setup.records.settle(record)
            raise EngineError(f"{batch.id}: the provider refused the batch: {refusal.message}")
        self._waiting.update((k, r) for k, r in pending.items() if k not in invalid)
        return [
            Failure(key, FailureKind.BAD_REQUEST, why)
            for key, why in invalid.items()
            if key in pending
        ]

    def _settle_budget(self, request: Request, response: Response) -> None:
        if request.key in self._reserved:
            self._reserved.discard(request.key)
            self._setup.budget.settle(request.arm, most_tokens(request), response.billed)
