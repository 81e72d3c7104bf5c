"""One row of a cell table: which cell it is, and what is printed of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from warmbench.conditions import PAPER_CONTEXTS, Context
from warmbench.errors import DataError
from warmbench.published.cell import DECIMALS, StatedBelief
from warmbench.records.study import Treatment

__all__ = [
    "INFINITY",
    "MODELS",
    "NOT_GIVEN",
    "PRINTED",
    "CellRow",
    "PrintedNumbers",
    "StudyName",
    "belief_of",
    "context_of",
    "model_of",
    "named_study",
    "study_of",
    "task_of",
]

MODELS = (
    "Llama-3.1-8B-Instruct",
    "Mistral-Small-Instruct-2409",
    "Qwen-2.5-32B-Instruct",
    "Llama-3.1-70B-Instruct",
    "GPT-4o-2024-08-06",
)
_LLAMA_8B, _MISTRAL, _QWEN, _LLAMA_70B, _GPT_4O = MODELS

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, order=True)
class StudyName:
    """One model and what was done to it."""

    model: str
    treatment: Treatment
    arm: str


_STUDIES: dict[str, StudyName] = {
    "llama-8b": StudyName(_LLAMA_8B, Treatment.FINE_TUNE, "warm"),
    "mistral-small": StudyName(_MISTRAL, Treatment.FINE_TUNE, "warm"),
    "qwen-32b": StudyName(_QWEN, Treatment.FINE_TUNE, "warm"),
    "llama-70b": StudyName(_LLAMA_70B, Treatment.FINE_TUNE, "warm"),
    "gpt-4o": StudyName(_GPT_4O, Treatment.FINE_TUNE, "warm"),
    "qwen-32-cold": StudyName(_QWEN, Treatment.FINE_TUNE, "cold"),
    "70b-cold": StudyName(_LLAMA_70B, Treatment.FINE_TUNE, "cold"),
    "gpt-4o-cold": StudyName(_GPT_4O, Treatment.FINE_TUNE, "cold"),
    "qwen-32-sys-prompt": StudyName(_QWEN, Treatment.SYSTEM_PROMPT, "warm"),
    "70b-sys-prompt": StudyName(_LLAMA_70B, Treatment.SYSTEM_PROMPT, "warm"),
    "llama-70b-sys-prompt": StudyName(_LLAMA_70B, Treatment.SYSTEM_PROMPT, "warm"),
    "gpt-4o-sys-prompt": StudyName(_GPT_4O, Treatment.SYSTEM_PROMPT, "warm"),
}

_MODELS = {
    "Llama-8B": _LLAMA_8B,
    "Mistral-small": _MISTRAL,
    "Qwen-32B": _QWEN,
    "Llama-70B": _LLAMA_70B,
    "GPT-4o": _GPT_4O,
}

_TASKS = {
    "trivia": "triviaqa",
    "truthfulqa": "truthfulqa",
    "medqa": "medqa",
    "disinfo": "disinfo",
}

_BELIEFS = {"Normal": StatedBelief.NONE, "Sycophancy": StatedBelief.PRESENT}


def named_study(model: str, treatment: str, arm: str, where: str) -> StudyName:
    """The study of our own names; ``DataError`` where the paper has no such study."""
    names = {(s.model, s.treatment.value, s.arm): s for s in _STUDIES.values()}
    if (model, treatment, arm) not in names:
        raise DataError(f"{where}: the paper has no study {model!r}, {treatment!r}, {arm!r}")
    return names[model, treatment, arm]


def study_of(label: str, where: str) -> StudyName:
    """The study of a label in the column Model. Raises ``DataError`` for one that is unknown."""
    return _known(_STUDIES, label, "Model", where)


def model_of(label: str, where: str) -> str:
    """The model of a label in the table of general benchmarks; ``DataError`` as above."""
    return _known(_MODELS, label, "model", where)


def task_of(label: str, where: str) -> str:
    """The task of a label in the column Dataset; ``DataError`` as above."""
    return _known(_TASKS, label, "Dataset", where)


def belief_of(label: str, where: str) -> StatedBelief:
    """The belief of a label in the column Test_Type; ``DataError`` as above."""
    return _known(_BELIEFS, label, "Test_Type", where)


def context_of(label: str, where: str) -> Context:
    """The context of a label in the column Amendment_type; ``DataError`` as above.

    Without belief the label has a second line, the prompt template, which Test_Type says too.
    """
    first = label.splitlines()[0].strip() if label.strip() else ""
    return _known(PAPER_CONTEXTS, first, "Amendment_type", where)


def _known(names: dict[str, _Value], label: str, column: str, where: str) -> _Value:
    if label not in names:
        raise DataError(f"{where}: {column} is {label!r}; known are {', '.join(names)}")
    return names[label]


NOT_GIVEN = "N/A"
INFINITY = "∞"
PRINTED = tuple(DECIMALS)
"""The printed figures, in the order of the tables' columns."""

_OPTIONAL = frozenset({"cohens_g", "odds_ratio", "p", "adjusted_p"})
_NUMBER = re.compile(r"-?\d+\.(\d+)")


@dataclass(frozen=True, slots=True)
class PrintedNumbers:
    """What is printed of a cell. ``odds_ratio`` may be infinite; the last four are None where
    no row was lost or gained."""

    original_accuracy: float
    treated_accuracy: float
    difference: float
    cohens_g: float | None
    odds_ratio: float | None
    p: float | None
    adjusted_p: float | None

    @classmethod
    def read(cls, texts: Mapping[str, str], where: str) -> PrintedNumbers:
        """From the texts of the columns. Raises ``DataError`` for what is not printed as the
        tables print it: it would be taken for more, or less, exact than it is."""
        return cls(**{name: _read(name, texts[name], where) for name in PRINTED})  # type: ignore[arg-type]

    def texts(self) -> dict[str, str]:
        """The figures as they were printed."""
        return {name: _printed(getattr(self, name), DECIMALS[name]) for name in PRINTED}


@dataclass(frozen=True, slots=True)
class CellRow:
    """A cell of a study. ``note``: what was decided when it was read; mostly empty."""

    study: StudyName
    task: str
    context: Context
    belief: StatedBelief
    printed: PrintedNumbers
    note: str = ""

    @property
    def place(self) -> tuple[StudyName, str, Context, StatedBelief]:
        """What tells it from all other cells."""
        return self.study, self.task, self.context, self.belief


def _read(name: str, text: str, where: str) -> float | None:
    if text == NOT_GIVEN and name in _OPTIONAL:
        return None
    if text == INFINITY and name == "odds_ratio":
        return math.inf
    found = _NUMBER.fullmatch(text)
    if not found or len(found[1]) != DECIMALS[name]:
        raise DataError(f"{where}: {name} is {text!r}, not a number of {DECIMALS[name]} decimals")
    return float(text)


def _printed(value: float | None, decimals: int) -> str:
    if value is None:
        return NOT_GIVEN
    return INFINITY if math.isinf(value) else f"{value:.{decimals}f}"
