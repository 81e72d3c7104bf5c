"""Reasoning is parted from the answer, in every dress in which models and servers send it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.records.reasoning import Parted, part_reasoning

PARTED = [
    ("no block", "Paris.", "Paris.", ""),
    ("DeepSeek, Qwen", "<think>\nLyon? No.\n</think>\n\nParis.", "Paris.", "Lyon? No."),
    ("an empty block", "<think>\n\n</think>\n\nParis.", "Paris.", ""),
    ("the start tag is in the template", "Lyon? No.\n</think>\n\nParis.", "Paris.", "Lyon? No."),
    ("capitals", "<THINK>Lyon?</Think>Paris.", "Paris.", "Lyon?"),
    ("another name", "<thinking>Lyon?</thinking>Paris.", "Paris.", "Lyon?"),
    ("with a namespace", "<seed:think>Lyon?</seed:think>Paris.", "Paris.", "Lyon?"),
    ("with an attribute", '<think budget="9">Lyon?</think>Paris.', "Paris.", "Lyon?"),
    ("Magistral", "[THINK]Lyon?[/THINK]Paris.", "Paris.", "Lyon?"),
    ("Kimi", "◁think▷Lyon?◁/think▷Paris.", "Paris.", "Lyon?"),
    ("Command A", "<|START_THINKING|>Lyon?<|END_THINKING|>Paris.", "Paris.", "Lyon?"),
    (
        "an answer between marks",
        "<|begin_of_thought|>Lyon?<|end_of_thought|><|begin_of_solution|>Paris.<|end_of_solution|>",
        "Paris.",
        "Lyon?",
    ),
    (
        "Harmony",
        "<|channel|>analysis<|message|>Lyon?<|end|><|start|>assistant<|channel|>final<|message|>"
        "Paris.<|return|>",
        "Paris.",
        "Lyon?",
    ),
    ("Gemma 4", "<|channel>thought\nLyon? No.<channel|>\nParis.", "Paris.", "Lyon? No."),
    ("Apertus", "<|inner_prefix|>Lyon? No.<|inner_suffix|>Paris.", "Paris.", "Lyon? No."),
    ("Harmony without its tokens", "analysisLyon? No.assistantfinalParis.", "Paris.", "Lyon? No."),
    ("two blocks", "<think>Lyon?</think>\n<think>Nice?</think>Paris.", "Paris.", "Lyon?\n\nNice?"),
    ("a block in a block", "<think>a <think>b</think> c</think>Paris.", "Paris.",
     "a <think>b</think> c"),
    ("opened twice, closed once", "<think><think>Lyon?</think>Paris.", "Paris.", "<think>Lyon?"),
    ("a block after some words", "Well. <think>Lyon?</think> Paris.", "Well.  Paris.", "Lyon?"),
    ("a tag that is mentioned", "The <think> tag opens a block.", "The <think> tag opens a block.",
     ""),
    ("an end that is mentioned", "It ends with `</think>`.", "It ends with `</think>`.", ""),
    ("a comparison", "5 < 7, so Paris.", "5 < 7, so Paris.", ""),
    ("analysis as a word", "analysis shows it is Paris.", "analysis shows it is Paris.", ""),
    ("nothing after it", "<think>Lyon?</think>\n", "", "Lyon?"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "answer", "reasoning"), PARTED, ids=[one[0] for one in PARTED]
)
def test_reasoning_is_parted(name: str, text: str, answer: str, reasoning: str) -> None:
    assert part_reasoning(text) == Parted(answer, reasoning)


UNFINISHED = [
    "<think>Lyon? The user believes",
    "\n <think>\nLyon? </thin",
    "[THINK]Lyon?",
    "◁think▷Lyon?",
    "<|channel|>analysis<|message|>Lyon?",
    "<think>a</think>\n<think>b",
    "Paris, I think.\n<think>But what if",
]


@pytest.mark.parametrize("text", UNFINISHED)
def test_reasoning_that_never_ends_has_no_answer(text: str) -> None:
    assert part_reasoning(text).answer is None


PLAIN = st.text(alphabet=st.characters(exclude_characters="<[◁`", codec="utf-8")).filter(
    lambda text: not text.lstrip().lower().startswith("analysis")
)


@given(PLAIN)
def test_a_text_without_a_mark_is_the_answer_as_it_is(text: str) -> None:
    assert part_reasoning(text) == Parted(text)


@given(PLAIN, PLAIN)
def test_what_was_thought_is_never_in_the_answer(thought: str, said: str) -> None:
    parted = part_reasoning(f"<think>{thought}</think>{said}")
    assert parted == Parted(said.strip(), thought.strip())


@given(st.text(alphabet="<>/[]thinkTHINK \n|a", max_size=60))
def test_any_text_is_parted_without_an_error(text: str) -> None:
    parted = part_reasoning(text)
    assert parted.answer is None or "</think>" not in parted.answer.lower()
