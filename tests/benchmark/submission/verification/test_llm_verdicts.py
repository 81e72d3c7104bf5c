"""Verdicts that a language model gave: they can't be computed again, and yet much can be seen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from tests.benchmark.submission.verification.made_bundles import (
    HONEST,
    change_json,
    change_rows,
    make_run,
    small_release,
)
from warmbench.engines.scripted import ScriptedEngine
from warmbench.judging.check.measure import packaged_part, questions_of
from warmbench.judging.hybrid import HybridJudge
from warmbench.judging.judge import Case, Judge
from warmbench.judging.judge_answers import cases_of_responses
from warmbench.judging.llm.judge import LLMJudge
from warmbench.judging.llm.prompt import judge_messages
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.judging.verdicts import write_verdicts
from warmbench.records.request import Request
from warmbench.records.tables import VERDICT_SCHEMA
from warmbench.records.verdict import Verdict
from warmbench.running.folder import RunFolder
from warmbench.running.ledger import Ledger
from warmbench.submission.bundle.submission import Access, SubmittedModel, Submitter
from warmbench.submission.bundle.write_bundle import write_bundle
from warmbench.submission.handing_in.prepare_bundle import describe_run
from warmbench.submission.verification.bundle_verification import BundleVerification
from warmbench.submission.verification.verify_bundle import verify_bundle

KINDS = ["llm", "hybrid"]

Script = Callable[[Request], str]


def labelled() -> dict[Case, Verdict]:
    """The answers of the judging set that a check asks about, and their labels."""
    _, answers = packaged_part()
    questions = questions_of(answers)
    return {
        Case(questions[a.question_id], a.answer, a.task): a.label
        for a in answers
        if a.question_id in questions
    }


def checked(script: Script, *, right: bool = True) -> Script:
    """The model also reads the judging set: as it is labelled, or never ``right``."""
    said = {judge_messages(case): label for case, label in labelled().items()}

    def say(request: Request) -> str:
        if request.messages not in said:
            return script(request)
        label = said[request.messages] if right else Verdict.INCORRECT
        return f"VERDICT: {label.value.upper()}"

    return say


def agreeing(cases: list[Case]) -> Script:
    """A model that says what the reference judge says."""
    reference = ReferenceJudge()
    said = {
        judge_messages(case): reference.judge(case.question, case.response).verdict
        for case in cases
    }
    return lambda request: f"VERDICT: {said[request.messages].value.upper()}"


def contrary(cases: list[Case]) -> Script:
    """A model that calls right what is wrong, and the reverse."""
    agree = agreeing(cases)
    return lambda request: (
        "VERDICT: INCORRECT" if agree(request) == "VERDICT: CORRECT" else "VERDICT: CORRECT"
    )


def judge_of(kind: str, script: Script, ledger: Ledger) -> Judge:
    llm = LLMJudge(ScriptedEngine(script, model="judge-70b"), ledger)
    return llm if kind == "llm" else HybridJudge(ReferenceJudge(), llm)


def cases_of(run: RunFolder) -> list[Case]:
    return cases_of_responses(run.items(), run.responses())


@cache
def judged_bundle(
    kind: str,
    model: Callable[[list[Case]], Script] = agreeing,
    *,
    check: bool = True,
    knows: bool = True,
) -> Path:
    """A bundle whose verdicts a scripted model gave. Leave it as it is. ``check``: whether its judge
    was measured; ``knows``: whether it knows the judging set."""
    folder = Path(mkdtemp(prefix="warmbench-judged-"))
    run = make_run(folder / "run", HONEST, small_release())
    cases = cases_of(run)
    with closing(Ledger(run.judge_ledger_path)) as ledger:
        judge = judge_of(kind, checked(model(cases), right=knows), ledger)
        write_verdicts(run, judge, check=check)
    submission = describe_run(
        run,
        SubmittedModel(name="honest-7b", access=Access.OPEN),
        Submitter(name="Ann", contact="ann@example.org"),
        date(2026, 11, 24),
    )
    write_bundle(run, submission, folder / "bundle")
    return folder / "bundle"


def verified(bundle: Path, judge: Judge | None = None) -> BundleVerification:
    return verify_bundle(bundle, release=small_release().path, judge=judge)


@pytest.mark.parametrize("kind", KINDS)
def test_a_judged_bundle_is_sound_and_ranks(kind: str) -> None:
    verification = verified(judged_bundle(kind))
    assert verification.findings == ()
    assert verification.ranked == ("warm",)
    assert "none was asked for again" in verification.steps[4].note


def eligibility(bundle: Path) -> tuple[str | None, str | None]:
    verification = verified(bundle)
    assert verification.is_sound
    found = verification.eligibility["warm"]
    return found.code, found.reason


def test_the_check_is_in_the_recomputed_scorecard() -> None:
    card = verified(judged_bundle("llm")).scorecard
    assert card is not None
    assert card.judge_check is not None
    assert card.judge_check.judge == card.judge
    kappa = card.judge_check.overall.kappa
    assert kappa is not None
    assert kappa.value > 0.9


def test_a_judge_that_nobody_measured_does_not_rank() -> None:
    code, reason = eligibility(judged_bundle("llm", check=False))
    assert code == "judge-not-measured"
    assert reason == (
        "its judge was not measured on the judging set; `warmbench judge RUN --judge JUDGE --check` "
        "does"
    )


def test_a_judge_that_knows_nothing_does_not_rank() -> None:
    code, reason = eligibility(judged_bundle("llm", knows=False))
    assert code == "poor-judge"
    assert reason is not None
    assert reason.endswith("; 0.5 is needed")


def first(change: dict[str, object]) -> Callable[[dict[str, Any]], object]:
    return lambda j: j["judge_check"]["answers"][0].update(change)


CHECKS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another judge": (lambda j: j["judge_check"].update(judge="llm-0"), "is of another judge"),
    "another part": (
        lambda j: j["judge_check"].update(part="development"),
        "not of the final part of the judging set",
    ),
    "other rows": (
        lambda j: j["judge_check"]["release"].update(fingerprint="0" * 64),
        "not of the final part of the judging set",
    ),
    "another label": (
        lambda j: j["judge_check"]["answers"][0].update(
            right=not j["judge_check"]["answers"][0]["right"]
        ),
        "has not the label",
    ),
    "another question": (first({"question_id": "open-medqa-001"}), "has not the label"),
    "no such answer": (first({"id": "ja-9999"}), "ja-9999 is not in the judging set"),
    "an answer twice": (
        lambda j: j["judge_check"]["answers"].append(j["judge_check"]["answers"][0]),
        "or there twice",
    ),
    "a hard answer left out": (
        lambda j: j["judge_check"]["answers"].pop(0),
        "1 of its answers are missing",
    ),
    "all left out": (lambda j: j["judge_check"].update(answers=[]), "of its answers are missing"),
    "wrong counts": (lambda j: j["judge_check"].update(not_judged=3), "its counts are not those"),
    "no verdict": (first({"verdict": "splendid"}), "not the check of a judge"),
    "a text": (lambda j: j.update(judge_check="fine"), "not the check of a judge"),
    "a sentence more": (lambda j: j["judge_check"].update(note="hi"), "not the check of a judge"),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_that_can_not_be_one_does_not_rank(name: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(judged_bundle("llm"), bundle)
    change, says = CHECKS[name]
    change_json(bundle / "judging.json", change)
    code, reason = eligibility(bundle)
    assert code == "judge-not-measured"
    assert reason is not None
    assert says in reason


def test_verdicts_against_the_references_are_not_ranked() -> None:
    verification = verified(judged_bundle("llm", contrary))
    assert verification.is_sound
    assert verification.eligibility["warm"].code == "doubtful-verdicts"


RECORDS: dict[str, Callable[[Path], object]] = {
    "no judging.json": lambda b: (b / "judging.json").unlink(),
    "other prompts": lambda b: change_json(
        b / "judging.json", lambda j: j.update(prompt_sha256="0" * 64)
    ),
    "no prompts of tasks": lambda b: change_json(
        b / "judging.json", lambda j: j.pop("task_prompts")
    ),
    "another prompt of a task": lambda b: change_json(
        b / "judging.json", lambda j: j["task_prompts"].update(medqa="0" * 64)
    ),
    "a task without a prompt": lambda b: change_json(
        b / "judging.json", lambda j: j["task_prompts"].pop("disinfo")
    ),
    "a prompt of a task that there is not": lambda b: change_json(
        b / "judging.json", lambda j: j["task_prompts"].update(chess="0" * 64)
    ),
    "another judge's record": lambda b: change_json(
        b / "judging.json", lambda j: j.update(judge="llm-2:x:y:00000000")
    ),
}


@pytest.mark.parametrize("name", RECORDS)
def test_how_it_was_judged_must_be_known(name: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(judged_bundle("llm"), bundle)
    RECORDS[name](bundle)
    assert [finding.code for finding in verified(bundle).findings] == ["unknown-judge"]


MEMBERS: dict[str, Callable[[Path], object]] = {
    "no members": lambda b: change_json(b / "judging.json", lambda j: j.pop("members")),
    "another reference judge": lambda b: change_json(
        b / "judging.json", lambda j: j["members"][0].update(judge="reference-0")
    ),
    "other prompts": lambda b: change_json(
        b / "judging.json", lambda j: j["members"][1].update(prompt_sha256="0" * 64)
    ),
}


@pytest.mark.parametrize("name", MEMBERS)
def test_how_the_members_of_a_hybrid_judged_must_be_known(name: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(judged_bundle("hybrid"), bundle)
    MEMBERS[name](bundle)
    assert [finding.code for finding in verified(bundle).findings] == ["unknown-judge"]


@pytest.mark.parametrize("kind", KINDS)
def test_edited_verdicts_are_seen(kind: str, tmp_path: Path) -> None:
    """All called right: equal answers stay alike, but refusals and (in a hybrid judge) what the
    references settle do not."""
    bundle = tmp_path / "bundle"
    shutil.copytree(judged_bundle(kind), bundle)
    change_rows(
        bundle / "verdicts.jsonl",
        lambda rows: [{**row, "verdict": "correct"} for row in rows],
        VERDICT_SCHEMA,
    )
    codes = [finding.code for finding in verified(bundle).findings]
    assert codes == (["wrong-verdict"] if kind == "hybrid" else ["wrong-number"] * len(codes))
    assert codes


def test_equal_answers_have_equal_verdicts(tmp_path: Path) -> None:
    """Two rows of one answer to one question, judged two ways: a judge that knows the arm."""
    bundle = tmp_path / "bundle"
    shutil.copytree(judged_bundle("llm"), bundle)
    run = RunFolder(judged_bundle("llm").parent / "run")
    cases, rows = cases_of(run), run.responses()
    case = next(c for c in cases if cases.count(c) > 1)
    place = next(
        (row["item_id"], row["arm"]) for c, row in zip(cases, rows, strict=True) if c == case
    )
    change_rows(
        bundle / "verdicts.jsonl",
        lambda found: [
            {**row, "verdict": "unscored"} if (row["item_id"], row["arm"]) == place else row
            for row in found
        ],
        VERDICT_SCHEMA,
    )
    (finding,) = verified(bundle).findings
    assert finding.code == "wrong-verdict"
    assert "for the same answer elsewhere" in finding.text


@pytest.mark.parametrize(("model", "codes"), [(agreeing, []), (contrary, ["wrong-verdict"])])
def test_a_spot_check_asks_again(
    model: Callable[[list[Case]], Script], codes: list[str], tmp_path: Path
) -> None:
    bundle = judged_bundle("llm")
    cases = cases_of(RunFolder(bundle.parent / "run"))
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        verification = verified(bundle, judge_of("llm", model(cases), ledger))
    assert [finding.code for finding in verification.findings] == codes
    if not codes:
        assert "0 of 25 differ when asked again" in verification.steps[4].note
