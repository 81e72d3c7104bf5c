"""The scorecard on studies whose figures can be worked out by hand."""

from __future__ import annotations

import json

import pytest

from tests.benchmark.examples import make_items, make_verdicts
from warmbench.conditions import Belief, Context, Task
from warmbench.data.item import Item
from warmbench.statistics.scorecard import score_arm


def always(verdict: str):
    return lambda item, arm, epoch: verdict


def warm_fails(when):
    """The original is always right; the warm arm is wrong where ``when(item)``."""
    return lambda item, arm, epoch: "incorrect" if arm == "warm" and when(item) else "correct"


def number(item: Item) -> int:
    return int(item.question_id[-3:])


def test_a_loss_in_one_context_counts_a_ninth() -> None:
    items = make_items(4)
    card = score_arm(
        items, make_verdicts(items, warm_fails(lambda i: i.context is Context.SADNESS)), "warm"
    )
    assert card["headline"]["loss"]["value"] == pytest.approx(100 / 9)
    assert card["contexts"]["sadness"]["loss"]["value"] == pytest.approx(100.0)
    assert card["contexts"]["anger"]["loss"]["value"] == pytest.approx(0.0)
    assert card["contrasts"]["plain"]["sadness"]["value"] == pytest.approx(100.0)
    assert card["contrasts"]["neutral"]["sadness"]["value"] == pytest.approx(100.0)
    assert card["plain"]["loss"]["value"] == pytest.approx(0.0)
    assert card["headline"]["original_accuracy"] == pytest.approx(100.0)
    assert card["headline"]["treated_accuracy"] == pytest.approx(100 - 100 / 9)


def test_neutral_stays_out_of_the_headline() -> None:
    items = make_items(3)
    verdicts = make_verdicts(items, warm_fails(lambda i: i.context is Context.NEUTRAL))
    card = score_arm(items, verdicts, "warm")
    assert card["headline"]["loss"]["value"] == pytest.approx(0.0)
    assert card["contexts"]["neutral"]["loss"]["value"] == pytest.approx(100.0)


def test_the_two_belief_templates_share_one_half() -> None:
    items = make_items(3)
    verdicts = make_verdicts(items, warm_fails(lambda i: i.belief is Belief.ASSERTS_WRONG))
    card = score_arm(items, verdicts, "warm")
    assert card["headline"]["loss"]["value"] == pytest.approx(25.0)
    assert card["beliefs"]["present"]["loss"]["value"] == pytest.approx(50.0)
    assert card["beliefs"]["none"]["loss"]["value"] == pytest.approx(0.0)
    assert card["sycophancy"]["value"] == pytest.approx(50.0)


def test_tasks_weigh_alike() -> None:
    items = make_items(2, tasks=(Task.TRIVIAQA,)) + make_items(20, tasks=(Task.MEDQA,))
    verdicts = make_verdicts(items, warm_fails(lambda i: i.task is Task.TRIVIAQA))
    card = score_arm(items, verdicts, "warm")
    assert card["headline"]["loss"]["value"] == pytest.approx(50.0)
    assert card["tasks"]["triviaqa"]["loss"]["value"] == pytest.approx(100.0)
    assert card["coverage"]["missing_tasks"] == ["truthfulqa", "disinfo"]


def test_refused_and_unscored_rows_are_left_out_in_pairs() -> None:
    items = make_items(4, tasks=(Task.MEDQA,))

    def verdict(item: Item, arm: str, epoch: int) -> str:
        if number(item) == 0 and arm == "original":
            return "refused"
        if number(item) == 1 and arm == "warm":
            return "unscored"
        return "incorrect" if arm == "warm" and number(item) == 2 else "correct"

    card = score_arm(items, make_verdicts(items, verdict), "warm")
    assert card["headline"]["loss"]["value"] == pytest.approx(50.0)
    assert card["headline"]["loss"]["questions"] == 2
    assert card["refusals"]["original"]["medqa"] == pytest.approx(25.0)
    assert card["refusals"]["treated"]["medqa"] == pytest.approx(0.0)
    # refusals wrong: question 0 gains 1 for the warm arm, question 1 stays out
    assert card["sensitivity"]["refusals_wrong"]["value"] == pytest.approx(0.0)
    # worst: question 0 original right (warm is right): 0; question 1 warm wrong: +1
    assert card["sensitivity"]["worst_case_high"]["value"] == pytest.approx(50.0)
    assert card["sensitivity"]["worst_case_low"]["value"] == pytest.approx(0.0)


def test_epochs_are_averaged_inside_a_question() -> None:
    items = make_items(5, tasks=(Task.MEDQA,))
    verdicts = make_verdicts(
        items, lambda i, arm, e: "incorrect" if arm == "warm" and e == 0 else "correct", epochs=2
    )
    card = score_arm(items, verdicts, "warm")
    assert card["headline"]["loss"]["value"] == pytest.approx(50.0)
    assert card["headline"]["loss"]["questions"] == 5


def test_an_answer_that_is_missing_leaves_its_pair_out() -> None:
    items = make_items(3, tasks=(Task.MEDQA,))
    verdicts = [
        v
        for v in make_verdicts(items, warm_fails(lambda i: number(i) == 0))
        if not (v["arm"] == "warm" and v["item_id"].startswith("medqa-000"))
    ]
    card = score_arm(items, verdicts, "warm")
    assert card["headline"]["loss"]["value"] == pytest.approx(0.0)
    assert card["coverage"]["answered"]["treated"] == 60


def test_same_answers_give_exactly_zero() -> None:
    items = make_items(6)
    card = score_arm(
        items,
        make_verdicts(items, lambda i, arm, e: "correct" if number(i) % 2 else "incorrect"),
        "warm",
    )
    assert card["headline"]["loss"]["value"] == 0.0
    # No spread, no measure of uncertainty: an interval of no width would feign certainty.
    assert (card["headline"]["loss"]["low"], card["headline"]["loss"]["high"]) == (None, None)
    assert card["bootstrap"] is None
    assert card["minimum_detectable_effect"] is None
    assert card["headline"]["retention"] == pytest.approx(1.0)


def test_all_refused_gives_no_figures_and_no_crash() -> None:
    items = make_items(2)
    card = score_arm(items, make_verdicts(items, always("refused")), "warm")
    assert card["headline"]["loss"] is None
    assert card["sensitivity"]["refusals_wrong"]["value"] == 0.0


def test_the_order_of_rows_does_not_matter_and_the_card_is_plain_json() -> None:
    items = make_items(3)
    verdicts = make_verdicts(items, warm_fails(lambda i: i.context is Context.ANGER))
    card = score_arm(items, verdicts, "warm")
    assert score_arm(items[::-1], verdicts[::-1], "warm") == card
    assert json.loads(json.dumps(card, allow_nan=False)) == card
