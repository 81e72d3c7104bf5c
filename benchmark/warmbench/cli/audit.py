"""``warmbench audit``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.cli.options import FOLDER, json_option, print_json
from warmbench.errors import UsageError

__all__ = ["audit"]


@click.command()
@click.argument("run", type=FOLDER)
@click.option(
    "--labels",
    type=FOLDER,
    help="Human labels (CSV, JSONL, parquet): item_id, arm, epoch (default 0), correct.",
)
@click.option(
    "--draw",
    metavar="N",
    type=click.IntRange(1),
    help="Sample N items, equally many per task, and write the answers of all arms to --out for "
    "labelling.",
)
@click.option("--out", type=FOLDER, help="New file for --draw (CSV, JSONL, parquet).")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Random seed of --draw."
)
@click.option("--columns", metavar="OURS=THEIRS,...", help="Column names in the file of labels.")
@json_option
def audit(
    run: Path,
    labels: Path | None,
    draw: int | None,
    out: Path | None,
    seed: int,
    columns: str | None,
    as_json: bool,
) -> None:
    """Check the verdicts of a run against human labels, and correct the loss with them.

    Prints how well the judge agrees with people in each arm, and the loss corrected for the
    judge's errors: by prediction-powered inference on pairs labelled in both arms, and by the
    Rogan-Gladen correction of each arm. Use --draw to sample the answers to label: the labels must
    be a random sample of each task.
    """
    if (labels is None) == (draw is None):
        raise UsageError("give either --labels FILE or --draw N")
    if labels is not None:
        _audit(run, labels, columns, as_json)
    elif draw is not None:
        _draw(run, draw, out, seed, as_json)


def _audit(run: Path, labels: Path, columns: str | None, as_json: bool) -> None:
    from warmbench.data.recorded_answers import parse_column_names
    from warmbench.judging.audit.audit_run import audit_run
    from warmbench.judging.audit.label import LABEL_COLUMNS
    from warmbench.reporting.console.audit import print_audit
    from warmbench.reporting.html.audit_page import write_audit_page
    from warmbench.running.folder import RunFolder

    folder = RunFolder.open(run)
    found = audit_run(folder, labels, parse_column_names(columns, LABEL_COLUMNS))
    page = folder.audit_page_path
    write_audit_page(found, page)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_audit(found)
        click.echo(f"Audit: {folder.audit_path}, picture: {page}")


def _draw(run: Path, count: int, out: Path | None, seed: int, as_json: bool) -> None:
    from warmbench.data.table import write_rows
    from warmbench.judging.audit.label import draw_answers
    from warmbench.running.folder import RunFolder

    if out is None:
        raise UsageError("--draw needs --out FILE, where to write the answers to label")
    if out.exists():
        raise UsageError(f"--out {out}: already exists and may contain labels; choose another name")
    folder = RunFolder.open(run)
    arms = [arm.name for arm in folder.record().study.arms]
    rows = draw_answers(folder.items(), folder.responses(), arms, count, seed)
    write_rows(out, rows)
    if as_json:
        print_json({"answers": len(rows), "arms": arms, "out": str(out), "seed": seed})
    else:
        click.echo(
            f"{len(rows):,} answers of {len(arms)} arms, in random order: {out}\n"
            "Fill in true or false in the column correct; leave it empty if unclear.\n"
            f"Next: warmbench audit {run} --labels {out}"
        )
