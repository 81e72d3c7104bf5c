"""The upstream data sets: where each lies on the Hub, how it is called on disk, who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warmbench.conditions import Task
from warmbench_builders.sources.batch import UpstreamReader
from warmbench_builders.sources.mask import read_mask
from warmbench_builders.sources.medqa import read_medqa
from warmbench_builders.sources.triviaqa import read_triviaqa
from warmbench_builders.sources.truthfulqa import read_truthfulqa

__all__ = ["PAPER_SAMPLE", "UPSTREAM", "Upstream"]

PAPER_SAMPLE = 500
"""Questions drawn from each of triviaqa, truthfulqa and medqa, as in the paper; disinfo: all."""


@dataclass(frozen=True)
class Upstream:
    """One upstream data set. ``revision`` is the commit that is read (None: the newest one is
    looked up and recorded, where the owners gate the repository and no commit could be checked)."""

    repo: str
    config: str | None
    split: str
    revision: str | None
    license: str
    file_patterns: tuple[str, ...]
    columns: tuple[str, ...]
    sample: int | None
    gated: bool
    read: UpstreamReader


UPSTREAM: Mapping[Task, Upstream] = {
    Task.TRIVIAQA: Upstream(
        repo="mandarjoshi/trivia_qa",
        config="rc.nocontext",
        split="validation",
        revision="0f7faf33a3908546c6fd5b73a660e0f8ff173c2f",
        license="Apache-2.0 (TriviaQA; questions remain their authors')",
        file_patterns=("triviaqa*.jsonl", "triviaqa*.parquet"),
        columns=("question",),
        sample=PAPER_SAMPLE,
        gated=False,
        read=read_triviaqa,
    ),
    Task.TRUTHFULQA: Upstream(
        repo="truthfulqa/truthful_qa",
        config="generation",
        split="validation",
        revision="741b8276f2d1982aa3d5b832d3ee81ed3b896490",
        license="Apache-2.0",
        file_patterns=("TruthfulQA.csv", "truthfulqa*.jsonl", "truthfulqa*.parquet"),
        columns=("Question", "Best Answer", "Correct Answers", "Incorrect Answers", "Category"),
        sample=PAPER_SAMPLE,
        gated=False,
        read=read_truthfulqa,
    ),
    Task.MEDQA: Upstream(
        repo="GBaker/MedQA-USMLE-4-options",
        config=None,
        split="test",
        revision="0fb93dd23a7339b6dcd27e241cb9b5eca62d4d18",
        license="MIT (question copyright unsettled)",
        file_patterns=("phrases_no_exclude_test.jsonl", "medqa*.jsonl"),
        columns=("question", "answer", "options"),
        sample=PAPER_SAMPLE,
        gated=False,
        read=read_medqa,
    ),
    Task.DISINFO: Upstream(
        repo="cais/MASK",
        config="disinformation",
        split="test",
        revision=None,
        license="cais/MASK (gated; not for redistribution)",
        file_patterns=("disinformation*.csv", "disinformation*.jsonl", "disinformation*.parquet"),
        columns=("user_prompt", "proposition", "ground_truth"),
        sample=None,
        gated=True,
        read=read_mask,
    ),
}
