"""``warmbench release``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from warmbench.cli.options import FOLDER, json_option, print_json

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["release"]


@click.command()
@click.argument("built", type=FOLDER)
@click.option("--out", type=FOLDER, required=True, help="Release folder to write.")
@click.option(
    "--repo",
    metavar="ORG/NAME",
    help="Repository it will be published in, for the card "
    "[default: warmbench/ and the release's name].",
)
@click.option(
    "--date",
    "released",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Date of the release, for citations [default: none].",
)
@click.option("--replace", is_flag=True, help="Overwrite an existing release at --out.")
@json_option
def release(
    built: Path,
    out: Path,
    repo: str | None,
    released: datetime | None,
    replace: bool,
    as_json: bool,
) -> None:
    """Prepare built data for publication.

    BUILT is a folder written by `warmbench build`. The release has its rows (only their ids where
    the licence forbids redistribution), the dataset card, the hash of every row and file, and a
    citation file.
    """
    from warmbench.data.any_release import read_any_release
    from warmbench.data.location import HUB_ORG, parse_hub_release
    from warmbench.errors import UsageError
    from warmbench.reporting.console.live_progress import counted
    from warmbench_builders.releasing.make_release import make_release

    manifest = read_any_release(built).manifest
    target = repo or f"{HUB_ORG}/{manifest.name}"
    if parse_hub_release(f"{target}@v{manifest.version}") is None:
        raise UsageError(f"--repo {target}: write ORG/NAME")
    with counted("reading", manifest.rows) as tick:
        made = make_release(
            built,
            out,
            target,
            released=released.date() if released else None,
            overwrite=replace,
            tick=tick,
        )
    if as_json:
        print_json({**made.manifest.to_json(), "path": str(out)})
        return
    click.echo(
        f"{out}: {made.manifest.name} {made.manifest.version}, {len(made.manifest.files)} files, "
        f"fingerprint {made.manifest.fingerprint}"
    )
    if made.manifest.withheld:
        click.echo(f"ids only, because of their licences: {', '.join(made.manifest.withheld)}")
    click.echo(
        f"Next: warmbench verify {out}, then warmbench publish {out} --repo {target} "
        "--visibility public (or private)"
    )
