"""Serves the site until it is stopped."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from warmbench.errors import UsageError
from warmbench_leaderboard.site.open_board import opened_board
from warmbench_leaderboard.site.server import make_server

__all__ = ["serve"]


def serve(
    place: str | None,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    work: Path | None = None,
    behind_proxy: bool = False,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve the board of ``place`` (see ``opened_board``) until interrupted.

    ``port``: None for 7860, or the next one that is free. ``behind_proxy``: users are told apart
    by the address that the proxy gives, as on a Space. ``ready`` is told the address as soon
    as it can be asked. Raises ``UsageError`` where the port is taken.
    """
    import uvicorn

    with opened_board(place, work) as board, _listening(host, port) as listener:
        site = make_server(board.source, submissions=board.submissions, requests=board.requests)
        config = uvicorn.Config(
            site,
            log_level="warning",
            timeout_graceful_shutdown=3,
            forwarded_allow_ips="*" if behind_proxy else None,
        )
        bound = listener.getsockname()[1]
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        # The socket listens already: who asks before the server runs waits for its first answer.
        ready(f"http://{shown}:{bound}/")
        with suppress(KeyboardInterrupt):  # raised anew when all is closed: the way to stop it
            uvicorn.Server(config).run(sockets=[listener])


def _listening(host: str, port: int | None) -> socket.socket:
    if port is not None:
        return _bound(host, port)
    for candidate in range(7860, 7880):
        try:
            return _bound(host, candidate)
        except UsageError:
            continue
    return _bound(host, 0)


def _bound(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=128)
    except OSError as error:
        raise UsageError(
            f"--host {host} --port {port}: can't be listened on ({error.strerror or error})"
        ) from None
