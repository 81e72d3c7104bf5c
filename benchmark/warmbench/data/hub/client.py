"""The Hub's client, with a limit to how long one request may stay without an answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from warmbench.errors import UsageError

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub import HfApi

__all__ = ["hub_api", "time_limit"]


def hub_api(timeout_s: float, *, needs_token: bool, token: str | None = None) -> HfApi:
    """A client whose requests end after ``timeout_s`` of silence; its own default waits for ever.

    ``token``: by default that of `hf auth login`, or HF_TOKEN. Raises ``UsageError`` where
    one is needed and none is at hand.
    """
    import httpx2
    from huggingface_hub import HfApi, get_token, set_client_factory
    from huggingface_hub.utils._http import hf_request_event_hook
    from huggingface_hub.utils.tqdm import disable_progress_bars

    token = token or get_token()
    if needs_token and token is None:
        raise UsageError("no token: log in with `hf auth login`, or set HF_TOKEN")
    set_client_factory(
        lambda: httpx2.Client(
            event_hooks={"request": [hf_request_event_hook, time_limit(timeout_s)]},
            follow_redirects=True,
        )
    )
    if not sys.stderr.isatty():
        disable_progress_bars()
    return HfApi(token=token or False)


def time_limit(timeout_s: float) -> Callable[[httpx2.Request], None]:
    """What gives every request its limit, those too that the client sends without one (uploads)."""
    limits = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)

    def limit(request: httpx2.Request) -> None:
        request.extensions = {**request.extensions, "timeout": limits}

    return limit
