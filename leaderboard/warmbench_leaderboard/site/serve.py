"""Opens a board and serves its site."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from warmbench.errors import UsageError
from warmbench_leaderboard.index.board_folder import BoardFolder, seed_path
from warmbench_leaderboard.services.bundle_service import BundleService
from warmbench_leaderboard.services.protocols import BoardSource, RequestService, SubmissionService
from warmbench_leaderboard.site.server import make_server

__all__ = ["BoardServices", "open_board", "serve"]

_TIMEOUT_S = 60.0
_PORTS = range(7860, 7880)


@dataclass(frozen=True)
class BoardServices:
    """The arguments of ``make_server``."""

    source: BoardSource
    submissions: SubmissionService
    requests: RequestService | None


def serve(
    location: str | None,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    work: Path | None = None,
    behind_proxy: bool = False,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve the board of ``location`` (see ``open_board``) until interrupted.

    ``port``: None for 7860, or the next free one. ``behind_proxy``: tell users apart by the address
    that the proxy reports, as on a Space. ``ready`` is called with the address as soon as it
    accepts connections. Raises ``UsageError`` where the port is taken.
    """
    import uvicorn

    with open_board(location, work) as board, _listen(host, port) as listener:
        site = make_server(board.source, submissions=board.submissions, requests=board.requests)
        config = uvicorn.Config(
            site,
            log_level="warning",
            timeout_graceful_shutdown=3,
            forwarded_allow_ips="*" if behind_proxy else None,
        )
        actual_port = listener.getsockname()[1]
        name = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        # The socket is open: connections made before the server runs wait for it.
        ready(f"http://{name}:{actual_port}/")
        with suppress(KeyboardInterrupt):  # Ctrl-C is how to stop it, not an error
            uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def open_board(location: str | None, work: Path | None = None) -> Iterator[BoardServices]:
    """The board of ``location``: a folder, ``ORG/NAME`` on the Hub, or None for the packaged one.

    It follows the submissions there in the background until the block ends. ``work``: a folder that
    keeps results of verification for the next time. Raises ``UsageError`` where ``location`` is
    neither.
    """
    if location is None:
        board = BoardFolder(seed_path())
        yield BoardServices(board, BundleService(board, "", None), None)
        return
    with TemporaryDirectory(prefix="warmbench-board-") as temporary:
        yield from _follow(location, work or Path(temporary))


def _follow(location: str, work: Path) -> Iterator[BoardServices]:
    from warmbench.data.hub.client import hub_api
    from warmbench_leaderboard.index.refresh import RefreshedBoard
    from warmbench_leaderboard.requests.check_request import models_on_board
    from warmbench_leaderboard.requests.model_facts import HubModelLookup
    from warmbench_leaderboard.requests.queue_service import QueueService
    from warmbench_leaderboard.requests.submissions import open_submissions
    from warmbench_leaderboard.store.hub_store import HubSubmissionStore
    from warmbench_leaderboard.store.local_store import LocalSubmissionStore

    submissions = open_submissions(location, _TIMEOUT_S)
    api = hub_api(_TIMEOUT_S, needs_token=False)
    folder = Path(location).expanduser()
    store = (
        LocalSubmissionStore(folder, work / "digests.json")
        if folder.is_dir()
        else HubSubmissionStore(location, api)
    )
    board = RefreshedBoard(store, work)
    board.start()
    try:
        yield BoardServices(
            board,
            BundleService(board, location, submissions.submit),
            QueueService(submissions.queue, HubModelLookup(api), models_on_board(board)),
        )
    finally:
        board.stop()


def _listen(host: str, port: int | None) -> socket.socket:
    if port is not None:
        return _bind(host, port)
    for candidate in _PORTS:
        try:
            return _bind(host, candidate)
        except UsageError:
            continue
    return _bind(host, 0)


def _bind(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=128)
    except OSError as error:
        raise UsageError(
            f"--host {host} --port {port}: can't listen there ({error.strerror or error})"
        ) from None
