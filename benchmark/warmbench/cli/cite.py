"""``warmbench cite``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from warmbench.cli.options import json_option, print_json

if TYPE_CHECKING:
    from warmbench.data.release import Release

__all__ = ["cite"]

_FORMS = {"apa": "APA", "bibtex": "BibTeX"}


@click.command()
@click.option(
    "--data",
    metavar="open|FOLDER|ORG/NAME@vX.Y.Z",
    default="open",
    show_default=True,
    help="Release to cite.",
)
@click.option("--version", metavar="X.Y.Z", help="Fail unless the release has this version.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["all", *_FORMS]),
    default="all",
    show_default=True,
    help="Output format; bibtex alone can be appended to a .bib file.",
)
@json_option
def cite(data: str, version: str | None, form: str, as_json: bool) -> None:
    """Print citations for the data and the paper, in BibTeX and APA."""
    from warmbench.data.citation import citation_json, citation_of
    from warmbench.data.load import open_data

    release = open_data(data)
    if version is not None:
        _check_version(release, data, version)
    forms = list(_FORMS) if form == "all" else [form]
    cited = {
        name: {form: texts[form] for form in forms}
        for name, texts in citation_json(citation_of(release.record())).items()
    }
    if as_json:
        print_json({**release.record().model_dump(mode="json"), "citation": cited})
    elif form == "all":
        _print_all(cited)
    else:
        click.echo("\n\n".join(texts[form] for texts in cited.values()))


def _check_version(release: Release, data: str, version: str) -> None:
    from warmbench.errors import UsageError

    if version.removeprefix("v") != release.version:
        raise UsageError(
            f"--version {version}: --data {data} is version {release.version}; leave --version "
            "out, or give the data of that version with --data"
        )


def _print_all(cited: dict[str, dict[str, str]]) -> None:
    titles = {"release": "The data", "paper": "The paper that introduced the method"}
    for name, texts in cited.items():
        click.echo(f"{titles[name]}\n")
        for form, text in texts.items():
            click.echo(f"{_FORMS[form]}:\n{text}\n")
