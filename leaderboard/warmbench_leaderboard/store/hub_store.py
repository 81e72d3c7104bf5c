"""Submissions in a dataset repository on the Hub: listed by its tree, fetched only when new."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from warmbench.errors import EngineError, WarmbenchError
from warmbench.submission.bundle.limits import LIMITS
from warmbench.submission.bundle.members import RESPONSES
from warmbench_leaderboard.store.submission_store import (
    Fetch,
    Listing,
    StoredSubmission,
    SubmissionKind,
    name_problem,
    sorted_submissions,
)

if TYPE_CHECKING:
    from huggingface_hub import HfApi

__all__ = ["HubSubmissionStore"]

_JSON = ".json"
_PATHS_AT_ONCE = 50
"""The most paths for which the Hub gives the last commits in one request."""

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class HubSubmissionStore:
    """The dataset repository ``repo`` (``ORG/NAME``), read by ``api``.

    One request shows whether it changed. Files are identified by the Hub's own digests, so a
    known submission is not downloaded again.
    """

    repo: str
    api: HfApi

    @property
    def name(self) -> str:
        return self.repo

    def state(self) -> str:
        info = self._request(lambda: self.api.repo_info(self.repo, repo_type="dataset"))
        return str(info.sha)

    def listing(self) -> Listing:
        revision = self.state()
        tree = self._request(
            lambda: list(
                self.api.list_repo_tree(
                    self.repo, recursive=True, revision=revision, repo_type="dataset"
                )
            )
        )
        files: dict[tuple[SubmissionKind, str], list[Any]] = {}
        for file in tree:
            if (submission := _submission_of(file)) is not None:
                files.setdefault(submission, []).append(file)
        found = (_stored(kind, name, each) for (kind, name), each in files.items())
        return Listing(revision, revision, sorted_submissions(found))

    def first_seen(
        self, listing: Listing, bundles: Sequence[StoredSubmission]
    ) -> Mapping[str, int]:
        """By the time (in microseconds) that the Hub gives for the commit of the rows' file. A
        file that was rewritten counts from then on."""
        names = {f"{each.path}/{RESPONSES}": each.name for each in bundles}
        paths = list(names)
        found: list[Any] = []
        for start in range(0, len(paths), _PATHS_AT_ONCE):
            some = paths[start : start + _PATHS_AT_ONCE]
            found += self._request(partial(self._paths_info, some, listing.revision))
        return {
            names[file.path]: round(1_000_000 * file.last_commit.date.timestamp())
            for file in found
            if file.last_commit is not None
        }

    def _paths_info(self, paths: list[str], revision: str | None) -> list[Any]:
        return self.api.get_paths_info(
            self.repo, paths, expand=True, revision=revision, repo_type="dataset"
        )

    @contextmanager
    def fetcher(self, listing: Listing) -> Iterator[Fetch]:
        with tempfile.TemporaryDirectory(prefix="warmbench-submissions-") as folder:
            root = Path(folder)

            def fetch(wanted: Sequence[StoredSubmission]) -> Path:
                self._request(lambda: self._download(wanted, listing, root))
                return root

            yield fetch

    def _download(self, wanted: Sequence[StoredSubmission], listing: Listing, root: Path) -> None:
        self.api.snapshot_download(
            self.repo,
            repo_type="dataset",
            revision=listing.revision,
            allow_patterns=[
                each.path if each.kind is SubmissionKind.PUBLISHED else f"{each.path}/*"
                for each in wanted
            ],
            local_dir=root,
        )

    def _request(self, request: Callable[[], _Result]) -> _Result:
        import httpx2
        from huggingface_hub.errors import HfHubHTTPError

        try:
            return request()
        except WarmbenchError:
            raise
        except (HfHubHTTPError, httpx2.HTTPError, OSError, ValueError, RuntimeError) as error:
            first = next(iter(str(error).splitlines()), "")
            raise EngineError(
                f"{self.repo}: can't be read from the Hub ({type(error).__name__}: {first[:200]})"
            ) from None


def _submission_of(file: Any) -> tuple[SubmissionKind, str] | None:
    """The submission of a file in the tree; None for folders and other files."""
    parts = file.path.split("/")
    if getattr(file, "blob_id", None) is None or len(parts) < 2:
        return None
    if parts[0] == SubmissionKind.PUBLISHED.value and len(parts) == 2 and parts[1].endswith(_JSON):
        return SubmissionKind.PUBLISHED, parts[1].removesuffix(_JSON)
    if parts[0] == SubmissionKind.BUNDLE.value and len(parts) > 2:
        return SubmissionKind.BUNDLE, parts[1]
    return None


def _stored(kind: SubmissionKind, name: str, files: list[Any]) -> StoredSubmission:
    names = [
        [file.path, file.size, file.lfs.sha256 if file.lfs else file.blob_id]
        for file in sorted(files, key=lambda file: str(file.path))
    ]
    content = hashlib.sha256(json.dumps(names).encode()).hexdigest()
    path = f"{kind.value}/{name}{_JSON if kind is SubmissionKind.PUBLISHED else ''}"
    problem = name_problem(name)
    if problem is None and sum(file.size for file in files) > LIMITS.unpacked_bytes:
        problem = ("too-large", f"its files are over {LIMITS.unpacked_bytes:,} bytes")
    return StoredSubmission(kind, name, path, content, problem)
