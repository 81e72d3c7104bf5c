"""The command line: ``warmbench COMMAND``. Each command loads what it needs when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from warmbench.cli.encoding import prepare_output
from warmbench.errors import UsageError, WarmbenchError

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("warmbench.cli.demo:demo", "Run the whole benchmark on the packaged reference model."),
    "run": ("warmbench.cli.run:run", "Ask an original and a warm model the questions."),
    "status": ("warmbench.cli.status:status", "Show how far a run is."),
    "convert": ("warmbench.cli.convert:convert", "Convert a model for another engine."),
    "judge": ("warmbench.cli.judge:judge", "Judge the answers of a run or a file."),
    "score": ("warmbench.cli.score:score", "Print the accuracy loss of a run."),
    "gate": ("warmbench.cli.gate:gate", "Fail if a run loses more accuracy than allowed."),
    "analyse": ("warmbench.cli.analyse:analyse", "Run the paper's tests and models on a run."),
    "audit": ("warmbench.cli.audit:audit", "Check verdicts against human labels."),
    "compare": ("warmbench.cli.compare:compare", "Compare the losses of two runs."),
    "warmth": ("warmbench.cli.warmth:warmth", "Measure the warmth of answers."),
    "verify": (
        "warmbench.cli.verify:verify",
        "Verify a release or a bundle.",
    ),
    "report": ("warmbench.cli.report:report", "Write the report of a run as an HTML page."),
    "submit": ("warmbench.cli.submit:submit", "Bundle a run and submit it to the leaderboard."),
    "cite": ("warmbench.cli.cite:cite", "Print citations for the data and the paper."),
    "diff": ("warmbench.cli.diff:diff", "Compare two releases of the data."),
}
"""Command -> where it is, and its line in ``--help``. Other packages add theirs through the entry
point group ``warmbench.commands``."""


class _Failed(click.ClickException):
    """A failure: prints its sentence, exit status 1."""

    exit_code = 1


class _Misused(click.ClickException):
    """Bad usage: prints its sentence, exit status 2."""

    exit_code = 2


class _Commands(click.Group):
    """Lists all commands without loading them; turns our errors into sentences, and writes what
    the terminal can show."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        prepare_output()
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *sorted(name for name in _plugins() if name not in COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            module, name = COMMANDS[cmd_name][0].split(":")
            return _as_command(getattr(import_module(module), name))
        plugin = _plugins().get(cmd_name)
        return _as_command(plugin.load()) if plugin else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lines = [(name, text) for name, (_, text) in COMMANDS.items()]
        for name, plugin in sorted(_plugins().items()):
            if name not in COMMANDS:
                lines.append((name, _as_command(plugin.load()).get_short_help_str(80)))
        with formatter.section("Commands"):
            formatter.write_dl(lines)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UsageError as error:
            raise _Misused(str(error)) from error
        except WarmbenchError as error:
            raise _Failed(str(error)) from error


def _plugins() -> dict[str, Any]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group="warmbench.commands")}


def _as_command(found: Any) -> click.Command:
    assert isinstance(found, click.Command)
    return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="warmbench", prog_name="warmbench")
def main() -> None:
    """Measure how much accuracy a language model loses when it is made warmer.

    Start with `warmbench demo`, then measure your own models with
    `warmbench run --original MODEL --warm MODEL --out RUN`.
    """
