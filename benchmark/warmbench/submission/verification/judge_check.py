"""How the judge of a bundle was measured: by the bundle's own check, or here, where it can be."""

from __future__ import annotations

from warmbench.judging.check.measure import check_judge
from warmbench.judging.check.packaged import packaged_check
from warmbench.judging.check.recorded import UnsoundCheck, recorded_check
from warmbench.judging.judge import Judge
from warmbench.judging.registry import recorded_judge
from warmbench.records.judge_check import JudgeCheck
from warmbench.submission.bundle.read_bundle import Bundle

__all__ = ["BundleCheck", "check_of_bundle"]

BundleCheck = JudgeCheck | str | None
"""The check, or a sentence on why that of the bundle can't be one; None where there is none."""


def check_of_bundle(bundle: Bundle) -> BundleCheck:
    """The packaged check of a judge that has one, else the check in ``judging.json``. A judge whose
    verdicts anyone can compute leaves no such file: it reads the judging set here."""
    name = bundle.submission.judge
    if packaged := packaged_check(name):
        return packaged
    judge = recorded_judge(name)
    if judge is not None and judge.recomputable:
        return check_judge(judge).check if isinstance(judge, Judge) else None
    try:
        return recorded_check(bundle.judging, name)
    except UnsoundCheck as unsound:
        return str(unsound)
