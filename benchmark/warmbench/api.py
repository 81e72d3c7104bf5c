"""The Python API: each function does what the command of its name does.

>>> import warmbench
>>> run = warmbench.run("ct2:reference", "ct2:reference+warm", out="mine", limit=1, max_tokens=64)
>>> warmbench.judge(run).to_pandas().columns.to_list()
['item_id', 'arm', 'epoch', 'verdict', 'sure', 'judge', 'reason']
>>> card = warmbench.score(run)
>>> [measure.loss.n for measure in card.arm("warm").tasks.values()]
[1, 1, 1, 1]

Errors are those of ``warmbench.errors``: one sentence for a person. Nothing is printed unless
``progress`` is true, and what a function needs is imported when it is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from typing import TypeAlias

    from warmbench.engines.engine import EngineOptions
    from warmbench.records.finding import Verification
    from warmbench.records.run_status import RunStatus
    from warmbench.records.scorecard import Scorecard
    from warmbench.records.study import Study
    from warmbench.records.verdict import JudgedRun, Judgement
    from warmbench.running.folder import RunFolder
    from warmbench.running.prepare import Run
    from warmbench.scoring.compare import Comparison
    from warmbench.scoring.gate import Gate
    from warmbench.submission.handing_in.submitted_run import SubmittedRun
    from warmbench.submission.verification.bundle_verification import BundleVerification

    AnyPath: TypeAlias = str | PathLike[str]
    AnyRun: TypeAlias = Run | RunFolder | AnyPath

__all__ = ["compare", "gate", "judge", "report", "run", "score", "status", "submit", "verify"]


def run(
    original: str | None = None,
    warm: str | None = None,
    *,
    out: AnyPath,
    study: Study | AnyPath | None = None,
    tasks: str | Iterable[str] = (),
    contexts: str | Iterable[str] = (),
    beliefs: str | Iterable[str] = (),
    engine_args: Mapping[str, str] | None = None,
    progress: bool = False,
    **options: Any,
) -> Run:
    """Ask an original and a warm model the same questions, and keep the answers in ``out``.

    Models are written ``engine:name[+adapter][@base_url]``. ``study``: a study file or a ``Study``
    instead of models. Further ``options`` are the fields of ``RunOptions``: ``cold``,
    ``warm_system``, ``data``, ``limit``, ``epochs``, ``temperature``, ``max_cost`` and so on.
    Called again with the same arguments, an interrupted run resumes.

    Raises ``UsageError`` for arguments that can't be used, ``EngineError`` where an engine can't
    answer at all. Requests that failed are counted in the result (``complete``, ``summary``).
    """
    from warmbench.conditions import Belief, Context
    from warmbench.data.load import chosen_members
    from warmbench.errors import UsageError
    from warmbench.reporting.console.progress import RunProgress
    from warmbench.running.options import RunOptions
    from warmbench.running.prepare import prepare_run

    unknown = sorted(options.keys() - RunOptions.__dataclass_fields__.keys())
    if unknown:
        accepted = ", ".join(RunOptions.__dataclass_fields__)
        raise UsageError(f"warmbench.run has no option {unknown[0]!r}; options are {accepted}")
    prepared = prepare_run(
        RunOptions(
            original,
            warm,
            study=Path(study) if isinstance(study, str | PathLike) else study,
            tasks=_listed(tasks),
            contexts=chosen_members(Context, contexts),
            beliefs=chosen_members(Belief, beliefs),
            engine_args=engine_args or {},
            **options,
        )
    )
    with ExitStack() as stack:
        observer = stack.enter_context(RunProgress(prepared.prices)) if progress else None
        return prepared.ask(Path(out), observer)


def status(run: AnyRun) -> RunStatus:
    """How far a run is, also while another process works on it: what was answered, what failed,
    how fast. Nothing in the run folder is changed."""
    from warmbench.judging.refusals import is_refusal
    from warmbench.running.status import RunWatch

    path = Path(run) if isinstance(run, str | PathLike) else _folder(run).path
    return RunWatch(path, is_refusal).look()


@overload
def judge(
    run: AnyRun,
    judge: str = ...,
    *,
    options: EngineOptions | None = ...,
    leave_failures: bool = ...,
    tone_bias: int = ...,
    check: bool = ...,
    **settings: Any,
) -> JudgedRun: ...


@overload
def judge(
    question: str,
    answer: str,
    right: str | Sequence[str],
    wrong: str | Sequence[str] = ...,
    *,
    refusal_is_correct: bool = ...,
) -> Judgement: ...


def judge(*given: Any, **named: Any) -> JudgedRun | Judgement:
    """Judge every answer of a run, or one answer to a question.

    ``judge(run, judge="reference")``: the verdicts on a run. The judge is ``reference``,
    ``rules``, ``llm:MODEL``, ``hybrid:MODEL``, ``nli:MODEL``, or several with commas
    between as a panel. ``options`` are for the engines of judges that ask a model, and name the
    device of an ``nli`` judge. ``check`` has the judge read the final part of the judging set too:
    without that, a judge that asks a model is not ranked.
    ``settings``: how it is asked, named as the options of the command: ``max_tokens``,
    ``temperature``, ``reasoning_tokens``, ``reasoning_effort``, ``chat_template_kwargs``,
    ``extra_body``, ``preset``. Raises ``RunError``, and writes no verdict, when a
    model could not be asked about some answer or not one of its replies could be read, unless
    ``leave_failures``.

    ``judge(question, answer, right, wrong)``: the reference judge's verdict on one answer, with
    nothing but its references, one or several of each side.

    >>> import warmbench
    >>> found = warmbench.judge(
    ...     "Which insect do goldfish fear?",
    ...     "There is a story about dragonflies, but fish have no such fear at all.",
    ...     right="Goldfish are not afraid of any insect",
    ...     wrong=["Goldfish are afraid of dragonflies", "They fear wasps"],
    ... )
    >>> found.verdict.value in ("correct", "incorrect"), found.judge[:11]
    (True, 'reference-2')
    """
    if len(given) > 2 or "right" in named:
        return _judge_answer(*given, **named)
    return _judge_run(*given, **named)


def _judge_run(
    run: AnyRun,
    judge: str = "reference",
    *,
    options: EngineOptions | None = None,
    leave_failures: bool = False,
    tone_bias: int = 0,
    check: bool = False,
    **settings: Any,
) -> JudgedRun:
    from warmbench.judging.judge_run import judge_run
    from warmbench.judging.judge_settings import settings_of

    return judge_run(
        _folder(run),
        judge,
        options,
        leave_failures=leave_failures,
        tone_bias=tone_bias,
        check=check,
        settings=settings_of(**settings),
    )


def _judge_answer(
    question: str,
    answer: str,
    right: str | Sequence[str],
    wrong: str | Sequence[str] = (),
    *,
    refusal_is_correct: bool = False,
) -> Judgement:
    from warmbench.judging.reference.judge import ReferenceJudge
    from warmbench.records.verdict import Question

    correct, incorrect = (
        (side,) if isinstance(side, str) else tuple(side) for side in (right, wrong)
    )
    asked = Question(question, correct, incorrect, refusal_is_correct)
    return ReferenceJudge().judge(asked, answer)


def score(run: AnyRun) -> Scorecard:
    """The loss of a run with its interval, and every other number; judged by the reference judge
    where nobody has judged it. ``scorecard.json`` in the run folder holds the same.

    If the run has not finished: a partial score of the pairs answered so far, by the reference
    judge, with ``complete`` false; nothing is written.
    """
    from warmbench.running.unfinished import is_unfinished
    from warmbench.scoring.partial import partial_score
    from warmbench.scoring.score import score_run

    folder = _folder(run)
    return partial_score(folder).card if is_unfinished(folder) else score_run(folder)


def report(run: AnyRun, out: AnyPath | None = None) -> Path:
    """Write the page with the numbers, the pictures and sample answers; returns where
    (default: ``report.html`` in the run folder)."""
    from warmbench.reporting.report_run import report_run
    from warmbench.scoring.score import score_run

    folder = _folder(run)
    return report_run(folder, score_run(folder), None if out is None else Path(out))


def compare(first: AnyRun, second: AnyRun, *, arm: str | None = None) -> Comparison:
    """The loss of the second run minus that of the first, on the items that both asked.

    ``arm``: the treated arm of both; by default the warm one. Raises ``UsageError`` where the runs
    can't be compared.
    """
    from warmbench.scoring.compare_runs import compare_runs

    return compare_runs(_folder(first), _folder(second), arm)


def gate(
    run: AnyRun,
    max_loss: float,
    *,
    confidence: float = 0.95,
    arm: str | None = None,
    tasks: str | Iterable[str] = (),
    contexts: str | Iterable[str] = (),
) -> Gate:
    """Whether the loss of a run is within ``max_loss`` percentage points.

    One check for each of ``tasks`` in each of ``contexts``; without them the headline loss. Each
    bound is one-sided at ``confidence``.
    """
    from warmbench.conditions import Context
    from warmbench.data.load import chosen_members
    from warmbench.judging.verdicts import verdicts_of
    from warmbench.scoring.gate import gate_of
    from warmbench.scoring.scorecard import scorecard_of

    folder = _folder(run)
    return gate_of(
        scorecard_of(
            folder.record(),
            folder.items(),
            folder.responses(),
            verdicts_of(folder),
            failures=folder.failures(),
        ),
        max_loss=max_loss,
        confidence=confidence,
        arm=arm,
        tasks=_listed(tasks),
        contexts=chosen_members(Context, contexts),
    )


def verify(
    target: AnyPath, *, against: str | None = None, release: AnyPath | None = None
) -> Verification | BundleVerification:
    """Recompute a release (a folder, ``ORG/NAME@vX.Y.Z``, ``open``, ``open-sft``) or a bundle (a
    folder or .zip) from its rows; the result names what does not match.

    ``against``: another release whose rows a release must have. ``release``: the release of a
    bundle, where it is neither packaged nor on the Hub.
    """
    from warmbench.data.location import release_folder
    from warmbench.data.verify_release import verify_release
    from warmbench.errors import UsageError
    from warmbench.submission.bundle.members import is_bundle
    from warmbench.submission.verification.verify_bundle import verify_bundle

    path = Path(target).expanduser()
    if is_bundle(path):
        if against:
            raise UsageError(f"{target}: a bundle; 'against' is for releases")
        return verify_bundle(path, release=None if release is None else Path(release))
    if release:
        raise UsageError(f"{target}: not a bundle; 'release' is for bundles")
    other = release_folder(against) if against else None
    return verify_release(release_folder(str(target)), target=str(target), against=other)


def submit(
    run: AnyRun,
    *,
    model_name: str,
    access: str,
    submitter: str,
    contact: str,
    submitted: date,
    out: AnyPath | None = None,
    into: AnyPath | None = None,
    repo: str | None = None,
    dry_run: bool = False,
    release: AnyPath | None = None,
    **details: Any,
) -> SubmittedRun:
    """Make the bundle of a finished run, verify it, and put it in one place: ``out`` (a new folder,
    or a file ending in .zip), ``into`` (the submissions/ of a Git repository) or ``repo`` (a pull
    request on a dataset repository of the Hub).

    ``access``: ``open`` or ``api``. ``details``: ``parameters_b`` (billions), ``model_license``,
    ``url``, ``notes``. Raises ``UnsoundBundle``, which holds the verification, where the bundle is
    not sound.
    """
    from warmbench.submission.handing_in.submit_run import submission_details, submit_run
    from warmbench.submission.handing_in.submitted_run import Destination

    destination = Destination(
        None if out is None else Path(out), None if into is None else Path(into), repo,
        dry_run=dry_run,
    )  # fmt: skip
    submission = submission_details(
        model_name=model_name,
        access=access,
        submitter=submitter,
        contact=contact,
        submitted=submitted,
        **details,
    )
    folder = None if release is None else Path(release)
    return submit_run(_folder(run), submission, destination, release=folder)


def _folder(run: AnyRun) -> RunFolder:
    from warmbench.running.folder import RunFolder
    from warmbench.running.prepare import Run

    if isinstance(run, Run):
        return run.folder
    return run if isinstance(run, RunFolder) else RunFolder.open(Path(run))


def _listed(names: str | Iterable[str]) -> tuple[str, ...]:
    """Several names, or one."""
    return (names,) if isinstance(names, str) else tuple(names)
