"""``warmbench diff``."""

from __future__ import annotations

import click

from warmbench.cli.options import json_option, print_json

__all__ = ["diff"]

_EXAMPLES = 10


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--all", "list_all", is_flag=True, help="List every row, not only 10 of each kind.")
@json_option
@click.pass_context
def diff(context: click.Context, old: str, new: str, list_all: bool, as_json: bool) -> None:
    """Show what two releases differ in and whether NEW's version number is right.

    OLD and NEW are open, open-sft, a folder, or ORG/NAME@vX.Y.Z, both QA or both SFT.

    The number must be major where scores are not comparable (an item or the metric definitions
    changed, something was removed), minor where rows or configs were added, patch where only card
    or metadata changed. Exits with 1 when it is wrong.
    """
    from warmbench.data.diff.compare import diff_releases
    from warmbench.data.diff.version_step import verdict_on
    from warmbench.data.location import release_folder
    from warmbench.reporting.console.release import diff_json, print_diff

    found = diff_releases(release_folder(old), release_folder(new))
    limit = None if list_all else _EXAMPLES
    if as_json:
        print_json(diff_json(found, limit))
    else:
        print_diff(found, limit)
    context.exit(0 if verdict_on(found).is_right else 1)
