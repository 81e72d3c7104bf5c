"""What a local model wrote: reasoning apart, whatever marks its tokenizer leaves out."""

from __future__ import annotations

import pytest

from warmbench.engines.decoded_text import DecodedText, decoded_text, opened_reasoning
from warmbench.records.reply import CUT, Reply, response_of
from warmbench.records.response import Answer, Failure, FailureKind

WRITTEN = [
    ("plain", "Paris.", "Paris.", "", DecodedText("Paris.")),
    ("special tokens without meaning", "<|im_start|>Paris.<|pad|>", "Paris.", "", DecodedText("Paris.")),
    ("marks that are words", "<think>Lyon?</think> Paris.", "<think>Lyon?</think> Paris.", "",
     DecodedText("Paris.", "Lyon?")),
    ("marks that are special tokens", "[THINK]Lyon?[/THINK]Paris.<|pad|>", "Lyon?Paris.", "",
     DecodedText("Paris.", "Lyon?")),
    ("gpt-oss",
     "<|channel|>analysis<|message|>Lyon?<|end|><|start|>assistant<|channel|>final<|message|>Paris.",
     "analysisLyon?assistantfinalParis.", "", DecodedText("Paris.", "Lyon?")),
    ("gpt-oss without reasoning", "<|channel|>final<|message|>Paris.", "finalParis.", "",
     DecodedText("Paris.")),
    ("gpt-oss, cut", "<|channel|>analysis<|message|>Lyon", "analysisLyon", "",
     DecodedText("<|channel|>analysis<|message|>Lyon")),
    ("opened by the prompt", "Lyon?\n</think>\n\nParis.", "Lyon?\n</think>\n\nParis.", "<think>\n",
     DecodedText("Paris.", "Lyon?")),
    ("opened by the prompt, cut", "Lyon or", "Lyon or", "<think>\n", DecodedText("<think>\nLyon or")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "full", "plain", "opened", "expected"), WRITTEN, ids=[w[0] for w in WRITTEN]
)
def test_reasoning_is_parted(
    name: str, full: str, plain: str, opened: str, expected: DecodedText
) -> None:
    special = ["<|pad|>", "<|im_start|>", "[THINK]", "[/THINK]"]
    assert decoded_text(full, plain, opened=opened, special_tokens=special) == expected


@pytest.mark.parametrize("name", ["gpt-oss, cut", "opened by the prompt, cut"])
def test_reasoning_that_was_cut_is_no_answer(name: str) -> None:
    text = next(w[4].text for w in WRITTEN if w[0] == name)
    response = response_of("k", Reply(text, CUT))
    assert isinstance(response, Failure)
    assert response.kind is FailureKind.REASONING_ONLY


def test_an_answer_is_one_with_its_reasoning_beside_it() -> None:
    response = response_of("k", Reply("Paris.", "stop", "Lyon?"))
    assert isinstance(response, Answer)
    assert (response.text, response.reasoning) == ("Paris.", "Lyon?")


PROMPTS = [
    ("<|im_start|>assistant\n<think>\n", "<think>\n"),
    ("<|im_start|>assistant\n<think>", "<think>"),
    ("<|im_start|>assistant\n<think>\n\n</think>\n\n", ""),
    ("<|im_start|>assistant\n", ""),
    ("<|user|>Write <think>.<|end|><|assistant|>", ""),
    ("[INST] hello [/INST]", ""),
    ("[INST] hello [/INST][THINK]", "[THINK]"),
    ("", ""),
]


@pytest.mark.parametrize(("prompt", "opened"), PROMPTS)
def test_what_a_prompt_opens(prompt: str, opened: str) -> None:
    assert opened_reasoning(prompt) == opened
