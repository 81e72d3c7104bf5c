"""The provider: its files, its batches, what it was paid for, and what goes wrong on order."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.openai_provider.provider import Provider, Query, Refused, Reply

from .course import Course
from .jsonl import execute, input_errors

__all__ = ["BatchAPI", "completion"]

_ENDED = ("completed", "failed", "expired", "cancelled")


def completion(text: str | None, finish: str = "stop", model: str = "m") -> tuple[int, Reply]:
    """Status 200 and a chat completion as OpenAI makes it."""
    message = {"role": "assistant", "content": text, "refusal": None}
    return 200, {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    }


@dataclass
class BatchAPI(Provider):
    """``answer(body)`` is what a model says to a request: a status and a body.

    ``courses``: how the next batches go, in the order in which they are begun; the last one is
    that of all others. ``billed`` counts by ``custom_id`` how often a request was done, which is
    what costs money. ``queue``: how many requests may be in batches at once, as the token limit
    of an account.
    """

    answer: Callable[[Reply], tuple[int, Any]] = lambda body: completion("fine")
    courses: list[Course] = field(default_factory=lambda: [Course()])
    queue: int | None = None
    seed: int = 0
    batches: list[Reply] = field(default_factory=list)
    billed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._going: dict[str, tuple[Course, int]] = {}

    def _route(self, method: str, path: str, query: Query, headers: Any, body: bytes) -> Any:
        match (method, path.removeprefix("/v1/").split("/")):
            case ("POST", ["batches"]):
                return self._begin(json.loads(body))
            case ("GET", ["batches"]):
                return self._listed(self.batches[::-1], query)
            case ("GET", ["batches", batch_id]):
                return self._move_on(self._batch(batch_id))
            case ("POST", ["batches", batch_id, "cancel"]):
                return self._cancel(self._batch(batch_id))
        return super()._route(method, path, query, headers, body)

    def _begin(self, body: Reply) -> Reply:
        if body["input_file_id"] not in self.contents:
            raise Refused(400, f"No such File object: {body['input_file_id']}")
        if body["endpoint"] != "/v1/chat/completions" or body["completion_window"] != "24h":
            raise Refused(400, "Invalid endpoint or completion_window")
        if any(len(str(value)) > 512 for value in (body.get("metadata") or {}).values()):
            raise Refused(400, "metadata is too long")
        number = len(self.batches) + 1
        batch = {
            "id": f"batch_{number}",
            "object": "batch",
            "created_at": number,
            "endpoint": body["endpoint"],
            "completion_window": body["completion_window"],
            "input_file_id": body["input_file_id"],
            "metadata": body.get("metadata"),
            "status": "validating",
            "errors": None,
            "output_file_id": None,
            "error_file_id": None,
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
        }
        self.batches.append(batch)
        course = self.courses[0] if len(self.courses) == 1 else self.courses.pop(0)
        self._going[batch["id"]] = (course, 0)
        return batch

    def _batch(self, batch_id: str) -> Reply:
        for batch in self.batches:
            if batch["id"] == batch_id:
                return batch
        raise Refused(404, f"No batch found with id '{batch_id}'.")

    def _move_on(self, batch: Reply) -> Reply:
        """A batch goes one state further each time it is looked at."""
        course, looks = self._going[batch["id"]]
        if batch["status"] in _ENDED:
            return batch
        self._going[batch["id"]] = (course, looks + 1)
        if batch["status"] == "cancelling":
            self._end(batch, "cancelled", course)
        elif batch["status"] == "validating":
            self._validate(batch, course)
        elif looks < course.looks:
            batch["status"] = "in_progress"
        elif batch["status"] == "in_progress":
            batch["status"] = "finalizing"
        else:
            self._end(batch, course.end, course)
        return batch

    def _cancel(self, batch: Reply) -> Reply:
        if batch["status"] in _ENDED:
            raise Refused(409, f"Cannot cancel a batch with status '{batch['status']}'.")
        batch["status"] = "cancelling"
        return batch

    def _validate(self, batch: Reply, course: Course) -> None:
        lines = self.contents[batch["input_file_id"]].splitlines()
        errors = course.errors or input_errors(lines, batch["endpoint"])
        under_way = sum(b["request_counts"]["total"] for b in self.batches if b["status"] == "in_progress")  # fmt: skip
        if self.queue is not None and under_way + len(lines) > self.queue:
            errors = [{"code": "token_limit_exceeded", "line": None, "param": None,
                       "message": f"Enqueued token limit reached. Limit: {self.queue} enqueued."}]  # fmt: skip
        if errors:
            batch["status"] = "failed"
            batch["errors"] = {"object": "list", "data": errors}
            return
        batch["status"] = "in_progress"
        batch["request_counts"]["total"] = len(lines)

    def _end(self, batch: Reply, end: str, course: Course) -> None:
        """Do what the course lets be done, and write the two files."""
        chance = random.Random(f"{self.seed}/{batch['id']}")
        lines = [json.loads(line) for line in self.contents[batch["input_file_id"]].splitlines()]
        chance.shuffle(lines)
        done = lines[: course.share_done(len(lines), end)]
        for line in done:
            self.billed[line["custom_id"]] += 1
            self.bodies.append(line["body"])
        output, errors = execute(done, lines[len(done) :], self.answer, end)
        counts = {"total": len(lines), "completed": len(output), "failed": len(errors)}
        batch |= {"status": end, "request_counts": counts}
        for field_name, rows in (("output_file_id", output), ("error_file_id", errors)):
            if rows:
                content = course.spoilt(rows, chance)
                batch[field_name] = self._keep(content, f"{batch['id']}.jsonl", "batch_output")[
                    "id"
                ]
