"""Names that can mislead, and names that look like others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.text_safety import (
    lookalike_of,
    name_problem,
    skeleton,
    text_problem,
)

GOOD = [
    "Llama-3.1-8B-Instruct",
    "meta-llama/Llama-3.1-8B-Instruct",
    "GPT-4o (2024-08-06)",
    "Qwen2.5 32B + LoRA",
    "\u6587\u5fc3 4.0",
    "Mistral-Nemo \u2014 na\u00efve",
    "\u042f\u043d\u0434\u0435\u043a\u0441 5",
    "ann@example.org",
    "https://example.org/~ann?x=1",
]


@pytest.mark.parametrize("name", GOOD)
def test_names_that_models_and_people_have(name: str) -> None:
    assert name_problem(name) is None


BAD = {
    "markup": "<script>alert(1)</script>",
    "a tag in it": "Llama<br>",
    "code marks": "`x`",
    "a formula": "=1+1",
    "a plus": "+1",
    "a minus": "-1",
    "an at": "@SUM(1)",
    "right to left override": "Llama\u202egnp.exe",
    "an isolate": "Llama\u2066x",
    "a zero-width space": "Lla\u200bma",
    "a joiner": "Lla\u200dma",
    "a byte order mark": "\ufeffLlama",
    "a soft hyphen": "Lla\u00adma",
    "a tag letter": "Llama\U000e0041",
    "a variation selector": "Llama\ufe0f",
    "a Hangul filler": "Llama\u3164",
    "a braille blank": "Llama\u2800",
    "a control": "Llama\x07",
    "an escape": "Llama\x1b[31m",
    "a line end": "Llama\nGPT",
    "a line separator": "Llama\u2028GPT",
    "a tab": "Llama\tGPT",
    "a no-break space": "Llama\u00a03",
    "a space before": " Llama",
    "two spaces": "Llama  3",
    "stacked marks": "L\u0300\u0301\u0302\u0303lama",
    "not composed": "nai\u0308ve",
    "wide letters": "\uff27\uff30\uff34",
    "mathematical letters": "\U0001d40b\U0001d425ama",
    "Cyrillic in Latin": "Ll\u0430ma",
    "Greek in Latin": "Ll\u03b1ma",
    "Cherokee in Latin": "\u13a1lama",
    "Hebrew": "Llama \u05d0\u05d1",
    "Arabic": "\u0644\u0627\u0645\u0627",
    "private": "Llama\ue000",
    "unassigned": "Llama\u0378",
}


@pytest.mark.parametrize("name", BAD)
def test_names_that_mislead(name: str) -> None:
    assert name_problem(BAD[name]) is not None


def test_notes_may_have_lines_and_marks() -> None:
    notes = "Two epochs, p < 0.05.\n\t- LoRA, <rank 16>\n"
    assert text_problem(notes) is None
    assert name_problem(notes) is not None
    assert text_problem("a\u202eb") is not None


LOOKALIKES = [
    ("LIama-3.1-8B-Instruct", "Llama-3.1-8B-Instruct"),
    ("Llama 3.1 8B Instruct", "Llama-3.1-8B-Instruct"),
    ("llama-3.1-8b-instruct", "Llama-3.1-8B-Instruct"),
    ("Ll\u0430ma-3.1-8B-Instruct", "Llama-3.1-8B-Instruct"),
    ("L1ama-3.l-8B-lnstruct", "Llama-3.1-8B-Instruct"),
    ("GPT-4\u03bf-2024-08-06", "GPT-4o-2024-08-06"),
    ("GPT-40-2024-08-06", "GPT-4o-2024-08-06"),
    ("\u0410\u0440\u0435", "Ape"),
]


@pytest.mark.parametrize(("name", "known"), LOOKALIKES)
def test_what_looks_alike(name: str, known: str) -> None:
    assert lookalike_of(name, ["Other", known]) == known


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Llama-3.1-8B-Instruct", "Llama-3.1-8B-Instruct"),
        ("Llama-3.1-70B-Instruct", "Llama-3.1-8B-Instruct"),
        ("Llama-3.2-8B-Instruct", "Llama-3.1-8B-Instruct"),
        ("GPT-4o-mini", "GPT-4o-2024-08-06"),
    ],
)
def test_what_does_not(name: str, known: str) -> None:
    assert lookalike_of(name, [known]) is None


@given(st.text(max_size=30))
def test_a_skeleton_has_letters_and_digits_alone(text: str) -> None:
    assert skeleton(text) == "" or skeleton(text).isalnum()
    assert skeleton(text).isascii()
