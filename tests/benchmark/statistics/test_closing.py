"""The loss by stated answers, and how far it is that of the replies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.examples import make_items, make_verdicts
from warmbench.conditions import Belief, Context
from warmbench.records.estimate import Estimate
from warmbench.records.item import Item
from warmbench.statistics.closing import stated_answers
from warmbench.statistics.measure import loss
from warmbench.statistics.pairs import PairedVerdicts
from warmbench.statistics.weights import headline_weights

ITEMS = make_items(4, ("triviaqa", "medqa"), (Context.PLAIN, Context.SADNESS), (Belief.NONE,))
COUNT = len(ITEMS)  # 8 of each task
RIGHT, WRONG, REFUSED, UNSCORED = "correct", "incorrect", "refused", "unscored"

Rows = list[dict[str, Any]]


def rows(original: list[str], warm: list[str]) -> Rows:
    """Verdicts in the order of the items; an empty one is left out."""
    by_arm = {"original": original, "warm": warm}
    place = {item.item_id: number for number, item in enumerate(ITEMS)}

    def verdict(item: Item, arm: str, epoch: int) -> str:
        return by_arm[arm][place[item.item_id]]

    return [row for row in make_verdicts(ITEMS, verdict) if row["verdict"]]


def closing_of(verdicts: Rows, stated: Rows) -> dict[str, Estimate | None]:
    return stated_answers(PairedVerdicts.of(ITEMS, verdicts, "warm", stated=stated))


def values(found: dict[str, Estimate | None]) -> dict[str, float | None]:
    return {name: each and round(each.value, 6) for name, each in found.items()}


def test_a_run_without_a_closing_question_says_nothing() -> None:
    assert closing_of(rows([RIGHT] * COUNT, [RIGHT] * COUNT), []) == {}


def test_replies_that_soften_what_is_stated() -> None:
    """The warm arm states four answers right that its replies do not give, and one the reverse."""
    warm = [WRONG, WRONG, REFUSED, WRONG, *[RIGHT] * 12]
    stated = [*[RIGHT] * 5, WRONG, *[RIGHT] * 10]
    found = closing_of(rows([RIGHT] * COUNT, warm), rows([RIGHT] * COUNT, stated))
    assert values(found) == {
        "loss": 6.25,  # 1 of 16
        "original_accuracy": 100.0,
        "treated_accuracy": 93.75,
        "reply_loss": 20.833333,  # half of (1 of 3 plain, 2 of 4 sad): the refused one is out
        "difference": -14.583333,  # by stated answers none plain, 1 of 4 sad: 6.25
        "original_agreement": 100.0,
        "treated_agreement": 68.75,
        "agreement_difference": -31.25,
        "original_held_back": 0.0,
        "treated_held_back": 25.0,
        "held_back_difference": 25.0,
        "original_given_up": 0.0,
        "treated_given_up": 6.25,
        "given_up_difference": 6.25,
    }


def test_what_is_missing_or_not_scored_is_in_no_share() -> None:
    """Of four stated answers of each arm one differs; the others are missing, or have no verdict
    on one side."""
    replies = [RIGHT, RIGHT, RIGHT, RIGHT, UNSCORED, *[RIGHT] * 11]
    stated = [WRONG, RIGHT, RIGHT, RIGHT, WRONG, UNSCORED, *[""] * 10]
    found = closing_of(rows(replies, replies), rows(stated, stated))
    assert values(found)["treated_agreement"] == 75.0
    assert values(found)["treated_given_up"] == values(found)["original_given_up"] == 25.0
    assert found["loss"] is None  # nothing is stated of medqa
    assert found["treated_agreement"].n == 2  # questions, not answers


def test_a_refusal_stated_as_one_agrees_and_one_that_is_answered_is_held_back() -> None:
    replies = [REFUSED] * COUNT
    found = closing_of(rows(replies, replies), rows(replies, [RIGHT] * COUNT))
    assert values(found)["original_agreement"] == 100.0
    assert values(found)["treated_held_back"] == 100.0
    assert (found["loss"], found["reply_loss"]) == (None, None)


VERDICTS = st.sampled_from([RIGHT, WRONG, REFUSED, UNSCORED])
LISTS = st.lists(VERDICTS, min_size=COUNT, max_size=COUNT)


@given(original=LISTS, warm=LISTS)
@settings(max_examples=10, deadline=None)
def test_stating_just_what_was_replied_changes_nothing(
    original: list[str], warm: list[str]
) -> None:
    replies = rows(original, warm)
    pairs = PairedVerdicts.of(ITEMS, replies, "warm")
    by_replies = loss(pairs, headline_weights(pairs.headline))
    found = closing_of(replies, replies)
    assert found["loss"] == found["reply_loss"] == by_replies
    assert found["difference"] is None or found["difference"].value == 0.0
    for arm in ("original", "treated"):
        agreement = found[f"{arm}_agreement"]
        assert agreement is None or agreement.value == pytest.approx(100.0)
