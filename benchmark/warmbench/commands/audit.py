"""``warmbench audit``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.commands.options import FOLDER, json_option

__all__ = ["audit"]


@click.command()
@click.argument("run", type=FOLDER)
@click.option(
    "--labels",
    type=FOLDER,
    required=True,
    help="Human labels (CSV, JSONL, parquet): item_id, arm, epoch (default 0), correct.",
)
@click.option("--columns", metavar="OURS=THEIRS,...", help="Column names of the labels.")
@json_option
def audit(run: Path, labels: Path, columns: str | None, as_json: bool) -> None:
    """Hold the verdicts of a run against human labels, and correct the loss by them.

    Prints how far the judge agrees with people, in each arm, and the loss without the judge's
    errors: by prediction-powered inference on pairs labelled in both arms, and by Rogan and
    Gladen's correction of each arm. Label answers drawn at random from each task; a judge that is
    kinder to one arm then no longer biases the loss.
    """
    from warmbench.audit.audit_run import audit_run
    from warmbench.audit.label import LABEL_COLUMNS
    from warmbench.audit.page import write_audit_page
    from warmbench.audit.show import print_audit
    from warmbench.data.answers import parse_column_names
    from warmbench.run_folder import RunFolder
    from warmbench.tables import print_json

    folder = RunFolder.open(run)
    found = audit_run(folder, labels, parse_column_names(columns, LABEL_COLUMNS))
    page = folder.audit_page_path
    write_audit_page(found, page)
    if as_json:
        print_json(found)
    else:
        print_audit(found)
        click.echo(f"Audit: {folder.audit_path}, picture: {page}")
