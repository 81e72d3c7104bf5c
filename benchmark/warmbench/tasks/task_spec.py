"""The task: a set of questions, and all that the benchmark has to know about it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["PAPER_SAMPLE", "AnswerForm", "Source", "TaskSpec"]

AnswerForm = Literal["phrase", "statement"]
"""``phrase``: a name, number or noun phrase (Lima); ``statement``: a sentence (Cats can swim)."""

PAPER_SAMPLE = 500
"""Questions drawn from each of triviaqa, truthfulqa and medqa, as in the paper; disinfo: all."""


@dataclass(frozen=True, slots=True)
class Source:
    """The upstream data set of a task: where it lies on the Hub, how it is called on disk, and
    who reads it.

    ``revision`` is the commit that is read (None: the newest one is looked up and recorded, where
    the owners gate the repository and no commit could be checked). ``file_patterns`` are the names
    of the same rows on disk, ``columns`` those that they must have. ``sample`` questions are
    drawn (None: all). ``reader`` is the function that turns rows into questions, as
    ``module:function`` (an ``UpstreamReader`` of ``warmbench_builders.sources.batch``).
    """

    repo: str
    config: str | None
    split: str
    revision: str | None
    license: str
    file_patterns: tuple[str, ...]
    columns: tuple[str, ...]
    reader: str
    sample: int | None = None
    gated: bool = False


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One task. Items, rows and options carry its ``name``; ``warmbench.tasks.registry`` has the
    rest.

    ``refusal_is_correct``: declining to answer is the right thing to do; elsewhere a refusal is
    left out of the score. ``in_headline``: its loss is part of the headline loss, and a run
    without it is incomplete. ``judge_prompt``: what a language model that judges is told about
    the questions, and when an answer is CORRECT, INCORRECT or REFUSED. ``open_config``: the config
    of the release that holds the open pool's questions of the task (None: the pool has none).
    ``source``: where its own questions come from (None: they are not built here).
    ``known_accuracies``: model -> accuracy in percent on plain questions without a stated belief,
    the lowest that was published; nobody can submit a much weaker one in its name.
    """

    name: str
    label: str
    answer_form: AnswerForm
    judge_prompt: str
    short_label: str = ""
    refusal_is_correct: bool = False
    in_headline: bool = False
    open_config: str | None = None
    source: Source | None = None
    known_accuracies: Mapping[str, float] = field(default_factory=dict)

    @property
    def judge_prompt_sha256(self) -> str:
        """SHA-256 (hex) of the judge prompt."""
        return hashlib.sha256(self.judge_prompt.encode()).hexdigest()
