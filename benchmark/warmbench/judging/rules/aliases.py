"""Short-phrase references: how well one of several names for a thing is found in an answer."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property

from warmbench.judging.rules.dates import Date, dates
from warmbench.judging.rules.numbers import (
    has_footnote_mark,
    says_it_of_another_number,
)
from warmbench.judging.rules.opposites import are_opposites
from warmbench.judging.text.normalise import Text, normalise, stem
from warmbench.judging.text.number_forms import is_number
from warmbench.judging.text.spelling import is_misspelling
from warmbench.judging.text.vocabulary import FUNCTION_WORDS, QUESTION_WORDS, SOCIAL_WORDS

__all__ = ["Alias", "Match", "aliases", "best_match"]

_CAPITALISED = re.compile(r"[^\W\d_a-z][\w'\u2019.-]*")
_OR = re.compile(r"\s+or\s+|\s*/\s*|\s*;\s*")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")

# A logistic combination of five measures, fitted (L2, C = 1) to human labels of the answers of
# five systems to Natural Questions (EVOUNA), half of the questions, and rounded. Accuracy there
# is 0.929 leaving questions out and 0.929 leaving systems out; plain alias matching has 0.818.
_BIAS, _RECALL, _WHOLE, _HEAD = -1.8, 4.5, 1.0, 0.5
_OTHER_NUMBER, _OTHER_DATE, _OTHER_WORD = -0.5, -2.5, -2.5
_ASKS_YEAR = frozenset({"when", "year", "date", "since"})
_BEFORE_A_NAME = frozenset(
    {"the", "it", "is", "was", "were", "be", "by", "maybe", "perhaps", "called"}
)
_FORENAMES, _FEW_WORDS = 3, 4
_JOINING = frozenset({"the", "a", "an", "of", "and", "in", "on", "at", "by", "for", "to", "from"})
_NO_NAMES = FUNCTION_WORDS | SOCIAL_WORDS
_ECHOED = 0.3
"""What a word that the question has already is worth beside one that it has not."""


@dataclass(frozen=True, slots=True)
class Alias:
    """One name of the thing asked for.

    ``weights`` say how much each content word tells: names and numbers twice as much as other
    words, words of the question least.
    """

    text: Text
    content: tuple[tuple[str, str], ...]
    names: frozenset[str]
    weights: tuple[float, ...]
    echoed: frozenset[str]
    dates: tuple[Date, ...]
    asks_year: bool

    @property
    def asks(self) -> bool:
        """Whether it is made of words that also lead a clause: The Who."""
        return QUESTION_WORDS.union({"the"}).issuperset(self.text.words)

    @property
    def is_in_question(self) -> bool:
        """Whether the question has all its words, so that saying them proves nothing."""
        return self.echoed.issuperset(stemmed for _, stemmed in self.content)

    @property
    def is_partly_in_question(self) -> bool:
        return not self.echoed.isdisjoint(stemmed for _, stemmed in self.content)

    @property
    def is_in_any_order(self) -> bool:
        """Whether it is a name of a few words, no clause, so that their order hardly matters."""
        return 1 < len(self.content) <= _FEW_WORDS and _JOINING.issuperset(
            word for word in self.text.words if word in FUNCTION_WORDS
        )

    def is_forename(self, word: str) -> bool:
        """Whether it is a name that another name follows: only such are cut short."""
        return word in self.names and word != self.content[-1][0]


@dataclass(frozen=True, slots=True)
class Match:
    """How well an alias is found: ``chance`` that a reader takes it as given, and whether word
    for word (``whole``) or at least each of its words as it is spelt (``exact``); ``recall`` is
    the weighted share of its words that is there."""

    chance: float
    whole: bool
    recall: float
    alias: Alias | None = None
    exact: bool = False


NOTHING = Match(0.0, False, 0.0)


def aliases(references: tuple[str, ...], question: Text) -> tuple[Alias, ...]:
    """Return the distinct aliases in ``references``, the parts of "X or Y" among them."""
    found: dict[str, Alias] = {}
    for reference in references:
        for name in _variants(reference):
            alias = _alias(name, question)
            if alias is not None:
                found.setdefault(alias.text.line, alias)
    return tuple(found[line] for line in sorted(found))


def _variants(reference: str) -> list[str]:
    bare = _IN_BRACKETS.sub("", reference).strip()
    parts = _OR.split(bare)
    whole = [reference, bare] if bare else [reference]
    return whole + [part for part in parts if len(part) > 3] if len(parts) > 1 else whole


def _alias(name: str, question: Text) -> Alias | None:
    text = normalise(name)
    if not text:
        return None
    pairs = list(zip(text.words, text.stems, strict=True))
    content = [pair for pair in pairs if pair[0] not in FUNCTION_WORDS] or pairs
    names = {word for part in _CAPITALISED.findall(name) for word in normalise(part).words}
    echoed = frozenset(question.stems)
    weights = [
        (_ECHOED if stemmed in echoed else 1.0) * (2.0 if word in names or is_number(word) else 1.0)
        for word, stemmed in content
    ]
    days = dates(text.words)
    return Alias(
        text=text,
        content=tuple(content),
        names=frozenset(names),
        weights=tuple(weights),
        echoed=echoed,
        dates=days,
        asks_year=bool(days) or not _ASKS_YEAR.isdisjoint(question.words),
    )


def best_match(answer: Text, names: tuple[Alias, ...]) -> Match:
    """Return the match of the alias that ``answer`` says best.

    Parts of an alias count only where one sentence has them: words that lie scattered over a
    long answer are no sign of it.
    """
    if not answer or not names:
        return NOTHING
    best = _best(answer, names)
    if best.whole or best.chance < 0.5 or answer.sentences[0] == answer.sentences[-1]:
        return best
    return max((_best(one, names) for one in answer.by_sentence()), key=_chance)


def _best(answer: Text, names: tuple[Alias, ...]) -> Match:
    known = _Known(answer)
    return max((_match(known, alias) for alias in names), key=_chance)


def _chance(match: Match) -> float:
    return match.chance


class _Known:
    """The words of an answer, made ready for many look-ups."""

    def __init__(self, answer: Text) -> None:
        self.answer = answer
        self.stems = frozenset(answer.stems)
        self.words = frozenset(answer.words)
        self.content = sorted(self.words - FUNCTION_WORDS)
        self.dates = dates(answer.words)
        self.counted = _without_centuries(answer.words)
        self.numbers = [word for word in self.content if is_number(word)]

    @cached_property
    def by_letter(self) -> dict[str, list[str]]:
        """The words of content by their first letter."""
        out: dict[str, list[str]] = {}
        for word in self.content:
            out.setdefault(word[0], []).append(word)
        return out

    @cached_property
    def edges(self) -> frozenset[int]:
        """Where words begin and end in ``answer.glued``."""
        out, at = {0}, 0
        for word in self.answer.words:
            at += len(word)
            out.add(at)
        return frozenset(out)

    def has_glued(self, part: str) -> bool:
        """Whether words of the answer, put together, are ``part``."""
        glued = self.answer.glued
        at = glued.find(part)
        while at >= 0:
            if at in self.edges and at + len(part) in self.edges:
                return True
            at = glued.find(part, at + 1)
        return False

    def before(self, stemmed: str) -> set[str]:
        """The words of content up to three places before each ``stemmed``."""
        answer = self.answer
        places = [at for at, one in enumerate(answer.stems) if one == stemmed]
        return {
            word
            for at in places
            for word in answer.words[max(at - _FORENAMES, 0) : at]
            if word not in FUNCTION_WORDS
        }

    def beside(self, stemmed: str, step: int) -> list[str]:
        """The words before or after each ``stemmed``, "" where its clause begins or ends there."""
        answer, out = self.answer, list[str]()
        for at, one in enumerate(answer.stems):
            if one == stemmed:
                other = at + step
                inside = 0 <= other < len(answer.words)
                same = inside and answer.clauses[at] == answer.clauses[other]
                out.append(answer.words[other] if same else "")
        return out


def _without_centuries(words: tuple[str, ...]) -> frozenset[str]:
    """The words but those of "19th century", which is no 19."""
    return frozenset(
        word for word, after in zip(words, (*words[1:], ""), strict=True) if after != "century"
    )


def _match(known: _Known, alias: Alias) -> Match:
    whole = alias.text.line in known.answer.line or (
        len(alias.text.glued) >= 6 and known.has_glued(alias.text.glued)
    )
    if alias.asks:
        whole = whole and (" the " in alias.text.line or _stands_alone(alias, known.answer))
        found = [float(whole)] * len(alias.content)
    elif whole:
        found = [1.0] * len(alias.content)
    else:
        found = [_found(known, alias, *pair) for pair in alias.content]
    recall = math.fsum(f * w for f, w in zip(found, alias.weights, strict=True))
    recall /= math.fsum(alias.weights)
    score = _BIAS + _RECALL * recall + _WHOLE * whole + _HEAD * found[-1]
    if _says_another_number(known, alias, found):
        score += _OTHER_NUMBER
    if _says_another_date(known, alias) or (
        not (alias.dates and known.dates)
        and says_it_of_another_number(alias.text.words, known.answer.words, alias.echoed)
    ):
        score += _OTHER_DATE
    if not whole and _says_another_word(known, alias, found):
        score += _OTHER_WORD
    exact = whole or min(found) == 1.0
    return Match(1 / (1 + math.exp(-score)), whole, recall, alias, exact)


def _says_another_word(known: _Known, alias: Alias, found: list[float]) -> bool:
    """Whether beside a word of the alias stands another one in the place of the next: "Andrew
    Johnson" for "Lyndon Johnson", "South Korea" for "North Korea".

    Among common words only opposites are another thing: a "big depression" may be a great one.
    """
    for at in range(len(found) - 1):
        for near, missing, step in ((at, at + 1, 1), (at + 1, at, -1)):
            if found[near] and not found[missing]:
                beside = known.beside(alias.content[near][1], step)
                if beside and all(_is_another(word, alias, near, missing) for word in beside):
                    return True
    return False


def _is_another(word: str, alias: Alias, near: int, missing: int) -> bool:
    """Whether ``word`` says another thing than the missing word of the alias."""
    wanted = alias.content[missing][0]
    if are_opposites(wanted, word):
        return True
    return bool(word) and (
        {alias.content[near][0], wanted} <= alias.names
        and word not in _NO_NAMES
        and not is_number(word)
        and stem(word) not in alias.echoed
        and not any(word == one or _is_short_for(one, word) for one, _ in alias.content)
    )


def _stands_alone(alias: Alias, answer: Text) -> bool:
    """Whether a name such as "Who" fills a clause, or follows a verb or an article that makes it a
    name: in "I know who did it" it is none."""
    for at, word in enumerate(answer.words):
        if word == alias.text.words[0]:
            clause = answer.clauses.count(answer.clauses[at])
            if clause == 1 or (at and answer.words[at - 1] in _BEFORE_A_NAME):
                return True
    return False


def _found(known: _Known, alias: Alias, word: str, stemmed: str) -> float:
    """How surely ``word`` of an alias is in the answer, from 0 to 1."""
    if stemmed in known.stems or word in known.words:
        return 1.0
    if is_number(word):
        if word.endswith("th") and word[:-2] in known.words:
            return 0.8
        if f"{word}th" in known.counted:
            return 0.8
        return 0.8 if alias.asks_year and has_footnote_mark(word, known.numbers) else 0.0
    if any(is_misspelling(word, other) for other in known.by_letter.get(word[0], ())):
        return 0.9
    if len(word) >= 6 and known.has_glued(word):
        return 0.9
    if alias.is_forename(word) and any(
        _is_short_for(word, other) for other in known.before(alias.content[-1][1])
    ):
        return 0.6
    return 0.0


def _says_another_date(known: _Known, alias: Alias) -> bool:
    """Whether the answer names days, and none that agrees with the alias."""
    if not alias.dates or not known.dates:
        return False
    return not any(other.agrees(date) for other in known.dates for date in alias.dates)


def _says_another_number(known: _Known, alias: Alias, found: list[float]) -> bool:
    """Whether the alias has numbers, the answer none of them but others."""
    numbers = [f for f, (word, _) in zip(found, alias.content, strict=True) if is_number(word)]
    if not numbers or any(numbers):
        return False
    return any(number not in alias.echoed for number in known.numbers)


def _is_short_for(one: str, other: str) -> bool:
    """Whether a name is an initial or the start of the other: W. for William, Nic for Nicholas."""
    if min(len(one), len(other)) == 1:
        return one[0] == other[0]
    return min(len(one), len(other)) >= 3 and one[:3] == other[:3]
