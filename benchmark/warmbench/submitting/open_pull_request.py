"""Opens the pull request of a bundle, once: whatever gets lost on the way, and however often it is
submitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from warmbench.bundle.read_bundle import Bundle
from warmbench.errors import RunError
from warmbench.hub_client.dataset_repo import DatasetRepo, PullRequest
from warmbench.hub_client.refusals import in_words
from warmbench.hub_client.stored_file import RepoTree, StoredFile

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


def open_pull_request(bundle: Bundle, remote: DatasetRepo) -> Submitted:
    """One commit, as one pull request, that adds the bundle's folder.

    Nothing is sent when just these files are merged, or proposed, already: the same call may be
    made again after any failure. Raises ``UsageError`` or ``RunError`` in a sentence.
    """
    state = "whether the pull request was opened can't be seen; submitting again does no harm"
    with in_words(remote.repo, lambda: state), _one_at_a_time(bundle.fingerprint):
        return _submit(bundle, remote)


def title_of(bundle: Bundle) -> str:
    """``Submit my-model-fine-tune-1f3a09bc (1f3a09bc...)``: name and fingerprint of the rows."""
    return f"Submit {bundle.folder_name} ({bundle.fingerprint})"


def _submit(bundle: Bundle, remote: DatasetRepo) -> Submitted:
    folder = f"{BUNDLES}/{bundle.folder_name}"
    contents = {f"{folder}/{name}": content for name, content in bundle.contents.items()}
    if _holds(remote.tree(folder=folder), contents):
        return Submitted(Done.IS_MERGED, folder, f"{remote.url}/tree/main/{folder}")

    def find() -> PullRequest | None:
        """The pull request that holds just this bundle. A title alone proves nothing."""
        for found in remote.pull_requests():
            if found.title == title and _holds(remote.tree(found.revision, folder), contents):
                return found
        return None

    title = title_of(bundle)
    if found := find():
        return Submitted(Done.IS_OPEN, folder, found.url)
    made = remote.open_pull_request(
        lambda: _operations(contents), title, find, description=_description(bundle)
    )
    if not _holds(remote.tree(made.revision, folder), contents):
        raise RunError(f"{made.url}: was opened, but does not hold the files that were sent")
    return Submitted(Done.OPENED, folder, made.url)


def _holds(there: RepoTree, contents: Mapping[str, bytes]) -> bool:
    return there.keys() == contents.keys() and all(
        StoredFile.of(content).is_stored_as(there[path]) for path, content in contents.items()
    )


def _operations(contents: Mapping[str, bytes]) -> list[Any]:
    from huggingface_hub import CommitOperationAdd

    return [CommitOperationAdd(path, content) for path, content in contents.items()]


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
