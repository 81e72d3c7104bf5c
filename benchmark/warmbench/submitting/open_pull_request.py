"""Opens the pull request of a bundle, once: whatever gets lost on the way, and however often it is
submitted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from weakref import WeakValueDictionary

from warmbench.bundle.read_bundle import Bundle
from warmbench.errors import RunError
from warmbench.hub_client.refusals import not_a_name, refusal_of
from warmbench.submitting.submissions_repo import Proposal, SubmissionsRepo

__all__ = ["BUNDLES", "Done", "Submitted", "open_pull_request", "title_of"]

BUNDLES = "bundles"
"""The folder of a submissions repository that holds one folder a bundle."""


class Done(StrEnum):
    """What came of a submission."""

    OPENED = "pull request opened"
    IS_OPEN = "pull request is open"
    IS_MERGED = "merged already"


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was done, and the address of the pull request, or of the merged folder."""

    done: Done
    folder: str
    url: str


def open_pull_request(bundle: Bundle, remote: SubmissionsRepo) -> Submitted:
    """One commit, as one pull request, that adds the bundle's folder.

    Nothing is sent when just these files are merged, or proposed, already: the same call may be
    made again after any failure. Raises ``UsageError`` or ``RunError`` in a sentence.
    """
    from httpx2 import HTTPError

    if remote.repo.count("/") != 1:
        raise not_a_name(remote.repo)
    state = "whether the pull request was opened can't be seen; submitting again does no harm"
    try:
        with _one_at_a_time(bundle.fingerprint):
            return _submit(bundle, remote)
    except (HTTPError, OSError, ValueError, RuntimeError) as error:
        raise refusal_of(error, remote.repo, state) from None


def title_of(bundle: Bundle) -> str:
    """``Submit my-model-fine-tune-1f3a09bc (1f3a09bc...)``: name and fingerprint of the rows."""
    return f"Submit {bundle.folder_name} ({bundle.fingerprint})"


def _submit(bundle: Bundle, remote: SubmissionsRepo) -> Submitted:
    folder = f"{BUNDLES}/{bundle.folder_name}"
    if _holds(remote.files_in(folder), bundle.contents):
        return Submitted(Done.IS_MERGED, folder, f"{remote.url}/tree/main/{folder}")
    if found := _find(bundle, remote, folder):
        return Submitted(Done.IS_OPEN, folder, found.url)
    title = title_of(bundle)
    made = remote.propose(
        folder,
        bundle.contents,
        title,
        _description(bundle),
        lambda: _find(bundle, remote, folder),
    )
    if not _holds(remote.files_in(folder, made.revision), bundle.contents):
        raise RunError(f"{made.url}: was opened, but does not hold the files that were sent")
    return Submitted(Done.OPENED, folder, made.url)


def _find(bundle: Bundle, remote: SubmissionsRepo, folder: str) -> Proposal | None:
    """The pull request that holds just this bundle. A title alone proves nothing."""
    for found in remote.proposals(title_of(bundle)):
        if _holds(remote.files_in(folder, found.revision), bundle.contents):
            return found
    return None


def _holds(there: Mapping[str, str], contents: Mapping[str, bytes]) -> bool:
    return there.keys() == contents.keys() and all(
        there[name] in _hashes(content) for name, content in contents.items()
    )


def _hashes(content: bytes) -> tuple[str, str]:
    """By which the Hub stores a file: as a git blob, or in LFS by SHA-256."""
    header = f"blob {len(content)}\0".encode()
    blob = hashlib.sha1(header + content, usedforsecurity=False).hexdigest()
    return blob, hashlib.sha256(content).hexdigest()


def _description(bundle: Bundle) -> str:
    """Marked as code, so that no name in it is taken for a link or a mention."""
    submission = bundle.submission
    lines = {
        "Model": submission.model.name,
        "Treatment": submission.study.treatment.value,
        "Release": f"{submission.release.name} {submission.release.version}",
        "Judge": submission.judge,
        "Submitter": submission.submitter.name,
    }
    said = "\n".join(f"- {name}: `{text}`" for name, text in lines.items())
    return f"{said}\n\nCheck it with `warmbench verify` on the folder of this pull request."


_IN_HAND: WeakValueDictionary[str, _Turn] = WeakValueDictionary()
_GUARD = Lock()


class _Turn:
    """Who submits the same bundle twice at once in this process waits for the first."""

    def __init__(self) -> None:
        self.lock = Lock()


@contextmanager
def _one_at_a_time(fingerprint: str) -> Iterator[None]:
    with _GUARD:
        turn = _IN_HAND.get(fingerprint)
        if turn is None:
            turn = _IN_HAND[fingerprint] = _Turn()
    with turn.lock:
        yield
