"""Small release folders, alike but for what a test changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmark.prompts import make_conversations
from warmbench.data.fingerprint import (
    row_fingerprint,
    row_id_of,
    rows_fingerprint,
    write_row_hashes,
)
from warmbench.data.manifest import MANIFEST_NAME, split_path
from warmbench.data.release import (
    ConfigContent,
    Manifest,
    SourceRecord,
    read_release,
    write_release,
)
from warmbench.data.sft_release import TRAIN, SFTSourceRecord, write_sft_release
from warmbench.data.table import read_rows, write_parquet
from warmbench.folders import write_json
from warmbench.records.conversation import Conversation, Version
from warmbench.records.item import ITEM_SCHEMA, Item

__all__ = ["make_qa", "make_sft", "withhold", "write_hashes"]

SOURCE = SourceRecord(name="tests", revision="1", license="CC-BY-4.0", read=1, kept=1, dropped={})


def make_qa(
    path: Path,
    configs: Mapping[str, Sequence[Item]],
    version: str = "1.0.0",
    metric_version: str = "1.0.0",
    source: SourceRecord = SOURCE,
) -> Path:
    path.mkdir(parents=True)
    write_release(
        path,
        [ConfigContent(config, source, items) for config, items in configs.items()],
        version=version,
        metric_version=metric_version,
        seed=0,
    )
    return path


def make_sft(
    path: Path,
    conversations: Sequence[Conversation] | None = None,
    version: str = "1.0.0",
    split: str = TRAIN,
) -> Path:
    path.mkdir(parents=True)
    rows = make_conversations(3) if conversations is None else conversations
    source = SFTSourceRecord(
        name="tests", revision="1", license="CC-BY-4.0", read=1, kept=1, dropped=(), available={},
        tools={},
    )  # fmt: skip
    write_sft_release(
        path,
        {Version.WARM: {split: rows}, Version.COLD: {split: rows}},
        source,
        version=version,
        seed=0,
        rewriter="hand",
        prompt_version="",
        checks="",
    )
    return path


def withhold(path: Path, config: str) -> Path:
    """Empty the texts of a config, as where a licence does not let them be handed on."""
    manifest = read_release(path).manifest
    records = {}
    for split, record in manifest.configs[config].items():
        file = split_path(path, config, split)
        bare = [
            {**row, "messages": [], "question": "", "correct_answers": [], "incorrect_answers": []}
            for row in read_rows(file)
        ]
        write_parquet(file, bare, ITEM_SCHEMA)
        records[split] = record.model_copy(update={"shipped": rows_fingerprint(bare)})
    configs = {**manifest.configs, config: records}
    changed: Manifest = manifest.model_copy(update={"configs": configs})
    write_json(path / MANIFEST_NAME, changed.to_json())
    return path


def write_hashes(path: Path, configs: Mapping[str, Sequence[Item]]) -> None:
    """``rows.sha256``, of the whole rows."""
    splits: dict[str, dict[str, str]] = {}
    for config, items in configs.items():
        for item in items:
            rows = splits.setdefault(f"{config}/{item.context.value}", {})
            rows[row_id_of(item.to_row())] = row_fingerprint(item.to_row())
    write_row_hashes(path, splits.items())
