"""The prompts that a language model gets when it judges an answer.

Each task has a text of its own, ``TaskSpec.judge_prompt``; its checksum is in the record of the
judging. The three texts in ``prompts/`` are shared by all tasks; their checksum is part of the
judge's name. A changed shared text is a new ``PROMPT_VERSION``, and a test pins the two together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from importlib.resources import files

from warmbench.judging.judge import Case
from warmbench.judging.llm.presets import Preset
from warmbench.judging.llm.reply import quoted, shortened, visible
from warmbench.judging.llm.verdict_line import holds_verdict
from warmbench.records.message import Message
from warmbench.tasks.registry import in_task_order, task_of

__all__ = [
    "ATTEMPTS",
    "PROMPT_VERSION",
    "SHARED_SHA256",
    "judge_messages",
    "tag_of",
    "task_prompt_hashes",
    "tempts",
]

PROMPT_VERSION = "llm-2"

ATTEMPTS = 2
"""A command asks about a case once, and again in stricter words where it can't read the reply."""

_FOLDER = files("warmbench.judging.llm").joinpath("prompts")


def _text(name: str) -> str:
    return _FOLDER.joinpath(f"{name}.txt").read_text(encoding="utf-8")


_RULES, _CASE, _RETRY = _text("rules"), _text("case"), _text("retry")

_PRESET_RETRY = "An earlier reply could not be read. Keep to the form of the reply to the letter."

_UNKNOWN = "triviaqa"
"""A case without a task is judged as one of this."""

ANSWER_SHOWN = 6_000
"""Characters of an answer: four times what 300 tokens hold."""
QUESTION_SHOWN = 6_000
REFERENCE_SHOWN = 400
REFERENCES_SHOWN = 40

SHARED_SHA256 = hashlib.sha256(
    "\0".join(
        [
            *(_RULES, _CASE, _RETRY),
            f"{ANSWER_SHOWN} {QUESTION_SHOWN} {REFERENCE_SHOWN} {REFERENCES_SHOWN}",
        ]
    ).encode()
).hexdigest()
"""SHA-256 (hex) of the texts that all tasks share, and of how much of the material they show."""


def task_prompt_hashes(tasks: Iterable[str | None]) -> dict[str, str]:
    """Task -> SHA-256 (hex) of its prompt, for all ``tasks``, each once; None is a case without
    one. Raises ``DataError`` for a name that no task has."""
    names = in_task_order(task or _UNKNOWN for task in tasks)
    return {name: task_of(name).judge_prompt_sha256 for name in names}


def judge_messages(
    case: Case, attempt: int = 0, preset: Preset | None = None
) -> tuple[Message, ...]:
    """The chat that asks for a verdict: instructions, then the material between marks.

    A case without a task is judged as trivia. From ``attempt`` 1 on there is a stricter request on
    the form. With a ``preset`` the chat is in its form.
    """
    if preset:
        return _preset_messages(case, attempt, preset)
    question = shortened(visible(case.question.text), QUESTION_SHOWN)
    right = _references(case.question.correct_answers)
    wrong = _references(case.question.incorrect_answers)
    answer = shortened(visible(case.response), ANSWER_SHOWN)
    material = [quoted(text) for text in (question, right, wrong, answer)]
    body = _CASE.format(
        tag=tag_of(material),
        question=material[0],
        right=material[1],
        wrong=material[2],
        answer=material[3],
    )
    system = f"{task_of(case.task or _UNKNOWN).judge_prompt}\n{_RULES}"
    if attempt:
        body += _RETRY
    return (Message("system", system.strip()), Message("user", body.strip()))


def _preset_messages(case: Case, attempt: int, preset: Preset) -> tuple[Message, ...]:
    question = case.question
    shown = {
        "question": shortened(visible(question.text), QUESTION_SHOWN),
        "right": _references(question.correct_answers),
        "wrong": _references(question.incorrect_answers),
        "answer": shortened(visible(case.response), ANSWER_SHOWN),
    }
    material = {name: quoted(preset.broken(text)) for name, text in shown.items()}
    system, user = preset.texts()
    body = user.format(task=task_of(case.task or _UNKNOWN).judge_prompt.strip(), **material)
    if attempt:
        body = f"{_PRESET_RETRY}\n\n{body}"
    turns = [Message("system", system)] if system else []
    return (*turns, Message("user", body))


def tempts(case: Case) -> bool:
    """Whether what the prompt shows of ``case`` holds a verdict, which a reply may quote."""
    question = case.question
    shown = (question.text, *question.correct_answers, *question.incorrect_answers, case.response)
    return any(holds_verdict(visible(text)) for text in shown)


def tag_of(texts: Sequence[str]) -> str:
    """Sixteen hex digits, made from the texts, that none of them contains: no text can close its
    own marks, and its author could not know them."""
    joined = "\0".join(texts)
    digest = hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()
    while digest[:16] in joined.lower():
        digest = hashlib.sha256(digest.encode()).hexdigest()
    return digest[:16]


def _references(references: Sequence[str]) -> str:
    shown = [
        shortened(" ".join(visible(text).split()), REFERENCE_SHOWN).replace("\n", " ")
        for text in references[:REFERENCES_SHOWN]
    ]
    return "\n".join(shown) or "(none)"
