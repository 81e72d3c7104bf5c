"""``warmbench publish``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from warmbench.cli.options import FOLDER, json_option, print_json

if TYPE_CHECKING:
    from warmbench_builders.publishing.publish import Outcome, Plan
    from warmbench_builders.publishing.release_files import ReleaseFiles

__all__ = ["publish"]


@click.command()
@click.argument("release", type=FOLDER)
@click.option("--repo", metavar="ORG/NAME", required=True, help="Dataset repository to publish to.")
@click.option(
    "--visibility",
    type=click.Choice(["public", "private"]),
    required=True,
    help="Visibility of the repository. An existing one must have it already.",
)
@click.option("--create-pr", is_flag=True, help="Open a pull request instead; set no tag.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; change nothing.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=120.0,
    show_default=True,
    help="Seconds until a request times out.",
)
@json_option
def publish(
    release: Path,
    repo: str,
    visibility: str,
    create_pr: bool,
    dry_run: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Publish a release on the Hugging Face Hub.

    RELEASE is a folder written by `warmbench release`. It becomes one commit and one tag. Run the
    same command again to finish an interrupted upload. The token is that of `hf auth login`, or
    HF_TOKEN.
    """
    from dataclasses import asdict

    from warmbench.data.hub.client import HubRetry, hub_api
    from warmbench.reporting.console.live_progress import counted
    from warmbench_builders.publishing.publish import (
        plan_publication,
        propose_release,
        publish_release,
    )
    from warmbench_builders.publishing.release_files import read_release_files
    from warmbench_builders.publishing.remote import Remote

    private = visibility == "private"
    with counted("checking", None) as tick:
        files = read_release_files(release, tick)
    remote = Remote(hub_api(timeout, needs_token=not dry_run), repo, HubRetry(note=_note))
    if dry_run:
        plan = plan_publication(files, remote)
        if as_json:
            print_json(_plan_json(files, repo, plan))
        else:
            _print_plan(files, repo, plan, private)
        return
    act = propose_release if create_pr else publish_release
    outcome = act(files, remote, private=private, note=_note)
    if as_json:
        print_json(asdict(outcome))
    else:
        _print_outcome(outcome)


def _note(text: str) -> None:
    click.echo(text, err=True)


def _print_outcome(outcome: Outcome) -> None:
    if outcome.created:
        click.echo(f"{outcome.repo}: repository created")
    commit = f", commit {outcome.commit[:8]}" if outcome.commit else ""
    click.echo(f"{outcome.repo} {outcome.tag}: {outcome.done}{commit}")
    click.echo(outcome.url)


def _plan_json(files: ReleaseFiles, repo: str, plan: Plan) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "repo": repo,
        "tag": files.tag,
        "size": files.size,
        "files": {path: file.size for path, file in files.files.items()},
        "card": _card(files),
        "is_new": plan.is_new,
        **asdict(plan),
    }


def _card(files: ReleaseFiles) -> str:
    return (files.path / "README.md").read_text(encoding="utf-8")


def _print_plan(files: ReleaseFiles, repo: str, plan: Plan, private: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    changes = plan.changes
    kinds = {
        **dict.fromkeys(changes.added, "added"),
        **dict.fromkeys(changes.changed, "changed"),
        **dict.fromkeys(changes.deleted, "deleted"),
        **dict.fromkeys(changes.unchanged, "unchanged"),
    }
    table = Table(box=None, pad_edge=False)
    table.add_column("file", header_style="dim")
    table.add_column("bytes", justify="right", header_style="dim")
    table.add_column("change", header_style="dim")
    for path in sorted(kinds):
        size = f"{files.files[path].size:,}" if path in files.files else ""
        table.add_row(path, size, kinds[path])
    click.echo(_card(files))
    Console(highlight=False, markup=False).print(table)
    if plan.is_new:
        click.echo(f"{repo} does not exist yet and would be created.")
    elif plan.private != private:
        click.echo(f"{repo} has the other visibility: publishing would be refused.")
    if plan.is_tagged and changes.is_empty:
        click.echo(f"{files.tag} is already published: nothing to do.")
    elif plan.is_tagged:
        click.echo(
            f"{files.tag} is already published with other content: publishing would be refused."
        )
    click.echo(f"{len(files.files):,} files, {files.size / 1e6:.1f} MB; nothing was changed.")
