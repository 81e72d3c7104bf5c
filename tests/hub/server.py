"""The HTTP server in front of the store, which fails when it is told to."""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
import uuid
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .error import HubError
from .exchange import Call, Reply
from .faults import Fault, Faults, Kind, Request
from .routes import find_route
from .store import Store

__all__ = ["HubServer"]

# The client waits Retry-After + 1 s: no header could ask for less.
_RETRY_AT_ONCE = {"Retry-After": "0", "RateLimit": '"api";r=0;t=0'}
_ABORT = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s: close sends a reset


class HubServer(ThreadingHTTPServer):
    """Serves ``store`` on a free loopback port until ``stop``."""

    daemon_threads = False  # so that stopping waits for every answer in progress
    request_queue_size = 64

    def __init__(self, store: Store, faults: Faults, part_size: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store = store
        self.faults = faults
        self.part_size = part_size
        self.closing, self._alarm = socket.socketpair()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def cdn(self) -> str:
        """The same port under another name: to a client, another host."""
        return f"http://localhost:{self.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Wake what hangs, cut every connection, and wait for the threads."""
        self.shutdown()
        self._thread.join()
        self._alarm.close()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self.closing.close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of the server's."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: HubServer

    def log_message(self, format: str, *args: object) -> None:
        """Requests are kept in ``Faults.requests`` instead of printed."""

    def _serve(self) -> None:
        request, fault = self.server.faults.meet(self.command, self.path)
        body = self._read_body()
        reply = None if fault and not fault.after_the_work else self._work(body)
        if fault is not None:
            reply = self._fail(fault)
        if reply is None:
            self.close_connection = True
        else:
            self._send(request, reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _serve

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _work(self, body: bytes) -> Reply:
        """The answer without any fault: one request at a time, so each sees a whole store."""
        store = self.server.store
        path, _, query = self.path.partition("?")
        try:
            route = find_route(self.command, path)
            if route is None:
                raise HubError(404, "Sorry, we can't find the page you are looking for.")
            handler, parts = route
            with store.lock:
                signed = path.startswith(("/_cdn/", "/_lfs/"))
                token = None if signed else self.headers.get("Authorization")
                call = Call(
                    store,
                    store.accounts.visitor(token),
                    parts,
                    query,
                    self.headers,
                    body,
                    self.server.endpoint,
                    self.server.cdn,
                    self.server.part_size,
                )
                return handler(call)
        except HubError as error:
            return _refusal(error)
        except Exception as error:
            return _refusal(HubError(500, f"Internal Error: {error!r}"))

    def _fail(self, fault: Fault) -> Reply | None:
        """A failing answer, or None once the connection has been dealt with."""
        if fault.kind is Kind.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
            self.connection.close()
            return None
        if fault.kind is Kind.HANG:
            select.select([self.connection, self.server.closing], [], [])
            return None
        if fault.kind is Kind.LOST_REPLY:
            return None
        headers = _RETRY_AT_ONCE if fault.kind is Kind.TOO_MANY else {}
        return _refusal(HubError(int(fault.kind), "A failure on order", headers=headers))

    def _send(self, request: Request, reply: Reply) -> None:
        """Head and body in one write; a HEAD tells the length of what it leaves out."""
        request.status = reply.status
        content = reply.content
        headers = {"Content-Type": "application/json", "X-Request-Id": uuid.uuid4().hex}
        self.send_response(reply.status)
        for name, value in {**headers, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _refusal(error: HubError) -> Reply:
    headers = {"X-Error-Message": error.message.replace("\n", " "), **error.headers}
    headers["X-Error-Message"] = (
        headers["X-Error-Message"].encode("latin-1", "replace").decode("latin-1")
    )
    if error.code:
        headers["X-Error-Code"] = error.code
    body = json.dumps({"error": error.message, **error.body}).encode()
    return Reply(body, error.status, headers)
