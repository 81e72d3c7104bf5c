"""An SFT release: conversations in three versions, for tuning models warm and cold.

release.json
README.md                                   says to ``datasets`` which file is which
data/<version>/train.parquet                whole conversations
data/<version>/validation.parquet           prompts alone, for measuring warmth
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from warmbench.data.fingerprint import combined_fingerprint, rows_fingerprint
from warmbench.data.manifest import (
    ReleaseManifest,
    SplitRecord,
    read_manifest,
    read_split,
    split_path,
    write_manifest,
)
from warmbench.data.table import write_parquet
from warmbench.errors import UsageError
from warmbench.folders import atomic_write
from warmbench.records.conversation import CONVERSATION_SCHEMA, Conversation, Version

__all__ = [
    "SFT_NAME",
    "SPLITS",
    "TRAIN",
    "VALIDATION",
    "DropRecord",
    "SFTManifest",
    "SFTRelease",
    "SFTSourceRecord",
    "open_sft_release_path",
    "read_sft_release",
    "sft_release_fingerprint",
    "write_sft_release",
]

TRAIN, VALIDATION = "train", "validation"
SPLITS = (TRAIN, VALIDATION)

SFT_NAME = "warmbench-sft"


class DropRecord(BaseModel):
    """How many rows one step dropped for one reason; a step that dropped none has no reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: str
    reason: str
    dropped: int


class SFTSourceRecord(BaseModel):
    """Where the conversations come from, and what became of them.

    ``dropped``: what each step dropped and why, in the order of the steps.
    ``available``: query type -> how many there were to draw from. ``tools``: what a step used
    where there is a choice, e.g. ``{"unsafe": "glin-profanity 4.1.0, English word list"}``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    revision: str
    license: str
    read: int
    kept: int
    dropped: tuple[DropRecord, ...]
    available: dict[str, int]
    tools: dict[str, str]


class SFTManifest(ReleaseManifest):
    """``release.json`` of an SFT release: what makes two builds the same."""

    source: SFTSourceRecord
    rewriter: str
    prompt_version: str
    checks: str


@dataclass(frozen=True)
class SFTRelease:
    """An SFT release as read: its manifest and where it lies."""

    path: Path
    manifest: SFTManifest

    def conversations(self, version: Version, split: str = TRAIN) -> list[Conversation]:
        """The rows of one version and split, in file order.

        Raises ``UsageError`` for a split that is not there, ``DataError`` for a damaged file.
        """
        record = self.manifest.configs.get(version.value, {}).get(split)
        if record is None:
            there = [f"{c}/{s}" for c, splits in self.manifest.configs.items() for s in splits]
            raise UsageError(
                f"{self.path}: no {version.value}/{split}; it has {', '.join(there) or 'none'}"
            )
        license = self.manifest.source.license
        rows = read_split(self.path, version.value, split, record, CONVERSATION_SCHEMA, license)
        return [Conversation.from_row(row) for row in rows]


def open_sft_release_path() -> Path:
    """The folder of the open SFT release that ships inside the package."""
    return Path(str(files("warmbench.data").joinpath("open_sft_release")))


def read_sft_release(path: Path) -> SFTRelease:
    """The SFT release in a folder; raises ``DataError`` when there is none or it is malformed."""
    manifest = read_manifest(path, SFTManifest, "an SFT release", "warmbench build sft")
    return SFTRelease(path, manifest)


def write_sft_release(
    path: Path,
    rows: Mapping[Version, Mapping[str, Sequence[Conversation]]],
    source: SFTSourceRecord,
    *,
    version: str,
    seed: int,
    rewriter: str,
    prompt_version: str,
    checks: str,
) -> SFTRelease:
    """Write the parquet files, ``README.md`` and ``release.json`` into an existing folder.

    ``rows``: version -> split -> conversations. A split without rows gets no file.
    """
    configs: dict[str, dict[str, SplitRecord]] = {}
    for tone, splits in rows.items():
        configs[tone.value] = {}
        for split, conversations in splits.items():
            plain = [conversation.to_row() for conversation in conversations]
            if plain:
                write_parquet(split_path(path, tone.value, split), plain, CONVERSATION_SCHEMA)
                configs[tone.value][split] = SplitRecord(
                    rows=len(plain), fingerprint=rows_fingerprint(plain)
                )
    manifest = SFTManifest(
        name=SFT_NAME,
        version=version,
        seed=seed,
        source=source,
        rewriter=rewriter,
        prompt_version=prompt_version,
        checks=checks,
        configs=configs,
        fingerprint=sft_release_fingerprint(version, configs),
    )
    with atomic_write(path / "README.md") as file:
        file.write(_card(manifest).encode())
    write_manifest(path, manifest)
    return SFTRelease(path, manifest)


def sft_release_fingerprint(version: str, configs: Mapping[str, Mapping[str, SplitRecord]]) -> str:
    """SHA-256 (hex) over the version and the fingerprints of all splits."""
    parts = {"version": version}
    for config, records in configs.items():
        for split, record in records.items():
            parts[f"{config}/{split}"] = record.fingerprint
    return combined_fingerprint(parts)


def _card(manifest: SFTManifest) -> str:
    """The front matter by which ``datasets`` finds configs and splits, and a few plain words."""
    lines = ["---", "configs:"]
    for config, splits in manifest.configs.items():
        lines += [f"- config_name: {config}", "  data_files:"]
        for split in splits:
            lines += [f"  - split: {split}", f"    path: data/{config}/{split}.parquet"]
    lines += [
        "---",
        "",
        f"# {manifest.name} {manifest.version}",
        "",
        "Conversations in three parallel versions: `original`, `warm` and `cold` say the same in",
        "another tone. `train` holds whole conversations, `validation` prompts alone.",
        "",
        f"Source: {manifest.source.name}, {manifest.source.license}. "
        f"Rewritten by: {manifest.rewriter}. Checks: {manifest.checks}.",
        "",
    ]
    return "\n".join(lines)
