"""Whether every answer has the verdict that its judge gives: the judge that is named rechecks it.

What can be rechecked differs from judge to judge, and each says it in its own file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from warmbench.judging.judge import RecordedJudge, RecordedVerdict, SilentObserver
from warmbench.judging.judge_answers import cases_of_responses
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.judging.registry import recorded_judge
from warmbench.records.finding import Finding
from warmbench.records.verdict import Verdict
from warmbench.submission.bundle.members import JUDGING, VERDICTS
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.rejection import RejectionCode
from warmbench.submission.verification.expected_requests import ExpectedRequests
from warmbench.submission.verification.rows import row_name

__all__ = ["is_recomputable", "recorded_verdicts", "reference_agreement", "verdict_findings"]

Tick = Callable[[int], None]


def is_recomputable(bundle: Bundle) -> bool:
    """Whether anyone can compute all verdicts again."""
    judge = recorded_judge(bundle.submission.judge)
    return judge is not None and judge.recomputable


def verdict_findings(
    bundle: Bundle, verdicts: Sequence[RecordedVerdict], tick: Tick = lambda count: None
) -> list[Finding]:
    """The first verdict of each kind that is wrong. ``tick`` receives how many more were judged
    again."""
    judge = recorded_judge(bundle.submission.judge)
    findings = list(_judge_findings(bundle, judge, verdicts))
    if judge is None or findings:
        return findings
    return [
        Finding(
            RejectionCode.WRONG_VERDICT,
            f"{VERDICTS}, {row_name(bundle.responses[wrong.place])}",
            wrong.text,
        )
        for wrong in judge.recheck(verdicts, _Ticking(tick))
    ]


def recorded_verdicts(bundle: Bundle, expected: ExpectedRequests) -> list[RecordedVerdict]:
    """Each response of the bundle, in its order, as a judge sees it, with its verdict. The rows
    must cover the study."""
    rows = {(row["item_id"], row["arm"], row["epoch"]): row for row in bundle.verdicts}
    verdicts = [rows[row["item_id"], row["arm"], row["epoch"]] for row in bundle.responses]
    return [
        RecordedVerdict(case, row["verdict"], row["sure"], row["reason"])
        for case, row in zip(
            cases_of_responses(expected.items, bundle.responses), verdicts, strict=True
        )
    ]


def reference_agreement(bundle: Bundle, verdicts: Sequence[RecordedVerdict]) -> float | None:
    """How often (0 to 1) another judge's verdict is the reference judge's, where that is sure;
    None for verdicts of the reference judge."""
    reference = ReferenceJudge()
    if reference.recorded(bundle.submission.judge):
        return None
    agreed, sure = 0, 0
    judgements = reference.judgements([recorded.case for recorded in verdicts])
    for recorded, judgement in zip(verdicts, judgements, strict=True):
        if judgement.sure and recorded.verdict != Verdict.UNSCORED:
            sure += 1
            agreed += judgement.verdict == recorded.verdict
    return agreed / sure if sure else None


class _Ticking(SilentObserver):
    """Counts the cases that were judged."""

    def __init__(self, tick: Tick) -> None:
        self._tick = tick

    def judged(self, count: int) -> None:
        self._tick(count)


def _judge_findings(
    bundle: Bundle, judge: RecordedJudge | None, verdicts: Sequence[RecordedVerdict]
) -> Iterator[Finding]:
    """What is wrong with who judged, and with the record of it."""
    name = bundle.submission.judge
    named = {row["judge"] for row in bundle.verdicts}
    if named != {name}:
        other = next(iter(sorted(named - {name})), "nobody")[:80]
        text = f"verdicts are by {other!r}, but the submission says {name[:80]!r}"
        yield Finding(RejectionCode.UNKNOWN_JUDGE, VERDICTS, text)
    elif judge is None:
        text = f"no judge of this version is called {name[:120]!r}"
        yield Finding(RejectionCode.UNKNOWN_JUDGE, "submission.json, judge", text)
    elif judge.recomputable:
        if bundle.judging is not None:
            yield Finding(RejectionCode.UNKNOWN_FILE, JUDGING, "is present, but no model judged")
    else:
        for wrong in judge.check_record(bundle.judging, [verdict.case for verdict in verdicts]):
            where = f"{JUDGING}, {wrong.field}" if wrong.field else JUDGING
            yield Finding(RejectionCode.UNKNOWN_JUDGE, where, wrong.text)
