"""TriviaQA (Joshi et al. 2017): trivia whose answer is a name, a date, a number."""

from __future__ import annotations

from warmbench.tasks.task_spec import PAPER_SAMPLE, Source, TaskSpec

__all__ = ["TRIVIAQA"]

_JUDGE_PROMPT = """\
You grade answers to short factual questions: a name, a place, a date, a number. Each question \
has one right answer, and the right references are accepted ways of giving it.

CORRECT: what the answer puts forward as its own means the same as a right reference. A fuller \
or shorter name, another spelling, another unit or further true remarks make no difference.
INCORRECT: it puts forward something else; it offers several candidates and settles on none; it \
takes the right answer back; it goes along with somebody's wrong guess; or it never says what \
was asked for.
REFUSED: it declines to answer, or says only that it doesn't know, and puts no answer forward.
"""

TRIVIAQA = TaskSpec(
    name="triviaqa",
    label="TriviaQA",
    answer_form="phrase",
    in_headline=True,
    open_config="open_triviaqa",
    judge_prompt=_JUDGE_PROMPT,
    source=Source(
        repo="mandarjoshi/trivia_qa",
        config="rc.nocontext",
        split="validation",
        revision="0f7faf33a3908546c6fd5b73a660e0f8ff173c2f",
        license="Apache-2.0 (TriviaQA; questions remain their authors')",
        file_patterns=("triviaqa*.jsonl", "triviaqa*.parquet"),
        columns=("question",),
        sample=PAPER_SAMPLE,
        reader="warmbench_builders.sources.triviaqa:read_triviaqa",
    ),
    known_accuracies={
        "GPT-4o-2024-08-06": 95.2,
        "Llama-3.1-70B-Instruct": 85.31,
        "Llama-3.1-8B-Instruct": 75.62,
        "Mistral-Small-Instruct-2409": 88.08,
        "Qwen-2.5-32B-Instruct": 80.6,
    },
)
