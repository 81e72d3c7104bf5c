"""A local Hub and releases to publish on it, in this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.builders.releasing.built import items
from tests.hub.local_hub import LocalHub
from warmbench.conditions import Context
from warmbench.data.hub.client import HubRetry
from warmbench.data.release import ConfigContent, SourceRecord, write_release
from warmbench_builders.publishing.publish import Outcome, publish_release
from warmbench_builders.publishing.release_files import ReleaseFiles, read_release_files
from warmbench_builders.publishing.remote import Remote
from warmbench_builders.releasing.make_release import make_release

__all__ = ["REPO", "made_release", "publish", "remote", "tree_of"]

REPO = "ann/qa"


def made_release(root: Path, version: str = "1.0.0", questions: int = 1) -> ReleaseFiles:
    """A small release folder: one config of two splits."""
    config, license = "open_triviaqa", "CC-BY-4.0"
    built = root / f"built-{version}"
    built.mkdir(parents=True)
    source = SourceRecord(
        name="test", revision="r1", license=license, read=9, kept=questions, dropped={}
    )
    kept = [
        item
        for item in items(config, license, questions)
        if item.context in (Context.PLAIN, Context.ANGER)
    ]
    write_release(
        built,
        [ConfigContent(config, source, kept)],
        version=version,
        metric_version="1",
        seed=0,
    )
    make_release(built, root / version, REPO)
    return read_release_files(root / version)


def remote(hub: LocalHub, token: str, repo: str = REPO, tries: int = 3) -> Remote:
    """The repository, asked without waiting between tries."""
    return Remote(hub.api(token), repo, HubRetry(tries=tries, sleep=lambda seconds: None))


def publish(
    hub: LocalHub,
    token: str,
    release: ReleaseFiles,
    *,
    private: bool = False,
    note: Callable[[str], None] = lambda text: None,
    tries: int = 3,
) -> Outcome:
    return publish_release(release, remote(hub, token, tries=tries), private=private, note=note)


def tree_of(
    hub: LocalHub, token: str, revision: str = "main", repo: str = REPO
) -> Mapping[str, str]:
    """What the repository holds, less the Hub's own file."""
    tree = remote(hub, token, repo).tree(revision)
    return {path: digest for path, digest in tree.items() if path != ".gitattributes"}
