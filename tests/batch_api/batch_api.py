"""The provider: its files, its batches, what it was paid for, and what goes wrong on order."""

from __future__ import annotations

import email.parser
import email.policy
import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .course import Course
from .jsonl import execute, input_errors

__all__ = ["KEY", "BatchAPI", "Fault", "Raw", "completion"]

KEY = "sk-good-key-0123456789"

Reply = dict[str, Any]
_ENDED = ("completed", "failed", "expired", "cancelled")


@dataclass(frozen=True)
class Fault:
    """What happens to one call. ``done``: the work is done all the same; status None closes the
    connection without a word."""

    status: int | None
    done: bool = False
    message: str = "no"


@dataclass(frozen=True)
class Raw:
    """The content of a file, which is no JSON."""

    content: bytes


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message


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
class BatchAPI:
    """``answer(body)`` is what a model says to a request: a status and a body.

    ``courses``: how the next batches go, in the order in which they are begun; the last one is
    that of all others. ``faults``: what happens to the next calls of a kind, e.g.
    ``{("POST", "/v1/files"): [Fault(500)]}``; ``*`` stands for an id. ``billed`` counts by
    ``custom_id`` how often a request was done, which is what costs money. ``queue``: how many
    requests may be in batches at once, as the token limit of an account.
    """

    answer: Callable[[Reply], tuple[int, Any]] = lambda body: completion("fine")
    courses: list[Course] = field(default_factory=lambda: [Course()])
    faults: dict[tuple[str, str], list[Fault]] = field(default_factory=dict)
    queue: int | None = None
    page: int = 2
    seed: int = 0
    files: list[Reply] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    batches: list[Reply] = field(default_factory=list)
    billed: Counter[str] = field(default_factory=Counter)
    bodies: list[Reply] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._going: dict[str, tuple[Course, int]] = {}

    def count(self, method: str, path: str) -> int:
        return self.calls.count((method, path))

    def call(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int | None, Any]:
        """The status and the answer; the status None: no answer."""
        url = urlsplit(target)
        with self._lock:
            self.calls.append((method, url.path))
            self.keys.add(headers.get("Authorization", "").removeprefix("Bearer "))
            fault = self._fault(method, url.path)
            try:
                if headers.get("Authorization") != f"Bearer {KEY}":
                    raise _Refused(401, "Incorrect API key provided")
                if fault is None or fault.done:
                    done = self._route(method, url.path, parse_qs(url.query), headers, body)
                if fault is not None:
                    return fault.status, _error(fault.message)
            except _Refused as refused:
                return refused.status, _error(refused.message)
            return 200, done

    def _fault(self, method: str, path: str) -> Fault | None:
        parts = path.split("/")
        general = "/".join("*" if part.startswith(("batch_", "file-")) else part for part in parts)
        for at in ((method, path), (method, general)):
            if self.faults.get(at):
                return self.faults[at].pop(0)
        return None

    def _route(
        self, method: str, path: str, query: dict[str, list[str]], headers: Any, body: bytes
    ) -> Any:
        match (method, path.removeprefix("/v1/").split("/")):
            case ("POST", ["files"]):
                return self._upload(headers["Content-Type"], body)
            case ("GET", ["files"]):
                purpose = query.get("purpose", [None])[0]
                found = [f for f in self.files if purpose in (None, f["purpose"])]
                return self._listed(found[::-1], query)
            case ("GET", ["files", file_id, "content"]):
                if file_id not in self.contents:
                    raise _Refused(404, f"No such File object: {file_id}")
                return Raw(self.contents[file_id])
            case ("POST", ["batches"]):
                return self._begin(json.loads(body))
            case ("GET", ["batches"]):
                return self._listed(self.batches[::-1], query)
            case ("GET", ["batches", batch_id]):
                return self._move_on(self._batch(batch_id))
            case ("POST", ["batches", batch_id, "cancel"]):
                return self._cancel(self._batch(batch_id))
        raise _Refused(404, f"Invalid URL ({method} {path})")

    def _upload(self, content_type: str, body: bytes) -> Reply:
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        parts: dict[Any, Any] = {
            part.get_param("name", header="content-disposition"): part for part in form.iter_parts()
        }
        name, purpose = parts["file"].get_filename(), parts["purpose"].get_payload()
        return self._keep(parts["file"].get_payload(decode=True), name, purpose)

    def _keep(self, content: bytes, name: str, purpose: str) -> Reply:
        file: Reply = {
            "id": f"file-{len(self.files) + 1}",
            "object": "file",
            "bytes": len(content),
            "created_at": len(self.files),
            "filename": name,
            "purpose": purpose,
            "status": "processed",
        }
        self.files.append(file)
        self.contents[file["id"]] = content
        return file

    def _begin(self, body: Reply) -> Reply:
        if body["input_file_id"] not in self.contents:
            raise _Refused(400, f"No such File object: {body['input_file_id']}")
        if body["endpoint"] != "/v1/chat/completions" or body["completion_window"] != "24h":
            raise _Refused(400, "Invalid endpoint or completion_window")
        if any(len(str(value)) > 512 for value in (body.get("metadata") or {}).values()):
            raise _Refused(400, "metadata is too long")
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
        raise _Refused(404, f"No batch found with id '{batch_id}'.")

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
            raise _Refused(409, f"Cannot cancel a batch with status '{batch['status']}'.")
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

    def _listed(self, things: list[Reply], query: dict[str, list[str]]) -> Reply:
        """A page of at most ``page`` things, so that a client has to turn pages."""
        after = query.get("after", [None])[0]
        start = next((n + 1 for n, thing in enumerate(things) if thing["id"] == after), 0)
        end = start + self.page
        return {"object": "list", "data": things[start:end], "has_more": end < len(things)}


def _error(message: str) -> Reply:
    return {"error": {"message": message, "type": "invalid_request_error", "code": None}}
