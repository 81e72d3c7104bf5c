"""Exam vignettes into lay questions: literal tables, and what must hold for any vignette."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from warmbench_builders.questions.lay.dropped import DropReason
from warmbench_builders.questions.lay.patient import Opening, Patient, read_opening
from warmbench_builders.questions.lay.phrases import reword_sentence
from warmbench_builders.questions.lay.question import (
    Dropped,
    LayQuestion,
    facts_of,
    sentences_of,
    to_lay_question,
)
from warmbench_builders.questions.lay.references import gives_away, telling_words, unfit_references
from warmbench_builders.questions.lay.relative import choose_relative
from warmbench_builders.questions.lay.stem import ask_openly
from warmbench_builders.questions.lay.terms import LAY_TERMS, write_in_lay_terms

HE = Patient(years=45, female=False, pregnant=False)
SHE = Patient(years=30, female=True, pregnant=False)
ANSWER = "Plantar fasciitis"
OPTIONS = (ANSWER, "Stress fracture", "Tarsal tunnel syndrome", "Achilles tendinitis")


def lay(text: str, answer: str = ANSWER, options: tuple[str, ...] = OPTIONS) -> str:
    result = to_lay_question(text, answer, options, "key-1")
    assert isinstance(result, LayQuestion), result
    return result.text.replace(f"y {result.relative}", "y RELATIVE")


@pytest.mark.parametrize(
    ("vignette", "expected"),
    [
        pytest.param(
            "A 52-year-old man comes to the physician because of a 3-week history of right heel "
            "pain. He has hypertension treated with enalapril. The patient denies fever. His "
            "temperature is 36.9°C (98.4°F), pulse is 72/min, respirations are 14/min, and blood "
            "pressure is 138/84 mm Hg. Physical examination shows no erythema or edema of the "
            "foot. Which of the following is the most likely diagnosis?",
            "My RELATIVE, 52, went to the doctor because for the last 3 weeks he has had right "
            "heel pain. He has high blood pressure treated with enalapril. He says he has had no "
            "fever. His temperature, pulse, breathing and blood pressure are normal. The exam shows "
            "no redness or swelling of the foot. What is the most likely diagnosis?",
            id="history, vital signs, terms",
        ),
        pytest.param(
            "A previously healthy 29-year-old schoolteacher with asthma presents to the emergency "
            "department complaining of dyspnea. She has used her inhaler twice. Which of the "
            "following is the most likely cause?",
            "My RELATIVE, who is 29 and a schoolteacher and was healthy before this and has "
            "asthma, went to the emergency room because of shortness of breath. She has used her "
            "inhaler twice. What is the most likely cause of this?",
            id="trade, sex by pronoun, lasting illness",
        ),
        pytest.param(
            "A 27-year-old woman, gravida 2, para 1, at 30 weeks' gestation comes to the physician "
            "for a prenatal visit. Physical exam is within normal limits. Which of the following "
            "is the most appropriate pharmacotherapy?",
            "My RELATIVE, who is 27 and 30 weeks pregnant (2 pregnancies and 1 birth so far), went "
            "to the doctor for a pregnancy check-up. The physical exam is normal. What is the most "
            "appropriate medicine for her?",
            id="pregnancy",
        ),
        pytest.param(
            "Two days after a hip replacement, a 70-year-old woman develops a cough. Laboratory "
            "studies show:\nHemoglobin 11 g/dL\nSerum\nNa+ 139 mEq/L\nCreatinine 0.9 mg/dL\n"
            "Which of the following is the most likely cause of this patient's symptoms?",
            "Two days after a hip replacement, my RELATIVE, 70, developed a cough. Her blood tests "
            "showed a low hemoglobin (11 g/dL); the creatinine and sodium were normal. What is the "
            "most likely cause of her symptoms?",
            id="lead, table of results",
        ),
        pytest.param(
            "A 4-month-old girl is brought to the emergency department by her parents because of "
            "vomiting. The infant is lethargic. Which of the following drugs is the most likely "
            "cause of these findings?",
            "My RELATIVE, 4 months old, was taken to the emergency room by her parents because of "
            "vomiting. She is sluggish. Which drug is the most likely cause of these findings?",
            id="infant",
        ),
    ],
)
def test_a_vignette_becomes_one_natural_message(vignette: str, expected: str) -> None:
    assert lay(vignette) == expected


STORY = "A 40-year-old man comes to the physician because of heel pain. "
ASKED = "Which of the following is the most likely diagnosis?"


@pytest.mark.parametrize(
    ("vignette", "answer", "options", "reason"),
    [
        (f"{STORY}An x-ray is shown. {ASKED}", ANSWER, OPTIONS, DropReason.REFERS_TO_FIGURE),
        (STORY + "It hurts. " * 125 + ASKED, ANSWER, OPTIONS, DropReason.TOO_LONG),
        (
            f"{STORY}He asks why. Which of the following is the best response by the physician?",
            ANSWER,
            OPTIONS,
            DropReason.DOCTOR_SPEAKS,
        ),
        (
            f"{STORY}Which of the following is the most appropriate next step in management?",
            ANSWER,
            OPTIONS,
            DropReason.NEXT_STEP,
        ),
        (
            f"{STORY}Which of the following should be obtained?",
            ANSWER,
            OPTIONS,
            DropReason.NEXT_STEP,
        ),
        (
            f"{STORY}{ASKED}",
            "Prednisone and albuterol",
            ("Prednisone and albuterol", "Albuterol and montelukast"),
            DropReason.OPTIONS_OVERLAP,
        ),
        (f"{STORY}{ASKED}", "35%", ("35%", "10%", "50%"), DropReason.UNGRADABLE_ANSWER),
        (
            f"{STORY}{ASKED}",
            "No treatment needed",
            ("No treatment needed", "Rest"),
            DropReason.UNGRADABLE_ANSWER,
        ),
        (
            f"{STORY}{ASKED}",
            "Increased calcium, decreased phosphate",
            ("Increased calcium, decreased phosphate", "Normal calcium"),
            DropReason.UNGRADABLE_ANSWER,
        ),
        (
            f"{STORY}{ASKED}",
            "Fracture",
            ("Fracture", "Stress fracture"),
            DropReason.OPTIONS_OVERLAP,
        ),
        (
            f"An investigator studies heel pain in runners. {ASKED}",
            ANSWER,
            OPTIONS,
            DropReason.NO_PATIENT,
        ),
        (
            f"A 40-year-old patient comes to the physician. There is heel pain. {ASKED}",
            ANSWER,
            OPTIONS,
            DropReason.NO_PATIENT,
        ),
        (
            f"A 40-year-old man has heel pain. The woman is tired. {ASKED}",
            ANSWER,
            OPTIONS,
            DropReason.NO_PATIENT,
        ),
        (
            f"{STORY}A 12-year-old boy next door limps too. {ASKED}",
            ANSWER,
            OPTIONS,
            DropReason.MULTIPLE_PATIENTS,
        ),
        (f"{STORY}He dies a day later. {ASKED}", ANSWER, OPTIONS, DropReason.DEATH),
        (
            f"A 40-year-old man and his wife come to the physician. {ASKED}",
            ANSWER,
            OPTIONS,
            DropReason.UNCLEAR_OPENING,
        ),
        (
            f"{STORY}Which of the following is true about this condition?",
            ANSWER,
            OPTIONS,
            DropReason.NEEDS_OPTIONS,
        ),
        (
            f"{STORY}Which of the following drugs is NOT a likely cause?",
            ANSWER,
            OPTIONS,
            DropReason.NEEDS_OPTIONS,
        ),
        (
            f"{STORY}Which of the following colors fits best?",
            ANSWER,
            OPTIONS,
            DropReason.UNCLEAR_QUESTION,
        ),
        (
            f"{STORY}He has had fasciitis before. {ASKED}",
            ANSWER,
            OPTIONS,
            DropReason.ANSWER_GIVEN_AWAY,
        ),
    ],
)
def test_what_cannot_be_turned_is_dropped_with_its_reason(
    vignette: str, answer: str, options: tuple[str, ...], reason: DropReason
) -> None:
    assert to_lay_question(vignette, answer, options, "key-1") == Dropped(reason)


def test_empty_text_is_dropped() -> None:
    assert to_lay_question("", ANSWER, OPTIONS, "key-1") == Dropped(DropReason.NO_PATIENT)


@pytest.mark.parametrize(
    ("stem", "patient", "expected"),
    [
        ("Which of the following is the most likely diagnosis?", HE, "What is the most likely "
         "diagnosis?"),
        ("Which of the following is the most likely diagnosis in this patient?", HE, "What is the "
         "most likely diagnosis?"),
        ("Which of the following is the most appropriate therapy?", HE,
         "What is the most appropriate therapy for him?"),
        ("Which of the following is most consistent with this patient's presentation?", SHE,
         "What is the most likely diagnosis?"),
        ("Which of the following is the most likely causal organism in this patient's presentation?",
         HE, "What is the most likely germ causing his symptoms?"),
        ("Which of the following enzymes is most likely deficient in this boy?", HE,
         "Which enzyme is most likely deficient?"),
        ("A deficiency of which of the following vitamins is the most likely cause?", HE,
         "A deficiency of which vitamin is the most likely cause of this?"),
        ("This patient was most likely treated with which of the following drugs?", SHE,
         "Which drug was she most likely treated with?"),
        ("This patient's disorder is caused by a mutation in which of the following genes?", SHE,
         "Her disorder is caused by a mutation in which gene?"),
        ("In addition to fluids, which of the following medications should be given to this "
         "patient?", SHE, "In addition to fluids, which medicine should be given to her?"),
        ("What is the most likely etiology?", HE, "What is the most likely cause of this?"),
    ],
)  # fmt: skip
def test_a_stem_is_asked_openly(stem: str, patient: Patient, expected: str) -> None:
    assert ask_openly(stem, patient) == expected


@dataclass(frozen=True)
class _Kin:
    years: float
    female: bool
    pregnant: bool
    story: str
    fitting: frozenset[str]


@pytest.mark.parametrize(
    "case",
    [
        _Kin(0.2, True, False, "She cries.", frozenset(
            {"baby daughter", "baby niece", "cousin's baby girl", "friend's baby daughter"})),
        _Kin(0.2, True, False, "Her mother worries.", frozenset(
            {"baby niece", "cousin's baby girl", "friend's baby daughter"})),
        _Kin(16, False, False, "His parents worry.", frozenset(
            {"nephew", "friend's son", "cousin"})),
        _Kin(22, False, False, "He studies.", frozenset(
            {"cousin", "brother", "friend", "flatmate"})),
        _Kin(28, True, True, "Her husband is with her.", frozenset(
            {"cousin", "sister", "friend", "sister-in-law"})),
        _Kin(50, True, False, "She gardens.", frozenset(
            {"friend", "wife", "sister-in-law", "colleague", "aunt", "mother", "neighbor"})),
        _Kin(80, False, False, "His wife brings him.", frozenset({"neighbor", "great-uncle"})),
    ],
)  # fmt: skip
def test_the_relative_fits_age_sex_and_company(case: _Kin) -> None:
    chosen = {
        choose_relative(case.years, case.female, case.pregnant, case.story, f"row-{index}")
        for index in range(200)
    }
    assert chosen == case.fitting


@given(st.floats(0, 119), st.booleans(), st.booleans(), st.text(max_size=60), st.text(max_size=9))
def test_there_is_always_a_relative(
    years: float, female: bool, pregnant: bool, story: str, key: str
) -> None:
    assert choose_relative(years, female, pregnant, story, key)


@pytest.mark.parametrize(
    ("text", "kept_out", "expected"),
    [
        ("She has dyspnea and a pruritic rash.", (), "She has shortness of breath and an itchy "
         "rash."),
        ("He has pulmonary hypertension and hypertension.", (), "He has pulmonary hypertension and "
         "high blood pressure."),
        ("She has acute intermittent porphyria.", (), "She has acute intermittent porphyria."),
        ("Synaptic vesicles and an irregular RR interval are seen.", (), "Synaptic vesicles and an "
         "irregular RR interval are seen."),
        ("He has severe tachycardia.", (), "He has severe fast heartbeat."),
        ("He has tachycardia and an erythematous plaque.", (), "He has a fast heartbeat and a red "
         "plaque."),
        ("Dyspnea began today.", (), "Shortness of breath began today."),
        ("She takes medicine for hypertension.", ("blood",), "She takes medicine for "
         "hypertension."),
        ("He has gastroesophageal reflux disease (GERD).", (), "He has acid reflux disease."),
        ("She has predyspnea and post-dyspnea.", (), "She has predyspnea and post-dyspnea."),
        ("An x-ray of the abdomen is done.", (), "An X-ray of the belly is done."),
    ],
)  # fmt: skip
def test_terms_become_plain_words(text: str, kept_out: tuple[str, ...], expected: str) -> None:
    assert write_in_lay_terms(text, kept_out) == expected


_TRANSLATED = {term: plain for term, plain in LAY_TERMS.items() if term.lower() != plain.lower()}


@pytest.mark.parametrize("term", _TRANSLATED)
def test_every_term_is_found(term: str) -> None:
    assert write_in_lay_terms(f"It shows {term}.", ()) == f"It shows {_TRANSLATED[term]}."


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Cardiac examination shows a murmur.", "The heart exam shows a murmur."),
        ("Neurological exam is significant for a tremor.", "The neurological exam shows a tremor."),
        ("The mental status exam is unremarkable.", "The mental exam is normal."),
        ("Skin examination was within normal limits.", "The skin exam is normal."),
        ("On ocular examination, he blinks.", "At the eye exam, he blinks."),
        ("cardiac examination shows a murmur.", "Cardiac exam shows a murmur."),
        ("On dental examination, he blinks.", "On dental exam, he blinks."),
    ],
)
def test_exams_are_named_plainly(sentence: str, expected: str) -> None:
    assert reword_sentence(sentence, HE, "brother", after_patient=True) == expected


def test_the_table_of_terms_is_large_and_changes_no_fact() -> None:
    assert len(_TRANSLATED) >= 100
    assert [t for t, plain in _TRANSLATED.items() if facts_of(t) != facts_of(plain)] == []


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("denies fever", "says he has no fever", True),
        ("is afebrile", "has no fever", True),
        ("bilateral edema", "swelling on both sides", True),
        ("unremarkable exam", "normal exam", True),
        ("HCO3- 24 mEq/L", "bicarbonate 24 mEq/L", True),
        ("a G3P2 woman", "3 pregnancies and 2 births", True),
        ("no fever", "fever", False),
        ("left knee", "right knee", False),
        ("pulse 92/min", "pulse 93/min", False),
    ],
)
def test_facts(one: str, other: str, equal: bool) -> None:
    assert (facts_of(one) == facts_of(other)) is equal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("E. coli grew. He rested.", ["E. coli grew.", "He rested."]),
        ("Labs show the following:\nSodium 140\nWhy?", ["Labs show the following: Sodium 140.",
                                                        "Why?"]),
        ("She slept.\nSerum:\nGlucose: 90 mg/dL\nUrine\nBlood: none\nWhy?",
         ["She slept.", "The results: Serum: Glucose: 90 mg/dL; Urine: Blood: none.", "Why?"]),
        ("\"He\u2019s well.\"", ["He's well."]),
        ("", []),
    ],
)  # fmt: skip
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences_of(text) == expected


def test_the_opening_names_age_sex_and_pregnancy() -> None:
    sentence = "A right-handed 31-year-old woman at 12 weeks' gestation has nausea."
    assert read_opening(sentence, sentence) == Opening(
        patient=Patient(years=31, female=True, pregnant=True),
        lead="",
        description=", who is 31, right-handed and 12 weeks pregnant,",
        predicate="has nausea.",
    )


@pytest.mark.parametrize(
    ("sentence", "description"),
    [
        ("A male newborn has noisy breathing.", ", just born,"),
        ("A 29-year-old woman, gravida 2, para 1, at 35 weeks' gestation has a cough.",
         ", who is 29 and 35 weeks pregnant (2 pregnancies and 1 birth so far),"),
        ("A 29-year-old primigravid woman at 35 weeks' gestation has a cough.",
         ", who is 29 and 35 weeks pregnant with her first baby,"),
        ("A 9-day-old newborn boy has a cough.", ", 9 days old,"),
    ],
)  # fmt: skip
def test_the_opening_says_who_it_is(sentence: str, description: str) -> None:
    opening = read_opening(sentence, sentence)
    assert isinstance(opening, Opening)
    assert opening.description == description


def test_a_baby_is_not_pregnant() -> None:
    sentence = "A 2-day-old boy delivered at 34 weeks' gestation has a murmur."
    assert read_opening(sentence, sentence) == Dropped(DropReason.UNCLEAR_OPENING)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("His wife says that the patient snores.", "His wife says that he snores."),
        ("The patient denies smoking.", "He says he does not smoke."),
        ("The patient denies smoking, drinking, or drug use.", "He says no to smoking, drinking, "
         "or drug use."),
        ("The patient denies any recent travel.", "He says he has not traveled recently."),
        ("A mass is palpated in the neck.", "A mass can be felt in the neck."),
        ("He winces when the neck is palpated.", "He winces when the neck is touched."),
        ("Lung auscultation reveals crackles.", "Listening to the lungs, they hear crackles."),
        ("Laboratory studies are within normal limits.", "The lab results are normal."),
    ],
)  # fmt: skip
def test_sentences_are_said_plainly(sentence: str, expected: str) -> None:
    assert reword_sentence(sentence, HE, "brother", after_patient=True) == expected


def test_a_baby_in_a_womans_story_is_not_the_woman() -> None:
    text = lay(
        "A 30-year-old woman comes to the physician because of heel pain. The baby is well. "
        f"The patient is tired. {ASKED}"
    )
    assert "The baby is well. My RELATIVE is tired." in text


def test_telling_words_leave_out_what_wrong_options_share() -> None:
    assert telling_words("Renal artery stenosis", ["Renal artery dissection"]) == {"stenosis"}
    assert gives_away("A pericardial rub.", "Acute pericarditis", ["Acute pleurisy"])
    assert not gives_away("An acute illness.", "Acute pericarditis", ["Acute pleurisy"])


def test_il_4_is_not_il_2() -> None:
    assert unfit_references("IL-4", ("IL-4", "IL-2", "IL-10")) is None


def test_options_that_repeat_the_answer_overlap() -> None:
    assert unfit_references("Rest", ("Rest", "Rest", "Ice")) == Dropped(DropReason.OPTIONS_OVERLAP)
    assert unfit_references("Rest", ("Rest", "Ice")) is None


_SIDES = st.sampled_from(["left", "right", "bilateral"])
_SYMPTOMS = st.sampled_from(["dyspnea", "pruritus", "knee pain", "edema", "dysuria", "vomiting"])
_DENIED = st.sampled_from(["fever", "chest pain", "weight loss", "palpitations"])
_NUMBER = regex.compile(r"\d+(?:\.\d+)?")


@st.composite
def _vignettes(draw: st.DrawFn) -> tuple[str, bool]:
    female = draw(st.booleans())
    noun, he, his = ("woman", "She", "Her") if female else ("man", "He", "His")
    place = draw(st.sampled_from(["the physician", "the emergency department", "the clinic"]))
    verb = draw(st.sampled_from(["comes", "presents"]))
    lasting = f"{draw(st.integers(1, 30))}-{draw(st.sampled_from(['day', 'month']))}"
    sentences = [
        f"A {draw(st.integers(18, 95))}-year-old {noun} {verb} to {place} because of a {lasting} "
        f"history of {draw(_SYMPTOMS)}.",
        f"The patient denies {draw(_DENIED)}.",
        f"{he} has no history of {draw(_SYMPTOMS)}.",
        f"{his} temperature is {draw(st.integers(350, 410)) / 10}°C, pulse is "
        f"{draw(st.integers(40, 180))}/min, and respirations are {draw(st.integers(8, 40))}/min.",
        f"Physical examination shows {draw(_SIDES)} ankle swelling without tenderness.",
        f"The {draw(_SIDES)} calf is unremarkable.",
    ]
    rest = draw(st.permutations(sentences[1:]))
    return " ".join([sentences[0], *rest, ASKED]), female


@given(_vignettes(), st.text(min_size=1, max_size=8))
def test_nothing_medical_changes(drawn: tuple[str, bool], key: str) -> None:
    vignette, _ = drawn
    result = to_lay_question(vignette, ANSWER, OPTIONS, key)
    assert isinstance(result, LayQuestion)
    told, given = Counter(_NUMBER.findall(result.text)), Counter(_NUMBER.findall(vignette))
    assert told <= given
    if told != given:  # only vital signs are left out, and only where all of them are normal
        assert "temperature, pulse and breathing are normal." in result.text
        assert (given - told).total() == 3
    for word in (" left ", " right ", " bilateral ", " without "):
        assert result.text.count(word) == vignette.count(word)
    assert len(regex.findall(r"\bno\b", result.text)) == 2  # denied, and no history


@given(_vignettes(), st.text(min_size=1, max_size=8))
def test_one_person_speaks_about_one_relative(drawn: tuple[str, bool], key: str) -> None:
    vignette, female = drawn
    result = to_lay_question(vignette, ANSWER, OPTIONS, key)
    assert isinstance(result, LayQuestion)
    assert result.text.startswith(f"My {result.relative}, ")
    assert result.text.endswith("?")
    wrong_pronoun = r"\b(?:he|his|him)\b" if female else r"\b(?:she|her)\b"
    assert not regex.search(wrong_pronoun, result.text, regex.IGNORECASE)
    assert not regex.search(r"\b(?:patient|physician|presents|following)\b", result.text)


@given(st.text(max_size=200), st.text(max_size=20), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_is_turned_or_dropped(text: str, answer: str, wrong: list[str]) -> None:
    result = to_lay_question(text, answer, [answer, *wrong], "key-1")
    assert isinstance(result, LayQuestion | Dropped)
    assert result == to_lay_question(text, answer, [answer, *wrong], "key-1")
