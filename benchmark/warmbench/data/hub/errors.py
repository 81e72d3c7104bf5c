"""Errors of the Hub's client: which are transient, and each as one sentence without a token."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from warmbench.errors import RunError, UsageError, WarmbenchError

__all__ = ["explained", "hub_error", "is_transient", "status_of"]

_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})


def is_transient(error: BaseException) -> bool:
    """Whether the same request may succeed a moment later: 429, 5xx, a lost connection, a timeout.

    The client wraps what stopped an upload in a ``RuntimeError``, and takes a gateway's error page
    for JSON.
    """
    import httpx2
    from huggingface_hub.errors import OfflineModeIsEnabled

    if isinstance(error, OfflineModeIsEnabled):
        return False
    if isinstance(error, RuntimeError) and error.__cause__ is not None:
        return is_transient(error.__cause__)
    transient = (httpx2.TransportError, json.JSONDecodeError, ConnectionError, TimeoutError)
    return status_of(error) in _TRANSIENT or isinstance(error, transient)


def status_of(error: BaseException) -> int | None:
    """The HTTP status of an error of the Hub's client; None where it has none."""
    from huggingface_hub.errors import HfHubHTTPError

    return error.response.status_code if isinstance(error, HfHubHTTPError) else None


@contextmanager
def explained(repo: str, state: Callable[[], str]) -> Iterator[None]:
    """Turn what the Hub's client raises over ``repo`` into a ``WarmbenchError``. ``state`` is
    called after an error, and says in which state the repository is now."""
    from httpx2 import HTTPError

    if repo.count("/") != 1:
        raise _not_a_name(repo)
    try:
        yield
    except (HTTPError, OSError, ValueError, RuntimeError) as error:
        raise hub_error(error, repo, state()) from None


def hub_error(error: Exception, repo: str, state: str) -> WarmbenchError:
    """The error to raise in place of the client's. ``state``: that of the repository now."""
    from huggingface_hub.errors import HFValidationError, OfflineModeIsEnabled

    status = status_of(error)
    if isinstance(error, HFValidationError):
        return _not_a_name(repo)
    if isinstance(error, OfflineModeIsEnabled):
        return UsageError("HF_HUB_OFFLINE is set: nothing can be published; unset it")
    if status == 401:
        return UsageError(
            f"{repo}: the Hub does not accept the token (it is missing, wrong or expired); log in "
            f"with `hf auth login`, or set HF_TOKEN; {state}"
        )
    if status == 403:
        return UsageError(
            f"{repo}: this token can't write to it; the token needs the write role, and "
            f"{repo.split('/')[0]} must be its owner or one of their organizations; {state}"
        )
    if status == 404:
        return UsageError(f"{repo}: no such repository or organization for this token; {state}")
    if is_transient(error):
        what = f"status {status}" if status else "no response"
        return RunError(
            f"{repo}: the Hub is unavailable ({what}); {state}; run the same command again"
        )
    if isinstance(error, ValueError) and "metadata in README.md" in str(error):
        return RunError(
            f"{repo}: the Hub does not accept the dataset card ({_line(error)}); {state}"
        )
    return RunError(f"{repo}: the Hub or its client refused ({_line(error)}); {state}")


def _not_a_name(repo: str) -> UsageError:
    return UsageError(f"--repo {repo}: not the name of a repository; write ORG/NAME")


def _line(error: Exception) -> str:
    """The client's message, in one line without a token."""
    text = " ".join(str(error).split())[:300] or type(error).__name__
    return re.sub(r"hf_\w+", "hf_...", text)
