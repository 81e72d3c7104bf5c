"""Observations: every verdict of a run as arrays, what tests and models are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from warmbench.conditions import Belief, Context
from warmbench.records.item import Item
from warmbench.statistics.pairs import pair_verdicts, scores_of
from warmbench.tasks.registry import all_tasks

__all__ = ["Observations", "observations_of"]

_CODES = {
    "context": {name.value: code for code, name in enumerate(Context)},
    "belief": {name.value: code for code, name in enumerate(Belief)},
}


@dataclass(frozen=True)
class Observations:
    """One entry an item, epoch and arm that has a verdict; all arrays of one length.

    ``incorrect``: 1 for an incorrect answer, 0 for a correct one. ``treated``: whether the treated
    arm gave it. ``task``, ``context``, ``belief``: positions in ``all_tasks()``, ``Context`` and
    ``Belief``. ``question``: a number for each question, alike in both arms. ``words``: length of
    the answer in words, NaN where it is not known.
    """

    incorrect: NDArray[np.bool_]
    treated: NDArray[np.bool_]
    task: NDArray[np.int64]
    context: NDArray[np.int64]
    belief: NDArray[np.int64]
    question: NDArray[np.int64]
    words: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.incorrect)

    def where(self, kept: NDArray[np.bool_]) -> Observations:
        """The entries for which ``kept`` is true."""
        return Observations(*(getattr(self, name)[kept] for name in self.__dataclass_fields__))


def observations_of(
    items: Sequence[Item],
    verdicts: Sequence[Mapping[str, Any]],
    arm: str,
    responses: Sequence[Mapping[str, Any]] = (),
) -> Observations:
    """The observations of ``arm`` and the original. As in the paper, each arm leaves out its own
    refusals, and what has no verdict. (Where a refusal is right, its verdict is ``correct``.) The
    metric, which compares pairs, leaves out both answers where one is missing.

    ``responses``: rows of item_id, arm, epoch, response, for their length.
    """
    pairs = pair_verdicts(items, verdicts, arm)
    scores = np.concatenate([scores_of(pairs[side]).to_numpy() for side in ("original", "treated")])
    tasks = {name: code for code, name in enumerate(all_tasks())}
    codes = {
        name: np.tile(np.asarray(pairs[name].map(known), dtype=np.int64), 2)
        for name, known in {"task": tasks, **_CODES}.items()
    }
    questions = pd.factorize(pd.MultiIndex.from_frame(pairs[["task", "question_id"]]))[0]
    every = Observations(
        incorrect=scores == 0.0,
        treated=np.repeat([False, True], len(pairs)),
        question=np.tile(np.asarray(questions, dtype=np.int64), 2),
        words=_words(pairs, arm, responses),
        **codes,
    )
    return every.where(~np.isnan(scores))


def _words(
    pairs: pd.DataFrame, arm: str, responses: Sequence[Mapping[str, Any]]
) -> NDArray[np.float64]:
    """The lengths of the original's answers, then of the treated arm's."""
    lengths = {(r["item_id"], r["epoch"], r["arm"]): len(r["response"].split()) for r in responses}
    keys = list(zip(pairs["item_id"], pairs["epoch"], strict=True))
    return np.array(
        [lengths.get((*key, name), np.nan) for name in ("original", arm) for key in keys]
    )
