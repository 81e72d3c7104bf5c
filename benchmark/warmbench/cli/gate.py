"""``warmbench gate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from warmbench.cli.options import FOLDER, NameList, json_option, print_json
from warmbench.conditions import Context
from warmbench.tasks.registry import all_tasks

if TYPE_CHECKING:
    from warmbench.scoring.gate import Gate, GateCheck

__all__ = ["gate"]


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--max-loss", type=float, required=True, metavar="POINTS",
              help="The largest loss that may pass, in percentage points.")  # fmt: skip
@click.option("--context", "contexts", type=NameList(Context), metavar="LIST", default=(),
              help="Check each of these contexts by itself [default: the headline].")  # fmt: skip
@click.option("--task", "tasks", type=NameList(all_tasks), metavar="LIST", default=(),
              help="Check each of these tasks by itself [default: the headline].")  # fmt: skip
@click.option("--arm", metavar="NAME", help="warm or cold [default: warm, if the run has it].")
@click.option("--confidence", type=float, default=0.95, show_default=True, metavar="SHARE",
              help="Of each bound; they are one-sided.")  # fmt: skip
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write JUnit XML as well, for CI systems.")  # fmt: skip
@json_option
@click.pass_context
def gate(
    context: click.Context,
    run: Path,
    max_loss: float,
    contexts: tuple[Context, ...],
    tasks: tuple[str, ...],
    arm: str | None,
    confidence: float,
    junit: Path | None,
    as_json: bool,
) -> None:
    """Say whether the warm model of a run costs more accuracy than it may.

    \b
    Exit status 0: the upper bound of the loss is within --max-loss.
                1: the lower bound is above it (or --junit can't be written).
                2: an option or the run can't be used.
                3: the data can't tell; how many more questions would, is said.

    Bounds are one-sided, each at --confidence. With several checks, all must be within.
    """
    from warmbench.folders import atomic_write
    from warmbench.judging.judge_run import verdicts_of
    from warmbench.report.junit import junit_xml
    from warmbench.run.folder import RunFolder
    from warmbench.scoring.gate import gate_of
    from warmbench.scoring.scorecard import scorecard_of

    folder = RunFolder.open(run)
    verdicts = verdicts_of(folder)
    card = scorecard_of(folder.record(), folder.items(), folder.responses(), verdicts)
    found = gate_of(
        card, max_loss=max_loss, confidence=confidence, arm=arm, tasks=tasks, contexts=contexts
    )
    if junit:
        xml = junit_xml(found, {check.name: _sentence(check) for check in found.checks})
        with atomic_write(junit) as file:
            file.write(xml)
    if as_json:
        print_json(found.to_json())
    else:
        _print(found)
    context.exit(found.exit_status)


def _print(gate: Gate) -> None:
    for check in gate.checks:
        click.echo(_sentence(check))
    if gate.partial:
        click.echo(f"Partial run: {gate.partial}.")
    click.echo(
        f"Arm {gate.arm}, {gate.model}: {gate.verdict}. Bounds are one-sided, each at "
        f"{100 * gate.confidence:g} % confidence."
    )


def _sentence(check: GateCheck) -> str:
    """``PASS headline: loss +1.20 points, at most +2.41 (margin 3)``."""
    result = check.result
    loss = f"loss {_points(check.loss.value)} points"
    margin = f"(margin {result.margin:g})"
    if result.lower is None or result.upper is None:
        return (
            f"UNDECIDED {check.name}: {loss} {margin}, without bounds: some condition rests on "
            "a single question"
        )
    if result.verdict == "within":
        return f"PASS {check.name}: {loss}, at most {_points(result.upper)} {margin}"
    if result.verdict == "exceeded":
        return f"FAIL {check.name}: {loss}, at least {_points(result.lower)} {margin}"
    between = f"between {_points(result.lower)} and {_points(result.upper)} {margin}"
    return f"UNDECIDED {check.name}: {loss}, {between}; {_needed(result.more_questions)}"


def _needed(more: int | None) -> str:
    if more is None:
        return "it lies so near the margin that no number of questions would decide"
    noun = "question" if more == 1 else "questions"
    return f"about {more:,} more {noun} would decide it four times in five, if the loss stays there"


def _points(value: float) -> str:
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
