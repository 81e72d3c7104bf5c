"""What the Hub answers when it will not do what was asked."""

from __future__ import annotations

__all__ = [
    "BAD_TOKEN",
    "HubError",
    "bad_token",
    "entry_not_found",
    "forbidden",
    "gated",
    "no_repo",
    "no_revision",
]

# The client looks for these very words: with them a 401 is not read as "no such repository".
BAD_TOKEN = "Invalid credentials in Authorization header"


class HubError(Exception):
    """An answer of 400 or above: HTTP status, message, and the code the client goes by."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str = "",
        *,
        body: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.body = body or {}
        self.headers = headers or {}


def bad_token() -> HubError:
    """An unknown or expired token: refused everywhere, even where none is needed."""
    return HubError(401, BAD_TOKEN)


def no_repo(anonymous: bool) -> HubError:
    """Missing and private look alike; who sends no token is asked for one."""
    if anonymous:
        return HubError(401, "Invalid username or password.", "RepoNotFound")
    return HubError(404, "Repository not found", "RepoNotFound")


def no_revision(revision: str) -> HubError:
    return HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def entry_not_found(path: str, commit: str = "") -> HubError:
    """A missing file; the commit header lets the client remember that it is missing."""
    headers = {"X-Repo-Commit": commit} if commit else {}
    return HubError(404, f"Entry not found: {path}", "EntryNotFound", headers=headers)


def forbidden(message: str) -> HubError:
    return HubError(403, message)


def gated(repo: str, anonymous: bool) -> HubError:
    status, advice = (401, "Please log in.") if anonymous else (403, "Ask for access.")
    return HubError(status, f"Access to {repo} is restricted. {advice}", "GatedRepo")
