"""Whether every answer has the verdict that its judge gives.

The reference judge is run again and must agree in every word. A language model can't be: its
verdicts are held against what no model is asked about (refusals, empty answers), against
themselves (equal answers have equal verdicts, whichever arm gave them), and against what
``judging.json`` says of the judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from warmbench.judging.judge import Case
from warmbench.judging.judge_answers import cases_of_responses
from warmbench.judging.llm.prompt import PROMPT_SHA256, PROMPT_VERSION
from warmbench.judging.llm.rule import settled_by_rule
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.finding import Finding
from warmbench.records.verdict import Judgement, Verdict
from warmbench.submission.bundle.members import JUDGING, VERDICTS
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.rejection_code import RejectionCode
from warmbench.submission.verification.coverage import row_name
from warmbench.submission.verification.expected_requests import Asked

__all__ = ["cases_and_verdicts", "is_by_reference", "reference_agreement", "verdict_findings"]

_REFERENCE = ReferenceJudge()
_LLM = re.compile(rf"{PROMPT_VERSION}:[^\s()|,]+:{PROMPT_SHA256[:8]}")
_HYBRID = re.compile(rf"hybrid-1\({re.escape(_REFERENCE.name)}\|{_LLM.pattern}\)")
_MEMBER = rf"(?:{re.escape(_REFERENCE.name)}|{_LLM.pattern}|{_HYBRID.pattern})"
_PANEL = re.compile(rf"panel-1\({_MEMBER}(?:\|{_MEMBER})+\)")

_COMPARED = ("verdict", "sure", "reason")

Row = Mapping[str, Any]
Tick = Callable[[int], None]


def is_by_reference(bundle: Bundle) -> bool:
    """Whether anyone can compute all verdicts again."""
    return bundle.submission.judge == _REFERENCE.name


def verdict_findings(bundle: Bundle, asked: Asked, tick: Tick = lambda rows: None) -> list[Finding]:
    """The first verdict of each kind that is wrong. The rows must cover the study. ``tick`` is
    told how many answers were judged again."""
    judge = bundle.submission.judge
    if unknown := _judge_findings(bundle):
        return unknown
    pairs = cases_and_verdicts(bundle, asked)
    if is_by_reference(bundle):
        return list(_differing(pairs, lambda case: _again(case, tick)))
    settled = _settled_by_hybrid if _HYBRID.fullmatch(judge) else _settled_by_llm
    findings = list(_unlike(pairs))
    if not _PANEL.fullmatch(judge):
        findings += _differing(pairs, lambda case: settled(case, judge))
    return findings


def cases_and_verdicts(bundle: Bundle, asked: Asked) -> list[tuple[Case, Row]]:
    """Each answer as a judge saw it, with its verdict."""
    verdicts = {(v["item_id"], v["arm"], v["epoch"]): v for v in bundle.verdicts}
    cases = cases_of_responses(asked.items, bundle.responses)
    return [
        (case, verdicts[row["item_id"], row["arm"], row["epoch"]])
        for case, row in zip(cases, bundle.responses, strict=True)
    ]


def reference_agreement(pairs: Sequence[tuple[Case, Row]]) -> float | None:
    """How often (0 to 1) the recorded verdict is the reference judge's, where that is sure."""
    agreed, sure = 0, 0
    for case, verdict in pairs:
        said = _REFERENCE.judge(case.question, case.response)
        if said.sure and verdict["verdict"] != Verdict.UNSCORED:
            sure += 1
            agreed += said.verdict == verdict["verdict"]
    return agreed / sure if sure else None


def _judge_findings(bundle: Bundle) -> list[Finding]:
    judge = bundle.submission.judge
    named = {row["judge"] for row in bundle.verdicts}
    if named != {judge}:
        other = next(iter(sorted(named - {judge})), "nobody")[:80]
        text = f"verdicts are by {other!r}, but the submission says {judge[:80]!r}"
        return [Finding(RejectionCode.UNKNOWN_JUDGE, VERDICTS, text)]
    if judge == _REFERENCE.name:
        if bundle.judging is None:
            return []
        return [Finding(RejectionCode.UNKNOWN_FILE, JUDGING, "is there, but no model judged")]
    if not any(form.fullmatch(judge) for form in (_LLM, _HYBRID, _PANEL)):
        text = f"no judge of this version is called {judge[:120]!r}"
        return [Finding(RejectionCode.UNKNOWN_JUDGE, "submission.json, judge", text)]
    record = bundle.judging
    if record is None or record.get("judge") != judge:
        text = "does not say how this judge was asked"
        return [Finding(RejectionCode.UNKNOWN_JUDGE, JUDGING, text)]
    if any(prompt != PROMPT_SHA256 for prompt in _prompts_of(record)):
        text = "the judge was given other prompts than those of this version"
        return [Finding(RejectionCode.UNKNOWN_JUDGE, f"{JUDGING}, prompt_sha256", text)]
    return []


def _prompts_of(record: Mapping[str, Any]) -> Iterator[object]:
    """The checksums of the prompts that the models were given."""
    members = record.get("members")
    if isinstance(members, list):
        for member in members:
            if isinstance(member, dict):
                yield from _prompts_of(member)
    elif "engine" in record:
        yield record.get("prompt_sha256")


def _again(case: Case, tick: Tick) -> Judgement:
    tick(1)
    return _REFERENCE.judge(case.question, case.response)


def _settled_by_llm(case: Case, judge: str) -> Judgement | None:
    return settled_by_rule(case.question, case.response, judge)


def _settled_by_hybrid(case: Case, judge: str) -> Judgement | None:
    """The reasons of a hybrid judge begin with who gave them."""
    said = _REFERENCE.judge(case.question, case.response)
    if said.sure:
        return replace(said, judge=judge, reason=f"reference: {said.reason}")
    by_rule = settled_by_rule(case.question, case.response, judge)
    return replace(by_rule, reason=f"llm: {by_rule.reason}") if by_rule else None


def _differing(
    pairs: Sequence[tuple[Case, Row]], judge: Callable[[Case], Judgement | None]
) -> Iterator[Finding]:
    """Verdicts that are not what ``judge`` says again (None: it says nothing of this case)."""
    wrong: list[tuple[Row, Judgement]] = []
    for case, row in pairs:
        said = judge(case)
        if said and (said.verdict, said.sure, said.reason) != tuple(row[n] for n in _COMPARED):
            wrong.append((row, said))
    if wrong:
        row, said = wrong[0]
        more = f", and {len(wrong) - 1:,} others differ" if len(wrong) > 1 else ""
        text = (
            f"says {row['verdict'][:40]!r} ({row['reason'][:80]}), the judge "
            f"{said.verdict.value!r} ({said.reason[:80]}){more}"
        )
        yield Finding(RejectionCode.WRONG_VERDICT, f"{VERDICTS}, {row_name(row)}", text)


def _unlike(pairs: Sequence[tuple[Case, Row]]) -> Iterator[Finding]:
    """Verdicts that no judge gives, and equal answers with unequal verdicts."""
    allowed = {verdict.value for verdict in Verdict}
    given: dict[Case, str] = {}
    for case, row in pairs:
        verdict = row["verdict"]
        where = f"{VERDICTS}, {row_name(row)}"
        if verdict not in allowed:
            text = f"{verdict[:40]!r} is no verdict; these are {', '.join(sorted(allowed))}"
            yield Finding(RejectionCode.WRONG_VERDICT, where, text)
            return
        if given.setdefault(case, verdict) != verdict:
            text = f"{verdict!r}, but {given[case]!r} for the same answer elsewhere"
            yield Finding(RejectionCode.WRONG_VERDICT, where, text)
            return
