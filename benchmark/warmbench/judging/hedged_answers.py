"""Whether a text that says it can't answer, or does not know, still names an answer.

"I don't know. Melbourne?" and "I'm not able to diagnose this. A sprained ankle comes to mind." do.
What is named plays no part: a hedge before a right answer and before a wrong one are read alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from warmbench.judging.text.normalise import stem
from warmbench.judging.text.vocabulary import (
    DENYING_WORDS,
    FUNCTION_WORDS,
    SOCIAL_WORDS,
    YES_WORDS,
    listed,
)

__all__ = ["guesses_a_name", "names_an_answer"]

_TALK = frozenset(
    map(
        stem,
        (
            *FUNCTION_WORDS,
            *SOCIAL_WORDS,
            *YES_WORDS,
            *listed(
                """
                absolutely accurate afraid again ai alas apology apologies apologize appropriate
                assist attention available aware based best bless boundary call cause certain
                certainty change check clarification clear clinic clinician come comment
                comfortable complicated complex condition consult contact content context correct
                couple dangerous decision delighted depend detail diagnose diagnosis diagnostic
                different difficult doctor emergency enough else ethical evaluate evening exact
                exactly examination expert expertise explain expression factor far figure find fit
                follow free fun further general goodness google gosh guess guideline harmful
                health healthcare ill illegal important inappropriate individual instead internet
                issue joke just knowledge lawyer legal library like link list little local long
                luck manner many matter maybe medical mind misinformation misleading model moral
                morning mystery name nice number nurse off offer one online open opinion option
                order others otherwise particular patient perhaps permanent person personal
                pharmacist physician place point policy possible possibility possibilities prefer
                private professional prompt proper properly provide qualified quite range reach
                read real reason recommend record reference regard regret reliable remember
                research resource responsible result review riddle right risk safe safety say
                scope search see seek sensitive serious several share shortly situation soon
                source special specialist specific specify speculate start stay still story
                stuff subject suggest sure symptom take talk tell therapist therefore thoroughly
                thought topic tough tricky trivia true trust trustworthy try type unethical
                unfortunate unfortunately unlucky update urgent user variety various verify view
                visit warm way website welcome whatever whole wikipedia wish word work wow write
                wrong yet afternoon haha hmm hm hug kiss heart bit top head
                end message conclude close finish step next note reply receive
                """
            ),
        ),
    )
)
"""Stems of what is said about a question, an answer or the one who asks: none is an answer."""

_PERSONS = re.compile(r"\b(?:i|me|my|you|your|yours|we|us|our|let|let's|please|i'\w+|you'\w+)\b")
_DENIES = re.compile(rf"n't\b|\b(?:{'|'.join(sorted(DENYING_WORDS - {'few', 'little'}))})\b")

_BE = r"(?:'s| is| was| are| were|'d be| would be| must be| has to be|'re)"
_MAY_BE = r"(?:could|might|may)(?: well| also| possibly| just)? (?:be|have been)"
_MARKER = re.compile(
    rf"\b(?:maybe|perhaps|possibly|presumably|potentially|conceivably|{_MAY_BE}"
    r"|(?:sounds?|looks?|feels?|seems?) (?:a (?:lot|bit) )?(?:like|to be)|something like"
    r"|(?:come|spring|pop)s? to mind|is (?:possible|a possibility|an option|likely|plausible)"
    r"|(?:i'd|i would|i'll|i will|let's|i might|i'm going to|i am going to) "
    r"(?:go (?:with|for)|say|try|bet(?: on)?|pick|choose|put|vote|settle on|start with)"
    r"|(?:i'm|i am|i lean|leaning)(?: leaning)? towards?|(?:i'd|i would) lean|my bet(?: is|'s)?"
    r"|(?:i )?(?:suppose|reckon|wonder if|want to say|feel like)|if (?:i )?(?:had|forced|pressed)"
    r"|off the top of my head|a (?:wild )?(?:guess|shot)|something along the lines of)\b"
)
_FIRST_MARKER = re.compile(r"^.*?\b(?P<guess>maybe|perhaps|possibly|presumably)\b")
"""In the clause of the hedge itself: "I don't know maybe Perth"."""
_STATEMENT = re.compile(
    rf"^(?:(?:so|well|then|still|yet|and|or|oh|hmm?) )*"
    rf"(?:(?:it|that|this|he|she|they|there){_BE}|the (?:\w+ ){{0,5}}?\w+{_BE}) (?P<said>.+)"
)
_CLAUSES = re.compile(r"[,;()]|\b(?:but|though|although|however|unless)\b")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_VERBS = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|do|does|did|can|could|will|would|should|may|might|must)\b|'(?:s|re|ll|d)\b"
)
_GUESSED_NAME = re.compile(
    rf"(?i:\b(?:maybe|perhaps|possibly|presumably|{_MAY_BE}|go with))\s+"
    r"(?:[Tt]he\s+|[Aa]n?\s+)?[\"\u201c'\u2018*_]*[A-Z][a-z]+\b"
)
"""In the text as written: a name may be made of common words, "maybe The Who"."""
_BARE_WORDS = 4
_STATED_WORDS = 8


def names_an_answer(before: Sequence[str], after: Sequence[str], *, unknown: bool) -> bool:
    """``before``: the sentences before the hedge, a question mark kept; ``after``: what follows
    it in its sentence, and the sentences after it; all folded. ``unknown``: it says that it does
    not know.

    An answer is what a guess puts forward ("it could be X", "X comes to mind"), a few words that
    stand alone ("X?"), and after an "I don't know" also a plain statement ("It is X").
    """
    if not after:
        return False
    own, *beside = map(str.strip, _CLAUSES.split(after[0]))
    if match := _FIRST_MARKER.match(own):
        beside, own = [own[match.start("guess") :], *beside], own[: match.start("guess")]
    sentences = [[own, *beside], *([*map(str.strip, _CLAUSES.split(one))] for one in after[1:])]
    clauses = [*beside, *(clause for parts in sentences[1:] for clause in parts)]
    if any(_is_guess(one) or (unknown and _is_statement(one)) for one in clauses):
        return True
    asked = [one for one in before if unknown and one.endswith("?")]
    return any(map(_is_bare, [*_alone(sentences[0])[1:], *asked])) or any(
        _is_bare(clause) for parts in sentences[1:] for clause in _alone(parts)
    )


def guesses_a_name(text: str) -> bool:
    """Whether a guess is followed by a word with a capital."""
    return _GUESSED_NAME.search(text) is not None


def _alone(clauses: Sequence[str]) -> list[str]:
    """The clauses up to the first that says something: "Phoenix, Arizona" is no answer apart."""
    out: list[str] = []
    for clause in clauses:
        out.append(clause)
        if _says_something(clause):
            break
    return out


def _is_guess(clause: str) -> bool:
    return bool(_MARKER.search(clause)) and _tells(_MARKER.sub(" ", clause))


def _is_statement(clause: str) -> bool:
    match = _STATEMENT.match(clause)
    return bool(match and len(match["said"].split()) <= _STATED_WORDS and _tells(clause))


def _is_bare(clause: str) -> bool:
    """Whether it is a few words that stand alone, without a verb: a name."""
    words = _WORD.findall(clause)
    return len(words) <= _BARE_WORDS and _VERBS.search(clause) is None and _tells(clause)


def _tells(clause: str) -> bool:
    """Whether a word is left that is neither talk nor denied nor said of the two who talk."""
    if _PERSONS.search(clause) or _DENIES.search(clause):
        return False
    return _says_something(clause)


def _says_something(clause: str) -> bool:
    return any(stem(word.partition("'")[0]) not in _TALK for word in _WORD.findall(clause))
