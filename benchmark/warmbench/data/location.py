"""Where a release is: ``open``, ``open-sft``, a folder, or ``ORG/NAME@vX.Y.Z`` on the Hub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from warmbench.data.release import QA_NAME, open_release_path
from warmbench.data.sft_release import open_sft_release_path
from warmbench.errors import UsageError

__all__ = ["HUB_ORG", "HUB_QA", "HubRelease", "parse_hub_release", "release_folder"]

HUB_ORG = "warmbench"
"""Whose repositories hold the releases on the Hugging Face Hub."""

HUB_QA = f"{HUB_ORG}/{QA_NAME}"

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?"
_HUB_RELEASE = re.compile(
    rf"({_NAME}/{_NAME})@v((?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*))", re.ASCII
)


@dataclass(frozen=True, slots=True)
class HubRelease:
    """A dataset repository on the Hub, and the version that is tagged there."""

    repo: str
    version: str

    @property
    def tag(self) -> str:
        return f"v{self.version}"

    def __str__(self) -> str:
        return f"{self.repo}@{self.tag}"


def parse_hub_release(spec: str) -> HubRelease | None:
    """The release that ``ORG/NAME@vX.Y.Z`` names, or None for anything else."""
    match = _HUB_RELEASE.fullmatch(spec)
    return HubRelease(match[1], match[2]) if match else None


def release_folder(spec: str) -> Path:
    """The folder of the release that ``spec`` names, fetched from the Hub if it has to be.

    Raises ``UsageError`` when there is no such folder or no such release.
    """
    if spec == "open":
        return open_release_path()
    if spec == "open-sft":
        return open_sft_release_path()
    path = Path(spec).expanduser()
    if path.is_dir():
        return path
    if hub_release := parse_hub_release(spec):
        from warmbench.data.hub.fetch import fetch_release

        return fetch_release(hub_release)
    raise UsageError(
        f"{spec}: no such folder; give open, open-sft, a folder, or ORG/NAME@vX.Y.Z for a release "
        "on the Hugging Face Hub"
    )
