"""Vital signs and lab lists as people tell them: normal values left out, none of them changed."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from warmbench_builders.questions.lay.patient import Patient
from warmbench_builders.questions.lay.results import tell_results, with_plain_units

HE = Patient(years=45, female=False, pregnant=False)
SHE = Patient(years=30, female=True, pregnant=False)
A_CHILD = Patient(years=4, female=False, pregnant=False)
EXPECTING = Patient(years=30, female=True, pregnant=True)

LABS = "Laboratory studies show: Hemoglobin 12.4 g/dL; Leukocyte count 9,000/mm3; Creatinine 2.2 mg/dL."


@pytest.mark.parametrize(
    ("sentence", "patient", "told"),
    [
        pytest.param(
            LABS,
            HE,
            "His blood tests showed a low hemoglobin (12.4 g/dL) and a high creatinine (2.2 "
            "mg/dL); the white blood cell count was normal.",
            id="a man's hemoglobin",
        ),
        pytest.param(
            LABS,
            SHE,
            "Her blood tests showed a high creatinine (2.2 mg/dL); the white blood cell count and "
            "hemoglobin were normal.",
            id="a woman's hemoglobin",
        ),
        pytest.param(
            LABS,
            A_CHILD,
            "His blood tests showed hemoglobin 12.4 g/dL, leukocyte count 9,000/mm3 and creatinine "
            "2.2 mg/dL.",
            id="a child's values are not judged",
        ),
        pytest.param(
            LABS,
            EXPECTING,
            "Her blood tests showed hemoglobin 12.4 g/dL, leukocyte count 9,000/mm3 and creatinine "
            "2.2 mg/dL.",
            id="nor are those in pregnancy",
        ),
        pytest.param(
            "Serum studies show: Na+ 140 mEq/L; K+ 4 mEq/L; Cl- 100 mEq/L.",
            HE,
            "His blood tests were normal (sodium, potassium and chloride).",
            id="all normal",
        ),
        pytest.param(
            "Serum studies show: Ferritin 325 ng/mL; Creatinine 90 \u03bcmol/L; Anti-HAV IgM "
            "Positive; HCO3- 33 mEq/L.",
            HE,
            "His blood tests showed ferritin 325 ng/mL, creatinine 90 \u03bcmol/L, Anti-HAV IgM "
            "positive and a high bicarbonate (33 mEq/L).",
            id="no range, or another unit",
        ),
        pytest.param(
            "Laboratory studies show: Hemoglobin 14 g/dL; Bilirubin: Total 3 mg/dL; Direct 0.2 "
            "mg/dL; Urine: Blood 2+; Protein negative.",
            HE,
            "His blood tests showed a high total bilirubin (3 mg/dL); the hemoglobin and direct "
            "bilirubin were normal. His urine test showed blood 2+.",
            id="parts of a table",
        ),
        pytest.param(
            "His temperature is 36.9\u00b0C (98.4\u00b0F), pulse is 72/min, respirations are "
            "14/min, and blood pressure is 120/80 mm Hg.",
            HE,
            "His temperature, pulse, breathing and blood pressure are normal.",
            id="normal vital signs",
        ),
        pytest.param(
            "His temperature is 39\u00b0C (102.2\u00b0F), pulse is 120/min, and blood pressure is "
            "90/60 mm Hg.",
            HE,
            "His temperature is 102.2\u00b0F, pulse is 120 and blood pressure is 90/60.",
            id="vital signs that are not",
        ),
        pytest.param(
            "His temperature is 37\u00b0C (98.6\u00b0F) and pulse is 110/min.",
            A_CHILD,
            "His temperature is 98.6\u00b0F and pulse is 110.",
            id="a child's vital signs",
        ),
        pytest.param("He sleeps badly; he eats well; he walks.", HE,
                     "He sleeps badly; he eats well; he walks.", id="no results"),
    ],
)  # fmt: skip
def test_results_are_told(sentence: str, patient: Patient, told: str) -> None:
    assert tell_results(sentence, patient) == told


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Her pulse is 93/min.", "Her pulse is 93."),
        ("a white blood cell count of 9,000/mm3", "a white blood cell count of 9,000"),
        ("a temperature of 38\u00b0C (100.4\u00b0F)", "a temperature of 100.4\u00b0F"),
        ("a 3.6-kg (8-lb) weight loss", "an 8-lb weight loss"),
        ("He is 160 cm (5 ft 3 in) tall.", "He is 5 ft 3 in tall."),
        ("a 2-cm (0.8-in) lump", "a 2-cm lump"),
        ("He drinks 2 beers a day.", "He drinks 2 beers a day."),
    ],
)
def test_one_unit_is_enough(text: str, plain: str) -> None:
    assert with_plain_units(text) == plain


_NUMBER = regex.compile(r"\d+(?:\.\d+)?")
_VALUES = st.floats(0.1, 300).map(lambda value: f"{value:.1f}")


@given(_VALUES, _VALUES, _VALUES, st.booleans())
def test_no_value_is_invented_and_none_out_of_range_is_lost(
    calcium: str, sodium: str, glucose: str, female: bool
) -> None:
    patient = Patient(50, female, False)
    told = tell_results(
        f"Serum studies show: Calcium {calcium} mg/dL; Na+ {sodium} mEq/L; Glucose {glucose} mg/dL.",
        patient,
    )
    shown = _NUMBER.findall(told)
    assert set(shown) <= {calcium, sodium, glucose}
    for value, lowest, highest in ((calcium, 8.4, 10.5), (sodium, 135, 146), (glucose, 70, 140)):
        assert (value in shown) or lowest <= float(value) <= highest
