"""What ``submission.json`` says of a run: the run's own record, and who submits it."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version

from pydantic import ValidationError

from warmbench.errors import UsageError, first_problem
from warmbench.judging.verdicts import verdicts_of
from warmbench.records.scorecard import METRIC_VERSION
from warmbench.records.verdict import judges_of
from warmbench.run.folder import RunFolder
from warmbench.submission.bundle.submission import Provenance, Submission, SubmittedModel, Submitter

__all__ = ["describe_run"]


def describe_run(
    run: RunFolder,
    model: SubmittedModel,
    submitter: Submitter,
    submitted: date,
    *,
    provenance: Provenance = Provenance.SUBMITTER,
    notes: str = "",
) -> Submission:
    """The submission of a finished run. Judges it by reference where nobody has judged yet.

    Raises ``DataError`` where the run has not finished, ``UsageError`` where a text is too long.
    """
    record = run.record()
    try:
        return Submission(
            model=model,
            submitter=submitter,
            provenance=provenance,
            submitted=submitted,
            study=record.study,
            engines=record.engines,
            release=record.release,
            prompt_release=record.prompt_release,
            selection=record.selection,
            metric_version=METRIC_VERSION,
            warmbench_version=version("warmbench"),
            judge=judges_of(verdicts_of(run)),
            notes=notes,
        )
    except ValidationError as error:
        raise UsageError(first_problem(error)) from None
