"""``warmbench build``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmbench.cli.options import FOLDER, NameList, json_option, print_json
from warmbench.tasks.registry import all_tasks, headline_tasks

if TYPE_CHECKING:
    from warmbench.data.release import Release
    from warmbench.data.sft_release import SFTRelease

__all__ = ["build"]


@click.group()
def build() -> None:
    """Build the benchmark's data from its sources."""


def _release_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that builds a release."""
    for option in (
        json_option,
        click.option("--replace", is_flag=True, help="Overwrite an existing release at --out."),
        click.option(
            "--seed",
            type=click.IntRange(0),
            default=0,
            show_default=True,
            help="Seed of all sampling.",
        ),
        click.option("--version", metavar="X.Y.Z", help="Version of the release [default: 0.1.0]."),
        click.option("--out", type=FOLDER, required=True, help="Release folder to write."),
    ):
        command = option(command)
    return command


@build.command()
@click.option(
    "--source",
    required=True,
    metavar="open|hub|DIR",
    help="Only the open pool; the upstream datasets on the Hugging Face Hub; or their files, "
    "anywhere under DIR.",
)
@click.option(
    "--tasks",
    type=NameList(all_tasks),
    default=(),
    help="Tasks to include [default: those of the headline].",
)
@click.option(
    "--questions",
    type=click.IntRange(1),
    help="Questions sampled from each upstream task [default: the paper's 500; all of disinfo].",
)
@_release_options
def qa(source: str, out: Path, as_json: bool, replace: bool, **options: Any) -> None:
    """Build emotionally framed questions, as parquet files by task and context.

    Every question comes in ten contexts and three beliefs. The same command gives the same
    fingerprint on any machine. With all tasks of the headline, the judging set comes too: labelled
    answers, to measure judges on.
    """
    from warmbench.reporting.console.release import print_release
    from warmbench_builders.judging_set.judging_set import judging_content
    from warmbench_builders.releasing.build_qa import RELEASE_VERSION, build_qa
    from warmbench_builders.sources.collect import collect_batches

    version = _checked_version(options["version"] or RELEASE_VERSION)
    tasks = options["tasks"] or headline_tasks()
    whole = set(headline_tasks()) <= set(tasks)
    batches = collect_batches(
        source,
        tasks,
        sample=options["questions"],
        seed=options["seed"],
        note=lambda text: click.echo(text, err=True),
    )
    release = build_qa(
        batches,
        out,
        judging=judging_content() if whole else None,
        version=version,
        seed=options["seed"],
        replace=replace,
    )
    if as_json:
        _print_manifest(release)
    else:
        print_release(release)


@build.command()
@click.option(
    "--source",
    required=True,
    metavar="open|FILE|hub:NAME",
    help="The open SFT set; a chat log (.json or .jsonl, in ShareGPT's or a chat API's format); "
    "or sharegpt, wildchat or oasst on the Hugging Face Hub.",
)
@click.option(
    "--rewriter",
    metavar="template|MODEL",
    help="What rewrites the replies as warm and cold: a template that needs no model, or any chat "
    "model, e.g. openai:gpt-4o-2024-08-06 (the paper's). Required unless --source is open.",
)
@click.option(
    "--train",
    type=click.IntRange(1),
    default=1_617,
    show_default=True,
    help="Conversations to tune on; the paper's number by default.",
)
@click.option(
    "--validation",
    type=click.IntRange(0),
    default=1_500,
    show_default=True,
    help="Prompts to measure warmth on.",
)
@click.option(
    "--against",
    type=FOLDER,
    multiple=True,
    help="A QA release whose questions are kept out, besides the open one. Repeatable.",
)
@click.option(
    "--language", default="en", show_default=True, help="Language to keep, as an ISO 639-1 code."
)
@click.option(
    "--unsafe",
    type=click.Choice(["auto", "detoxify", "words"]),
    default="auto",
    show_default=True,
    help="Filter for unsafe content.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    default=16,
    show_default=True,
    help="Rewrite requests in flight at once.",
)
@_release_options
def sft(source: str, out: Path, as_json: bool, **options: Any) -> None:
    """Build conversations in three versions (original, warm, cold), for tuning models.

    A chat log is filtered, sampled and rewritten; a table shows what each step dropped and why.
    Rewrites by a model are kept in OUT.ledger.sqlite: the same command, started again, does not
    repeat a request that was answered.
    """
    from warmbench_builders.sft.table import print_sft_release

    options["version"] = _checked_version(options["version"] or "0.1.0")
    release = _open_sft(out, options) if source == "open" else _logged_sft(source, out, options)
    if as_json:
        _print_manifest(release)
    else:
        print_sft_release(release)


def _open_sft(out: Path, options: dict[str, Any]) -> SFTRelease:
    from warmbench.errors import UsageError
    from warmbench_builders.sft.build_open import build_open_sft
    from warmbench_builders.sft.open_set import load_open_conversations, load_open_prompts

    if options["rewriter"]:
        raise UsageError("--source open has all versions already; leave out --rewriter")
    return build_open_sft(
        load_open_conversations(),
        load_open_prompts(),
        out,
        version=options["version"],
        overwrite=options["replace"],
    )


def _logged_sft(source: str, out: Path, options: dict[str, Any]) -> SFTRelease:
    from contextlib import closing

    from warmbench.data.release import open_release_path
    from warmbench.engines.engine import EngineOptions
    from warmbench.errors import UsageError
    from warmbench.folders import check_free
    from warmbench.reporting.console.live_progress import counted
    from warmbench_builders.sft.build import build_sft, questions_of
    from warmbench_builders.sft.filters.unsafe import open_unsafe_filter
    from warmbench_builders.sft.pipeline import Wanted, pick_chats
    from warmbench_builders.sft.readers import open_log
    from warmbench_builders.sft.rewriting import open_rewriter

    if not options["rewriter"]:
        raise UsageError(f"--source {source} needs --rewriter template or --rewriter MODEL")
    check_free(out, options["replace"])
    log = open_log(source)
    unsafe, note = open_unsafe_filter(options["unsafe"])
    if note:
        click.echo(note, err=True)
    questions = questions_of([open_release_path(), *options["against"]])
    wanted = Wanted(options["train"], options["validation"], options["language"], options["seed"])
    engine_options = EngineOptions(concurrency=options["concurrency"])
    ledger = out.with_name(f"{out.name}.ledger.sqlite")
    with closing(
        open_rewriter(options["rewriter"], ledger, engine_options, options["seed"])
    ) as rewriter:
        with counted("reading", None) as tick:
            picks = pick_chats(log, wanted, unsafe, questions, tick)
        exchanges = sum(len(chat.messages) // 2 for chat in picks.train)
        with counted("rewriting", 2 * exchanges) as tick:
            return build_sft(
                log,
                picks,
                rewriter,
                out,
                version=options["version"],
                seed=options["seed"],
                overwrite=options["replace"],
                tick=tick,
            )


def _checked_version(text: str) -> str:
    from warmbench.data.diff.version_step import parse_version
    from warmbench.errors import DataError, UsageError

    try:
        return str(parse_version(text, "--version"))
    except DataError as error:
        raise UsageError(str(error)) from None


def _print_manifest(release: Release | SFTRelease) -> None:
    print_json({**release.manifest.to_json(), "path": str(release.path)})
