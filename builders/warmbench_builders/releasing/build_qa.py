"""Builds a QA release: questions from a source, framed, written as parquet by task and context."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from warmbench.data.release import (
    ConfigContent,
    JudgingContent,
    Release,
    read_release,
    write_release,
)
from warmbench.errors import UsageError
from warmbench.folders import check_free, new_folder
from warmbench.records.scorecard import METRIC_VERSION
from warmbench_builders.questions.framing import Framer
from warmbench_builders.sources.batch import Batch

__all__ = ["CANARY", "RELEASE_VERSION", "build_qa"]

RELEASE_VERSION = "0.1.0"
CANARY = "warmbench:canary:8d1f0a52-6a0e-4f43-9d6b-2f1c7be0a9d4"
"""In every row, so that training data containing the benchmark can be recognised."""


def build_qa(
    batches: Iterable[Batch],
    out: Path,
    *,
    judging: JudgingContent | None = None,
    version: str,
    seed: int,
    replace: bool = False,
) -> Release:
    """Frame the questions and write the release to ``out``, completely or not at all, one
    batch after the other, and ``judging`` after them.

    Raises ``UsageError`` when ``out`` holds something and ``replace`` is not set.
    """
    check_free(out, replace)
    framer = Framer(line=f"v{version.split('.')[0]}", canary=CANARY)
    configs = (
        ConfigContent(batch.config, batch.record, framer.frame(batch.questions))
        for batch in batches
    )
    with new_folder(out) as built:
        contents: list[Iterable[ConfigContent | JudgingContent]] = [configs]
        if judging:
            contents.append([judging])
        write_release(
            built, chain(*contents), version=version, metric_version=METRIC_VERSION, seed=seed
        )
        release = read_release(built)
        if not any(release.manifest.configs[config] for config in release.configs):
            dropped = ", ".join(
                f"{count:,} {reason}"
                for source in release.manifest.sources.values()
                for reason, count in source.dropped.items()
            )
            raise UsageError(f"{out}: no question is left ({dropped or 'no rows were read'})")
    return read_release(out)
