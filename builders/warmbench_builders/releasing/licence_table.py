"""Sources, revisions and licences of a release, and which of its configs ship ids alone."""

from __future__ import annotations

from dataclasses import dataclass

from warmbench.data.any_release import AnyRelease
from warmbench.data.release import Manifest
from warmbench_builders.questions.open_pool import OPEN_LICENSE

__all__ = ["SourceLine", "is_all_open", "source_lines"]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One config's source. ``read`` and ``kept`` count its rows."""

    config: str
    name: str
    revision: str
    license: str
    read: int
    kept: int
    withheld: bool


def source_lines(release: AnyRelease) -> list[SourceLine]:
    """A line a config; an SFT release has one source for all of its configs."""
    manifest = release.manifest
    withheld = manifest.withheld
    if isinstance(manifest, Manifest):
        return [
            SourceLine(c, s.name, s.revision, s.license, s.read, s.kept, c in withheld)
            for c, s in manifest.sources.items()
        ]
    s = manifest.source
    return [
        SourceLine(c, s.name, s.revision, s.license, s.read, s.kept, c in withheld)
        for c in manifest.configs
    ]


def is_all_open(release: AnyRelease) -> bool:
    """Whether everything in it is our own, under one licence."""
    return all(line.license == OPEN_LICENSE for line in source_lines(release))
