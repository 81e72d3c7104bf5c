"""``warmbench verify``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from warmbench.commands.options import json_option

if TYPE_CHECKING:
    from warmbench.verification.finding import Verification

__all__ = ["verify"]


@click.command()
@click.argument("release", metavar="RELEASE")
@click.option(
    "--against",
    metavar="RELEASE",
    help="Another one whose rows these must be, e.g. the published one that was rebuilt.",
)
@json_option
def verify(release: str, against: str | None, as_json: bool) -> None:
    """Recompute a release from its rows, and name what is not as it says.

    RELEASE is a folder, ORG/NAME@vX.Y.Z on the Hugging Face Hub, open or open-sft. The exit
    status is 1 when something is wrong.
    """
    from warmbench.data.any_release import read_any_release
    from warmbench.data.location import release_folder
    from warmbench.progress import counted
    from warmbench.tables import print_json
    from warmbench.verification.release import verify_release

    path = release_folder(release)
    other = release_folder(against) if against else None
    with counted("verifying", read_any_release(path).manifest.rows) as tick:
        verification = verify_release(path, target=release, against=other, tick=tick)
    if as_json:
        print_json(verification.to_json())
    else:
        _print(verification)
    if not verification.is_sound:
        sys.exit(1)


def _print(verification: Verification) -> None:
    v = verification
    for finding in v.findings:
        click.echo(f"{finding.where}: {finding.text} [{finding.code}]")
    counts = f"{v.rows:,} rows" + (f", {v.files:,} files" if v.files else "")
    if v.withheld:
        counts += f"; ids alone in {', '.join(v.withheld)}"
    what = f"{v.target}: {v.name} {v.version}"
    if v.is_sound:
        click.echo(f"{what} is sound: {counts}, fingerprint {v.fingerprint}")
    else:
        click.echo(f"{what} is NOT sound: {len(v.findings):,} findings in {counts}")
