"""The client of the Hugging Face Hub: its requests time out, and transient errors are retried."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from warmbench.data.hub.errors import is_transient
from warmbench.errors import UsageError
from warmbench.retry import Backoff, Retry, retry_after

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub import HfApi

__all__ = ["HubRetry", "TimeLimit", "hub_api"]


def hub_api(timeout_s: float, *, needs_token: bool, token: str | None = None) -> HfApi:
    """A client whose requests fail after ``timeout_s`` without data; by default they never do.

    The Hub's library shares one HTTP client between all its calls, so the limit holds for the
    whole process. ``token``: by default that of `hf auth login`, or HF_TOKEN. Raises
    ``UsageError`` where one is needed and there is none.
    """
    import httpx2
    from huggingface_hub import HfApi, get_session, get_token, set_client_factory
    from huggingface_hub.utils.tqdm import disable_progress_bars

    token = token or get_token()
    if needs_token and token is None:
        raise UsageError("no token: log in with `hf auth login`, or set HF_TOKEN")
    # The library's own hooks stay: they heed HF_HUB_OFFLINE and mark downloads.
    hooks = [hook for hook in get_session().event_hooks["request"] if type(hook) is not TimeLimit]
    set_client_factory(
        lambda: httpx2.Client(
            event_hooks={"request": [*hooks, TimeLimit(timeout_s)]}, follow_redirects=True
        )
    )
    if not sys.stderr.isatty():
        disable_progress_bars()
    return HfApi(token=token or False)


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """Sets the time limit of a request, uploads too: the library sends those with none."""

    seconds: float

    def __call__(self, request: httpx2.Request) -> None:
        limits = dict.fromkeys(("connect", "read", "write", "pool"), self.seconds)
        request.extensions = {**request.extensions, "timeout": limits}


@dataclass(frozen=True)
class HubRetry(Retry):
    """Retries what the Hub may answer a moment later. It counts requests in windows of five
    minutes, so no wait is longer."""

    server: ClassVar[str] = "the Hub"
    backoff: ClassVar[Backoff] = Backoff(1.0, 300.0)

    longest_wait_s: float = 300.0

    def is_transient(self, error: BaseException) -> bool:
        return is_transient(error)

    def requested_wait(self, error: BaseException) -> float | None:
        """By ``Retry-After``, or by the Hub's ``RateLimit: "api";r=0;t=12``."""
        headers = getattr(getattr(error, "response", None), "headers", {})
        seconds = retry_after(headers)
        if seconds is not None:
            return seconds
        parts = (part.strip() for part in headers.get("ratelimit", "").split(";"))
        left = [part[2:] for part in parts if part.startswith("t=")]
        return float(left[0]) if left and left[0].isdigit() else None
