"""Verifies a bundle: everything in it that follows from its rows is computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.judging.judge import Judge
from warmbench.records.finding import Finding
from warmbench.records.judge_check import JudgeCheck
from warmbench.records.request_form import OPTIONAL_FIELDS, RequestForm
from warmbench.records.scorecard import Scorecard
from warmbench.scoring.scorecard import scorecard_of
from warmbench.submission.bundle.limits import LIMITS, Limits
from warmbench.submission.bundle.members import SUBMISSION
from warmbench.submission.bundle.read_bundle import Bundle, read_bundle
from warmbench.submission.bundle.rejection import RefusedBundle, RejectionCode
from warmbench.submission.bundle.submission import Provenance
from warmbench.submission.verification.bundle_verification import (
    STEPS,
    BundleVerification,
    Eligibility,
    Step,
    StepStatus,
)
from warmbench.submission.verification.claimed_numbers import check_claimed_numbers
from warmbench.submission.verification.eligibility import check_eligibility
from warmbench.submission.verification.expected_requests import ExpectedRequests, expect_requests
from warmbench.submission.verification.judge_check import check_of_bundle
from warmbench.submission.verification.known_models import known_names
from warmbench.submission.verification.rows import coverage_findings, key_findings
from warmbench.submission.verification.spot_check import SpotCheck, spot_check
from warmbench.submission.verification.verdicts import (
    is_recomputable,
    recorded_verdicts,
    reference_agreement,
    verdict_findings,
)
from warmbench.text_safety import lookalike_of, printable
from warmbench.warmth.measure import WARMTH_MEASURE, open_measure
from warmbench.warmth.warmth_of_run import warmth_of_responses

__all__ = ["verify_bundle"]

OnStep = Callable[[Step], None]


@dataclass(frozen=True)
class _Options:
    release: Path | None
    known: tuple[str, ...]
    judge: Judge | None
    spot_checks: int
    limits: Limits
    tick: Callable[[int], None]


def verify_bundle(
    path: Path,
    *,
    release: Path | None = None,
    known: Iterable[str] = (),
    judge: Judge | None = None,
    spot_checks: int = 25,
    limits: Limits = LIMITS,
    on_step: OnStep = lambda step: None,
    tick: Callable[[int], None] = lambda rows: None,
) -> BundleVerification:
    """Verify the bundle (folder or .zip) at ``path``, whatever it holds.

    ``release``: the folder of the QA release, where it is neither embedded nor on the Hub.
    ``known``: the model names that are on the board already; no other may look like one of them.
    ``judge``: asked again about ``spot_checks`` answers, where a model gave the verdicts.
    ``on_step`` is called with each step when it is done, ``tick`` with the answers judged again.

    Never raises for what a bundle holds: what is wrong is in ``findings``, each with a code.
    """
    names = (*known_names(), *known)
    options = _Options(release, names, judge, spot_checks, limits, tick)
    return _Verifying(path, options, on_step).run()


class _Stopped(Exception):
    """A step failed, and those after it rest on it."""


class _Verifying:
    """One verification on its way."""

    def __init__(self, path: Path, options: _Options, on_step: OnStep) -> None:
        self._path = path
        self._options = options
        self._on_step = on_step
        self._steps: list[Step] = []
        self._bundle: Bundle | None = None
        self._card: Scorecard | None = None
        self._eligibility: dict[str, Eligibility] = {}

    def run(self) -> BundleVerification:
        try:
            self._run_steps()
        except _Stopped:
            pass
        except Exception as error:  # a bundle must not take down who verifies it
            is_memory = isinstance(error, MemoryError)
            code = RejectionCode.TOO_MUCH_MEMORY if is_memory else RejectionCode.NOT_CHECKABLE
            name = list(STEPS)[len(self._steps)]
            text = f"{STEPS[name].lower()}: {type(error).__name__} while this was checked"
            self._add(name, [Finding(code, self._path.name, text)])
        for name in list(STEPS)[len(self._steps) :]:
            self._add(name, status=StepStatus.SKIPPED)
        return BundleVerification(
            target=str(self._path),
            bundle=self._bundle,
            steps=tuple(self._steps),
            scorecard=self._card,
            eligibility=self._eligibility,
        )

    def _run_steps(self) -> None:
        bundle = self._read()
        expected = self._release(bundle)
        self._need("rows", coverage_findings(bundle, expected), _answers_note(bundle))
        self._need("sampling", key_findings(bundle, expected))
        agreement = self._verdicts(bundle, expected)
        check = check_of_bundle(bundle)
        card = self._scorecard(bundle, expected, check if isinstance(check, JudgeCheck) else None)
        self._eligibility = check_eligibility(bundle, expected, card, agreement, check)
        self._add_eligibility()

    def _read(self) -> Bundle:
        try:
            bundle = read_bundle(self._path, self._options.limits)
        except RefusedBundle as error:
            self._need("read", [Finding(error.code, error.where, error.text)])
            raise
        self._bundle = bundle
        size = f"{len(bundle.contents)} files, {bundle.size / 1e6:.1f} MB"
        self._need("read", self._name_findings(bundle), size)
        return bundle

    def _name_findings(self, bundle: Bundle) -> list[Finding]:
        name = bundle.submission.model.name
        other = lookalike_of(name, self._options.known)
        if other is None:
            return []
        text = f"{name!r} looks like {other!r}; write it so if it is that model, else differently"
        return [Finding(RejectionCode.LOOKALIKE, f"{SUBMISSION}, model.name", text)]

    def _release(self, bundle: Bundle) -> ExpectedRequests:
        found = expect_requests(bundle.submission, self._options.release)
        if isinstance(found, Finding):
            self._need("release", [found])
            raise _Stopped
        claimed = bundle.submission.release
        self._need("release", _pair_findings(bundle), f"{claimed.name} {claimed.version}")
        return found

    def _verdicts(self, bundle: Bundle, expected: ExpectedRequests) -> float | None:
        verdicts = recorded_verdicts(bundle, expected)
        findings = verdict_findings(bundle, verdicts, self._options.tick)
        if findings or is_recomputable(bundle):
            self._need("verdicts", findings, "recomputed, and every one is the same")
            return reference_agreement(bundle, verdicts)
        checked = SpotCheck(0, 0)
        if self._options.judge is not None:
            seed = bundle.fingerprint
            checked = spot_check(verdicts, self._options.judge, self._options.spot_checks, seed)
        note = (
            f"by a model: {checked.differ} of {checked.asked} differ when asked again"
            if checked.asked
            else "by a model, and recorded; none was asked for again"
        )
        self._need("verdicts", [checked.finding] if checked.finding else [], note)
        return reference_agreement(bundle, verdicts)

    def _scorecard(
        self, bundle: Bundle, expected: ExpectedRequests, check: JudgeCheck | None
    ) -> Scorecard:
        measure = open_measure(WARMTH_MEASURE)
        prompt_responses = bundle.prompt_responses
        warmth = (
            warmth_of_responses(expected.record, prompt_responses, measure)
            if prompt_responses
            else None
        )
        card = scorecard_of(
            expected.record,
            expected.items,
            bundle.responses,
            bundle.verdicts,
            warmth,
            failures=bundle.failures,
            request_forms=_request_forms(bundle),
            judge_check=check,
            stated=bundle.closing_responses,
        )
        self._card = card
        checked = check_claimed_numbers(bundle.scorecard, card)
        self._need("scorecard", checked.findings, checked.note)
        return card

    def _add_eligibility(self) -> None:
        findings = [
            Finding(each.code, arm, each.reason or "")
            for arm, each in self._eligibility.items()
            if each.code is not None
        ]
        ranked = [arm for arm, each in self._eligibility.items() if each.ranked]
        status = StepStatus.PASSED if ranked else StepStatus.FAILED
        self._add("eligibility", findings, f"ranked: {', '.join(ranked) or 'none'}", status)

    def _need(self, name: str, findings: Sequence[Finding], note: str = "") -> None:
        """Record a step; one with findings ends the verification."""
        self._add(name, findings, note)
        if findings:
            raise _Stopped

    def _add(
        self,
        name: str,
        findings: Sequence[Finding] = (),
        note: str = "",
        status: StepStatus | None = None,
    ) -> None:
        found = status or (StepStatus.FAILED if findings else StepStatus.PASSED)
        shown = (Finding(f.code, printable(f.where), printable(f.text)) for f in findings)
        step = Step(name, found, tuple(shown), note)
        self._steps.append(step)
        self._on_step(step)


def _answers_note(bundle: Bundle) -> str:
    failed = f", {len(bundle.failures):,} failed" if bundle.failures else ""
    stated = len(bundle.closing_responses)
    said = f", {stated:,} stated in a few words" if stated else ""
    return f"{len(bundle.responses):,} answers{failed}{said}"


def _request_forms(bundle: Bundle) -> dict[str, RequestForm]:
    """How the requests were put, as the bundle says: no row tells. What can't be one is left
    out."""
    found = bundle.scorecard.get("request_forms")
    claimed = found if isinstance(found, Mapping) else {}
    return {
        arm.name: _request_form(form)
        for arm in bundle.submission.study.arms
        if isinstance(form := claimed.get(arm.name), Mapping)
    }


def _request_form(claimed: Mapping[str, Any]) -> RequestForm:
    left_out = claimed.get("left_out")
    return RequestForm(
        left_out=tuple(f for f in OPTIONAL_FIELDS if isinstance(left_out, list) and f in left_out),
        system_in_user=claimed.get("system_in_user") is True,
    )


def _pair_findings(bundle: Bundle) -> list[Finding]:
    """Only the pair that ships in the package may call itself the reference."""
    if bundle.submission.provenance is not Provenance.REFERENCE:
        return []
    for arm, engine in bundle.submission.engines.items():
        if (engine.get("engine"), engine.get("model")) != ("ct2", "reference"):
            text = f"{arm} is not a model of the reference pair"
            return [
                Finding(RejectionCode.NOT_THE_REFERENCE_PAIR, f"{SUBMISSION}, provenance", text)
            ]
    return []
