"""Replies that answer nothing, made from answers to other questions; all of them are wrong.

Without them the reader only ever compares what takes a side, and passes what takes none.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

from rapidfuzz import fuzz, utils

from warmbench.records.verdict import Question, Verdict
from warmbench_builders.reader.examples import Example, Phase, Portion
from warmbench_builders.reader.tone import ToneSentences

__all__ = ["non_answers"]

_SAYS_NOT = 60.0
"""A token set ratio (0 to 100) below it: the reply surely doesn't use a right answer's words."""
_SHORT = 5
"""Words. "No, never." may well answer two questions, so shorter answers aren't moved."""
_PHRASE = 3
"""Words, at most, of a reference whose name can be broken."""
_LETTERS = 5
_MISSPELT = 70.0
"""A ratio (0 to 100): a word that is nearer to the right one is misspelt, and not another."""
_REPLACED = 0.65
"""The share of the words of an answer that others take the place of."""
_SHARE = 0.5
_PHRASES_SHARE = 0.12
"""Of questions whose answers are phrases: they are many."""
_FRAMES = (
    "{}",
    "{}.",
    "The answer is {}.",
    "It was {}, I believe.",
    "That would be {}.",
    "The answer to your question is {}.",
    "Good question! It's {}.",
    "I'm fairly sure that it is {}, as far as I remember.",
)


def non_answers(examples: Sequence[Example], tone: ToneSentences) -> Iterator[Example]:
    """For each question of ``examples``, in their order: a whole answer to another question, two
    halves of such answers, an answer whose words are mostly of others, sentences of ``tone`` alone,
    and a right name that is broken, where they can be made. What is taken from another question
    is of the same portion."""
    for portion in Portion:
        ones = [
            one for one in examples if one.portion is portion and one.label is not Verdict.REFUSED
        ]
        by_question: dict[Question, list[Example]] = {}
        for one in ones:
            by_question.setdefault(one.question, []).append(one)
        long = [one for one in ones if len(one.answer.split()) >= _SHORT]
        if long:
            for question, own in by_question.items():
                yield from _of_question(question, own, long, tone)


def _of_question(
    question: Question, own: Sequence[Example], long: Sequence[Example], tone: ToneSentences
) -> Iterator[Example]:
    draw = random.Random(f"non-answers/{question.text}")

    def other() -> str:
        while True:
            one = draw.choice(long)
            if one.question.text != question.text:
                return one.answer

    def soup() -> str:
        words = draw.choice(own).answer.split()
        stock = other().split() + other().split()
        return " ".join(draw.choice(stock) if draw.random() < _REPLACED else w for w in words)

    kinds: dict[str, Callable[[], str | None]] = {
        "other": other,
        "halves": lambda: _halves(other(), other(), draw),
        "soup": soup,
        "tone": lambda: _tone_alone(tone, draw),
        "broken": lambda: _broken(question, long, draw),
    }
    phrases = own[0].source == "nq_human"
    for kind, make in kinds.items():
        answer = make()
        if answer and (kind == "broken" or not _says_one_of(answer, question.correct_answers)):
            share = _PHRASES_SHARE if phrases else _SHARE
            yield Example(
                question, answer, Verdict.INCORRECT, f"non_answers:{kind}", share, since=Phase.LAST
            )


def _says_one_of(answer: str, references: Sequence[str]) -> bool:
    return any(
        fuzz.token_set_ratio(answer, one, processor=utils.default_process) >= _SAYS_NOT
        for one in references
    )


def _halves(first: str, second: str, draw: random.Random) -> str:
    head, tail = first.split(), second.split()
    return " ".join(head[: draw.randint(2, len(head))] + tail[draw.randint(0, len(tail) - 2) :])


def _tone_alone(tone: ToneSentences, draw: random.Random) -> str:
    kind = draw.choice("wcn")
    places = draw.choice(("o", "c", "oc", "omc", "oo"))
    gap = draw.choice((" ", "\n\n"))
    return gap.join(draw.choice(tone.by_kind.get(kind + at) or tone.by_kind["wo"]) for at in places)


def _broken(question: Question, others: Sequence[Example], draw: random.Random) -> str | None:
    """A right name whose longest word ends as another does, in a sentence."""
    names = [
        one
        for one in question.correct_answers
        if len(one.split()) <= _PHRASE and not re.search(r"\d", one)
    ]
    if not names:
        return None
    name = draw.choice(names)
    word = max(_words(name), key=len, default=None)
    if word is None:
        return None
    for _ in range(20):
        long = _words(draw.choice(draw.choice(others).question.correct_answers))
        if not long:
            continue
        other = draw.choice(long)
        made = word[: len(word) // 2] + other[len(other) // 2 :]
        if fuzz.ratio(made.lower(), word.lower()) < _MISSPELT:
            return draw.choice(_FRAMES).format(name.replace(word, made))
    return None


def _words(text: str) -> list[str]:
    return [one for one in re.findall(r"[^\W\d_]+", text) if len(one) >= _LETTERS]
