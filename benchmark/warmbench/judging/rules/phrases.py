"""Short-phrase references: which of the right and the wrong phrases an answer settles on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from warmbench.judging.rules.aliases import Alias, Match, aliases, best_match
from warmbench.judging.rules.commitment import (
    Named,
    committed_side,
    is_contested,
    is_contested_text,
    named,
)
from warmbench.judging.rules.comparison import Comparison
from warmbench.judging.rules.stance import Stance, only, stances
from warmbench.judging.text.normalise import Text
from warmbench.judging.text.number_forms import is_number
from warmbench.judging.text.vocabulary import DENYING_WORDS, FUNCTION_WORDS, SOCIAL_WORDS, listed

__all__ = ["Phrases", "judge_phrases", "phrases", "says_word_for_word"]

_FOUND, _NOT_FOUND = 0.5, 0.2
_SURELY_FOUND = 0.85
_SAYS = frozenset({Stance.ASSERTED, Stance.ASCRIBED})
_ASSERTS = frozenset({Stance.ASSERTED})
_SHORT_ANSWER, _LONG_ANSWER, _WORD, _READ_WORDS = 40, 120, 8, 3
"""Words of a short answer, of a longer one that is still read for its opening, of a name alone,
and of one where wrong answers are given too."""
_TRACE = 0.05
_NO_NAMES = DENYING_WORDS | {"i"}
_FRAME = frozenset(
    listed("the a an right correct best answer to your this that question here it is was")
)
"""Words that may lead an answer that is a reference and nothing else."""
_DENIES = re.compile(r" (?:not|never|no|except|fals|incorrect|wrong) ")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The aliases of the right answer and of the wrong ones."""

    right: tuple[Alias, ...]
    wrong: tuple[Alias, ...]
    question_denies: bool
    right_lines: tuple[str, ...]
    wrong_lines: tuple[str, ...]
    bare_right: frozenset[str]
    bare_wrong: frozenset[str]
    asked: frozenset[str]
    asks_for_a_name: bool

    def is_longer_name(self, answer: Text, one: Named) -> bool:
        """Whether the word before a name of one word makes it another: German measles."""
        before = one.start - 1
        if one.end - one.start > 1 or before < 0:
            return False
        if answer.clauses[before] != answer.clauses[one.start]:
            return False
        word, stem = answer.words[before], answer.stems[before]
        return not (
            word in FUNCTION_WORDS
            or word in SOCIAL_WORDS
            or stem in self.asked
            or any(f" {stem} " in line for line in self.right_lines)
        )


def phrases(correct: tuple[str, ...], incorrect: tuple[str, ...], question: Text) -> Phrases:
    """Return the phrases ready for look-up; one on both sides counts as right."""
    right = aliases(correct, question)
    lines = {alias.text.line for alias in right}
    wrong = tuple(one for one in aliases(incorrect, question) if one.text.line not in lines)
    return Phrases(
        right=right,
        wrong=wrong,
        question_denies=bool(_DENIES.search(question.line)),
        right_lines=tuple(one.text.line for one in right),
        wrong_lines=tuple(one.text.line for one in wrong),
        bare_right=_bare(right),
        bare_wrong=_bare(wrong),
        asked=frozenset(question.stems),
        asks_for_a_name=all(one.names or any(map(is_number, one.text.words)) for one in right),
    )


def judge_phrases(answer: Text, references: Phrases) -> Comparison:
    """Return which side ``answer`` settles on."""
    bare = _without_frame(answer)
    if bare in references.bare_right:
        return Comparison(True, True, "says a correct answer")
    if bare in references.bare_wrong:
        return Comparison(False, True, "says an incorrect answer")
    stance = stances(answer, denying_question=references.question_denies)
    asserted = only(answer, stance, _SAYS)
    right, wrong = best_match(asserted, references.right), best_match(asserted, references.wrong)
    if right.chance >= _FOUND and wrong.chance >= _FOUND:
        asserted = only(answer, stance, _ASSERTS)
        narrowed = best_match(asserted, references.right), best_match(asserted, references.wrong)
        if (narrowed[0].chance >= _FOUND) != (narrowed[1].chance >= _FOUND):
            right, wrong = narrowed
    if right.chance >= _FOUND and wrong.chance >= _FOUND:
        return _settle(answer, asserted, right, wrong, references)
    if right.chance >= _FOUND:
        return _says_right(answer, right, references)
    if wrong.chance >= _FOUND:
        return _says_wrong(answer, wrong, references)
    return _says_neither(answer, right, references)


def _bare(side: tuple[Alias, ...]) -> frozenset[str]:
    """The phrases that are answers by themselves: those that the question has not."""
    return frozenset(_without_frame(one.text) for one in side if not one.is_in_question)


def _without_frame(text: Text) -> str:
    words = text.line.split()
    while len(words) > 1 and words[0] in _FRAME:
        del words[0]
    return " ".join(words)


def says_word_for_word(answer: Text, references: Phrases) -> bool:
    """Whether ``answer`` has a right or a wrong phrase that the question has not, and does not
    deny it."""
    asserted = only(
        answer, stances(answer, denying_question=references.question_denies), _SAYS
    ).line
    return any(
        alias.text.line in asserted and not alias.is_in_question
        for alias in (*references.right, *references.wrong)
    )


def _says_right(answer: Text, right: Match, references: Phrases) -> Comparison:
    if right.chance < _SURELY_FOUND or not right.exact:
        return Comparison(True, False, "comes near a correct answer")
    if right.alias is None or right.alias.is_in_question:
        return Comparison(True, False, "says a correct answer that the question names")
    sure = _is_plain(answer, right, references)
    return Comparison(True, sure, "says a correct answer")


def _says_wrong(answer: Text, wrong: Match, references: Phrases) -> Comparison:
    sure = (
        wrong.chance >= _SURELY_FOUND
        and wrong.alias is not None
        and not wrong.alias.is_partly_in_question
        and _is_plain(answer, wrong, references)
        and best_match(answer, references.right).chance < _NOT_FOUND
    )
    return Comparison(False, sure, "says an incorrect answer")


def _says_neither(answer: Text, right: Match, references: Phrases) -> Comparison:
    denied = best_match(answer, references.right)
    if denied.chance >= _FOUND:
        return Comparison(False, False, "sets a correct answer aside", on_the_matter=False)
    sure = (
        denied.recall < _TRACE
        and len(answer.words) <= (_READ_WORDS if references.wrong else _WORD)
        and references.asks_for_a_name
        and not (
            _NO_NAMES.intersection(answer.words) or references.asked.intersection(answer.stems)
        )
    )
    return Comparison(False, sure, "says no correct answer", on_the_matter=False)


def _is_plain(answer: Text, match: Match, references: Phrases) -> bool:
    """Whether a name found word for word is what a short answer, or the first sentence of a longer
    one, says and nothing else: without doubt, choice, denial or a longer name around it."""
    if match.alias is None:
        return False
    names = named(answer, [match.alias.text.line], ())
    if not names:
        return (
            match.exact
            and match.alias.is_in_any_order
            and len(answer.words) <= _SHORT_ANSWER // 2
            and not is_contested_text(answer)
        )
    one = names[0]
    opening = answer.sentences[one.start] == answer.sentences[0]
    return (
        (len(answer.words) <= _SHORT_ANSWER or (opening and len(answer.words) <= _LONG_ANSWER))
        and not is_contested(answer, one)
        and not references.is_longer_name(answer, one)
    )


def _settle(
    answer: Text, asserted: Text, right: Match, wrong: Match, references: Phrases
) -> Comparison:
    """Decide where both sides are in the answer."""
    names = named(answer, references.right_lines, references.wrong_lines)
    side = committed_side(answer, names)
    if side is not None:
        return Comparison(side, False, "commits to one of the answers it names")
    if right.whole != wrong.whole:
        return Comparison(right.whole, False, "one side word for word, the other in part")
    if not right.whole:
        return Comparison(right.chance > wrong.chance, False, "both sides in part")
    nested = _nested(asserted, right, wrong)
    if nested is not None:
        return nested
    if _lists_all(asserted, references):
        return Comparison(False, False, "lists right and wrong answers alike")
    return Comparison(bool(names and names[-1].right), False, "says a right and a wrong answer")


def _nested(asserted: Text, right: Match, wrong: Match) -> Comparison | None:
    """Where one phrase is part of the other ("York" in "New York"), the longer one is meant."""
    one, other = _line(right), _line(wrong)
    if other in one and other not in asserted.line.replace(one, " | "):
        return Comparison(True, False, "says a correct answer")
    if one in other and one not in asserted.line.replace(other, " | "):
        return Comparison(False, False, "says an incorrect answer")
    return None


def _lists_all(asserted: Text, references: Phrases) -> bool:
    """Whether two or more wrong answers, and all of them, are given."""
    return len(references.wrong) > 1 and all(
        alias.text.line in asserted.line for alias in references.wrong
    )


def _line(match: Match) -> str:
    return match.alias.text.line if match.alias else "\n"
