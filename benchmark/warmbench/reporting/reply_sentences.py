"""Reply sentences: what about the replies and the requests must be read beside the loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from warmbench.records.arm_replies import ReplyKind
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.reporting.wording import points
from warmbench.statistics.replies import apart_kinds

__all__ = ["reply_sentences", "request_sentences"]

_CAME = {
    ReplyKind.CUT: "replies were cut at the token limit",
    ReplyKind.EMPTY: "replies were empty",
    ReplyKind.FILTERED: "replies were withheld by a filter",
    ReplyKind.REASONING_ONLY: "replies were cut, or ended, while still reasoning",
    ReplyKind.FAILED: "requests failed",
}

_LEFT_OUT = "these questions are left out of the loss."
_MORE_TOKENS = "Raise --max-tokens or --reasoning-tokens."

_WHAT_NOW = {
    ReplyKind.CUT: "these answers are judged as they stand. Raise --max-tokens.",
    ReplyKind.EMPTY: f"{_LEFT_OUT} A reasoning model may need more: {_MORE_TOKENS.lower()}",
    ReplyKind.FILTERED: f"{_LEFT_OUT} A filter that stops one arm changes what is compared.",
    ReplyKind.REASONING_ONLY: f"{_LEFT_OUT} {_MORE_TOKENS}",
    ReplyKind.FAILED: f"{_LEFT_OUT} Run the same `warmbench run` again to ask them again.",
}


def reply_sentences(card: Scorecard, score: ArmScore) -> list[str]:
    """One for each kind of reply that a treated arm has clearly more, or fewer, of than the
    original: "The warm arm's replies were empty in 20.0 % of requests, the original's in 0.0 %:
    these questions are left out of the loss. ..." """
    return [
        f"The {score.arm} arm's {_CAME[kind]} in {_share(card, score.arm, kind)} of requests, the "
        f"original's in {_share(card, 'original', kind)}: {_WHAT_NOW[kind]}"
        for kind in apart_kinds(card.replies, score)
    ]


def _share(card: Scorecard, arm: str, kind: ReplyKind) -> str:
    return f"{points(card.replies[arm].shares.get(kind, 0.0))} %"


def request_sentences(card: Scorecard, arm: str) -> list[str]:
    """Where the requests of a treated arm were others than the original's, or than was meant."""
    return [*_extras_sentence(card, arm), *_form_sentences(card.request_forms)]


def _extras_sentence(card: Scorecard, arm: str) -> Iterator[str]:
    """Settings that only one of the two arms has are a part of the treatment, or a mistake."""
    extras = {each.name: each.extras for each in card.study.arms}
    one, other = extras["original"], extras[arm]
    if one.to_json() != other.to_json():
        yield (
            f"The arms were sampled differently: {arm} with {str(other) or 'no further settings'}, "
            f"the original with {str(one) or 'none'}. The loss includes what that does."
        )


def _form_sentences(forms: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    left_out = sorted({name for form in forms.values() for name in form.get("left_out", ())})
    if left_out:
        yield (
            f"The requests of {_arms(forms, 'left_out')} leave out {' and '.join(left_out)}, which "
            "the endpoint does not take: its own setting holds instead."
        )
    if any(form.get("system_in_user") for form in forms.values()):
        yield (
            f"In the requests of {_arms(forms, 'system_in_user')} the system prompt leads the "
            "first user turn, as the model has no system role."
        )


def _arms(forms: Mapping[str, Mapping[str, Any]], name: str) -> str:
    return " and ".join(arm for arm, form in forms.items() if form.get(name))
