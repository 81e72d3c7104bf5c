"""The corrected losses: what must hold of any, what can't be estimated, and what they cover."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.examples import make_items, make_verdicts
from tests.performance.audit_coverage import CASES, Case, raw_loss, simulated
from warmbench.conditions import Belief, Context
from warmbench.judging.audit.corrected_loss import prediction_powered_loss, rogan_gladen_loss
from warmbench.judging.audit.label import Label
from warmbench.judging.audit.labelled_pairs import LabelledPairs, labelled_pairs
from warmbench.records.audit import CorrectedLoss
from warmbench.records.estimate import Estimate
from warmbench.records.item import Item
from warmbench.records.verdict import Verdict
from warmbench.statistics.estimate import estimate
from warmbench.statistics.pairs import pair_verdicts, pairs_by_task
from warmbench.statistics.weights import headline_weights

TASKS = ("triviaqa", "disinfo")


def verdicts_of(items: list[Item], seed: int, epochs: int = 1) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    words = ["correct", "incorrect", "refused", "unscored"]

    def said(item: Item, arm: str, epoch: int) -> str:
        return str(rng.choice(words, p=[0.6, 0.3, 0.07, 0.03]))

    return make_verdicts(items, said, epochs)


def labels_as(verdicts: list[dict[str, Any]]) -> list[Label]:
    """People who say of each answer what its verdict is."""
    return [
        Label("here", v["item_id"], v["arm"], v["epoch"], Verdict(v["verdict"])) for v in verdicts
    ]


def known(found: CorrectedLoss) -> Estimate:
    assert found.loss is not None, found
    assert found.reason is None
    return found.loss


def nothing(reason: str) -> CorrectedLoss:
    return CorrectedLoss(reason=reason)


@pytest.mark.parametrize(("seed", "epochs"), [(0, 1), (1, 2)])
def test_perfect_labels_leave_the_scorecards_loss_and_error(seed: int, epochs: int) -> None:
    """With people who say what the judge says, nothing is put right. The cells of one question
    and the refusals are there too."""
    items = make_items(14, TASKS, beliefs=(Belief.NONE, Belief.ASSERTS_WRONG))
    verdicts = verdicts_of(items, seed, epochs)
    labels = labels_as(verdicts)
    pairs = labelled_pairs(items, verdicts, labels, "warm")
    assert pairs is not None
    by_task = pairs_by_task(pair_verdicts(items, verdicts, "warm"))
    raw = estimate({t: p.difference for t, p in by_task.items()}, headline_weights(TASKS))
    assert raw is not None
    for found in (prediction_powered_loss(pairs), rogan_gladen_loss(pairs, "warm")):
        assert known(found).value == pytest.approx(raw.value)
    rows = pairs.scored
    influence = rows.by_question(rows.centred(rows.passed[:, 0] - rows.passed[:, 1]))
    assert 100.0 * np.sqrt(influence @ influence) == pytest.approx(raw.se)
    assert pairs.weight.sum() == pytest.approx(1.0)
    assert pairs.base.sum() == pytest.approx(1.0)
    assert len(pairs.scored.weight) < len(pairs.weight)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_with_all_answers_labelled_the_loss_is_that_of_the_labels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    case = Case("", labels=1.0, questions=12, sensitivity=0.9, specificity=(0.9, 0.7))
    pairs = simulated(case, rng)
    truth = dataclasses.replace(pairs, passed=pairs.label)
    raw, powered = raw_loss(truth), known(prediction_powered_loss(pairs))
    assert powered.value == pytest.approx(raw.value)
    assert powered.se == pytest.approx(raw.se, rel=0.01)
    assert known(rogan_gladen_loss(pairs, "warm")).value == pytest.approx(raw.value)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_turning_the_arms_round_turns_the_loss_round(seed: int) -> None:
    pairs = simulated(Case("", labels=0.3, questions=40), np.random.default_rng(seed))
    turned = dataclasses.replace(pairs, passed=pairs.passed[:, ::-1], label=pairs.label[:, ::-1])
    for one, other in (
        (prediction_powered_loss(pairs), prediction_powered_loss(turned)),
        (rogan_gladen_loss(pairs, "warm"), rogan_gladen_loss(turned, "warm")),
    ):
        assert known(one).value == pytest.approx(-known(other).value)
        assert known(one).low == pytest.approx(-known(other).high)


def test_labels_of_one_arm_alone_count_for_rogan_gladen_only() -> None:
    pairs = simulated(Case("", labels=0.3, questions=40), np.random.default_rng(0))
    label = pairs.label.copy()
    both = np.flatnonzero(~np.isnan(label).any(axis=1))
    label[both[::2], 1] = np.nan
    halved = dataclasses.replace(pairs, label=label, seen=~np.isnan(label))
    assert prediction_powered_loss(halved).labelled == len(both) - len(both[::2])
    assert rogan_gladen_loss(halved, "warm").labelled == 2 * len(both) - len(both[::2])


def kept_labels(pairs: LabelledPairs, rows: np.ndarray[Any, Any]) -> LabelledPairs:
    label = np.full_like(pairs.label, np.nan)
    label[rows] = pairs.label[rows]
    return dataclasses.replace(pairs, label=label, seen=~np.isnan(label))


def test_few_labels_give_a_sentence_and_no_number() -> None:
    pairs = simulated(Case("", labels=1.0, questions=40), np.random.default_rng(0))
    few = kept_labels(pairs, pairs.question % 40 < 9)
    assert prediction_powered_loss(few) == nothing(
        "9 questions of triviaqa have pairs labelled right or wrong in both arms; an interval "
        "needs 10 in each task"
    )
    one_class = kept_labels(pairs, pairs.label[:, 0] == 1.0)
    assert rogan_gladen_loss(one_class, "warm") == nothing(
        "in arm original answers to 0 questions are labelled incorrect; an interval needs 10"
    )
    one_task = kept_labels(pairs, pairs.task == 0)
    assert rogan_gladen_loss(one_task, "warm") == nothing(
        "in arm original answers to fewer than 2 questions of medqa are labelled, and the "
        "headline needs each task"
    )


@pytest.mark.parametrize(("sensitivity", "specificity"), [(0.5, 0.5), (0.3, 0.3)])
def test_a_judge_no_better_than_chance_gives_a_sentence(
    sensitivity: float, specificity: float
) -> None:
    case = Case("", sensitivity=sensitivity, specificity=(specificity, 0.9), labels=0.2)
    found = rogan_gladen_loss(simulated(case, np.random.default_rng(0)), "warm")
    assert found.loss is None
    assert found.reason is not None
    assert "in arm original" in found.reason
    assert "not measurably better than chance (a sum of 1)" in found.reason


def test_a_condition_with_one_question_gives_a_sentence() -> None:
    items = make_items(30, ("triviaqa",), contexts=(Context.PLAIN,), beliefs=(Belief.NONE,))
    alone = make_items(1, ("triviaqa",), contexts=(Context.ANGER,), beliefs=(Belief.NONE,))
    verdicts = make_verdicts(
        items + alone, lambda item, arm, _: ["correct", "incorrect"][int(item.question_id[-1]) % 2]
    )
    labels = labels_as(verdicts)
    pairs = labelled_pairs(items + alone, verdicts, labels, "warm")
    assert pairs is not None
    assert prediction_powered_loss(pairs) == nothing(
        "some condition rests on a single question, which has no interval"
    )


def test_labels_that_all_speak_alike_give_a_sentence() -> None:
    pairs = simulated(Case("", labels=1.0, questions=40), np.random.default_rng(0))
    alike = dataclasses.replace(pairs, label=np.ones_like(pairs.label))
    assert prediction_powered_loss(alike) == nothing(
        "all questions are alike, which says nothing of the uncertainty"
    )


def test_labels_that_never_differ_leave_room_for_those_not_seen() -> None:
    """Ten labels that agree don't show that the judge never errs."""
    pairs = simulated(Case("", labels=1.0, questions=150), np.random.default_rng(0))
    perfect = dataclasses.replace(pairs, passed=pairs.label)
    first = np.unique(pairs.question, return_index=True)[1]
    chosen = first[np.isin(pairs.question[first] % 150, np.arange(10))]
    found = known(prediction_powered_loss(kept_labels(perfect, chosen)))
    raw = raw_loss(perfect)
    assert found.value == pytest.approx(raw.value)
    assert raw.se is not None
    assert found.se == pytest.approx(np.hypot(raw.se, 100.0 * np.hypot(0.05, 0.05)))


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.1]))
def test_the_prediction_powered_loss_is_the_formula(seed: int, refusals: float) -> None:
    """loss = loss by verdicts + mean over tasks of (loss by labels - loss by verdicts) over the
    labelled pairs, each over the pairs that it can be told of."""
    case = Case("", labels=0.4, questions=30, refusals=refusals, called_refused=(0.1, 0.3))
    pairs = simulated(case, np.random.default_rng(seed))

    def mean(rows: np.ndarray[Any, Any], scores: np.ndarray[Any, Any]) -> float:
        kept = rows & ~np.isnan(scores).any(axis=1)
        return float(np.average((scores[:, 0] - scores[:, 1])[kept], weights=pairs.base[kept]))

    scored = pairs.weight > 0.0
    judged = (pairs.passed[:, 0] - pairs.passed[:, 1])[scored]
    expected = float(pairs.weight[scored] @ judged)
    for task in range(len(pairs.tasks)):
        rows = pairs.seen.all(axis=1) & (pairs.task == task)
        expected += (mean(rows, pairs.label) - mean(rows, pairs.passed)) / len(pairs.tasks)
    assert known(prediction_powered_loss(pairs)).value == pytest.approx(100.0 * expected)


def test_questions_that_stand_twice_count_once() -> None:
    """Rows of one question are one observation: to ask each question twice leaves the error."""
    pairs = simulated(Case("", labels=0.3, questions=40), np.random.default_rng(0))
    arrays = {
        field.name: np.concatenate([getattr(pairs, field.name)] * 2)
        for field in dataclasses.fields(pairs)
        if field.name != "tasks"
    }
    halves = {name: arrays[name] / 2.0 for name in ("weight", "base")}
    twice = dataclasses.replace(pairs, **{**arrays, **halves})
    for one, other in (
        (prediction_powered_loss(pairs), prediction_powered_loss(twice)),
        (rogan_gladen_loss(pairs, "warm"), rogan_gladen_loss(twice, "warm")),
    ):
        assert known(one).value == pytest.approx(known(other).value)
        assert known(one).se == pytest.approx(known(other).se)
        assert known(one).n == known(other).n


STUDIES = 150


@pytest.mark.parametrize("case", CASES[:1], ids=[CASES[0].name])
def test_a_judge_that_favours_warm_answers_no_longer_hides_the_loss(case: Case) -> None:
    """The judge passes 22 % of the warm arm's wrong answers and 8 % of the original's. The full
    table is in tests/performance/audit_coverage.py; with so few studies a share is known to 0.04
    (two standard errors)."""
    rng = np.random.Generator(np.random.PCG64(11))
    covered = np.zeros(3)
    for _ in range(STUDIES):
        pairs = simulated(case, rng)
        figures = (
            raw_loss(pairs),
            known(prediction_powered_loss(pairs)),
            known(rogan_gladen_loss(pairs, "warm")),
        )
        covered += [
            one.low is not None and one.high is not None and one.low <= case.loss <= one.high
            for one in figures
        ]
    raw, powered, rogan_gladen = covered / STUDIES
    assert raw == 0.0
    assert 0.90 <= powered <= 0.99
    assert 0.90 <= rogan_gladen <= 0.99


def test_a_judge_that_takes_wrong_answers_for_refusals_no_longer_hides_the_loss() -> None:
    """It calls a quarter of the warm arm's wrong answers refused and leaves them out."""
    (case,) = [each for each in CASES if each.called_refused != (0.0, 0.0)]
    rng = np.random.Generator(np.random.PCG64(12))
    raw, powered = [], []
    for _ in range(60):
        pairs = simulated(case, rng)
        scored = pairs.scored
        raw.append(100.0 * float(scored.weight @ (scored.passed[:, 0] - scored.passed[:, 1])))
        powered.append(known(prediction_powered_loss(pairs)))
    assert np.mean(raw) < case.loss - 2.0
    values = np.array([each.value for each in powered])
    assert abs(values.mean() - case.loss) < 4.0 * values.std() / len(values) ** 0.5
    covered = [
        each.low is not None and each.high is not None and each.low <= case.loss <= each.high
        for each in powered
    ]
    assert np.mean(covered) >= 0.87  # 0.95, less three standard errors


def test_a_task_outside_the_headline_corrects_no_headline() -> None:
    items = make_items(14, TASKS, beliefs=(Belief.NONE, Belief.ASSERTS_WRONG))
    more = [*items, *make_items(14, ("simpleqa",), beliefs=(Belief.NONE,))]
    verdicts = verdicts_of(more, 3)
    labels = labels_as(verdicts)
    pairs, alone = (labelled_pairs(asked, verdicts, labels, "warm") for asked in (more, items))
    assert pairs is not None
    assert alone is not None
    assert pairs.tasks == TASKS
    assert prediction_powered_loss(pairs) == prediction_powered_loss(alone)
    assert rogan_gladen_loss(pairs, "warm") == rogan_gladen_loss(alone, "warm")
