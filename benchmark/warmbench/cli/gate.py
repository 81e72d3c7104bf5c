"""``warmbench gate``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.cli.options import FOLDER, NameList, json_option, open_judged_run, print_json
from warmbench.conditions import Context
from warmbench.tasks.registry import all_tasks

__all__ = ["gate"]


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--max-loss", type=float, required=True, metavar="POINTS",
              help="Largest loss that passes, in percentage points.")  # fmt: skip
@click.option("--context", "contexts", type=NameList(Context), metavar="LIST", default=(),
              help="Check each of these contexts separately.  [default: all together]")  # fmt: skip
@click.option("--task", "tasks", type=NameList(all_tasks), metavar="LIST", default=(),
              help="Check each of these tasks separately.  [default: their mean]")  # fmt: skip
@click.option(
    "--arm", metavar="NAME", help="Arm to check, warm or cold.  [default: warm, if present]"
)
@click.option("--confidence", type=float, default=0.95, show_default=True, metavar="SHARE",
              help="Confidence of each one-sided bound.")  # fmt: skip
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Also write a JUnit XML report.")  # fmt: skip
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
    """Check that the warm model of a run does not lose more accuracy than --max-loss.

    \b
    Exit status 0: pass, the upper bound of the loss is within --max-loss.
                1: fail, the lower bound is above it (or a file can't be written).
                2: usage error.
                3: inconclusive; the output says how many more questions are needed.

    With several checks, all of them must pass.
    """
    from warmbench import api
    from warmbench.folders import atomic_write
    from warmbench.reporting.gate import gate_lines, junit_xml

    found = api.gate(
        open_judged_run(run),
        max_loss,
        confidence=confidence,
        arm=arm,
        tasks=tasks,
        contexts=contexts,
    )
    if junit:
        xml = junit_xml(found)
        with atomic_write(junit) as file:
            file.write(xml)
    if as_json:
        print_json(found.to_json())
    else:
        for line in gate_lines(found):
            click.echo(line)
    context.exit(found.exit_status)
