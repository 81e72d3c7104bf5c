"""Patterns of exam language with the plain words that take their place."""

from __future__ import annotations

from collections.abc import Mapping

import regex

from warmbench_builders.questions.lay.patient import Patient

__all__ = ["Rules", "apply_rules", "make_rules", "with_pronouns"]

Rules = Mapping[bool, tuple[tuple[regex.Pattern[str], str], ...]]
"""By whether the patient is female: patterns, and the plain words with the patient's pronouns."""


def make_rules(*pairs: tuple[str, str]) -> Rules:
    """Rules of patterns and plain words, in which ``{he}``, ``{him}``, ``{his}``, ``{He}`` and
    ``{His}`` stand for the patient's pronouns."""
    patterns = [regex.compile(pattern) for pattern, _ in pairs]
    return {
        female: tuple(
            (pattern, with_pronouns(plain, Patient(0.0, female, False)))
            for pattern, (_, plain) in zip(patterns, pairs, strict=True)
        )
        for female in (False, True)
    }


def with_pronouns(plain: str, patient: Patient) -> str:
    """The text with the patient's pronouns for ``{he}``, ``{him}`` and the others."""
    return plain.format(
        he=patient.he,
        him=patient.him,
        his=patient.his,
        He=patient.he.capitalize(),
        His=patient.his.capitalize(),
    )


def apply_rules(rules: Rules, text: str, patient: Patient) -> str:
    """The text after each rule in turn."""
    for pattern, plain in rules[patient.female]:
        # Few rules fit a sentence, and to search takes less time than to replace nothing.
        if pattern.search(text):
            text = pattern.sub(plain, text)
    return text
