"""``warmbench build``."""

from __future__ import annotations

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


@build.command()
@click.option(
    "--source",
    required=True,
    metavar="open|hub|DIR",
    help="The open pool alone; the upstream data sets on the Hugging Face Hub; or their files "
    "somewhere under DIR.",
)
@click.option("--out", type=FOLDER, required=True, help="The release folder to make.")
@click.option(
    "--tasks",
    type=NameList(all_tasks),
    default=(),
    help="Only these tasks [default: those of the headline].",
)
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
    from warmbench.report.console.release import print_release
    from warmbench_builders.releasing.build_qa import RELEASE_VERSION, build_qa
    from warmbench_builders.sources.collect import collect_batches

    version = _checked_version(options["version"] or RELEASE_VERSION)
    batches = collect_batches(
        source,
        options["tasks"] or headline_tasks(),
        sample=options["questions"],
        seed=options["seed"],
        note=lambda text: click.echo(text, err=True),
    )
    release = build_qa(batches, out, version=version, seed=options["seed"], replace=replace)
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
@click.option("--out", type=FOLDER, required=True, help="The release folder to make.")
@click.option(
    "--rewriter",
    metavar="template|MODEL",
    help="Who rewrites the replies warm and cold: a template that needs no model, or any chat "
    "model, e.g. openai:gpt-4o-2024-08-06 (the paper's). Needed but for --source open.",
)
@click.option(
    "--train",
    type=click.IntRange(1),
    default=1_617,
    show_default=True,
    help="Conversations to tune on, as many as in the paper.",
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
    help="A QA release that no conversation may touch, besides the open one.",
)
@click.option("--language", default="en", show_default=True)
@click.option(
    "--unsafe",
    type=click.Choice(["auto", "detoxify", "words"]),
    default="auto",
    show_default=True,
    help="What filters unsafe content.",
)
@click.option("--concurrency", type=click.IntRange(1), default=16, show_default=True)
@click.option("--version", "version", default=None, help="The release's version, X.Y.Z.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--replace", is_flag=True, help="Replace a release that stands at --out.")
@json_option
def sft(source: str, out: Path, as_json: bool, **options: Any) -> None:
    """Build conversations in three versions (original, warm, cold), to tune models with.

    A chat log is filtered, sampled and rewritten; a table shows what each step dropped and why.
    What a model rewrote is kept in OUT.ledger.sqlite, so that the same command, stopped and
    started again, asks nothing twice.
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
        raise UsageError("--source open is written in all versions; leave --rewriter out")
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
    from warmbench.run.progress import counted
    from warmbench_builders.sft.build import build_sft, questions_of
    from warmbench_builders.sft.filters.unsafe import open_unsafe_filter
    from warmbench_builders.sft.pipeline import Wanted, pick_chats
    from warmbench_builders.sft.readers import open_log
    from warmbench_builders.sft.rewriting import open_rewriter

    if not options["rewriter"]:
        raise UsageError(f"--source {source} needs --rewriter template, or --rewriter MODEL")
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
    import re

    from warmbench.errors import UsageError

    if not re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", text):
        raise UsageError(f"--version {text!r}: write X.Y.Z, three whole numbers")
    return text


def _print_manifest(release: Release | SFTRelease) -> None:

    print_json({**release.manifest.to_json(), "path": str(release.path)})
