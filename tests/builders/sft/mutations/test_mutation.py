"""The power of the checks on the open SFT set."""

from __future__ import annotations

from functools import cache

import pytest

from warmbench_builders.sft.mutations.__main__ import clean_pairs, main
from warmbench_builders.sft.mutations.edits import CleanPair, EditKind
from warmbench_builders.sft.mutations.mutation import (
    Recall,
    count_alarms,
    measure_recall,
    plant,
)
from warmbench_builders.sft.open_set import load_open_conversations

LEAST = {"name": 0.85, "answer": 0.85}
"""All other kinds: 0.95."""


@cache
def pairs() -> tuple[CleanPair, ...]:
    return tuple(clean_pairs(load_open_conversations()))


@cache
def recalls() -> dict[EditKind, Recall]:
    return {recall.kind: recall for recall in measure_recall(pairs())}


def test_few_rewrites_as_written_raise_an_alarm() -> None:
    alarms = count_alarms(pairs())
    assert alarms.pairs == 682
    assert alarms.share < 0.02


@pytest.mark.parametrize("kind", list(EditKind))
def test_planted_changes_are_found(kind: EditKind) -> None:
    recall = recalls()[kind]
    assert recall.planted == 100
    assert recall.share >= LEAST.get(kind.value, 0.95)


@pytest.mark.parametrize("kind", list(EditKind))
def test_a_mutant_differs_by_its_edit_alone(kind: EditKind) -> None:
    mutants, places = plant(kind, pairs())
    assert (mutants, places) == plant(kind, pairs())
    assert mutants[:10] != plant(kind, pairs(), seed=1)[0][:10]
    for mutant in mutants:
        assert mutant.before != mutant.after
        assert mutant.after in mutant.rewrite or mutant.after.strip() in mutant.rewrite
        assert mutant.rewrite != mutant.pair.rewrite.rstrip()


def test_a_fault_that_was_there_before_is_no_find() -> None:
    faulty = CleanPair("p", "It takes 20 minutes.", "It takes 30 minutes.", "")
    assert all(recall.planted == 0 for recall in measure_recall([faulty]))


def test_the_report_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:11]] == [kind.value for kind in EditKind]
    assert "alarms on 682 clean rewrites: " in lines[12]
