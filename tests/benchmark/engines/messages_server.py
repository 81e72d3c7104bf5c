"""A server with Anthropic's Messages API on loopback, as strict as the real one; a test decides
what goes wrong."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["KEY", "MODEL", "SNAPSHOT", "MessagesServer", "Reply", "error", "message", "serve"]

KEY = "sk-ant-good-key-0123456789"
MODEL = "claude-sonnet-4-5"
SNAPSHOT = "claude-sonnet-4-5-20250929"


@dataclass(frozen=True)
class Reply:
    """What the server sends; ``body`` None closes the connection without a reply."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


def message(*content: Any, stop_reason: str | None = "end_turn", **changes: Any) -> Reply:
    """A message of these blocks; a string is a block of text."""
    blocks = [{"type": "text", "text": one} if isinstance(one, str) else one for one in content]
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": SNAPSHOT,
        "content": blocks,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 7, "output_tokens": 3},
        **changes,
    }
    return Reply(body=body)


def error(status: int, kind: str, text: str = "no", **headers: str) -> Reply:
    """An error as the API sends it."""
    body = {"type": "error", "error": {"type": kind, "message": text}, "request_id": "req_1"}
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


Script = Callable[[dict[str, Any], int], Reply]
"""(body, attempt) -> reply, where attempt counts the requests with the same messages."""


class MessagesServer:
    """Replies by ``script`` to what the API accepts, and refuses the rest as the API does."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._attempts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def reply(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Reply:
        with self._lock:
            self.bodies.append(body)
            self.headers.append(headers)
            question = json.dumps(body.get("messages"))
            self._attempts[question] += 1
            attempt = self._attempts[question]
        if path != "/v1/messages":
            return error(404, "not_found_error", f"Not found: {path}")
        if headers.get("x-api-key") != KEY:
            return error(401, "authentication_error", "invalid x-api-key")
        if wrong := _invalid(headers, body):
            return error(400, "invalid_request_error", wrong)
        if body["model"] not in (MODEL, SNAPSHOT):
            return error(404, "not_found_error", f"model: {body['model']}")
        return self.script(body, attempt)


def _invalid(headers: dict[str, str], body: dict[str, Any]) -> str:
    """What the API finds wrong with a request; empty: nothing."""
    known = {"model", "messages", "max_tokens", "temperature", "top_p", "system"}
    roles = [turn["role"] for turn in body.get("messages", [])]
    if headers.get("anthropic-version") != "2023-06-01":
        return "anthropic-version: header is required"
    if extra := sorted(body.keys() - known):
        return f"{extra[0]}: Extra inputs are not permitted"
    if not isinstance(body.get("max_tokens"), int):
        return "max_tokens: Field required"
    if roles != ["user", "assistant"] * (len(roles) // 2) + ["user"]:
        return f"messages: roles must alternate and begin with user, found {roles}"
    if not 0 <= body.get("temperature", 1.0) <= 1:
        return "temperature: range: 0..1"
    return ""


@contextmanager
def serve(server: MessagesServer) -> Iterator[str]:
    """Serve it on a free port; yields its base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = server.reply(self.path, headers, body)
            if reply.body is None:
                self.close_connection = True
                self.connection.close()
                return
            content = (
                reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            )
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_address[1]}/v1"
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
