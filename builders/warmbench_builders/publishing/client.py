"""The Hub's client, with a limit to how long one request may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warmbench.errors import UsageError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

__all__ = ["hub_api"]


def hub_api(timeout_s: float, *, needs_token: bool) -> HfApi:
    """A client whose requests end after ``timeout_s``; its own default would wait for ever.

    Raises ``UsageError`` where a token is needed and none is at hand.
    """
    import httpx2
    from huggingface_hub import HfApi, get_token, set_client_factory
    from huggingface_hub.utils._http import hf_request_event_hook

    if needs_token and get_token() is None:
        raise UsageError("no token: log in with `hf auth login`, or set HF_TOKEN")
    set_client_factory(
        lambda: httpx2.Client(
            event_hooks={"request": [hf_request_event_hook]},
            follow_redirects=True,
            timeout=timeout_s,
        )
    )
    return HfApi()
