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
    Kind,
    Listing,
    Shelved,
    in_order,
    name_problem,
)

if TYPE_CHECKING:
    from huggingface_hub import HfApi

__all__ = ["HubShelf"]

_JSON = ".json"
_EXPANDED = 50
"""The most paths that the Hub tells the commits of at once."""

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class HubShelf:
    """The dataset repository ``repo`` (``ORG/NAME``), read by ``api``.

    One request tells whether it moved. A file is known by what the Hub says of its content, so
    that a submission seen before is not downloaded again.
    """

    repo: str
    api: HfApi

    @property
    def name(self) -> str:
        return self.repo

    def look(self) -> str:
        info = self._ask(lambda: self.api.repo_info(self.repo, repo_type="dataset"))
        return str(info.sha)

    def listing(self) -> Listing:
        revision = self.look()
        tree = self._ask(
            lambda: list(
                self.api.list_repo_tree(
                    self.repo, recursive=True, revision=revision, repo_type="dataset"
                )
            )
        )
        files: dict[tuple[Kind, str], list[Any]] = {}
        for file in tree:
            if (place := _place_of(file)) is not None:
                files.setdefault(place, []).append(file)
        found = (_shelved(kind, name, each) for (kind, name), each in files.items())
        return Listing(revision, revision, in_order(found))

    def since(self, listing: Listing, bundles: Sequence[Shelved]) -> Mapping[str, int]:
        """By the commit that brought the rows' file, which the Hub dates (in microseconds). A file
        that was rewritten counts from then on."""
        places = {f"{each.path}/{RESPONSES}": each.name for each in bundles}
        paths = list(places)
        found: list[Any] = []
        for start in range(0, len(paths), _EXPANDED):
            some = paths[start : start + _EXPANDED]
            found += self._ask(partial(self._paths_info, some, listing.revision))
        return {
            places[file.path]: round(1_000_000 * file.last_commit.date.timestamp())
            for file in found
            if file.last_commit is not None
        }

    def _paths_info(self, paths: list[str], revision: str | None) -> list[Any]:
        return self.api.get_paths_info(
            self.repo, paths, expand=True, revision=revision, repo_type="dataset"
        )

    @contextmanager
    def opened(self, listing: Listing) -> Iterator[Fetch]:
        with tempfile.TemporaryDirectory(prefix="warmbench-submissions-") as folder:
            root = Path(folder)

            def fetch(wanted: Sequence[Shelved]) -> Path:
                self._ask(lambda: self._download(wanted, listing, root))
                return root

            yield fetch

    def _download(self, wanted: Sequence[Shelved], listing: Listing, root: Path) -> None:
        self.api.snapshot_download(
            self.repo,
            repo_type="dataset",
            revision=listing.revision,
            allow_patterns=[
                each.path if each.kind is Kind.PUBLISHED else f"{each.path}/*" for each in wanted
            ],
            local_dir=root,
        )

    def _ask(self, request: Callable[[], _Result]) -> _Result:
        import httpx2
        from huggingface_hub.errors import HfHubHTTPError

        try:
            return request()
        except WarmbenchError:
            raise
        except (HfHubHTTPError, httpx2.HTTPError, OSError, ValueError, RuntimeError) as error:
            first = next(iter(str(error).splitlines()), "")
            raise EngineError(
                f"{self.repo}: the Hub does not give it ({type(error).__name__}: {first[:200]})"
            ) from None


def _place_of(file: Any) -> tuple[Kind, str] | None:
    """The submission that a file of the tree belongs to; None for folders and all else."""
    parts = file.path.split("/")
    if getattr(file, "blob_id", None) is None or len(parts) < 2:
        return None
    if parts[0] == Kind.PUBLISHED.value and len(parts) == 2 and parts[1].endswith(_JSON):
        return Kind.PUBLISHED, parts[1].removesuffix(_JSON)
    if parts[0] == Kind.BUNDLE.value and len(parts) > 2:
        return Kind.BUNDLE, parts[1]
    return None


def _shelved(kind: Kind, name: str, files: list[Any]) -> Shelved:
    names = [
        [file.path, file.size, file.lfs.sha256 if file.lfs else file.blob_id]
        for file in sorted(files, key=lambda file: str(file.path))
    ]
    content = hashlib.sha256(json.dumps(names).encode()).hexdigest()
    path = f"{kind.value}/{name}{_JSON if kind is Kind.PUBLISHED else ''}"
    problem = name_problem(name)
    if problem is None and sum(file.size for file in files) > LIMITS.unpacked_bytes:
        problem = ("too-large", f"its files are over {LIMITS.unpacked_bytes:,} bytes")
    return Shelved(kind, name, path, content, problem)
