"""``with LocalHub(folder) as hub``: a Hub for one test, and the ways to reach it."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

import httpx2
from huggingface_hub import HfApi, set_client_factory
from huggingface_hub.utils._http import default_client_factory

from .account import Role
from .faults import Faults, Request
from .server import HubServer
from .store import Store

__all__ = ["LocalHub"]

_PART_SIZE = 16 * 2**20


class LocalHub:
    """A Hub in ``folder``; opened again on the same folder it has what it had.

    LFS objects larger than ``part_size`` bytes are uploaded in parts.
    """

    def __init__(self, folder: Path, part_size: int = _PART_SIZE) -> None:
        self.store = Store(folder)
        self.faults = Faults()
        self._server = HubServer(self.store, self.faults, part_size)
        self.endpoint = self._server.endpoint

    def __enter__(self) -> LocalHub:
        self._server.start()
        set_client_factory(_loopback_client)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        set_client_factory(default_client_factory)
        self._server.stop()

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request so far, in the order of arrival."""
        return self.faults.requests

    def token(self, name: str, role: str = "write") -> str:
        """A token of the user ``name``: read, write or expired."""
        with self.store.lock:
            return self.store.accounts.issue(name, Role(role))

    def organization(self, name: str, members: dict[str, str]) -> None:
        """An organization and its members' roles: read, write or admin."""
        with self.store.lock:
            self.store.accounts.organize(name, members)

    def api(self, token: str | None = None) -> HfApi:
        """A client in this process; without a token it is nobody, whoever the developer is.

        Where hf_xet is on in this process, hand LFS contents over as ``io.BytesIO``: the client
        sends those by plain HTTP. A subprocess with ``environment`` has Xet off.
        """
        return HfApi(endpoint=self.endpoint, token=token or False)

    def environment(self, home: Path, token: str | None = None) -> dict[str, str]:
        """The environment of a subprocess that knows this Hub only, with ``home`` as HF_HOME."""
        kept = {
            name: v for name, v in os.environ.items() if not name.startswith(("HF_", "HUGGING"))
        }
        ours = {
            "HF_ENDPOINT": self.endpoint,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_OFFLINE": "0",
            "HF_UPDATE_DOWNLOAD_COUNTS": "0",
            "NO_PROXY": "127.0.0.1,localhost",
        }
        return {**kept, **ours, **({"HF_TOKEN": token} if token else {})}


def _loopback_client() -> httpx2.Client:
    """The client library's own settings, less its offline switch: nothing leaves loopback."""
    return httpx2.Client(
        event_hooks={"request": [_refuse_other_hosts]},
        follow_redirects=True,
        timeout=None,
        trust_env=False,
    )


def _refuse_other_hosts(request: httpx2.Request) -> None:
    if request.url.host not in {"127.0.0.1", "localhost"}:
        raise httpx2.ConnectError(f"not a loopback address: {request.url}", request=request)
