"""The submissions, in a folder or on the Hub: the request queue, and how to submit a bundle."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from warmbench.data.hub.client import HubRetry
from warmbench.errors import UsageError
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench_leaderboard.requests.request_queue import RequestQueue
from warmbench_leaderboard.requests.request_store import FolderRequestStore, HubRequestStore

__all__ = ["Submissions", "open_submissions"]

_HUB_REPO = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class Submissions:
    """``submit`` returns the address of a submitted bundle; ``who`` is the maintainer's name there,
    unless --as gives another."""

    queue: RequestQueue
    submit: Callable[[Bundle], str]
    who: Callable[[], str]


def open_submissions(
    location: str, timeout_s: float = 120.0, note: Callable[[str], None] = lambda text: None
) -> Submissions:
    """``location``: a folder, or ``ORG/NAME`` of a dataset repository on the Hub.

    Raises ``UsageError`` where it is neither, and where the Hub requires a token.
    """
    folder = Path(location).expanduser()
    if folder.is_dir():
        return _in_folder(folder)
    if _HUB_REPO.fullmatch(location):
        return _on_hub(location, timeout_s, note)
    raise UsageError(
        f"--submissions {location}: neither a folder nor ORG/NAME of a repository on the Hub"
    )


def _in_folder(folder: Path) -> Submissions:
    from warmbench.submission.handing_in.prepare_bundle import put_in_folder

    return Submissions(
        RequestQueue(FolderRequestStore(folder)),
        lambda bundle: str(put_in_folder(bundle, folder)),
        getpass.getuser,
    )


def _on_hub(repo: str, timeout_s: float, note: Callable[[str], None]) -> Submissions:
    from warmbench.data.hub.client import hub_api
    from warmbench.data.hub.dataset_repo import DatasetRepo
    from warmbench.submission.handing_in.pull_request import open_pull_request

    remote = DatasetRepo(hub_api(timeout_s, needs_token=False), repo, HubRetry(note=note))
    store = HubRequestStore(remote)
    return Submissions(
        RequestQueue(store),
        lambda bundle: open_pull_request(bundle, remote).url,
        store.whoami,
    )
