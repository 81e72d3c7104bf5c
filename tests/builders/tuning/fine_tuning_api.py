"""OpenAI's files and fine-tuning jobs on loopback: what a job needs, with faults to order."""

from __future__ import annotations

import email.parser
import email.policy
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

__all__ = ["KEY", "Fault", "FineTuningAPI", "serve"]

KEY = "sk-good-key-0123456789"


@dataclass(frozen=True)
class Fault:
    """What happens to one request. ``done``: the work is done all the same; status None closes
    the connection without a word."""

    status: int | None
    done: bool = False
    message: str = "no"


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message


@dataclass
class FineTuningAPI:
    """``script``: the states a job goes through, one each time it is looked at. ``faults``: what
    happens to the next requests of a kind, e.g. ``{("POST", "/v1/files"): [Fault(500)]}``."""

    script: tuple[str, ...] = ("validating_files", "running", "succeeded")
    faults: dict[tuple[str, str], list[Fault]] = field(default_factory=dict)
    failure: str = "the training file is not to our taste"
    page: int = 2
    files: list[dict[str, Any]] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    looked_at: threading.Event = field(default_factory=threading.Event)

    def count(self, method: str, path: str) -> int:
        return self.requests.count((method, path))

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int | None, Any]:
        url = urlsplit(target)
        self.requests.append((method, url.path))
        self.keys.add(headers.get("Authorization", "").removeprefix("Bearer "))
        waiting = self.faults.get((method, url.path), [])
        fault = waiting.pop(0) if waiting else None
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

    def _route(
        self, method: str, path: str, query: dict[str, list[str]], headers: Any, body: bytes
    ) -> Any:
        parts = path.removeprefix("/v1/").split("/")
        match (method, parts):
            case ("POST", ["files"]):
                return self._upload(headers["Content-Type"], body)
            case ("GET", ["files"]):
                return self._listed(self.files[::-1], query)
            case ("POST", ["fine_tuning", "jobs"]):
                return self._create(json.loads(body))
            case ("GET", ["fine_tuning", "jobs"]):
                wanted = query.get("metadata[warmbench]", [None])[0]
                jobs = [j for j in self.jobs if wanted in (None, j["metadata"].get("warmbench"))]
                return self._listed(jobs[::-1], query)
            case ("GET", ["fine_tuning", "jobs", job_id]):
                return self._look_at(job_id)
            case ("GET", ["fine_tuning", "jobs", job_id, "events"]):
                return self._listed(self.events[job_id][::-1], query)
            case ("GET", ["fine_tuning", "jobs", job_id, "checkpoints"]):
                return self._listed(_checkpoints(job_id), query)
        raise _Refused(404, f"Invalid URL ({method} {path})")

    def _upload(self, content_type: str, body: bytes) -> dict[str, Any]:
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        parts = {part.get_param("name", header="content-disposition"): part for part in form.iter_parts()}  # fmt: skip
        content = parts["file"].get_payload(decode=True)
        file = {
            "id": f"file-{len(self.files) + 1}",
            "object": "file",
            "bytes": len(content),
            "created_at": len(self.files),
            "filename": parts["file"].get_filename(),
            "purpose": parts["purpose"].get_payload(),
            "status": "processed",
        }
        self.files.append(file)
        self.contents[file["id"]] = content
        return file

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["training_file"] not in self.contents:
            raise _Refused(400, f"invalid training_file: {body['training_file']}")
        if not body["model"].startswith("gpt-"):
            raise _Refused(404, f"The model `{body['model']}` does not exist")
        self.bodies.append(body)
        job_id = f"ftjob-{len(self.jobs) + 1}"
        job = {
            "id": job_id,
            "object": "fine_tuning.job",
            "created_at": len(self.jobs),
            "error": None,
            "fine_tuned_model": None,
            "finished_at": None,
            "hyperparameters": body["method"]["supervised"]["hyperparameters"],
            "method": body["method"],
            "metadata": body["metadata"],
            "model": body["model"],
            "organization_id": "org-1",
            "result_files": [],
            "seed": body["seed"],
            "status": "queued",
            "trained_tokens": None,
            "training_file": body["training_file"],
            "validation_file": body.get("validation_file"),
            "suffix": body["suffix"],
        }
        self.jobs.append(job)
        self.events[job_id] = [_event(0, f"Created fine-tuning job: {job_id}")]
        return job

    def _look_at(self, job_id: str) -> dict[str, Any]:
        job = next((job for job in self.jobs if job["id"] == job_id), None)
        if job is None:
            raise _Refused(404, f"Could not find fine tune: {job_id}")
        self.looked_at.set()
        seen = len(self.events[job_id]) - 1
        if seen < len(self.script):
            job["status"] = self.script[seen]
            self.events[job_id].append(_event(seen + 1, f"The job is {job['status']}"))
        if job["status"] == "succeeded":
            job["fine_tuned_model"] = f"ft:{job['model']}:org:{job['suffix']}:{job_id}"
            job["trained_tokens"] = 1234
        if job["status"] == "failed":
            job["error"] = {"code": "invalid", "message": self.failure, "param": None}
        return job

    def _listed(self, things: list[dict[str, Any]], query: dict[str, list[str]]) -> dict[str, Any]:
        """A page of at most ``page`` things, so that a client has to turn pages."""
        after = query.get("after", [None])[0]
        start = next((n + 1 for n, thing in enumerate(things) if thing["id"] == after), 0)
        end = start + self.page
        return {"object": "list", "data": things[start:end], "has_more": end < len(things)}


def _event(number: int, message: str) -> dict[str, Any]:
    return {
        "id": f"ftevent-{number}",
        "object": "fine_tuning.job.event",
        "created_at": number,
        "level": "info",
        "message": message,
    }


def _checkpoints(job_id: str) -> list[dict[str, Any]]:
    """Newest first, as OpenAI lists them."""
    return [
        {
            "id": f"ftckpt-{step}",
            "object": "fine_tuning.job.checkpoint",
            "created_at": step,
            "fine_tuned_model_checkpoint": f"ft:{job_id}:ckpt-step-{step}",
            "fine_tuning_job_id": job_id,
            "metrics": {"step": step, "train_loss": 1.0 / step, "full_valid_loss": None},
            "step_number": step,
        }
        for step in (20, 10)
    ]


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "code": None}}


@contextmanager
def serve(api: FineTuningAPI) -> Iterator[str]:
    """Serve it on a free port; yields its base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, answer = api.answer(self.command, self.path, self.headers, body)
            if status is None:
                self.close_connection = True
                self.connection.close()
                return
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Retry-After-Ms", "1")  # keeps the client's backoff out of the suite
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
