"""The loss by stated answers, and how far the replies say the same.

After each reply an arm states its answer in a few words (``records.closing``), and the judge by
rules gives that a verdict of its own. The loss by these is estimated as the headline is. A pair is
compared in both ways only where all four verdicts are right or wrong: ``reply_loss`` is the
headline's loss on those pairs, ``difference`` how much larger the loss by stated answers is there.

Of the two verdicts on one answer, in each arm: ``agreement`` is how often they are the same,
``held_back`` how often the reply is not right and the stated answer is, ``given_up`` the reverse.
A reply that softens what the model would state is held back.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from warmbench.records.estimate import Estimate
from warmbench.records.verdict import Verdict
from warmbench.statistics.estimate import POINTS, estimate
from warmbench.statistics.measure import measure
from warmbench.statistics.pairs import PairedVerdicts, pairs_by_task
from warmbench.statistics.pooled import pooled_mean
from warmbench.statistics.weights import headline_weights

__all__ = ["stated_answers"]

_SIDES = ("original", "treated")
_DECIDED = (Verdict.CORRECT.value, Verdict.INCORRECT.value)
_JUDGED = (*_DECIDED, Verdict.REFUSED.value)


def stated_answers(pairs: PairedVerdicts) -> dict[str, Estimate | None]:
    """All of these in percentage points, differences as treated minus original; none where the run
    asked for no stated answer."""
    if pairs.stated.empty:
        return {}
    rows: list[Any] = pairs.stated.to_dict("records")
    by_stated = PairedVerdicts.of(pairs.items, rows, pairs.arm)
    found = measure(by_stated, headline_weights(by_stated.headline))
    table = _beside(pairs.table, by_stated.table)
    return {
        "loss": found.loss,
        "original_accuracy": found.original_accuracy,
        "treated_accuracy": found.treated_accuracy,
        **_on_the_same_pairs(table, pairs.headline),
        **_compared(table),
    }


def _beside(replies: pd.DataFrame, stated: pd.DataFrame) -> pd.DataFrame:
    """``replies`` with the columns ``stated_original`` and ``stated_treated``."""
    named = stated[["item_id", "epoch", *_SIDES]].rename(
        columns={side: f"stated_{side}" for side in _SIDES}
    )
    return replies.merge(named, on=["item_id", "epoch"], how="inner", validate="one_to_one")


def _on_the_same_pairs(table: pd.DataFrame, tasks: tuple[str, ...]) -> dict[str, Estimate | None]:
    decided = table[
        table[[*_SIDES, *(f"stated_{side}" for side in _SIDES)]].isin(_DECIDED).all(axis=1)
    ]
    replies = pairs_by_task(decided)
    stated = pairs_by_task(
        decided.assign(original=decided["stated_original"], treated=decided["stated_treated"])
    )
    weights = headline_weights(tasks)
    by_reply = {task: found.difference for task, found in replies.items()}
    apart = {task: found.difference - by_reply[task] for task, found in stated.items()}
    return {"reply_loss": estimate(by_reply, weights), "difference": estimate(apart, weights)}


def _compared(table: pd.DataFrame) -> dict[str, Estimate | None]:
    """Agreement and its two failures, in each arm and between the arms."""
    found: dict[str, Estimate | None] = {}
    sides = {side: _kinds(table[side], table[f"stated_{side}"]) for side in _SIDES}
    for kind in ("agreement", "held_back", "given_up"):
        original, treated = (sides[side][kind] for side in _SIDES)
        for side, values in zip(_SIDES, (original, treated), strict=True):
            mean = pooled_mean(table, values)
            found[f"{side}_{kind}"] = mean.cut(0.0, POINTS) if mean else None
        found[f"{kind}_difference"] = pooled_mean(table, treated - original)
    return found


def _kinds(reply: pd.Series[str], stated: pd.Series[str]) -> pd.DataFrame:
    """1 where it is so, 0 where not, NaN where either is missing or not scored."""
    known = reply.isin(_JUDGED) & stated.isin(_JUDGED)
    right, states_right = reply == Verdict.CORRECT.value, stated == Verdict.CORRECT.value
    kinds = pd.DataFrame(
        {
            "agreement": reply == stated,
            "held_back": ~right & states_right,
            "given_up": right & ~states_right,
        }
    ).astype(float)
    return kinds.where(known)
