"""``warmbench verify``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from warmbench.cli.options import FOLDER, json_option, print_json

if TYPE_CHECKING:
    from warmbench.records.finding import Verification

__all__ = ["verify"]


@click.command()
@click.argument("target", metavar="RELEASE|BUNDLE")
@click.option(
    "--against",
    metavar="RELEASE",
    help="Release whose rows must be identical, e.g. the published one after a rebuild.",
)
@click.option(
    "--release",
    type=FOLDER,
    help="Release of the BUNDLE, if it is neither packaged nor on the Hub.",
)
@click.option(
    "--judge",
    metavar="llm:MODEL",
    help="Recheck some verdicts of the BUNDLE with this judge, if a model gave them.",
)
@click.option(
    "--spot-checks",
    type=click.IntRange(1),
    default=25,
    show_default=True,
    help="Number of verdicts to recheck with --judge.",
)
@json_option
def verify(
    target: str,
    against: str | None,
    release: Path | None,
    judge: str | None,
    spot_checks: int,
    as_json: bool,
) -> None:
    """Verify a release or a bundle by recomputing it from its rows.

    RELEASE is a folder, ORG/NAME@vX.Y.Z on the Hugging Face Hub, open or open-sft. BUNDLE is a
    folder or .zip made by `warmbench submit`. The exit status is 1 if anything is wrong.
    """
    from warmbench.errors import UsageError
    from warmbench.submission.bundle.members import is_bundle

    path = Path(target).expanduser()
    if is_bundle(path):
        if against:
            raise UsageError("--against needs a release, not a bundle")
        _verify_bundle(path, release, judge, spot_checks, as_json)
    elif release or judge:
        raise UsageError(f"{target}: not a bundle; --release and --judge need a bundle")
    else:
        _verify_release(target, against, as_json)


def _verify_release(target: str, against: str | None, as_json: bool) -> None:
    from warmbench.data.any_release import read_any_release
    from warmbench.data.location import release_folder
    from warmbench.data.verify_release import verify_release
    from warmbench.reporting.console.live_progress import counted

    path = release_folder(target)
    other = release_folder(against) if against else None
    with counted("verifying", read_any_release(path).manifest.rows) as tick:
        verification = verify_release(path, target=target, against=other, tick=tick)
    if as_json:
        print_json(verification.to_json())
    else:
        _print_release(verification)
    if not verification.is_sound:
        sys.exit(1)


def _print_release(verification: Verification) -> None:
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


def _verify_bundle(
    path: Path, release: Path | None, judge: str | None, spot_checks: int, as_json: bool
) -> None:
    from contextlib import ExitStack
    from tempfile import TemporaryDirectory

    from warmbench.cli.print_verification import print_step, print_verification
    from warmbench.judging.registry import open_judge
    from warmbench.reporting.console.live_progress import counted
    from warmbench.submission.verification.verify_bundle import verify_bundle

    with ExitStack() as stack:
        asked = None
        if judge:
            folder = stack.enter_context(TemporaryDirectory(prefix="warmbench-judge-"))
            asked = stack.enter_context(open_judge(judge, Path(folder) / "judge.sqlite"))
        verification = verify_bundle(
            path,
            release=release,
            judge=asked,
            spot_checks=spot_checks,
            on_step=(lambda step: None) if as_json else print_step,
            tick=stack.enter_context(counted("judging", None)),
        )
    if as_json:
        print_json(verification.to_json())
    else:
        print_verification(verification)
    if not verification.is_sound:
        sys.exit(1)
