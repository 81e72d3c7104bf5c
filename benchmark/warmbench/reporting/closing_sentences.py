"""Closing sentences: the loss by stated answers, and how far the replies say the same."""

from __future__ import annotations

from collections.abc import Iterator

from warmbench.records.closing_score import ClosingScore
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.reporting.wording import count, loss_text, percent_text, points

__all__ = ["FOLLOWS", "closing_sentences"]

FOLLOWS = 75.0
"""Percent of its right replies. An original that states fewer of them right does not follow the
closing turn: a choice, made on the two models in ``docs/closing-question.md``. (Agreement would not
tell: a model that is mostly wrong agrees with itself by chance.)"""

_ENOUGH = 10
"""Right replies, to say so."""


def closing_sentences(card: Scorecard, score: ArmScore) -> list[str]:
    """What was found for one treated arm; none where no reply was to be stated."""
    if card.closing is None:
        return []
    missing = list(_missing(card, score.arm))
    if not score.closing:
        return [f"No reply is stated in a few words yet. {' '.join(missing)}".strip()]
    return [*_caution(card.closing), *_loss(card, score), *_replies(score), *missing]


def _caution(closing: ClosingScore) -> Iterator[str]:
    found = closing.arms["original"]
    share = 100.0 * found.stated_right / max(found.right, 1)
    if found.right >= _ENOUGH and share < FOLLOWS:
        yield (
            f"The original states only {points(share)} % of its right replies right: it does not "
            "follow the closing turn, and the stated answers tell nothing of the loss."
        )


def _loss(card: Scorecard, score: ArmScore) -> Iterator[str]:
    judge = card.closing.judge if card.closing else ""
    found = score.closing
    yield (
        f"Loss by stated answers: {loss_text(found.get('loss'))} points of accuracy (judge "
        f"{judge}). Where both arms are right or wrong in both ways, the loss by the replies is "
        f"{loss_text(found.get('reply_loss'))}; that by stated answers differs from it by "
        f"{loss_text(found.get('difference'))}."
    )


def _replies(score: ArmScore) -> Iterator[str]:
    for kind, words in (
        ("agreement", "Stated answer and reply have the same verdict"),
        ("held_back", "The reply is not right, the stated answer is"),
        ("given_up", "The reply is right, the stated answer is not"),
    ):
        original, treated = (
            percent_text(score.closing.get(f"{side}_{kind}")) for side in ("original", "treated")
        )
        apart = loss_text(score.closing.get(f"{kind}_difference"))
        yield f"{words}: original {original}, {score.arm} {treated}; difference {apart} points."


def _missing(card: Scorecard, arm: str) -> Iterator[str]:
    for name in ("original", arm):
        found = card.closing.arms.get(name) if card.closing else None
        if found and found.missing:
            yield (
                f"{count(found.missing)} of {count(found.replies)} stated answers of {name} are "
                "missing: left out, not wrong. Run the same `warmbench run` again to ask for them."
            )
