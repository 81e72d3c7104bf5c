"""Whether the questions of the open pool are sound, as far as counting can tell.

A question must not give its answer away, its wrong answers must be wrong in the judge's eyes too,
and no task or topic may outweigh the others. Whether an answer is true is left to readers.
Answers are compared as the judge reads them: folded, without articles, by their stems.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from textwrap import shorten

import numpy as np
import regex
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from warmbench.judging.text.normalise import Text, normalise, stem
from warmbench.judging.text.vocabulary import FUNCTION_WORDS
from warmbench.records.verdict import Judgement, Question, Verdict
from warmbench.tasks.registry import task_of
from warmbench_builders.questions.answer_kind import Kind, asked_noun, is_class_word, number_in
from warmbench_builders.questions.framing_check import Finding
from warmbench_builders.questions.open_pool import OPEN_TASKS, PoolQuestion

__all__ = ["check_against", "check_grading", "check_pool"]

# rapidfuzz's token_sort_ratio, 0 to 100: the words in the order of the alphabet, so that a
# question turned round ("Which river ...?", "... which river?") is still the same.
NEAR_DUPLICATE = 80.0

TASK_QUESTIONS = 70
WRONG_ANSWERS = 2

# In percent. Tasks have equal weight in the headline: a small one would carry more noise.
TASK_EXCESS = 10
CATEGORY_SHARE = 25

_ID = regex.compile(r"open-([a-z]+)-(\d{3})")
_YES_OR_NO = regex.compile(r"(?:yes|no)\b *(?:[,;:.!]|$)", regex.IGNORECASE)
# Function words that can be the whole point of a statement.
_TURNING_WORDS = frozenset(["no", "not", "nor", "why", "how", "before", "after"])

# A number with what it counts in small letters: 1957, 400 metres, 3rd, $20, but not 50 Cent.
_NUMERAL = regex.compile(r"[£$€]?\d[\d.,:/]*%?\p{Ll}*(?: [\p{Ll}\d]\S*)*")
_DIGIT = regex.compile(r"\d")

_ODD = {
    "a control, invisible or broken character": regex.compile(r"[\p{C}\p{Zl}\p{Zp}\uFFFD]"),
    "a typographic quote": regex.compile(r"[\p{Pi}\p{Pf}\u201A\u201E\u2032\u2033\u00B4`]"),
    "a space that is not the plain one": regex.compile(r"(?! )\p{Zs}"),
    "a space at an end, or two in a row": regex.compile(r"^ | $|  "),
}

_SENTENCES = {"phrase": "The answer is {}", "statement": "Here is what I know: {}"}


@dataclass(frozen=True, slots=True)
class _Reading:
    """A question with its texts as the judge reads them, in the order of the row.

    ``asked_class`` has the stems of the noun that is asked for ("which *river*").
    """

    row: PoolQuestion
    asked: Text
    asked_class: frozenset[str]
    correct: tuple[Text, ...]
    incorrect: tuple[Text, ...]

    @property
    def of_phrases(self) -> bool:
        return task_of(self.row.task).answer_form == "phrase"


def check_pool(questions: Sequence[PoolQuestion]) -> list[Finding]:
    """What is wrong with the pool; an empty list when nothing is.

    ``where`` of a finding is a question id, two of them joined by `` and ``, or a task.
    """
    findings = [finding for question in questions for finding in _check_question(question)]
    findings += _check_ids(questions)
    findings += _check_pairs(questions)
    findings += _check_balance(questions)
    return findings


def check_against(
    questions: Sequence[PoolQuestion], others: Sequence[str], limit: float = NEAR_DUPLICATE
) -> list[Finding]:
    """Questions that are too like one of ``others``, the questions of another set."""
    likeness = _likeness([question.question for question in questions], others, limit)
    return [
        Finding(
            questions[row].question_id,
            f"is alike by {likeness[row, column]:.0f} to {shorten(others[column], 90)!r}; "
            f"under {limit:.0f} is accepted",
        )
        for row, column in np.argwhere(likeness >= limit)
    ]


def check_grading(
    questions: Sequence[PoolQuestion], judge: Callable[[Question, str], Judgement]
) -> list[Finding]:
    """Answers of the pool that ``judge`` does not grade as what they are, bare or in a plain
    sentence."""
    return [finding for question in questions for finding in _check_references(question, judge)]


def _check_question(row: PoolQuestion) -> list[Finding]:
    noun = asked_noun(row.question)
    reading = _Reading(
        row=row,
        asked=normalise(row.question),
        asked_class=frozenset(normalise(noun.noun).stems if noun else ()),
        correct=tuple(normalise(answer) for answer in row.correct_answers),
        incorrect=tuple(normalise(answer) for answer in row.incorrect_answers),
    )
    problems = [
        *_form_problems(row),
        *_text_problems(row),
        *_duplicate_problems(reading),
        *_clash_problems(reading),
        *_giveaway_problems(reading),
        *_kind_problems(row),
    ]
    return [Finding(row.question_id, problem) for problem in problems]


def _form_problems(row: PoolQuestion) -> Iterator[str]:
    if not row.question.endswith("?"):
        yield f"ends with {row.question[-1:]!r}; a question ends with '?'"
    if len(row.incorrect_answers) < WRONG_ANSWERS:
        yield f"has {len(row.incorrect_answers)} wrong answers; at least {WRONG_ANSWERS} are needed"


def _text_problems(row: PoolQuestion) -> Iterator[str]:
    answers = (*row.correct_answers, *row.incorrect_answers)
    for text in (row.question, *answers, row.category):
        for name, odd in _ODD.items():
            if odd.search(text):
                yield f"has {name} in {text!r}"
        if not unicodedata.is_normalized("NFC", text):
            yield f"has letters and accents apart (not NFC) in {text!r}"
    yield from (f"has an answer without a word, {a!r}" for a in answers if not normalise(a))


def _duplicate_problems(reading: _Reading) -> Iterator[str]:
    """Correct answers are spellings of one thing, so only case is folded; wrong ones are others."""
    spellings = [answer.casefold().rstrip(".!") for answer in reading.row.correct_answers]
    for first, again in _repeated(reading.row.correct_answers, spellings):
        yield f"has the correct answer {first!r} again as {again!r}"
    things = [text.stems for text in reading.incorrect]
    for first, again in _repeated(reading.row.incorrect_answers, things):
        yield f"has the wrong answer {first!r} again as {again!r}"


def _repeated(answers: Sequence[str], keys: Sequence[Hashable]) -> Iterator[tuple[str, str]]:
    first: dict[Hashable, str] = {}
    for answer, key in zip(answers, keys, strict=True):
        if key in first:
            yield first[key], answer
        first.setdefault(key, answer)


def _clash_problems(reading: _Reading) -> Iterator[str]:
    """A judge that looks for whole words would find both answers where one stands in the other.

    A correct statement may quote a wrong one ("not a curse, ..."): there only equality and the
    other direction count.
    """
    rights = zip(reading.row.correct_answers, reading.correct, strict=True)
    wrongs = zip(reading.row.incorrect_answers, reading.incorrect, strict=True)
    for (right, is_right), (wrong, is_wrong) in product(rights, wrongs):
        if not is_right or not is_wrong:
            continue
        if is_right.stems == is_wrong.stems:
            yield f"has the correct answer {right!r} as the wrong one {wrong!r}"
        elif is_right.line in is_wrong.line:
            yield f"has the correct answer {right!r} within the wrong one {wrong!r}"
        elif reading.of_phrases and is_wrong.line in is_right.line:
            yield f"has the wrong answer {wrong!r} within the correct one {right!r}"


def _giveaway_problems(reading: _Reading) -> Iterator[str]:
    """At most one: the first correct answer that stands in a question that offers no choice."""
    gives = _gives_phrase if reading.of_phrases else _gives_statement
    given = (
        answer
        for answer, text in zip(reading.row.correct_answers, reading.correct, strict=True)
        if gives(text, reading.incorrect, reading)
    )
    answer = next(given, None)
    if answer is None or _asks_yes_or_no(reading.row):
        return
    offered = any(gives(text, reading.correct, reading) for text in reading.incorrect)
    if not (offered and "or" in reading.asked.words):
        yield f"gives its answer {answer!r} away"


def _asks_yes_or_no(row: PoolQuestion) -> bool:
    answers = (*row.correct_answers, *row.incorrect_answers)
    return any(_YES_OR_NO.match(answer) for answer in answers)


def _gives_phrase(answer: Text, rivals: Sequence[Text], reading: _Reading) -> bool:
    """Whether an answer stands in the question in all but the words for its class.

    Such a word is the noun that is asked for ("which river"), or a noun for a class that a rival
    has too ("King"). Where no word sets an answer apart, or a single letter does (the A of a
    vitamin, which the question may have as an article), it counts only as it stands.
    """
    shared = {root for rival in rivals for root in rival.stems}
    needed = {
        root
        for word, root in zip(answer.words, answer.stems, strict=True)
        if (word not in FUNCTION_WORDS or len(word) == 1)
        and root not in reading.asked_class
        and not (root in shared and is_class_word(word))
    }
    if not needed - shared or any(len(root) == 1 for root in needed):
        return bool(answer) and answer.line in reading.asked.line
    known = _known_stems(reading.asked)
    return needed <= known or stem(answer.glued) in known


def _known_stems(asked: Text) -> set[str]:
    """The question's stems, and those of neighbours written as one: sugar cane, sugarcane."""
    glued = (stem(one + other) for one, other in zip(asked.words, asked.words[1:], strict=False))
    return {*asked.stems, *glued}


def _gives_statement(answer: Text, _: Sequence[Text], reading: _Reading) -> bool:
    """Whether all that a statement says stands in the question, denials included."""
    content = {
        root
        for word, root in zip(answer.words, answer.stems, strict=True)
        if word in _TURNING_WORDS or word not in FUNCTION_WORDS
    }
    return bool(content) and content <= set(reading.asked.stems)


def _kind_problems(row: PoolQuestion) -> Iterator[str]:
    """A number beside words shows which answer is meant; titles may be either (1984)."""
    noun = asked_noun(row.question)
    if task_of(row.task).answer_form != "phrase" or (
        noun and noun.kind and noun.kind.name is Kind.TITLE
    ):
        return
    numeric = any(_is_number(answer) for answer in row.correct_answers[:1])
    digits = any(_has_number(answer) for answer in row.correct_answers)
    for wrong in row.incorrect_answers:
        if numeric and not _has_number(wrong):
            yield f"asks for a number; the wrong answer {wrong!r} has none"
        if not digits and _is_number(wrong):
            yield f"asks for no number; the wrong answer {wrong!r} is one"


def _is_number(answer: str) -> bool:
    return number_in(answer) is not None or bool(_NUMERAL.fullmatch(answer))


def _has_number(answer: str) -> bool:
    return number_in(answer) is not None or bool(_DIGIT.search(answer))


def _check_ids(questions: Sequence[PoolQuestion]) -> list[Finding]:
    findings = [
        Finding(question_id, f"is the id of {count} questions")
        for question_id, count in Counter(question.question_id for question in questions).items()
        if count > 1
    ]
    numbers: dict[str, set[int]] = defaultdict(set)
    for question in questions:
        match = _ID.fullmatch(question.question_id)
        if match and match[1] == question.task:
            numbers[question.task].add(int(match[2]))
        else:
            problem = f"is not an id of {question.task}; they start at open-{question.task}-001"
            findings.append(Finding(question.question_id, problem))
    for task, found in numbers.items():
        missing = sorted(set(range(1, max(found) + 1)) - found)
        if missing:
            skipped = ", ".join(f"{number:03d}" for number in missing)
            findings.append(Finding(task, f"skips the numbers {shorten(skipped, 60)}"))
    return findings


def _check_pairs(questions: Sequence[PoolQuestion]) -> list[Finding]:
    texts = [question.question for question in questions]
    likeness = np.triu(_likeness(texts, texts, NEAR_DUPLICATE), k=1)
    return [
        Finding(
            f"{questions[a].question_id} and {questions[b].question_id}",
            f"are alike by {likeness[a, b]:.0f}; under {NEAR_DUPLICATE:.0f} is accepted",
        )
        for a, b in np.argwhere(likeness >= NEAR_DUPLICATE)
    ]


def _likeness(texts: Sequence[str], others: Sequence[str], limit: float) -> NDArray[np.float32]:
    """token_sort_ratio of the lower-cased texts, texts x others; 0 where it is under ``limit``.

    The words are sorted once a text, not once a pair: ten times as fast, with the same ratios.
    """
    return process.cdist(
        [_sorted_words(text) for text in texts],
        [_sorted_words(text) for text in others],
        scorer=fuzz.ratio,
        score_cutoff=limit,
        dtype=np.float32,
    )


def _sorted_words(text: str) -> str:
    return " ".join(sorted(text.lower().split()))


def _check_balance(questions: Sequence[PoolQuestion]) -> list[Finding]:
    counts = {task: sum(question.task == task for question in questions) for task in OPEN_TASKS}
    findings = [
        Finding(task, f"has {count} questions; at least {TASK_QUESTIONS} are needed")
        for task, count in counts.items()
        if count < TASK_QUESTIONS
    ]
    largest, smallest = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if 100 * counts[largest] > (100 + TASK_EXCESS) * counts[smallest]:
        problem = (
            f"has {counts[largest]} questions and {smallest} {counts[smallest]}; "
            f"{TASK_EXCESS} % more is accepted"
        )
        findings.append(Finding(largest, problem))
    return findings + _check_categories(questions, counts)


def _check_categories(
    questions: Sequence[PoolQuestion], counts: Mapping[str, int]
) -> list[Finding]:
    categories = Counter((question.task, question.category) for question in questions)
    return [
        Finding(
            task,
            f"has {count} of its {counts[task]} questions in {category!r}; "
            f"{CATEGORY_SHARE} % is accepted",
        )
        for (task, category), count in categories.items()
        if 100 * count > CATEGORY_SHARE * counts[task]
    ]


def _check_references(
    row: PoolQuestion, judge: Callable[[Question, str], Judgement]
) -> Iterator[Finding]:
    question = Question(
        text=row.question,
        correct_answers=row.correct_answers,
        incorrect_answers=row.incorrect_answers,
        refusal_is_correct=task_of(row.task).refusal_is_correct,
    )
    expected = {Verdict.CORRECT: row.correct_answers, Verdict.INCORRECT: row.incorrect_answers}
    for verdict, answers in expected.items():
        for response in (text for a in answers for text in (a, _in_sentence(a, row.task))):
            judged = judge(question, response)
            if judged.verdict is not verdict:
                problem = f"{response!r} should be {verdict}, is {judged.verdict}: {judged.reason}"
                yield Finding(row.question_id, problem)


def _in_sentence(answer: str, task: str) -> str:
    end = "" if answer.endswith((".", "!", "?")) else "."
    return _SENTENCES[task_of(task).answer_form].format(answer) + end
