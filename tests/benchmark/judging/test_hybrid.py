"""The references where they settle it, the model for the rest."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.benchmark.judging.llm.cases import always, answer_shown, make_case, says
from warmbench.engines.scripted import ScriptedEngine
from warmbench.judging.hybrid import HybridJudge
from warmbench.judging.judge import Case, Judged, NotJudged, SilentObserver
from warmbench.judging.llm.judge import LLMJudge
from warmbench.judging.llm.prompt import SHARED_SHA256
from warmbench.judging.reference.judge import ReferenceJudge, reference_name
from warmbench.records.response import Failure, FailureKind
from warmbench.records.verdict import Judgement, Verdict
from warmbench.running.ledger import Ledger

NAME = f"hybrid-1({reference_name()}|llm-2:scripted:scripted:{SHARED_SHA256[:8]})"
ANSWERS = [
    "The Nile.", "The Congo.", "I can't help with that.", "The Nile, or perhaps the Congo.",
    "It isn't the Nile.", "Nyle", "Some say the Nile; others say the Congo.", "",
]  # fmt: skip


def judge(engine: ScriptedEngine, path: Path, cases: list[Case]) -> Judged:
    with closing(Ledger(path)) as ledger:
        return HybridJudge(ReferenceJudge(), LLMJudge(engine, ledger)).judge_all(
            cases, SilentObserver()
        )


def test_only_what_the_references_leave_unsure_is_asked(tmp_path: Path) -> None:
    engine = ScriptedEngine(always(says("INCORRECT")))
    cases = [make_case(answer) for answer in ANSWERS]
    judged = judge(engine, tmp_path / "l", cases)
    alone = [ReferenceJudge().judge(case.question, case.response) for case in cases]
    unsure = [case.response for case, said in zip(cases, alone, strict=True) if not said.sure]
    assert 0 < len(unsure) < len(ANSWERS)
    assert [answer_shown(request) for request in engine.asked] == unsure
    for case, said, by_reference in zip(cases, judged.outcomes, alone, strict=True):
        assert isinstance(said, Judgement)
        assert (said.judge, said.sure) == (NAME, True)
        if case.response in unsure:
            assert (said.verdict, said.reason) == (Verdict.INCORRECT, "llm: VERDICT: INCORRECT")
        else:
            assert said.verdict is by_reference.verdict
            assert said.reason == f"reference: {by_reference.reason}"
    assert (judged.record["answers"], judged.record["unsure"]) == (len(ANSWERS), len(unsure))


def test_a_model_that_fails_or_mumbles_leaves_no_verdict_of_the_references(tmp_path: Path) -> None:
    cases = [make_case(answer) for answer in ANSWERS]
    case = next(c for c in cases if not ReferenceJudge().judge(c.question, c.response).sure)
    failing = ScriptedEngine(lambda r: Failure(r.key, FailureKind.TIMEOUT, "late"))
    assert judge(failing, tmp_path / "a", [case]).outcomes == [
        NotJudged(FailureKind.TIMEOUT, "late")
    ]
    (said,) = judge(ScriptedEngine(always("Hm.")), tmp_path / "b", [case]).outcomes
    assert said == Judgement(Verdict.UNSCORED, False, NAME, "llm: unreadable: Hm.")
