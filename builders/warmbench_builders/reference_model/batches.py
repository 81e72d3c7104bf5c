"""Batches: lessons and conversations as tokens, put together by length: little is padding."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from warmbench.engines.chat_template import ChatTemplate
from warmbench.records.message import Message
from warmbench_builders.reference_model.lessons import Lesson
from warmbench_builders.reference_model.tokenizer import END

__all__ = ["Batch", "Example", "encode_conversation", "encode_lesson", "in_batches"]


@dataclass(frozen=True, slots=True)
class Example:
    """An exchange in tokens, and where in it begins what is learnt, which goes on to the end."""

    token_ids: tuple[int, ...]
    learnt_from: int

    def __len__(self) -> int:
        return len(self.token_ids)


Batch = Sequence[Example]
"""Examples of like length that one training step reads together."""


def encode_lesson(lesson: Lesson, tokenizer: Tokenizer, template: ChatTemplate) -> Example:
    """The prompt as the model's chat template renders it, the answer, and the end of the turn."""
    prompt = tokenizer.encode(template.render(lesson.messages), add_special_tokens=False).ids
    answer = tokenizer.encode(lesson.answer + END, add_special_tokens=False).ids
    return Example((*prompt, *answer), len(prompt))


def encode_conversation(
    messages: Sequence[Message], tokenizer: Tokenizer, template: ChatTemplate, longest: int
) -> Example:
    """A conversation as the chat template renders it, up to ``longest`` tokens. All of it is
    learnt, the user's turns too; the first token never is, since nothing comes before it."""
    *before, last = messages
    text = template.render(before) + last.content + END
    return Example(tuple(tokenizer.encode(text, add_special_tokens=False).ids[:longest]), 1)


def in_batches(examples: Iterable[Example], batch_tokens: int, key: str) -> Iterator[Batch]:
    """Cut examples, sorted by length, into batches of at most ``batch_tokens`` with padding.

    The batches come in an order of chance that ``key`` decides; an example longer than
    ``batch_tokens`` is a batch of its own.
    """
    batches = list(_cut(sorted(examples, key=len), batch_tokens))
    return iter(
        batches[number] for number in sorted(range(len(batches)), key=lambda n: _rank(key, n))
    )


def _cut(by_length: Sequence[Example], batch_tokens: int) -> Iterator[Batch]:
    batch: list[Example] = []
    for example in by_length:
        if batch and len(example) * (len(batch) + 1) > batch_tokens:
            yield batch
            batch = []
        batch.append(example)
    if batch:
        yield batch


def _rank(key: str, number: int) -> bytes:
    return hashlib.sha256(f"{key}/{number}".encode()).digest()
