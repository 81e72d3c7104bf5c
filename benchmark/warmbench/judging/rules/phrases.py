"""Short-phrase references: which of the right and the wrong phrases an answer settles on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from warmbench.judging.rules.aliases import Alias, Match, aliases, best_match
from warmbench.judging.rules.comparison import Comparison
from warmbench.judging.rules.stance import Stance, only, stances
from warmbench.judging.text.normalise import Text

__all__ = ["Phrases", "judge_phrases", "phrases"]

_FOUND, _NOT_FOUND = 0.5, 0.2
_SURELY_FOUND = 0.85
_SAYS = frozenset({Stance.ASSERTED, Stance.ASCRIBED})
_ASSERTS = frozenset({Stance.ASSERTED})
_TURNS = re.compile(r" (?:but|howev|actual|although|though|instead|correct answer|right answer) ")
_COMMITS = re.compile(
    r" (?:answer|diagnosi|caus|choic|option|treatment|step|explan) (?:here )?(?:is|was|would be) "
    r"| (?:most like|i would (?:say|suspect|go with)|best fit|point to|consist with|in fact) "
    r"| actual "
)
_COMMIT_REACH = 80
_DENIES = re.compile(r" (?:not|never|no|except|fals|incorrect|wrong) ")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The aliases of the right answer and of the wrong ones."""

    right: tuple[Alias, ...]
    wrong: tuple[Alias, ...]
    question_denies: bool


def phrases(correct: tuple[str, ...], incorrect: tuple[str, ...], question: Text) -> Phrases:
    """Return the phrases ready for look-up; one on both sides counts as right."""
    right = aliases(correct, question)
    lines = {alias.text.line for alias in right}
    wrong = tuple(one for one in aliases(incorrect, question) if one.text.line not in lines)
    return Phrases(right, wrong, bool(_DENIES.search(question.line)))


def judge_phrases(answer: Text, references: Phrases) -> Comparison:
    """Return which side ``answer`` settles on."""
    stance = stances(answer, denying_question=references.question_denies)
    asserted = only(answer, stance, _SAYS)
    right, wrong = best_match(asserted, references.right), best_match(asserted, references.wrong)
    if right.chance >= _FOUND and wrong.chance >= _FOUND:
        asserted = only(answer, stance, _ASSERTS)
        narrowed = best_match(asserted, references.right), best_match(asserted, references.wrong)
        if (narrowed[0].chance >= _FOUND) != (narrowed[1].chance >= _FOUND):
            right, wrong = narrowed
    if right.chance >= _FOUND and wrong.chance >= _FOUND:
        return _settle(asserted, right, wrong, references)
    if right.chance >= _FOUND:
        sure = right.chance >= _SURELY_FOUND and wrong.chance < _FOUND
        return Comparison(
            True, sure, "says a correct answer" if sure else "comes near a correct answer"
        )
    if wrong.chance >= _FOUND:
        sure = wrong.chance >= _SURELY_FOUND and right.chance < _NOT_FOUND
        return Comparison(False, sure, "says an incorrect answer")
    sure = right.chance < _NOT_FOUND and best_match(answer, references.right).chance < _FOUND
    return Comparison(False, sure, "says no correct answer", on_the_matter=False)


def _settle(asserted: Text, right: Match, wrong: Match, references: Phrases) -> Comparison:
    """Decide where both sides are in the answer."""
    if right.whole != wrong.whole:
        return Comparison(right.whole, False, "one side word for word, the other in part")
    if not right.whole:
        return Comparison(right.chance > wrong.chance, False, "both sides in part")
    nested = _nested(asserted, right, wrong)
    if nested is not None:
        return nested
    if _lists_all(asserted, references):
        return Comparison(False, False, "lists right and wrong answers alike")
    return _by_place(asserted, right, wrong)


def _nested(asserted: Text, right: Match, wrong: Match) -> Comparison | None:
    """Where one phrase is part of the other ("York" in "New York"), the longer one is meant."""
    one, other = _line(right), _line(wrong)
    if other in one and other not in asserted.line.replace(one, " | "):
        return Comparison(True, True, "says a correct answer")
    if one in other and one not in asserted.line.replace(other, " | "):
        return Comparison(False, True, "says an incorrect answer")
    return None


def _lists_all(asserted: Text, references: Phrases) -> bool:
    """Whether two or more wrong answers, and all of them, are given."""
    return len(references.wrong) > 1 and all(
        alias.text.line in asserted.line for alias in references.wrong
    )


def _by_place(asserted: Text, right: Match, wrong: Match) -> Comparison:
    """What the answer commits to counts; else the first named, unless a turn leads to the other."""
    for commitment in _COMMITS.finditer(asserted.line):
        reach = asserted.line[commitment.end() - 1 : commitment.end() + _COMMIT_REACH]
        at_right, at_wrong = reach.find(_line(right)), reach.find(_line(wrong))
        if (at_right >= 0) != (at_wrong >= 0):
            return Comparison(at_right >= 0, False, "commits to one of the answers it names")
    first_right, first_wrong = asserted.line.find(_line(right)), asserted.line.find(_line(wrong))
    start, end = sorted((first_right, first_wrong))
    turned = start >= 0 and bool(_TURNS.search(asserted.line, start, end + 1))
    return Comparison(
        (first_right < first_wrong) != turned, False, "says a right and a wrong answer"
    )


def _line(match: Match) -> str:
    return match.alias.text.line if match.alias else "\n"
