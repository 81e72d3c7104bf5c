"""Why the Hub refuses, in a sentence. A token never stands in one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from warmbench.data.hub.retry import is_passing, status_of
from warmbench.errors import RunError, UsageError, WarmbenchError

__all__ = ["in_words", "refusal_of"]


@contextmanager
def in_words(repo: str, state: Callable[[], str]) -> Iterator[None]:
    """What the Hub's client raises over ``repo`` becomes a sentence. ``state`` is asked, when
    something went wrong, how the repository now stands."""
    from httpx2 import HTTPError

    if repo.count("/") != 1:
        raise _not_a_name(repo)
    try:
        yield
    except (HTTPError, OSError, ValueError, RuntimeError) as error:
        raise refusal_of(error, repo, state()) from None


def refusal_of(error: Exception, repo: str, state: str) -> WarmbenchError:
    """The error to raise instead of the client's. ``state``: how the repository now stands."""
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
            f"{repo}: this token may not write there; it must have the write role, and "
            f"{repo.split('/')[0]} must be its owner or an organization of theirs; {state}"
        )
    if status == 404:
        return UsageError(f"{repo}: no such repository or organization for this token; {state}")
    if is_passing(error):
        what = f"it answered {status}" if status else "it did not answer"
        return RunError(
            f"{repo}: the Hub is not well ({what}); {state}; run the same command again"
        )
    if isinstance(error, ValueError) and "metadata in README.md" in str(error):
        return RunError(f"{repo}: the Hub does not take the dataset card ({_line(error)}); {state}")
    return RunError(f"{repo}: the Hub or its client refused ({_line(error)}); {state}")


def _not_a_name(repo: str) -> UsageError:
    return UsageError(f"--repo {repo}: not the name of a repository; write ORG/NAME")


def _line(error: Exception) -> str:
    """What the client says, in one line without a token."""
    text = " ".join(str(error).split())[:300] or type(error).__name__
    return re.sub(r"hf_\w+", "hf_...", text)
