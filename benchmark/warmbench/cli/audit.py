"""``warmbench audit``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from warmbench.cli.options import FOLDER, json_option, print_json
from warmbench.errors import UsageError

__all__ = ["audit"]

ALL = 0
"""As a count: every answer."""


class _Count(click.ParamType[int]):
    """A count of items, or ``all``."""

    name = "count"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if text == "all":
            return ALL
        if not (text.isascii() and text.isdigit() and int(text) > 0):
            self.fail(f"found {text[:40]!r}; accepted are a number from 1 on, and all", param, ctx)
        return int(text)


@click.command()
@click.argument("run", type=FOLDER)
@click.option(
    "--labels",
    type=FOLDER,
    multiple=True,
    help="A rater's labels (CSV, JSONL, parquet), once for each rater: answer_id and label, or "
    "item_id, arm, epoch (default 0) and label; a label is right, wrong, refused or unclear. "
    "[default: what raters labelled with --label]",
)
@click.option(
    "--draw",
    metavar="N|all",
    type=_Count(),
    help="How many items to label, equally many per task, each with the answers of all arms; or "
    "all answers.",
)
@click.option("--out", type=FOLDER, help="New file for --draw (CSV, JSONL, parquet).")
@click.option("--seed", type=click.IntRange(0), help="Random seed of --draw.  [default: 0]")
@click.option("--label", is_flag=True, help="Serve a page to label in the browser, here alone.")
@click.option("--rater", metavar="NAME", help="Who labels with --label.  [default: rater-1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Of the page.  [default: any free one]")
@click.option(
    "--settle",
    type=click.Choice(["majority", "unanimous"]),
    help="What raters who differ are taken to say: what more than half say, or nothing.  "
    "[default: majority]",
)
@click.option("--columns", metavar="OURS=THEIRS,...", help="Column names in the files of labels.")
@json_option
def audit(
    run: Path,
    labels: tuple[Path, ...],
    draw: int | None,
    out: Path | None,
    seed: int | None,
    label: bool,
    rater: str | None,
    port: int | None,
    settle: str | None,
    columns: str | None,
    as_json: bool,
) -> None:
    """Check the verdicts of a run against human labels, and correct the loss with them.

    Label answers with --label, or write them to a file with --draw N --out FILE; both hide the
    arm, and draw at random from each task. Without these, prints how well the judge agrees with
    people in each arm, how far raters agree, and the loss corrected for the judge's errors: by
    prediction-powered inference on pairs labelled in both arms, and by the Rogan-Gladen correction
    of each arm. Where every answer is labelled, the loss is that of the labels.
    """
    if label:
        _check_unused("--label", labels=labels, out=out, settle=settle, columns=columns)
        if as_json:
            raise UsageError("--label: there is no JSON of a page; leave --json out")
        _label(run, draw, seed, rater or "rater-1", port or 0)
        return
    _check_unused("without --label", rater=rater, port=port)
    if draw is None:
        _check_unused("without --draw", out=out, seed=seed)
        _audit(run, labels, columns, settle or "majority", as_json)
    else:
        _check_unused("--draw", labels=labels, settle=settle, columns=columns)
        _draw(run, draw, out, seed or 0, as_json)


def _check_unused(why: str, **options: object) -> None:
    for name, value in options.items():
        if value not in (None, ()):
            raise UsageError(f"{why}: --{name} has no meaning; leave it out")


def _audit(
    run: Path, files: tuple[Path, ...], columns: str | None, settle: str, as_json: bool
) -> None:
    from warmbench.data.recorded_answers import parse_column_names
    from warmbench.judging.audit.audit_run import audit_run
    from warmbench.judging.audit.label import LABEL_COLUMNS
    from warmbench.judging.audit.labelling.open_session import rater_files
    from warmbench.judging.audit.rater_file import rater_names
    from warmbench.judging.audit.raters import Settling
    from warmbench.reporting.console.audit import print_audit
    from warmbench.reporting.html.audit_page import write_audit_page
    from warmbench.running.folder import RunFolder

    folder = RunFolder.open(run)
    named = rater_names(files or rater_files(folder))
    if not named:
        raise UsageError(
            f"{run}: nobody has labelled answers yet; label some with --label, or give --labels "
            "FILE or --draw N --out FILE"
        )
    found = audit_run(folder, named, parse_column_names(columns, LABEL_COLUMNS), Settling(settle))
    page = folder.audit_page_path
    write_audit_page(found, page)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_audit(found)
        click.echo(f"Audit: {folder.audit_path}, picture: {page}")


def _draw(run: Path, count: int, out: Path | None, seed: int, as_json: bool) -> None:
    from warmbench.data.table import write_rows
    from warmbench.judging.audit.answer_ids import answer_ids
    from warmbench.judging.audit.draw import draw_answers, sheet_of
    from warmbench.running.folder import RunFolder

    if out is None:
        raise UsageError("--draw needs --out FILE, where to write the answers to label, or --label")
    if out.exists():
        raise UsageError(f"--out {out}: already exists and may contain labels; choose another name")
    folder = RunFolder.open(run)
    arms = [arm.name for arm in folder.record().study.arms]
    items, responses = folder.items(), folder.responses()
    drawn = draw_answers(items, responses, arms, count or None, seed)
    sheet = sheet_of(drawn, items, responses, answer_ids(folder), seed)
    write_rows(out, [answer.row() for answer in sheet])
    if as_json:
        print_json({"answers": len(sheet), "arms": arms, "out": str(out), "seed": seed})
    else:
        click.echo(
            f"{len(sheet):,} answers of {len(arms)} arms, in random order: {out}\n"
            "Write right, wrong, refused or unclear under label.\n"
            f"Next: warmbench audit {run} --labels {out}"
        )


def _label(run: Path, count: int | None, seed: int | None, rater: str, port: int) -> None:
    from warmbench.judging.audit.labelling.open_session import Draw, open_session
    from warmbench.judging.audit.labelling.server import labelling_server
    from warmbench.running.folder import RunFolder

    if count is None and seed is not None:
        raise UsageError("--seed: is that of --draw; give --draw N too")
    folder = RunFolder.open(run)
    wanted = None if count is None else Draw(count=count or None, seed=seed or 0)
    with open_session(folder, rater, wanted) as session, labelling_server(session, port) as server:
        click.echo(
            f"{session.count:,} answers to label as {rater}, {session.labelled:,} are done: "
            f"{server.address}"
        )
        if session.changed:
            click.echo(
                f"{session.changed:,} answers have changed since they were labelled, and are asked "
                "again."
            )
        try:
            click.echo("Each label is kept at once. Stop with Ctrl-C.")
            server.wait()
        except KeyboardInterrupt:
            click.echo()
        left = session.count - session.labelled
        click.echo(f"{left:,} answers are left. Next: warmbench audit {run}")
