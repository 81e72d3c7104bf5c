"""The vote of several judges, and how far they agree."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmark.judging.llm.cases import always, make_case, says
from warmbench.engines.scripted import ScriptedEngine
from warmbench.judging.judge import NotJudged, SilentObserver
from warmbench.judging.llm.judge import LLMJudge
from warmbench.judging.panel import Panel, krippendorff_alpha
from warmbench.records.response import Failure, FailureKind
from warmbench.records.verdict import Judgement, Verdict
from warmbench.running.ledger import Ledger

C, I, R, U = Verdict.CORRECT, Verdict.INCORRECT, Verdict.REFUSED, Verdict.UNSCORED  # noqa: E741

VOTES = [
    ((C, C, C), C, True),
    ((C, C, I), C, False),
    ((I, C, I), I, False),
    ((R, R, C), R, False),
    ((C, I, R), U, False),
    ((C, I), U, False),
    ((C, C), C, True),
    ((C, C, U), C, False),
    ((C, U, U), U, False),
    ((U, U, U), U, False),
    ((C, C, I, I), U, False),
    ((C, C, I, R), U, False),
]


def panel_of(replies: list[str], ledger: Ledger) -> Panel:
    engines = [ScriptedEngine(always(r), model=f"m{n}") for n, r in enumerate(replies)]
    return Panel([LLMJudge(engine, ledger) for engine in engines])


@pytest.mark.parametrize(("votes", "verdict", "sure"), VOTES)
def test_more_than_half_of_the_members_decide(
    votes: tuple[Verdict, ...], verdict: Verdict, sure: bool, tmp_path: Path
) -> None:
    with closing(Ledger(tmp_path / "l")) as ledger:
        panel = panel_of(["?" if vote is U else says(vote) for vote in votes], ledger)
        (said,) = panel.judge_all([make_case("Aswan")], SilentObserver()).outcomes
    reason = ", ".join(vote.value for vote in votes)
    assert said == Judgement(verdict, sure, panel.name, reason)
    assert panel.name.startswith("panel-1(llm-2:scripted:m0:")
    assert panel.name.count("|") == len(votes) - 1


def test_a_member_that_fails_leaves_the_case_unjudged_and_out_of_alpha(tmp_path: Path) -> None:
    failing = ScriptedEngine(lambda r: Failure(r.key, FailureKind.RATE_LIMIT, "slow"), model="b")
    with closing(Ledger(tmp_path / "l")) as ledger:
        members = [LLMJudge(ScriptedEngine(always(says(C))), ledger), LLMJudge(failing, ledger)]
        judged = Panel(members).judge_all([make_case("Aswan")], SilentObserver())
    assert judged.outcomes == [NotJudged(FailureKind.RATE_LIMIT, "slow")]
    assert (judged.record["krippendorff_alpha"], judged.record["answers"]) == (None, 0)


# By hand: o = coincidences of unlike votes, n_c = votes for c among answers with two or more.
# alpha = 1 - (n - 1) * sum of unlike o / sum over c != k of n_c n_k.
ALPHAS = [
    # n = 8 (5 C, 3 I); one answer of four is split: o = 2; 1 - 7 * 2 / 30.
    ("two judges", [(C, C), (C, C), (I, I), (C, I)], 1 - 7 * 2 / 30),
    # n = 4 (2 C, 2 I), all split: o = 4; 1 - 3 * 4 / 8.
    ("never alike", [(C, I), (I, C)], -0.5),
    ("always alike", [(C, C), (I, I), (R, R)], 1.0),
    # n = 8: (C C I) has 4 of 6 ordered pairs unlike, over m - 1 = 2: o = 2; (I I I), (C C) none.
    # 4 C, 4 I: 1 - 7 * 2 / 32. The lone vote and the unscored ones are left out.
    ("missing votes", [(C, C, I), (I, I, I), (C, C, U), (R, U, U)], 1 - 7 * 2 / 32),
    ("one verdict", [(C, C), (C, C)], None),
    ("one verdict where it is paired", [(C, C), (I, U)], None),
    ("no pairs", [(C, U), (U, I)], None),
    ("nothing", [], None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "votes", "alpha"), ALPHAS, ids=[a[0] for a in ALPHAS])
def test_alpha_is_what_it_is_by_hand(
    name: str, votes: list[tuple[Verdict, ...]], alpha: float | None
) -> None:
    found = krippendorff_alpha(votes)
    assert found == (None if alpha is None else pytest.approx(alpha, abs=1e-12))


@given(st.lists(st.tuples(*[st.sampled_from(Verdict)] * 3), max_size=30))
def test_alpha_is_at_most_one_and_knows_no_order_of_judges(
    votes: list[tuple[Verdict, ...]],
) -> None:
    alpha = krippendorff_alpha(votes)
    turned = krippendorff_alpha([tuple(reversed(answer)) for answer in votes])
    assert alpha is None or alpha <= 1.0
    assert turned == (None if alpha is None else pytest.approx(alpha))
