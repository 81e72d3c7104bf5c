"""The labelling page over HTTP, on 127.0.0.1 and to nobody else.

Other pages in the same browser can send requests here, and a name can be made to point here. So
the address holds a random token, the Host must be ours, and what changes something must come from
a page of ours as JSON. The page takes nothing from elsewhere and runs no script but its own file;
an answer reaches it as JSON and is shown as text.

GET  /TOKEN/              the page, and its page.css and page.js
GET  /TOKEN/state         who labels, and how far they are
GET  /TOKEN/answers/3     one answer, counted from 0
POST /TOKEN/labels        {"index": 3, "answer_id": "...", "label": "wrong", "note": ""}
"""

from __future__ import annotations

import errno
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any

from warmbench.errors import OutputError, UsageError
from warmbench.judging.audit.labelling.session import LabellingSession

__all__ = ["LabellingServer", "labelling_server"]

_FILES = {
    "": ("page.html", "text/html; charset=utf-8"),
    "page.css": ("page.css", "text/css; charset=utf-8"),
    "page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_JSON = "application/json"
_LONGEST_BODY = 65_536
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class LabellingServer(ThreadingHTTPServer):
    """Serves one session. ``address``: where its page is; ``wait``: until it ends."""

    daemon_threads = True
    wait: Callable[[], None]

    def __init__(self, session: LabellingSession, port: int) -> None:
        self.session = session
        self.token = secrets.token_urlsafe(16)
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost"))

    @property
    def address(self) -> str:
        return f"http://{self.hosts[0]}/{self.token}/"


@contextmanager
def labelling_server(session: LabellingSession, port: int = 0) -> Iterator[LabellingServer]:
    """A server at work while the block runs; ``port`` 0 takes any free one.

    ``UsageError`` where the port is in use or not for us.
    """
    try:
        server = LabellingServer(session, port)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is in use" if taken else f"can't be used ({error.strerror or error})"
        raise UsageError(f"--port {port}: {reason}; choose another, or leave it out") from None
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    server.wait = thread.join
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: LabellingServer
    server_version = "WarmBench"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        path = self._path()
        if path is None:
            return
        session = self.server.session
        if path in _FILES:
            name, kind = _FILES[path]
            page = files("warmbench.judging.audit.labelling").joinpath(name).read_bytes()
            self._send(HTTPStatus.OK, page, kind)
        elif path == "state":
            self._send_json(session.state())
        elif path.startswith("answers/"):
            number = path.removeprefix("answers/")
            index = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else -1
            try:
                self._send_json(session.answer(index))
            except UsageError as error:
                self._refuse(HTTPStatus.NOT_FOUND, str(error))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "no such page")

    def do_POST(self) -> None:
        path = self._path()
        if path is None:
            return
        if path != "labels":
            self._refuse(HTTPStatus.NOT_FOUND, "no such page")
        elif self.headers.get("Origin") not in {f"http://{host}" for host in self.server.hosts}:
            self._refuse(HTTPStatus.FORBIDDEN, "labels come from the labelling page alone")
        elif self.headers.get_content_type() != _JSON:
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"a label is sent as {_JSON}")
        else:
            self._put()

    def _put(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and int(length) <= _LONGEST_BODY):
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the label is too long")
            return
        try:
            said = _label_in(self.rfile.read(int(length)))
            self._send_json(self.server.session.put(**said))
        except UsageError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))
        except OutputError as error:
            self._refuse(HTTPStatus.INSUFFICIENT_STORAGE, str(error))

    def _path(self) -> str | None:
        """What is asked for behind the token; None where it was refused."""
        begin = f"/{self.server.token}/"
        path = self.path.split("?")[0]
        if self.headers.get("Host") not in self.server.hosts:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "this server answers to 127.0.0.1 alone")
        elif not secrets.compare_digest(path[: len(begin)].encode(), begin.encode()):
            self._refuse(HTTPStatus.NOT_FOUND, "the address is the one that was printed")
        else:
            return path[len(begin) :]
        return None

    def _send_json(self, value: dict[str, Any]) -> None:
        self._send(HTTPStatus.OK, json.dumps(value).encode(), _JSON)

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self.close_connection = True  # the body, if any, was not read
        self._send(status, json.dumps({"problem": why}).encode(), _JSON)

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal is the rater's, and addresses hold the token."""


def _label_in(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    kinds = {"index": int, "answer_id": str, "label": str, "note": str}
    if not isinstance(found, dict) or {n: type(v) for n, v in found.items()} != kinds:
        raise UsageError("a label is a JSON object of index, answer_id, label and note")
    return found
