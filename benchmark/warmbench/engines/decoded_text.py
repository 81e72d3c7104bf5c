"""What a local model wrote, decoded so that reasoning can be told from the answer.

A tokenizer leaves special tokens out of a text, and with some models the marks around reasoning
are special tokens: without them the text of gpt-oss reads ``analysisLyon? No.assistantfinalParis``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from warmbench.records.reasoning import Parted, part_reasoning

__all__ = ["DecodedText", "decoded_text", "opened_reasoning"]

_LAST_TAG = re.compile(r"(?:<[^<>]{1,40}>|\[[^\[\]]{1,40}\]|◁[^◁▷]{1,40}▷)\s*\Z")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """``text`` as a ``Reply`` takes it, and the ``reasoning`` that was parted from it."""

    text: str
    reasoning: str = ""


def opened_reasoning(prompt: str) -> str:
    """The tag with which a prompt opens the reply's reasoning; empty where it opens none.

    >>> opened_reasoning("<|im_start|>assistant\\n<think>\\n")
    '<think>\\n'
    >>> opened_reasoning("<think>\\n\\n</think>\\n\\n")
    ''
    """
    tag = _LAST_TAG.search(prompt)
    return tag[0] if tag and part_reasoning(tag[0]).answer is None else ""


def decoded_text(
    full: str, plain: str, *, opened: str = "", special_tokens: Iterable[str] = ()
) -> DecodedText:
    """``full`` is the reply with the special tokens in it, ``plain`` without them; ``opened`` is
    what the prompt opened (``opened_reasoning``)."""
    whole = opened + full
    parted = part_reasoning(whole)
    if parted == Parted(full):
        return DecodedText(plain.strip())
    if parted.answer is None:
        return DecodedText(whole)
    answer = parted.answer
    for token in special_tokens:
        answer = answer.replace(token, "")
    return DecodedText(answer.strip(), parted.reasoning)
