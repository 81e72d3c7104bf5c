"""The submissions, in a folder or on the Hub: their queue, and where bundles are handed in."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from warmbench.data.hub.client import HubRetry
from warmbench.errors import UsageError
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench_leaderboard.requests.folder_store import FolderStore
from warmbench_leaderboard.requests.hub_store import HubStore
from warmbench_leaderboard.requests.request_queue import RequestQueue

__all__ = ["Submissions", "open_submissions"]

_HUB_REPO = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class Submissions:
    """``hand_in`` gives the address of a bundle that it took; ``who`` is the maintainer's name
    there, unless they give another."""

    queue: RequestQueue
    hand_in: Callable[[Bundle], str]
    who: Callable[[], str]


def open_submissions(
    place: str, timeout_s: float = 120.0, note: Callable[[str], None] = lambda text: None
) -> Submissions:
    """``place``: a folder, or ``ORG/NAME`` of a dataset repository on the Hub.

    Raises ``UsageError`` where it is neither, and where the Hub wants a token that isn't there.
    """
    folder = Path(place).expanduser()
    if folder.is_dir():
        return _in_folder(folder)
    if _HUB_REPO.fullmatch(place):
        return _on_hub(place, timeout_s, note)
    raise UsageError(
        f"--submissions {place}: neither a folder here nor ORG/NAME of a repository on the Hub"
    )


def _in_folder(folder: Path) -> Submissions:
    from warmbench.submission.handing_in.prepare_bundle import put_in_folder

    return Submissions(
        RequestQueue(FolderStore(folder)),
        lambda bundle: str(put_in_folder(bundle, folder)),
        getpass.getuser,
    )


def _on_hub(repo: str, timeout_s: float, note: Callable[[str], None]) -> Submissions:
    from warmbench.data.hub.client import hub_api
    from warmbench.data.hub.dataset_repo import DatasetRepo
    from warmbench.submission.handing_in.pull_request import open_pull_request

    remote = DatasetRepo(hub_api(timeout_s, needs_token=False), repo, HubRetry(note=note))
    store = HubStore(remote)
    return Submissions(
        RequestQueue(store),
        lambda bundle: open_pull_request(bundle, remote).url,
        store.whoami,
    )
