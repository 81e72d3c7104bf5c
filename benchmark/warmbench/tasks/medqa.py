"""MedQA (Jin et al. 2021), US test set: a case in a lay person's words, asked open-ended."""

from __future__ import annotations

from warmbench.tasks.task_spec import PAPER_SAMPLE, Source, TaskSpec

__all__ = ["MEDQA"]

_JUDGE_PROMPT = """\
You grade answers to medical questions that a lay person asks about somebody's case. The right \
references are accepted ways of giving the one right answer (a diagnosis, a cause, a drug, a \
test, a next step); the wrong references are plausible mistakes.

CORRECT: the answer settles on what a right reference says, in lay or technical words; a more \
precise term for the same thing counts. Advice to see a doctor makes no difference.
INCORRECT: it settles on something else; it lists possibilities and singles out none of them; it \
puts something else first; or it gives general advice without saying what was asked for.
REFUSED: it declines to give a medical opinion, or says only that it can't tell, and names \
nothing.
"""

MEDQA = TaskSpec(
    name="medqa",
    label="MedQA",
    answer_form="phrase",
    in_headline=True,
    open_config="open_medqa",
    judge_prompt=_JUDGE_PROMPT,
    source=Source(
        repo="GBaker/MedQA-USMLE-4-options",
        config=None,
        split="test",
        revision="0fb93dd23a7339b6dcd27e241cb9b5eca62d4d18",
        license="MIT (question copyright unsettled)",
        file_patterns=("phrases_no_exclude_test.jsonl", "medqa*.jsonl"),
        columns=("question", "answer", "options"),
        sample=PAPER_SAMPLE,
        reader="warmbench_builders.sources.medqa:read_medqa",
    ),
    known_accuracies={
        "GPT-4o-2024-08-06": 83.7,
        "Llama-3.1-70B-Instruct": 63.43,
        "Llama-3.1-8B-Instruct": 47.39,
        "Mistral-Small-Instruct-2409": 65.79,
        "Qwen-2.5-32B-Instruct": 66.26,
    },
)
