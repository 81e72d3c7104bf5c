"""``warmbench build``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmbench.commands.options import FOLDER, NameList, json_option
from warmbench.conditions import Task

if TYPE_CHECKING:
    from warmbench.data.release import Release

__all__ = ["build"]


@click.group()
def build() -> None:
    """Build the benchmark's data from its sources."""


@build.command()
@click.option(
    "--source",
    required=True,
    metavar="open|hub|DIR",
    help="The open pool alone; the upstream data sets on the Hugging Face Hub; or their files "
    "somewhere under DIR.",
)
@click.option("--out", type=FOLDER, required=True, help="The release folder to make.")
@click.option("--tasks", type=NameList(Task), default=tuple(Task), help="Only these tasks.")
@click.option(
    "--questions",
    type=click.IntRange(1),
    help="Questions drawn from each upstream task [default: as in the paper, 500, disinfo all].",
)
@click.option("--version", "version", default=None, help="The release's version, X.Y.Z.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--replace", is_flag=True, help="Replace a release that stands at --out.")
@json_option
def qa(source: str, out: Path, as_json: bool, replace: bool, **options: Any) -> None:
    """Build the emotionally framed questions, as parquet by task and context.

    Every question comes in ten contexts and three beliefs. The same command gives the same
    fingerprint on any machine.
    """
    from warmbench.tables import print_release
    from warmbench_builders.build_qa import RELEASE_VERSION, build_qa, collect_batches

    version = _checked_version(options["version"] or RELEASE_VERSION)
    batches = collect_batches(
        source,
        options["tasks"],
        sample=options["questions"],
        seed=options["seed"],
        note=lambda text: click.echo(text, err=True),
    )
    release = build_qa(batches, out, version=version, seed=options["seed"], replace=replace)
    if as_json:
        _print_manifest(release)
    else:
        print_release(release)


def _checked_version(text: str) -> str:
    import re

    from warmbench.errors import UsageError

    if not re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", text):
        raise UsageError(f"--version {text!r}: write X.Y.Z, three whole numbers")
    return text


def _print_manifest(release: Release) -> None:
    from warmbench.tables import print_json

    print_json({**release.manifest.model_dump(), "path": str(release.path)})
