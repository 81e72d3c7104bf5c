"""The names that the authors' tables use, and ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from warmbench.conditions import PAPER_CONTEXTS, Context
from warmbench.errors import DataError
from warmbench.published.cell import StatedBelief
from warmbench.records.study import Treatment

__all__ = [
    "MODELS",
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
