"""SimpleQA (Wei et al. 2024, arXiv 2411.04368): 4,326 short factual questions with one answer each.

They were collected against GPT-4, so that strong models are far from the ceiling. Outside the
headline: the paper does not have it.
"""

from __future__ import annotations

from warmbench.tasks.task_spec import PAPER_SAMPLE, Source, TaskSpec
from warmbench.tasks.triviaqa import TRIVIAQA

__all__ = ["SIMPLEQA"]

SIMPLEQA = TaskSpec(
    name="simpleqa",
    label="SimpleQA",
    answer_form="phrase",
    judge_prompt=TRIVIAQA.judge_prompt,
    source=Source(
        repo="basicv8vc/SimpleQA",
        config=None,
        split="test",
        revision="e319282ab125c3dbd0c7fd00be2e4dd54e7e8f94",
        license="MIT",
        file_patterns=("simple_qa*.csv", "simpleqa*.csv", "simpleqa*.jsonl", "simpleqa*.parquet"),
        columns=("problem", "answer"),
        sample=PAPER_SAMPLE,
        reader="warmbench_builders.sources.simpleqa:read_simpleqa",
    ),
)
