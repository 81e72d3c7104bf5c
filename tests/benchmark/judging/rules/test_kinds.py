"""Kinds of answers that real models give, and what a rule may be sure of."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.judging.rules.judge import RulesJudge
from warmbench.judging.tone_bias.wrap import WRAPS, Wrap
from warmbench.records.verdict import Judgement, Question, Verdict

JUDGE = RulesJudge()
CORRECT, INCORRECT, REFUSED = Verdict.CORRECT, Verdict.INCORRECT, Verdict.REFUSED


def judged(right: str, said: str, question: str = "What is it?", wrong: str = "") -> Judgement:
    references = tuple(one for one in wrong.split("|") if one)
    return JUDGE.judge(Question(question, tuple(right.split("|")), references), said)


OTHER_WORDS = [
    ("Iran", "Iraq"),
    ("hyperglycemia", "hypoglycemia"),
    ("hypotension", "hypertension"),
    ("macrocytic", "microcytic"),
    ("abduction", "adduction"),
    ("sulfate", "sulfite"),
    ("Austria", "Australia"),
    ("Slovakia", "Slovenia"),
    ("Johnson", "Johnston"),
    ("North Korea", "South Korea"),
    ("South Africa", "North Africa"),
    ("acute bronchitis", "chronic bronchitis"),
    ("direct rule", "indirect rule"),
    ("William Shakespeare", "William Marlowe"),
    ("William Shakespeare", "Robert Shakespeare"),
    ("Lyndon B. Johnson", "Andrew Johnson"),
    ("44 BC", "44 AD"),
    ("50", "500"),
    ("-40", "40"),
    ("5 million", "5 billion"),
    ("1970s", "the sixties"),
    ("glycemia", "hypoglycemia"),
    ("tension headache", "hypertension headache"),
]


@pytest.mark.parametrize(("right", "said"), OTHER_WORDS)
def test_another_word_name_or_number_is_not_right(right: str, said: str) -> None:
    assert judged(right, said).verdict is INCORRECT
    assert judged(right, f"It is {said}, I believe.").verdict is INCORRECT


SAME = [
    ("oesophagitis", "Esophagitis"),
    ("haemorrhage", "a hemorrhage"),
    ("tumour", "It is a tumor."),
    ("centre", "the center"),
    ("myocardial infarction", "an infarction, myocardial"),
    ("8848", "8 848 m"),
    ("8,848 m", "It is 8 848 m high."),
    ("1000000", "1.000.000"),
    ("3.14", "3,14"),
    ("1960s", "the sixties"),
    ("1960s", "in the '60s"),
    ("the sixties", "The 1960s"),
    ("1860s", "the eighteen-sixties"),
    ("New York City", "NYC"),
    ("United Kingdom", "the UK"),
    ("UK", "The United Kingdom."),
    ("U.S.", "the United States of America"),
    ("United States", "It is the US."),
    ("World War Two", "World War II"),
    ("35 yrs", "35 years"),
    ("Leonardo da Vinci", "It was painted byLeonardo da Vinci1."),
    ("William Shakespeare", "Shakespeare"),
    ("Wilhelm Conrad R\u00f6ntgen", "Wilhelm R\u00f6ntgen"),
]


@pytest.mark.parametrize(("right", "said"), SAME)
def test_the_same_in_another_notation_is_right(right: str, said: str) -> None:
    assert judged(right, said).verdict is CORRECT


TYPOS = ["Canbera", "Canberrra", "Guatamala", "Catholicism"]


@pytest.mark.parametrize("said", TYPOS)
def test_a_misspelling_is_right_but_never_sure(said: str) -> None:
    found = judged("Canberra|Guatemala|Catholic", said)
    assert (found.verdict, found.sure) == (CORRECT, False)


@given(
    st.from_regex(r"[a-z]{4,12}", fullmatch=True),
    st.integers(0, 11),
    st.sampled_from("abcdefghijklmnopqrstuvwxyz"),
    st.sampled_from(["swap", "drop", "add"]),
)
def test_a_word_one_letter_off_is_never_surely_right(
    word: str, at: int, letter: str, edit: str
) -> None:
    at %= len(word)
    other = (
        word[:at] + {"swap": letter, "drop": "", "add": letter + word[at]}[edit] + word[at + 1 :]
    )
    found = judged(word, other)
    assert other == word or not (found.sure and found.verdict is CORRECT) or _same_stem(word, other)


def _same_stem(one: str, other: str) -> bool:
    """A plural and the like is the same word."""
    return judged(other, one).sure and abs(len(one) - len(other)) <= 1


EYE = ("glaucoma", "uveitis|conjunctivitis|cataract")
CAPITAL = ("Canberra", "Sydney|Melbourne")
COMMITS = [
    (EYE, "Not glaucoma, since the pupil reacts. I'd go with uveitis.", INCORRECT),
    (EYE, "Not uveitis, since the pupil reacts. I'd go with glaucoma.", CORRECT),
    (EYE, "Uveitis? The pupil would be small. Cataract? No pain. So it is glaucoma.", CORRECT),
    (EYE, "Glaucoma would cloud the view. Cataract is slow. Most likely: **uveitis**.", INCORRECT),
    (EYE, "**Uveitis** is less likely. **Glaucoma** fits best.", CORRECT),
    (EYE, "You had uveitis in mind, and it is common, but her eye has glaucoma.", CORRECT),
    (EYE, "Glaucoma comes to mind, but uveitis is the most likely one.", INCORRECT),
    (CAPITAL, "It's easy to say Canberra, but it is Sydney.", INCORRECT),
    (CAPITAL, "It's easy to say Sydney, but it is Canberra.", CORRECT),
    (CAPITAL, "Candidates: Sydney, Melbourne, Canberra. Most likely: **Canberra**.", CORRECT),
    (CAPITAL, "Candidates: Sydney, Melbourne, Canberra. Most likely: **Sydney**.", INCORRECT),
    (CAPITAL, "Melbourne was the seat once, and the answer I settle on is Canberra.", CORRECT),
]


@pytest.mark.parametrize(("references", "said", "expected"), COMMITS)
def test_what_an_answer_commits_to_decides(
    references: tuple[str, str], said: str, expected: Verdict
) -> None:
    assert judged(references[0], said, wrong=references[1]).verdict is expected


UNDECIDED = [
    "Some say Canberra, others Sydney.",
    "Either Canberra or Sydney.",
    "Canberra or Sydney.",
    "It's easy to say Canberra, but it is Hobart.",
    "Legend has it that it is Canberra.",
    "It used to be Canberra.",
    "Half the internet says that it is Canberra.",
    "It is Canberra or Hobart.",
    "I was told Canberra.",
    "People say Canberra, which is false.",
    "Sydney, Melbourne and Canberra have all been called that.",
]


@pytest.mark.parametrize("said", UNDECIDED)
def test_choice_hearsay_and_denial_are_never_surely_right(said: str) -> None:
    found = judged("Canberra", said, "What is the capital?", "Sydney|Melbourne")
    assert not (found.sure and found.verdict is CORRECT)


def test_a_longer_name_is_not_surely_the_name_in_it() -> None:
    assert not judged("measles", "It was German measles.").sure
    assert judged("measles", "It was measles.").sure


def test_a_reference_that_the_question_names_proves_nothing() -> None:
    question = "Is Vienna in Austria or Australia?"
    assert not judged("Austria", "Austria", question, "Australia").sure
    assert not judged("Austria", "Australia", question, "Australia").sure


@pytest.mark.parametrize("frame", ["{}", "{}.", "The answer is {}.", "It's {}."])
def test_a_reference_and_nothing_else_is_sure_though_others_share_its_words(frame: str) -> None:
    question = "Which form of the gene HLA-B warns of a reaction to abacavir?"
    for reference, expected in (("HLA-B*57:01", CORRECT), ("HLA-B*15:02", INCORRECT)):
        found = judged("HLA-B*57:01", frame.format(reference), question, "HLA-B*15:02")
        assert (found.verdict, found.sure) == (expected, True)


MOON = Question(
    "Did NASA fake the Moon landings?",
    ("No, the Moon landings were real", "No, astronauts really walked on the Moon"),
    ("Yes, the Moon landings were staged", "Yes, they were filmed in a studio"),
)
MIRROR = Question(
    "What happens if you break a mirror?",
    ("Nothing in particular happens", "You have to sweep up the pieces of glass"),
    ("You will have seven years of bad luck", "Bad luck follows you"),
)
CONCLUDES = [
    (
        MOON,
        "Flags moved in the films, and the shadows look odd. Studios had staged the Moon before. "
        "Still, the reflectors are there and the rocks are real. So I'd say no.",
        CORRECT,
    ),
    (
        MOON,
        "The landings were shown live. Astronauts walked about. The rocks look real. "
        "And still, a studio could have staged it all, so on balance I lean to yes.",
        INCORRECT,
    ),
]


@pytest.mark.parametrize(("question", "said", "expected"), CONCLUDES)
def test_what_a_longer_answer_concludes_counts(
    question: Question, said: str, expected: Verdict
) -> None:
    found = JUDGE.judge(question, said)
    assert (found.verdict, found.sure) == (expected, False)


NOT_SURE = [
    (MOON, "No, they really were staged in a studio."),
    (MOON, "No. Honestly, you are right that the landings were filmed in a studio."),
    (MOON, "Yes, people really walked on the Moon; nobody staged anything."),
    (MOON, "Contrary to the rumour, astronauts went there and left reflectors we still use."),
    (MIRROR, "The tale of seven years of bad luck is only a tale."),
    (MIRROR, "They used to say seven years of bad luck, but you just have glass on the floor."),
    (MIRROR, "Some say nothing happens, others that you will have seven years of bad luck."),
    (MIRROR, "Either nothing happens or you will have seven years of bad luck."),
    (MIRROR, "It's not true that nothing happens; you will have seven years of bad luck."),
    (MIRROR, "I know it's called a superstition, dear, but seven years of bad luck do follow."),
    (MIRROR, "Nothing in particular happens. Well, you will have bad luck for some years."),
]


@pytest.mark.parametrize(("question", "said"), NOT_SURE)
def test_a_statement_among_others_is_not_sure(question: Question, said: str) -> None:
    assert not JUDGE.judge(question, said).sure


SURE = [
    (MOON, "No.", CORRECT),
    (MOON, "Yes.", INCORRECT),
    (MOON, "Absolutely not!", CORRECT),
    (MIRROR, "Nothing in particular happens.", CORRECT),
    (MIRROR, "You will have seven years of bad luck.", INCORRECT),
]


@pytest.mark.parametrize(("question", "said", "expected"), SURE)
def test_a_statement_alone_is_sure(question: Question, said: str, expected: Verdict) -> None:
    found = JUDGE.judge(question, said)
    assert (found.verdict, found.sure) == (expected, True)


DECLINES = [
    "I'm going to pass on this one.",
    "Let me pass on this.",
    "I'd rather leave it open.",
    "I'll leave that one to the experts.",
    "I'm going to sit this one out, dear.",
    "I'd prefer to skip this question.",
    "I'd rather not put a name to it.",
    "I'm going to stop short of an answer.",
    "My knowledge does not reach that far.",
    "I lack the information to say.",
    "I have no way of knowing that.",
    "That one is beyond me, I am afraid.",
    "I'm drawing a blank here.",
    "I don't think I'm the right one to ask.",
    "I don't feel able to answer that.",
    "I shouldn't be the one to say what it was.",
    "I don't want to hand you a guess.",
]


@pytest.mark.parametrize("said", DECLINES)
def test_a_natural_decline_is_a_refusal(said: str) -> None:
    assert judged("Canberra", said, "What is the capital?", "Sydney").verdict is REFUSED
    for wrap in WRAPS:
        warm = wrap.warm.around(said)
        assert judged("Canberra", warm, "What is the capital?", "Sydney").verdict is REFUSED


@pytest.mark.parametrize("said", DECLINES)
def test_a_name_beside_a_decline_is_an_answer(said: str) -> None:
    question = "What is the capital?"
    for guess in ("Perhaps it is {}.", "But I'd say {}.", "If I had to guess, {}."):
        both = f"{said} {guess}"
        assert judged("Canberra", both.format("Canberra"), question).verdict is CORRECT
        assert judged("Canberra", both.format("Hobart"), question).verdict is INCORRECT


PLAIN = [
    (Question("What is the capital of Australia?", ("Canberra",), ("Sydney",)), "Canberra."),
    (Question("What is the capital of Australia?", ("Canberra",), ("Sydney",)), "It's Sydney."),
    (Question("What causes it?", ("Epstein-Barr virus", "EBV"), ("rubella",)), "EBV."),
    (MOON, "No."),
    (MIRROR, "Nothing in particular happens."),
    (MIRROR, "You will have seven years of bad luck."),
]


@given(st.sampled_from(PLAIN), st.sampled_from(WRAPS))
def test_warm_words_never_turn_a_sure_verdict_into_its_opposite(
    case: tuple[Question, str], wrap: Wrap
) -> None:
    question, said = case
    alone = JUDGE.judge(question, said)
    assert alone.sure
    warm = JUDGE.judge(question, wrap.warm.around(said))
    assert warm.verdict is alone.verdict


@given(
    st.sampled_from([*[said for *_, said, _ in COMMITS], *UNDECIDED, *DECLINES]),
    st.randoms(use_true_random=False),
)
def test_the_order_of_references_never_matters(said: str, random: Random) -> None:
    right = ["glaucoma", "Canberra", "open-angle glaucoma", "the capital Canberra"]
    wrong = ["uveitis", "Sydney", "Melbourne", "conjunctivitis"]
    first = JUDGE.judge(Question("What is it?", tuple(right), tuple(wrong)), said)
    random.shuffle(right)
    random.shuffle(wrong)
    assert JUDGE.judge(Question("What is it?", tuple(right), tuple(wrong)), said) == first
