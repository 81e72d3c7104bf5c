"""Conversations as tokens, and which of the tokens are learnt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.errors import DataError, UsageError
from warmbench.records.message import Message
from warmbench_builders.tuning.data import Chat
from warmbench_builders.tuning.options import LossOn

__all__ = ["IGNORED", "Example", "ExampleSet", "encode_chats"]

IGNORED = -100
"""The label of a token that is read but not learnt, as transformers has it."""


@dataclass(frozen=True, slots=True)
class Example:
    """One conversation: its tokens, and for each of them itself or ``IGNORED``."""

    token_ids: tuple[int, ...]
    labels: tuple[int, ...]

    def cut_to(self, length: int) -> Example:
        """The first ``length`` tokens."""
        return Example(self.token_ids[:length], self.labels[:length])

    @property
    def learnt(self) -> int:
        """How many tokens are learnt. The first never is: nothing comes before it."""
        return sum(label != IGNORED for label in self.labels[1:])


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """The examples of a training, how many were ``cut``, and how many conversations were
    ``left_out`` because no token to learn was left."""

    examples: tuple[Example, ...]
    cut: int
    left_out: int

    @property
    def tokens(self) -> int:
        return sum(len(example.token_ids) for example in self.examples)

    @property
    def loss_tokens(self) -> int:
        return sum(example.learnt for example in self.examples)


def encode_chats(
    chats: Sequence[Chat], tokenizer: Any, max_length: int, loss_on: LossOn
) -> ExampleSet:
    """Conversations as the tokenizer's chat template writes them, cut to ``max_length`` tokens.

    Raises ``UsageError`` where the template does not let the assistant's turns be found,
    ``DataError`` where it does not take a conversation, or none has a token to learn.
    """
    encode = _encode_assistant if loss_on is LossOn.ASSISTANT else _encode_all
    whole = [encode(chat, tokenizer, number) for number, chat in enumerate(chats, start=1)]
    kept = [example.cut_to(max_length) for example in whole]
    examples = tuple(example for example in kept if example.learnt)
    if chats and not examples:
        raise DataError(
            f"no conversation has a token to learn within --max-length {max_length}; raise it, "
            "or give conversations with assistant turns"
        )
    return ExampleSet(
        examples,
        cut=sum(len(example.token_ids) > max_length for example in whole),
        left_out=len(chats) - len(examples),
    )


def _encode_all(chat: Chat, tokenizer: Any, number: int) -> Example:
    ids = tuple(tokenizer(_render(chat, tokenizer, number), add_special_tokens=False)["input_ids"])
    return Example(ids, ids)


def _encode_assistant(chat: Chat, tokenizer: Any, number: int) -> Example:
    """A token is learnt when it starts within an assistant's turn, its end mark included."""
    if not tokenizer.is_fast:
        raise UsageError(
            "this tokenizer has no offsets, so the assistant's turns "
            "can't be found; use --loss-on all"
        )
    text = _render(chat, tokenizer, number)
    spans = _assistant_spans(chat, text, tokenizer, number)
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids = tuple(encoded["input_ids"])
    labels = tuple(
        token if any(first <= start < last for first, last in spans) else IGNORED
        for token, (start, _) in zip(ids, encoded["offset_mapping"], strict=True)
    )
    return Example(ids, labels)


def _assistant_spans(chat: Chat, text: str, tokenizer: Any, number: int) -> list[tuple[int, int]]:
    """Where the assistant's turns are in ``text``: between the prompt that asks for a turn, and the
    conversation up to the end of that turn. Needs no mark in the template, only that a longer
    conversation begins with the shorter one's text."""
    spans = []
    for place, message in enumerate(chat):
        if message.role != "assistant" or place == 0:  # a turn that answers nothing is not learnt
            continue
        before = _render(chat[:place], tokenizer, number, add_generation_prompt=True)
        after = _render(chat[: place + 1], tokenizer, number)
        if not (text.startswith(before) and text.startswith(after) and len(before) < len(after)):
            raise UsageError(
                f"conversation {number}: the model's chat template rewrites earlier turns when "
                "the conversation goes on, so the assistant's turns can't be found; "
                "use --loss-on all"
            )
        spans.append((len(before), len(after)))
    return spans


def _render(
    chat: Sequence[Message], tokenizer: Any, number: int, add_generation_prompt: bool = False
) -> str:
    from jinja2 import TemplateError

    messages = [{"role": m.role, "content": m.content} for m in chat]
    try:
        text: str = tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=add_generation_prompt
        )
    except TemplateError as error:
        raise DataError(
            f"conversation {number}: the model's chat template does not take it: {error}"
        ) from None
    return text
