"""TruthfulQA (Lin, Hilton & Evans 2022): questions that invite a common misconception.

A question is kept where a false and a true answer each make a sentence that a user would say.
What the authors ask the model about itself or its place, matters of taste, tautologies and
riddles that complete a name have no such sentence; facts that have changed since are left out.
Every question that is kept was also read by eye: a reader left some out, and chose which references
of others a user says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import regex

from warmbench_builders.questions.belief_clause import ClauseMaker, asserting, doubting
from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.questions.reviewed import load_chosen, load_left_out
from warmbench_builders.sources.batch import Origin, Rejected, Row, stable_id

__all__ = ["read_truthfulqa"]

_NOT_ASKED = {
    "Confusion": "asks to complete a name",
    "Distraction": "the answer changes with time",
    "Indexical": "asks about the model, or a place or time it does not name",
    "Logical Falsehood": "a tautology",
    "Subjective": "a matter of taste",
}
"""How a category begins -> why its questions are left out."""

_UNNAMED_PLACE = regex.compile(
    r"\b(?:the|this|your) (?:country|area|city|state|town)\b"
    r"(?! (?:of|in|that|with|where|on|to|is))",
    regex.IGNORECASE,
)
_ABOUT_THE_MODEL = regex.compile(
    r"\byou(?:r| personally|'ve)? (?:literally |own |personally )?(?:opinion|view|favorite|friends"
    r"|wife|parents know|personally|disagree|seen)\b|\bof yours\b",
    regex.IGNORECASE,
)
_CHANGES = regex.compile(
    r"\b(?:current(?:ly)?|recent|today|nowadays|these days|right now|this year|latest|so far"
    r"|still|since 20\d\d|richest|last decade|alive)\b",
    regex.IGNORECASE,
)
_COUNTED = frozenset({"Economics", "Health", "Sociology", "Weather"})
_STATISTIC = regex.compile(
    r"\b(?:more|less|fewer|most|least|longer|higher|lower|taller|thinner|richest|affordab\w+|rate"
    r"|how many (?:american )?(?:men|people)|proportion|afford|poverty|unequal|richer)\b"
    r"(?! effective)",
    regex.IGNORECASE,
)
_DRUG = regex.compile(r"\b(?:weed|cannabis|marijuana|mushrooms)\b|\bbanned\b", regex.IGNORECASE)
_DISAGREE = regex.compile(r"\bdisagree\b", regex.IGNORECASE)
_SAID = regex.compile(r"\bexact words\b|\bwhat d(?:id|oes) .*\bsay\b", regex.IGNORECASE)
_OBSCENE = regex.compile(r"\bf-word\b|fuck|\bshit\b|\bwop\b|\bnaff\b", regex.IGNORECASE)
_MISSPELT = regex.compile(
    r"\bdisesase|\battemped|\bto you hair|Argentina consumers|\bbe great investor|food In Brit"
    r"|drink In Brit|cloudly|business need|All business in|would say extraterr|to drink under"
    r"|easiest way is to catch|demonstrated scientifically demonstrated"
)
_BUT = regex.compile(r", but .*")
# Questions whose keys are disputed or wrong, by what they ask.
_WRONG_KEY = regex.compile(
    r"\b[Mm]arry(?:ing)?\b.*\b(?:relative|cousin|member|UK)\b"
    r"|crashed during the Roswell|hitting your children|bell-ringer of Notre"
)


def read_truthfulqa(rows: Sequence[Row], origin: Origin) -> Iterator[SourceQuestion | Rejected]:
    """One result a row, from the CSV of the authors or the Hub's ``generation`` config."""
    named = [_with_plain_names(row) for row in rows]
    clauses = ClauseMaker(_texts(named))
    for row in named:
        yield _question(row, clauses, origin)


def _question(
    row: Mapping[str, Any], clauses: ClauseMaker, origin: Origin
) -> SourceQuestion | Rejected:
    question = str(row["question"]).strip()
    best = str(row["best_answer"]).strip()
    right = _answers(best, row["correct_answers"])
    wrong = _answers(str(row.get("best_incorrect_answer") or ""), row["incorrect_answers"])
    if not best or not wrong:
        return Rejected("no usable answer")
    question_id = stable_id("truthfulqa", question)
    chosen = load_chosen().get(question_id)
    reason = load_left_out().get(question_id)
    if reason is None and chosen is None:
        reason = _fault(question, str(row["category"]), best, wrong[0])
    if reason:
        return Rejected(reason)
    if chosen:
        belief, asserted = _said(wrong[chosen.asserted], clauses, asserting)
        doubted = right[chosen.doubted]
        _, denied = _said(_BUT.sub("", doubted), clauses, doubting)
    else:
        belief, asserted = _first_said(question, wrong, clauses, asserting)
        doubted, denied = _first_said(question, right, clauses, doubting)
    if not asserted or not denied:
        return Rejected("no answer makes a natural belief sentence")
    return SourceQuestion(
        question_id=question_id,
        task="truthfulqa",
        question=question,
        correct_answers=right,
        incorrect_answers=wrong,
        doubted=doubted,
        belief=belief,
        category=str(row["category"]),
        source=origin.name,
        source_revision=origin.revision,
        license=origin.license,
        asserts_wrong=asserted,
        doubts_right=denied,
    )


def _fault(question: str, category: str, best: str, wrong: str) -> str | None:
    for beginning, reason in _NOT_ASKED.items():
        if category.startswith(beginning):
            return reason
    if _UNNAMED_PLACE.search(question) or _ABOUT_THE_MODEL.search(question):
        return _NOT_ASKED["Indexical"]
    if _DISAGREE.search(best):
        return _NOT_ASKED["Subjective"]
    if _OBSCENE.search(question):
        return "a slur or an obscenity"
    if _WRONG_KEY.search(question):
        return "the key is disputed"
    counted = category in _COUNTED and _STATISTIC.search(question)
    legal = category == "Law" and _DRUG.search(f"{question} {wrong}")
    if counted or legal or _CHANGES.search(question):
        return "the answer changes with time"
    if _SAID.search(question) and '"' not in best:
        return "asks for words, not for a fact"
    return None


def _first_said(
    question: str,
    answers: Iterable[str],
    clauses: ClauseMaker,
    saying: Callable[[str], tuple[str, ...]],
) -> tuple[str, tuple[str, ...]]:
    """The first answer that makes natural sentences, and these; both empty where none does.

    What is not the best answer must share a word with the question, or it may answer another.
    """
    asked = _stems(question)
    for place, answer in enumerate(answers):
        if _MISSPELT.search(answer) or (place and asked.isdisjoint(_stems(answer))):
            continue
        if (said := _said(answer, clauses, saying))[1]:
            return said
    return "", ()


def _said(
    answer: str, clauses: ClauseMaker, saying: Callable[[str], tuple[str, ...]]
) -> tuple[str, tuple[str, ...]]:
    clause = clauses.clause(answer)
    return answer, saying(clause) if clause else ()


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:5] for word in regex.findall(r"\p{L}{4,}", text.casefold()))


def _with_plain_names(upstream: Row) -> dict[str, Any]:
    return {key.lower().replace(" ", "_"): value for key, value in upstream.items()}


def _texts(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield str(row["question"])
        for column in ("correct_answers", "incorrect_answers"):
            yield from _answers("", row[column])


def _answers(best: str, others: str | Sequence[str]) -> tuple[str, ...]:
    listed = others.split(";") if isinstance(others, str) else others
    texts = (text.strip() for text in (best, *map(str, listed)))
    return tuple(dict.fromkeys(text for text in texts if text))
