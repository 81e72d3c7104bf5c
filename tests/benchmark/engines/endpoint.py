"""A small OpenAI-compatible endpoint on loopback whose every reply a test decides."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Endpoint", "Reply", "completion", "serve"]


@dataclass(frozen=True)
class Reply:
    """What the endpoint sends; ``body`` None closes the connection without a word."""

    status: int = 200
    body: bytes | None = b""
    headers: dict[str, str] = field(default_factory=dict)


def completion(text: str | None, finish: str = "stop", model: str = "") -> Reply:
    """A chat completion as OpenAI sends it; some servers leave the model's name empty."""
    body = {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
        ],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    }
    return Reply(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


class Endpoint:
    """Answers with ``script(body, attempt)``, where attempt counts calls with the same messages."""

    def __init__(self, script: Callable[[dict[str, Any], int], Reply]) -> None:
        self.script = script
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.most_at_once = 0
        self._at_once = 0
        self._attempts: dict[str, int] = {}
        self._lock = threading.Lock()

    def reply(self, body: dict[str, Any], key: str) -> Reply:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            self.bodies.append(body)
            self.keys.append(key)
            messages = json.dumps(body["messages"])
            self._attempts[messages] = self._attempts.get(messages, 0) + 1
            attempt = self._attempts[messages]
        try:
            return self.script(body, attempt)
        finally:
            with self._lock:
                self._at_once -= 1


@contextmanager
def serve(endpoint: Endpoint) -> Iterator[str]:
    """Serve it on a free port; yields its base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            reply = endpoint.reply(body, self.headers.get("Authorization", ""))
            if reply.body is None:
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
