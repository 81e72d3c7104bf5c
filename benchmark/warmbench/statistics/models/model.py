"""The paper's logistic models: which answers each looks at, and its terms.

All model the chance that an answer is incorrect. With T = 1 for the treated arm, and tasks,
context groups g, single contexts c, stated belief B = 1 and emotion E = 1 as indicators:

    1           logit P = a + T + task                     plain questions, no belief
    2           logit P = a + T + task + g + T g           no belief
    3           logit P = a + T + task + c + T c           no belief
    4           logit P = a + T + task + g + B + T B       all
    4-emotion   logit P = a + T + task + g + B + T B + T E + B E + T B E     all

with ``disinfo``, ``plain`` and no belief as references, or what comes first of what was asked.
With length, the words of the answer are one more term. The paper pools five models and has an
indicator for each; here a study is one model. Its length is in characters; here in words.
``neutral`` and tasks that the paper does not have are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from warmbench.conditions import CONTEXT_GROUPS, PAPER_TASKS, Belief, Context
from warmbench.statistics.models.grouped_counts import Conditions
from warmbench.tasks.registry import all_tasks

__all__ = ["MODELS", "Levels", "Model", "Moderator"]

Flags = NDArray[np.bool_]

_PLAIN, _NEUTRAL = (tuple(Context).index(c) for c in (Context.PLAIN, Context.NEUTRAL))
_NO_BELIEF = tuple(Belief).index(Belief.NONE)

Levels = dict[str, Flags]
"""Name of a level -> which conditions have it. Every condition has exactly one."""


class Moderator(StrEnum):
    """What the effect of the treatment may depend on in a model."""

    NOTHING = "nothing"
    GROUP = "context group"
    CONTEXT = "context"
    BELIEF = "belief"
    BELIEF_AND_EMOTION = "belief and emotion"


@dataclass(frozen=True, slots=True)
class Model:
    """One model: its number in the paper, what it asks, what moderates the treatment."""

    name: str
    title: str
    moderator: Moderator
    only_plain: bool = False
    only_without_belief: bool = True

    def uses(self, conditions: Conditions) -> Flags:
        """Which conditions the model is fitted on."""
        used: Flags = np.asarray(conditions.context != _NEUTRAL)
        used &= np.isin(conditions.task, [_position(name) for name in PAPER_TASKS])
        if self.only_plain:
            used &= conditions.context == _PLAIN
        if self.only_without_belief:
            used &= conditions.belief == _NO_BELIEF
        return used

    def levels(self, conditions: Conditions) -> Levels:
        """The levels of the moderator: an effect of the treatment is given for each."""
        stated = conditions.belief != _NO_BELIEF
        emotion = _in_contexts(conditions, CONTEXT_GROUPS["emotion"])
        match self.moderator:
            case Moderator.NOTHING:
                return {"all": np.ones(len(conditions), dtype=bool)}
            case Moderator.GROUP:
                return _groups(conditions)
            case Moderator.CONTEXT:
                return {c.value: _in_contexts(conditions, [c]) for c in Context}
            case Moderator.BELIEF:
                return {"none": ~stated, "present": stated}
            case Moderator.BELIEF_AND_EMOTION:
                return {
                    "neither": ~stated & ~emotion,
                    "emotion": ~stated & emotion,
                    "belief": stated & ~emotion,
                    "belief and emotion": stated & emotion,
                }

    def terms(self, conditions: Conditions) -> dict[str, NDArray[np.float64]]:
        """The design: name of a term -> its value in each condition. Terms of levels that the
        model's own conditions lack are left out; the first level that they have is the
        reference."""
        used = self.uses(conditions)
        treated = conditions.treated
        columns: dict[str, Flags] = {"intercept": np.ones(len(conditions), dtype=bool)}
        columns["treated"] = treated
        tasks = {name: conditions.task == _position(name) for name in sorted(PAPER_TASKS)}
        columns |= _indicators("task", tasks, used)
        if self.moderator in (Moderator.BELIEF, Moderator.BELIEF_AND_EMOTION):
            columns |= _indicators("context", _groups(conditions), used)
            beliefs = {"none": (none := conditions.belief == _NO_BELIEF), "present": ~none}
            columns |= _indicators("belief", beliefs, used)
            columns |= self._interactions(conditions)
        elif self.moderator is not Moderator.NOTHING:
            contexts = _indicators("context", self.levels(conditions), used)
            columns |= contexts
            columns |= {f"treated:{name}": treated & flags for name, flags in contexts.items()}
        return {name: flags.astype(np.float64) for name, flags in columns.items()}

    def _interactions(self, conditions: Conditions) -> Levels:
        stated = conditions.belief != _NO_BELIEF
        found = {"treated:belief present": conditions.treated & stated}
        if self.moderator is Moderator.BELIEF_AND_EMOTION:
            emotion = _in_contexts(conditions, CONTEXT_GROUPS["emotion"])
            found["treated:context emotion"] = conditions.treated & emotion
            found["belief present:context emotion"] = stated & emotion
            found["treated:belief present:context emotion"] = conditions.treated & stated & emotion
        return found


MODELS: tuple[Model, ...] = (
    Model("1", "main effect, plain questions", Moderator.NOTHING, only_plain=True),
    Model("2", "by context group, no belief stated", Moderator.GROUP),
    Model("3", "by single context, no belief stated", Moderator.CONTEXT),
    Model("4", "by belief", Moderator.BELIEF, only_without_belief=False),
    Model("4-emotion", "by belief and emotion", Moderator.BELIEF_AND_EMOTION,
          only_without_belief=False),
)  # fmt: skip


def _position(task: str) -> int:
    return tuple(all_tasks()).index(task)


def _in_contexts(conditions: Conditions, contexts: Sequence[Context]) -> Flags:
    return np.isin(conditions.context, [tuple(Context).index(c) for c in contexts])


def _groups(conditions: Conditions) -> Levels:
    return {name: _in_contexts(conditions, group) for name, group in CONTEXT_GROUPS.items()}


def _indicators(kind: str, levels: Levels, used: Flags) -> Levels:
    """An indicator for each level that occurs, but for the first, the reference."""
    there = [name for name, flags in levels.items() if (flags & used).any()]
    return {f"{kind} {name}": levels[name] for name in there[1:]}
