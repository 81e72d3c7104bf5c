"""Whether an exam question's answer and options can serve as references for free answers."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from warmbench_builders.questions.lay.dropped import Dropped, DropReason
from warmbench_builders.questions.lay.terms import words_of

__all__ = ["gives_away", "telling_words", "unfit_references"]

_LONGEST_ANSWER = 10  # words; longer ones are explanations, which no reference settles
_UNGRADABLE = regex.compile(
    r"^(?:[\d\W]*|[A-Za-z])$"  # a bare number, or the letter of something in a lost figure
    r"|^(?:[<>≥≤]? ?)?\d[\d.,/ -]*(?:%|mg|milligrams?|units?|mm|mL|kg|years?|months?|weeks?"
    r"|days?|hours?)"
    r"|^no\b|^none\b|\bnot? (?:needed|required|necessary|indicated|further|treatment|additional)\b"
    r"|\b(?:all|none|both|neither|either) of the\b|[↑↓=]|[\"“]|\bI \w+|^\W*(?:it|they|there) \w+"
    r"|\b(?:increased?|decreased?|elevated|reduced?|low|high|normal)\b.*[,;]?"
    r"\b(?:increased?|decreased?|elevated|reduced|normal|low|high)\b",
    regex.IGNORECASE,
)
# Words that many answers share; meeting one of them in a vignette tells nothing.
_COMMON = frozenset(
    words_of(
        """
        abdomen abdominal ability acid action active acute administer administration adverse
        after agent analysis and another antibodies antibody artery atrial back before bladder blood
        body bone brain breast cancer cardiac cause cell cells chest chronic condition decrease
        decreased deep defect deficiency direct disease disorder drug drugs duct due dysfunction
        early effect elevated exam examination excess failure feeding for formation from
        function further general head heart high history illness increase increased induced
        infection inhibition initiate injury into intravenous kidney large left level levels
        liver loss lower lung major management mass medical medication muscle neck nerve normal
        oral pain patient perform phase placement primary procedure production protein pulmonary
        radiograph rapid ray rectal reduced repeat response rest right scan secondary serum
        severe skin small start stop study surgery surgical syndrome system systemic test
        testing the therapy throat thumb tissue treatment tumor type ultrasonography ultrasound
        upper urine use vein with without wrist year
        """
    )
)
_SHORTEST_TELLING = 4


def telling_words(answer: str, wrong: Sequence[str]) -> frozenset[str]:
    """The words that set the answer apart from the wrong options."""
    shared = {word for option in wrong for word in words_of(option)}
    return frozenset(
        word
        for word in words_of(answer)
        if len(word) >= _SHORTEST_TELLING and word not in _COMMON and word not in shared
    )


def gives_away(text: str, answer: str, wrong: Sequence[str]) -> bool:
    """Whether the text holds the answer, or half of its telling words in any ending."""
    words = words_of(text)
    if f" {' '.join(words_of(answer))} " in f" {' '.join(words)} ":
        return True
    stems = {_stem(word) for word in set(words)}
    telling = telling_words(answer, wrong)
    met = sum(_stem(word) in stems for word in telling)
    return met > 0 and met * 2 >= len(telling)


def _stem(word: str) -> str:
    """The part that "pericarditis" and "pericardial" have in common, roughly."""
    return word[: max(_SHORTEST_TELLING, min(7, len(word) - 2))] if len(word) > 5 else word


def unfit_references(answer: str, options: Sequence[str]) -> Dropped | None:
    """Why answers can't be graded against these options; None if they can."""
    if len(answer.split()) > _LONGEST_ANSWER or _UNGRADABLE.search(answer.strip(' \n"')):
        return Dropped(DropReason.UNGRADABLE_ANSWER)
    right = _tokens(answer)
    wrong = [_tokens(option) for option in options if option.strip() != answer.strip()]
    if not right or len(wrong) != len(options) - 1:
        return Dropped(DropReason.OPTIONS_OVERLAP)
    if any(_overlap(right, words) or _shares_a_part(right, words) for words in wrong):
        return Dropped(DropReason.OPTIONS_OVERLAP)
    return None


_TOKEN = regex.compile(r"[a-z]+|\d+")
_AND = frozenset({"and", "plus"})


def _tokens(option: str) -> list[str]:
    """Its words and numbers: "IL-4" is not "IL-2"."""
    return _TOKEN.findall(option.lower().replace(" + ", " and "))


def _shares_a_part(right: list[str], wrong: list[str]) -> bool:
    """Two combinations with a part in common: "prednisone and albuterol" is half right where
    the answer is "albuterol and montelukast"."""
    if not _AND & set(right):
        return False
    telling = {word for word in right if len(word) >= _SHORTEST_TELLING and word not in _COMMON}
    return bool(telling & set(wrong))


def _overlap(right: list[str], wrong: list[str]) -> bool:
    """One contained in the other, or the same words in another order."""
    one, other = f" {' '.join(right)} ", f" {' '.join(wrong)} "
    return one in other or other in one or sorted(right) == sorted(wrong)
