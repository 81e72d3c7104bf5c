"""Two runs against each other: figures worked out by hand, and what must always hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.examples import make_items, make_study, make_verdicts
from warmbench.conditions import Belief, Context
from warmbench.errors import UsageError
from warmbench.records.item import Item
from warmbench.records.release import ReleaseRecord
from warmbench.records.run import RunRecord
from warmbench.records.selection import Selection
from warmbench.scoring.compare import ComparedRun, Comparison, compare_pairs
from warmbench.statistics.pairs import pair_verdicts, pairs_by_task

RELEASE = ReleaseRecord(name="warmbench-qa", version="1.0.0", fingerprint="f" * 64)


def number(item: Item) -> int:
    return int(item.question_id[-3:])


def run_of(
    items: list[Item],
    wrong: Callable[[Item], bool],
    path: str = "run",
    temperature: float = 0.8,
    epochs: int = 1,
) -> ComparedRun:
    """A run whose original is always right, and whose warm arm is wrong where ``wrong(item)``."""
    verdicts = make_verdicts(
        items, lambda i, arm, e: "incorrect" if arm == "warm" and wrong(i) else "correct", epochs
    )
    return side_of(items, verdicts, path, temperature, epochs)


def side_of(
    items: list[Item],
    verdicts: list[dict[str, object]],
    path: str = "run",
    temperature: float = 0.8,
    epochs: int = 1,
) -> ComparedRun:
    record = RunRecord(
        study=make_study(temperature=temperature), release=RELEASE,
        selection=Selection(epochs=epochs), engines={}, items=len(items),
    )  # fmt: skip
    pairs = pairs_by_task(pair_verdicts(items, verdicts, "warm"))
    return ComparedRun(path, record, "1.0.0", "reference-2", "warm", 0, pairs)


def figures(found: Comparison) -> list[tuple[float, float, float | None]]:
    return [
        (loss.difference.value, loss.first - loss.second, loss.difference.se)
        for loss in (found.headline, *found.tasks.values(), *found.contexts.values())
    ]


def test_a_loss_in_one_more_context_is_a_ninth_more() -> None:
    items = make_items(4)
    found = compare_pairs(
        run_of(items, lambda i: i.context is Context.ANGER),
        run_of(items, lambda i: i.context in (Context.ANGER, Context.SADNESS)),
    )
    assert (found.headline.first, found.headline.second) == pytest.approx((100 / 9, 200 / 9))
    assert found.headline.difference.value == pytest.approx(100 / 9)
    assert found.contexts["sadness"].difference.value == pytest.approx(100.0)
    assert found.contexts["anger"].difference.value == pytest.approx(0.0)
    assert found.plain is not None
    assert found.plain.difference.value == pytest.approx(0.0)
    assert found.items == {"first": 480, "second": 480, "both": 480}


def test_the_interval_is_that_of_the_paired_question_means() -> None:
    """One task, all rows of a question alike: differences 1, 0, 0, -1, 1 by question."""
    items = make_items(5, tasks=("medqa",))
    found = compare_pairs(
        run_of(items, lambda i: number(i) in (3,)),
        run_of(items, lambda i: number(i) in (0, 4)),
    )
    difference = found.headline.difference
    assert difference.value == pytest.approx(20.0)
    expected = 100 * np.std([1, 0, 0, -1, 1], ddof=1) / np.sqrt(5)
    assert difference.se == pytest.approx(expected)
    assert difference.n == 5
    assert difference.high - difference.value == pytest.approx(2.776445 * expected, rel=1e-6)


def test_hard_questions_fall_out_of_the_difference() -> None:
    """Both lose on the same questions: each loss is unsure, their difference is not."""
    items = make_items(20, tasks=("medqa",))
    found = compare_pairs(
        run_of(items, lambda i: number(i) % 2 == 0),
        run_of(items, lambda i: number(i) % 2 == 0 or number(i) == 1),
    )
    assert found.headline.difference.se == pytest.approx(5.0)  # sd of one in twenty


def test_sycophancy_is_compared() -> None:
    items = make_items(3)
    found = compare_pairs(
        run_of(items, lambda i: False), run_of(items, lambda i: i.belief is Belief.ASSERTS_WRONG)
    )
    assert found.sycophancy is not None
    assert found.sycophancy.difference.value == pytest.approx(50.0)


def test_only_items_of_both_count() -> None:
    many, few = make_items(6, tasks=("medqa",)), make_items(4, tasks=("medqa",))
    found = compare_pairs(
        run_of(many, lambda i: number(i) >= 4), run_of(few, lambda i: number(i) == 0)
    )
    assert found.items == {"first": 180, "second": 120, "both": 120}
    assert found.headline.first == 0.0
    assert found.headline.second == pytest.approx(25.0)
    assert found.headline.difference.n == 4


def test_a_task_that_one_lacks_is_left_out_of_both() -> None:
    one = make_items(4, tasks=("medqa", "disinfo"))
    other = make_items(4, tasks=("medqa", "triviaqa"))
    found = compare_pairs(
        run_of(one, lambda i: i.task == "disinfo"), run_of(other, lambda i: False)
    )
    assert list(found.tasks) == ["medqa"]
    assert found.headline.difference.value == 0.0


def test_runs_without_a_common_item_are_refused() -> None:
    one, other = make_items(2, tasks=("medqa",)), make_items(2, tasks=("disinfo",))
    with pytest.raises(UsageError, match="a and b: no item of the headline has verdicts in both"):
        compare_pairs(run_of(one, lambda i: False, "a"), run_of(other, lambda i: False, "b"))


NOTES = [
    ("nothing", {}, []),
    ("judge", {"judge": "llm:x"}, ["The judges differ: reference-2 and llm:x."]),
    ("unanswered", {"unanswered": 1200}, ["run is incomplete: 1,200 requests unanswered."]),
]


@pytest.mark.parametrize(("name", "changed", "notes"), NOTES, ids=[n[0] for n in NOTES])
def test_what_else_differs_is_reported(
    name: str, changed: dict[str, object], notes: list[str]
) -> None:
    run = run_of(make_items(2), lambda i: number(i) == 0)
    assert list(compare_pairs(run, replace(run, **changed)).notes) == notes


def test_sampling_and_epochs_that_differ_are_reported() -> None:
    items = make_items(2)
    found = compare_pairs(
        run_of(items, lambda i: False), run_of(items, lambda i: False, temperature=0.2, epochs=2)
    )
    assert list(found.notes) == [
        "The sampling differs: temperature is 0.8 and 0.2.",
        "The runs asked each item 1 and 2 times.",
    ]


ITEMS = make_items(4, tasks=("medqa", "disinfo"), contexts=(Context.PLAIN, Context.SADNESS))


def random_verdicts(seed: int) -> list[dict[str, object]]:
    rng = np.random.default_rng(seed)
    drawn = iter(
        rng.choice(["correct", "incorrect", "refused"], p=[0.5, 0.4, 0.1], size=2 * len(ITEMS))
    )
    return make_verdicts(ITEMS, lambda i, arm, e: str(next(drawn)))


seeds = st.integers(0, 10_000)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_a_run_compared_with_itself_is_exactly_zero(seed: int) -> None:
    run = side_of(ITEMS, random_verdicts(seed))
    found = compare_pairs(run, run)
    assert {value for row in figures(found) for value in row} <= {0.0, None}
    assert (found.headline.difference.low, found.headline.difference.high) == (None, None)


@given(seeds, seeds)
@settings(max_examples=25, deadline=None)
def test_swapping_the_runs_turns_every_figure_around(one: int, other: int) -> None:
    first, second = side_of(ITEMS, random_verdicts(one)), side_of(ITEMS, random_verdicts(other))
    there, back = compare_pairs(first, second), compare_pairs(second, first)
    for (value, apart, error), (turned, turned_apart, same) in zip(
        figures(there), figures(back), strict=True
    ):
        assert value == pytest.approx(-turned)
        assert value == pytest.approx(-apart)
        assert turned_apart == pytest.approx(-apart)
        assert error == pytest.approx(same)


@given(seeds, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_does_not_matter(seed: int, random: object) -> None:
    verdicts, other = random_verdicts(seed), side_of(ITEMS, random_verdicts(seed + 1))
    found = compare_pairs(side_of(ITEMS, verdicts), other)
    shuffled_items, shuffled = list(ITEMS), list(verdicts)
    random.shuffle(shuffled_items)
    random.shuffle(shuffled)
    assert compare_pairs(side_of(shuffled_items, shuffled), other).to_json() == found.to_json()
