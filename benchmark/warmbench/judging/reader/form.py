"""What the reader reads: a question and then a text, an answer or a reference, as the ids of word
pieces. Training and judging make it here, so that they make the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex
from tokenizers import Tokenizer

__all__ = ["ReaderForm", "ReaderInput", "sentences"]

_CLS, _SEP = 101, 102
"""BERT's own marks."""

_QUESTION_PIECES = 32
"""The last of a question: a case history asks at its end."""
_TEXT_PIECES = 288
"""Of an answer. A longer one loses its middle."""
_FIRST_OF_LONG = 0.4
"""The share of a long answer's room that its beginning gets: the end often decides."""

_SENTENCE = regex.compile(
    r"[^.!?\n]*(?:[.!?]+(?!\s)[^.!?\n]*)*(?:[.!?]+[\"'\u201d\u2019)*_]*|\n|$)\s*"
)


@dataclass(frozen=True, slots=True)
class ReaderInput:
    """``ids`` are all pieces; those of the text begin at ``text_at``, one for each of ``spans``,
    which has their (start, end) in the text. ``sentence_of`` numbers the sentence of each."""

    ids: tuple[int, ...]
    text_at: int
    spans: tuple[tuple[int, int], ...]
    sentence_of: tuple[int, ...]


class ReaderForm:
    """Makes inputs with one tokenizer, that of the weights."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True  # "[SEP]" in an answer is plain pieces
        self._tokenizer = tokenizer
        self._question = lru_cache(maxsize=16_384)(self._question_pieces)

    def make(self, question: str, text: str) -> ReaderInput:
        """Return the input for ``text``; an empty one has no pieces of its own."""
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        kept = _kept(len(encoded.ids))
        spans = tuple(encoded.offsets[at] for at in kept)
        before = (_CLS, *self._question(question), _SEP)
        return ReaderInput(
            ids=(*before, *(encoded.ids[at] for at in kept), _SEP),
            text_at=len(before),
            spans=spans,
            sentence_of=_sentence_of(spans, text),
        )

    def _question_pieces(self, text: str) -> tuple[int, ...]:
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        return tuple(encoded.ids[-_QUESTION_PIECES:])


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence or line of ``text``, in order, covering all of it."""
    found = [match.span() for match in _SENTENCE.finditer(text) if match.end() > match.start()]
    return found or [(0, len(text))]


def _kept(length: int) -> Sequence[int]:
    if length <= _TEXT_PIECES:
        return range(length)
    first = int(_TEXT_PIECES * _FIRST_OF_LONG)
    return [*range(first), *range(length - (_TEXT_PIECES - first), length)]


def _sentence_of(spans: Sequence[tuple[int, int]], text: str) -> tuple[int, ...]:
    ends = [end for _, end in sentences(text)]
    numbers, at = [], 0
    for start, _ in spans:
        while at < len(ends) - 1 and start >= ends[at]:
            at += 1
        numbers.append(at)
    return tuple(numbers)
