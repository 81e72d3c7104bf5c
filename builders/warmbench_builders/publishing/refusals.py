"""Why the Hub refuses, in a sentence. A token never stands in one."""

from __future__ import annotations

from warmbench.errors import RunError, UsageError, WarmbenchError
from warmbench_builders.publishing.patience import is_passing, status_of

__all__ = ["refusal_of"]


def refusal_of(error: Exception, repo: str, state: str) -> WarmbenchError:
    """The error to raise instead of the client's. ``state``: how the repository now stands."""
    from huggingface_hub.errors import HFValidationError, OfflineModeIsEnabled

    status = status_of(error)
    if isinstance(error, HFValidationError):
        return UsageError(f"--repo {repo}: not the name of a repository; write ORG/NAME")
    if isinstance(error, OfflineModeIsEnabled):
        return UsageError("HF_HUB_OFFLINE is set: nothing can be published; unset it")
    if status == 401:
        return UsageError(
            f"{repo}: the Hub does not accept the token (it is missing, wrong or expired); log in "
            f"with `hf auth login`, or set HF_TOKEN; {state}"
        )
    if status == 403:
        return UsageError(
            f"{repo}: this token may not write there; make one with the write role, of a member "
            f"of the organization; {state}"
        )
    if status == 404:
        return UsageError(f"{repo}: no such repository or organization for this token; {state}")
    if is_passing(error):
        what = f"it answered {status}" if status else "it did not answer"
        return RunError(
            f"{repo}: the Hub is not well ({what}); {state}; run the same command again"
        )
    if isinstance(error, ValueError) and status is None:
        return RunError(f"{repo}: the Hub does not take the dataset card ({_line(error)}); {state}")
    return RunError(f"{repo}: refused ({status or type(error).__name__}); {state}")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
