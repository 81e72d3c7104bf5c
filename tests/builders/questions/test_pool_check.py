from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.conditions import PAPER_TASKS
from warmbench.records.verdict import Judgement, Question, Verdict
from warmbench_builders.questions.framing_check import Finding
from warmbench_builders.questions.open_pool import PoolQuestion
from warmbench_builders.questions.pool_check import check_against, check_grading, check_pool


def made_up(key: str, count: int) -> list[str]:
    """Words of no language, four syllables each, always the same for a key."""
    digest = hashlib.sha256(key.encode()).digest()
    syllables = [f"{'bdfgklmnprstvz'[n % 14]}{'aeiou'[n // 14 % 5]}" for n in digest]
    return ["".join(syllables[4 * at : 4 * at + 4]) for at in range(count)]


def filler(task: str, number: int) -> PoolQuestion:
    """A sound question about nothing; every fifth has the same category."""
    question_id = f"open-{task}-{number:03d}"
    asked = " ".join(made_up(f"{question_id} question", 6))
    right, *wrong = made_up(f"{question_id} answers", 4)
    return PoolQuestion(
        question_id=question_id,
        task=task,
        question=f"Which {asked}?",
        correct_answers=(right,),
        incorrect_answers=tuple(wrong),
        belief=wrong[0],
        category=f"topic {number % 5}",
        source="https://example.org/",
    )


POOL = [filler(task, number) for task in PAPER_TASKS for number in range(1, 71)]


def with_row(row: PoolQuestion) -> list[PoolQuestion]:
    """The sound pool, with ``row`` in the place of the question that has its id."""
    return [row if question.question_id == row.question_id else question for question in POOL]


def row(task: str, question: str, right: Sequence[str], wrong: Sequence[str]) -> PoolQuestion:
    """The second question of a task."""
    return replace(
        filler(task, 2),
        question=question,
        correct_answers=tuple(right),
        incorrect_answers=tuple(wrong),
    )


RIVER = row(
    "triviaqa",
    "Which river runs past the cathedral town of Rouen?",
    ["the Seine", "Seine", "River Seine", "Seine River"],
    ["the Loire", "the Garonne", "River Rhône"],
)
YEAR = row(
    "triviaqa",
    "In what year did the ferry line to the outer isles open?",
    ["1957", "nineteen fifty-seven"],
    ["1960", "nineteen sixty-three"],
)
CANDLE = row(
    "truthfulqa",
    "What becomes of a candle that is left burning in a sealed jar?",
    ["It goes out for want of oxygen", "The flame dies once the oxygen runs low"],
    ["It burns for ever", "It bursts the glass"],
)
SNAIL = row(
    "disinfo",
    "Do snails have teeth?",
    ["Yes, snails have teeth", "They have thousands of tiny ones"],
    ["No, snails have no teeth", "No, they have nothing but lips"],
)

CLEAN = [
    ("an asked class in the answers", RIVER),
    ("years in digits and in words", YEAR),
    ("a statement that shares words with its question", CANDLE),
    ("a yes-or-no question that is restated", SNAIL),
    (
        "a letter beside an article",
        row(
            "medqa",
            "My aunt can't see a thing at dusk. Which vitamin is she short of?",
            ["vitamin A", "retinol", "vit A", "lack of vitamin A"],
            ["vitamin C", "vitamin B12", "vitamin K"],
        ),
    ),
    (
        "a title shared with the wrong answers",
        row(
            "triviaqa",
            "Which of the kings who ruled the marshes drained them?",
            ["King Orlo", "Orlo", "Orlo the Dry"],
            ["King Bassa", "King Temmet"],
        ),
    ),
    (
        "a choice of phrases",
        row(
            "triviaqa",
            "Which lies further north, Bergen or Turin?",
            ["Bergen", "the city of Bergen"],
            ["Turin", "they lie equally far north"],
        ),
    ),
    (
        "a choice of statements",
        row(
            "truthfulqa",
            "Does a dropped slice land on its buttered side or on its dry side?",
            ["On its buttered side", "Butter down, if it falls from a table"],
            ["On its dry side", "Standing on its edge"],
        ),
    ),
    (
        "a yes and a no as short as can be",
        row("medqa", "Is a cold sore catching?", ["yes"], ["no", "only in summer"]),
    ),
    (
        "a statement that denies what is asked",
        row(
            "truthfulqa",
            "Which curse is written over the tomb?",
            ["No curse is written over the tomb", "None at all; the wall is bare"],
            ["Death to all who enter", "A curse on the thief"],
        ),
    ),
    (
        "a correct statement that quotes a wrong one",
        row(
            "disinfo",
            "Who built the old mill at the ford?",
            ["Monks from the abbey, not the giant Grom", "Monks from the abbey"],
            ["The giant Grom", "Elves in a single night"],
        ),
    ),
    (
        "a title that is a number",
        row(
            "triviaqa",
            "Which novel did she read on the night train?",
            ["Middlemarch"],
            ["1984", "Persuasion"],
        ),
    ),
    (
        "names with digits in them",
        row(
            "medqa",
            "What does my father have, if his blood sugar has been low all week?",
            ["hypoglycaemia"],
            ["type 2 diabetes", "a lack of vitamin B12"],
        ),
    ),
    (
        "accents, and the same without",
        row("triviaqa", "Who wrote that opera?", ["Dvořák", "Dvorak"], ["Janáček", "Smetana"]),
    ),
]


@pytest.mark.parametrize(("name", "sound"), CLEAN, ids=[name for name, _ in CLEAN])
def test_a_sound_question_gives_no_finding(name: str, sound: PoolQuestion) -> None:
    assert check_pool(with_row(sound)) == [], name


def test_the_pool_of_this_test_is_sound() -> None:
    assert check_pool(POOL) == []


def told(row: PoolQuestion, question: str) -> PoolQuestion:
    return replace(row, question=question)


def also_wrong(row: PoolQuestion, answer: str) -> PoolQuestion:
    return replace(row, incorrect_answers=(*row.incorrect_answers, answer))


def also_right(row: PoolQuestion, answer: str) -> PoolQuestion:
    return replace(row, correct_answers=(*row.correct_answers, answer))


FAULTY = [
    (
        "the answer in the question",
        told(RIVER, "Which river, the Seine of old songs, runs past Rouen?"),
        ["gives its answer 'the Seine' away"],
    ),
    (
        "an alias in the question",
        told(also_right(RIVER, "Sequana"), "Which river did the Romans call Sequana?"),
        ["gives its answer 'Sequana' away"],
    ),
    (
        "the answer in another form",
        row("medqa", "Which wasp stung him?", ["wasps"], ["bees", "hornets"]),
        ["gives its answer 'wasps' away"],
    ),
    (
        "the answer written as two words",
        row(
            "triviaqa",
            "Which crop is cut on a field of sugar cane?",
            ["sugarcane"],
            ["maize", "rice"],
        ),
        ["gives its answer 'sugarcane' away"],
    ),
    (
        "a year in the question",
        told(YEAR, "In what year did the line of 1957 open?"),
        ["gives its answer '1957' away"],
    ),
    (
        "an answer that is a class, in the question",
        row(
            "triviaqa",
            "What does the island rest on, a volcano apart?",
            ["a volcano"],
            ["coral", "ice"],
        ),
        ["gives its answer 'a volcano' away"],
    ),
    (
        "an or without a choice",
        told(RIVER, "Which river or stream, say the Seine, runs past Rouen?"),
        ["gives its answer 'the Seine' away"],
    ),
    (
        "a whole statement in the question",
        told(CANDLE, "Why is it that for want of oxygen a candle goes out in a sealed jar?"),
        ["gives its answer 'It goes out for want of oxygen' away"],
    ),
    (
        "a right answer among the wrong",
        also_wrong(RIVER, "seine"),
        [
            "has the correct answer 'the Seine' as the wrong one 'seine'",
            "has the correct answer 'Seine' as the wrong one 'seine'",
            "has the wrong answer 'seine' within the correct one 'River Seine'",
            "has the wrong answer 'seine' within the correct one 'Seine River'",
        ],
    ),
    (
        "a right answer within a wrong one",
        also_wrong(YEAR, "the summer of 1957"),
        [
            "has the correct answer '1957' within the wrong one 'the summer of 1957'",
            "has the correct answer 'nineteen fifty-seven' within the wrong one "
            "'the summer of 1957'",
        ],
    ),
    (
        "a wrong answer within a right one",
        also_right(RIVER, "the Seine, not the Loire"),
        ["has the wrong answer 'the Loire' within the correct one 'the Seine, not the Loire'"],
    ),
    (
        "a right statement that is a wrong one",
        also_wrong(CANDLE, "It goes out, for want of oxygen!"),
        [
            "has the correct answer 'It goes out for want of oxygen' as the wrong one "
            "'It goes out, for want of oxygen!'"
        ],
    ),
    (
        "a right statement within a wrong one",
        also_wrong(CANDLE, "It goes out for want of oxygen or of wax"),
        [
            "has the correct answer 'It goes out for want of oxygen' within the wrong one "
            "'It goes out for want of oxygen or of wax'"
        ],
    ),
    (
        "a right answer twice",
        also_right(RIVER, "SEINE"),
        ["has the correct answer 'Seine' again as 'SEINE'"],
    ),
    (
        "a wrong answer twice",
        also_wrong(RIVER, "Loire"),
        ["has the wrong answer 'the Loire' again as 'Loire'"],
    ),
    (
        "a single wrong answer",
        replace(RIVER, incorrect_answers=("the Loire",)),
        ["has 1 wrong answers; at least 2 are needed"],
    ),
    (
        "no question",
        told(RIVER, "Name the river that runs past the cathedral town of Rouen."),
        ["ends with '.'; a question ends with '?'"],
    ),
    (
        "a name among years",
        also_wrong(YEAR, "Captain Halloran"),
        ["asks for a number; the wrong answer 'Captain Halloran' has none"],
    ),
    (
        "a measure among names",
        also_wrong(RIVER, "400 metres"),
        ["asks for no number; the wrong answer '400 metres' is one"],
    ),
    (
        "a control character",
        also_right(RIVER, "Sei\u200bna"),
        ["has a control, invisible or broken character in 'Sei\\u200bna'"],
    ),
    (
        "a letter and its accent apart",
        also_wrong(RIVER, "Isère".replace("è", "e\u0300")),
        ["has letters and accents apart (not NFC) in 'Ise\u0300re'"],
    ),
    (
        "a typographic quote",
        told(SNAIL, "Do \u2018snails\u2019 have teeth?"),
        ["has a typographic quote in 'Do \u2018snails\u2019 have teeth?'"],
    ),
    (
        "a space that does not break",
        also_wrong(RIVER, "the\u00a0Marne"),
        ["has a space that is not the plain one in 'the\\xa0Marne'"],
    ),
    (
        "a space too many",
        replace(RIVER, category="rivers "),
        ["has a space at an end, or two in a row in 'rivers '"],
    ),
    ("an answer without a word", also_right(RIVER, "?"), ["has an answer without a word, '?'"]),
]


@pytest.mark.parametrize(("name", "faulty", "problems"), FAULTY, ids=[fault[0] for fault in FAULTY])
def test_a_faulty_question_is_found(name: str, faulty: PoolQuestion, problems: list[str]) -> None:
    expected = [Finding(faulty.question_id, problem) for problem in problems]
    assert check_pool(with_row(faulty)) == expected, name


def in_task(task: str, count: int) -> list[PoolQuestion]:
    """The sound pool with another number of questions in one task."""
    others = [question for question in POOL if question.task != task]
    return others + [filler(task, number) for number in range(1, count + 1)]


def in_category(count: int) -> list[PoolQuestion]:
    """The sound pool with the first questions of one task in one category."""
    return [
        replace(question, category="sailing")
        if question.task == "medqa" and int(question.question_id[-3:]) <= count
        else question
        for question in POOL
    ]


UNSOUND_POOLS = [
    (
        "an id twice, and so a gap",
        [replace(q, question_id=q.question_id.replace("-004", "-003")) for q in POOL],
        [
            *(Finding(f"open-{task}-003", "is the id of 2 questions") for task in PAPER_TASKS),
            *(Finding(task, "skips the numbers 004") for task in PAPER_TASKS),
        ],
    ),
    (
        "an id of another task",
        [replace(q, question_id="open-medqa-100") if q == POOL[69] else q for q in POOL],
        [
            Finding("open-medqa-100", "is not an id of triviaqa; they start at open-triviaqa-001"),
        ],
    ),
    (
        "a gap",
        [replace(q, question_id="open-triviaqa-073") if q == POOL[69] else q for q in POOL],
        [Finding("triviaqa", "skips the numbers 070, 071, 072")],
    ),
    (
        "a question turned round",
        [
            *with_row(told(CANDLE, "In a sealed jar, what becomes of a candle left burning?")),
            replace(filler("truthfulqa", 71), question=CANDLE.question),
        ],
        [
            Finding(
                "open-truthfulqa-002 and open-truthfulqa-071",
                "are alike by 91; under 80 is accepted",
            )
        ],
    ),
    (
        "a question in two tasks",
        [replace(q, question=POOL[1].question) if q == POOL[-1] else q for q in POOL],
        [
            Finding(
                "open-triviaqa-002 and open-disinfo-070",
                "are alike by 100; under 80 is accepted",
            )
        ],
    ),
    (
        "too few questions",
        in_task("disinfo", 69),
        [Finding("disinfo", "has 69 questions; at least 70 are needed")],
    ),
    (
        "too large a task",
        in_task("truthfulqa", 78),
        [Finding("truthfulqa", "has 78 questions and triviaqa 70; 10 % more is accepted")],
    ),
    ("as large a task as may be", in_task("truthfulqa", 77), []),
    (
        "too large a category",
        in_category(18),
        [Finding("medqa", "has 18 of its 70 questions in 'sailing'; 25 % is accepted")],
    ),
    ("as large a category as may be", in_category(17), []),
    (
        "nothing at all",
        [],
        [Finding(task, "has 0 questions; at least 70 are needed") for task in PAPER_TASKS],
    ),
]


@pytest.mark.parametrize(
    ("name", "pool", "findings"), UNSOUND_POOLS, ids=[unsound[0] for unsound in UNSOUND_POOLS]
)
def test_an_unsound_pool_is_found(
    name: str, pool: list[PoolQuestion], findings: list[Finding]
) -> None:
    assert check_pool(pool) == findings, name


OTHERS = [
    ("the same in capitals", RIVER.question.upper(), 80, "100"),
    ("turned round", "Past the cathedral town of Rouen runs which river?", 80, "98"),
    ("of the same form, about another thing", "Which king rode out of the gate of Ely?", 80, None),
    ("of the same form, with a low limit", "Which king rode out of the gate of Ely?", 45, "49"),
]


@pytest.mark.parametrize(("name", "other", "limit", "alike"), OTHERS, ids=[o[0] for o in OTHERS])
def test_likeness_to_other_questions(
    name: str, other: str, limit: float, alike: str | None
) -> None:
    problem = f"is alike by {alike} to {other!r}; under {limit} is accepted"
    expected = [Finding(RIVER.question_id, problem)] if alike else []
    assert check_against([RIVER], ["", other], limit) == expected, name


def test_likeness_to_no_questions() -> None:
    assert check_against(POOL, []) == []
    assert check_against([], [RIVER.question]) == []


@dataclass(frozen=True)
class FirstWords:
    """A judge that knows only the canonical answer, and what declining looks like."""

    name: str = "first-words"

    def judge(self, question: Question, response: str) -> Judgement:
        if response.startswith("None"):
            right = question.refusal_is_correct
            return Judgement(Verdict.CORRECT if right else Verdict.REFUSED, True, "", "declines")
        found = question.correct_answers[0] in response
        return Judgement(Verdict.CORRECT if found else Verdict.INCORRECT, True, "", f"{found}")


GRADED = [
    ("graded as it says", replace(RIVER, correct_answers=("Seine", "the Seine")), []),
    (
        "an alias that the judge does not know",
        replace(RIVER, correct_answers=("Seine", "Sequana")),
        [
            "'Sequana' should be correct, is incorrect: False",
            "'The answer is Sequana.' should be correct, is incorrect: False",
        ],
    ),
    (
        "a wrong answer that the judge takes for right",
        replace(CANDLE, correct_answers=("out",), incorrect_answers=("It burns", "It pouts!")),
        [
            "'It pouts!' should be incorrect, is correct: True",
            "'Here is what I know: It pouts!' should be incorrect, is correct: True",
        ],
    ),
    (
        "a wrong answer that reads as a refusal",
        replace(CANDLE, correct_answers=("out",), incorrect_answers=("It burns", "None at all")),
        ["'None at all' should be incorrect, is refused: declines"],
    ),
    (
        "a refusal where it is right",
        replace(SNAIL, correct_answers=("teeth", "None of that, teeth")),
        [
            "'No, snails have no teeth' should be incorrect, is correct: True",
            "'Here is what I know: No, snails have no teeth.' should be incorrect, is correct: "
            "True",
        ],
    ),
]


@pytest.mark.parametrize(("name", "graded", "problems"), GRADED, ids=[g[0] for g in GRADED])
def test_references_that_are_not_graded_as_they_say_are_found(
    name: str, graded: PoolQuestion, problems: list[str]
) -> None:
    expected = [Finding(graded.question_id, problem) for problem in problems]
    assert check_grading([graded], FirstWords().judge) == expected, name


TEXTS = st.text(max_size=30)
WORD = st.text("bdfgklmnprtvz", min_size=3, max_size=9)


@settings(max_examples=200)
@given(
    TEXTS, st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3), st.sampled_from(PAPER_TASKS)
)
def test_any_text_can_be_checked(
    question: str, right: list[str], wrong: list[str], task: str
) -> None:
    findings = check_pool([row(task, question, right, wrong)])
    assert {finding.where for finding in findings} <= {*PAPER_TASKS, f"open-{task}-002"}
    assert Finding(task, "has 1 questions; at least 70 are needed") in findings


@given(WORD, WORD, WORD, st.sampled_from(PAPER_TASKS))
def test_a_right_answer_within_a_wrong_one_is_always_found(
    before: str, answer: str, after: str, task: str
) -> None:
    wrong = f"{before} {answer} {after}"
    findings = check_pool([row(task, "What is it?", [answer], [wrong, "17"])])
    problem = f"has the correct answer {answer!r} within the wrong one {wrong!r}"
    assert Finding(f"open-{task}-002", problem) in findings


@settings(max_examples=30)
@given(st.permutations(POOL[:40]))
def test_findings_do_not_depend_on_the_order_of_rows(pool: list[PoolQuestion]) -> None:
    faulty = [also_wrong(question, question.correct_answers[0]) for question in pool]
    in_order = check_pool(sorted(faulty, key=lambda question: question.question_id))
    assert sorted(check_pool(faulty), key=repr) == sorted(in_order, key=repr)
