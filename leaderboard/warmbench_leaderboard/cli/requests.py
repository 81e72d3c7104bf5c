"""``warmbench requests``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from warmbench.cli.options import FOLDER, json_option, print_json

if TYPE_CHECKING:
    from warmbench_leaderboard.requests.request_store import Snapshot
    from warmbench_leaderboard.requests.run_request import RequestState, RunRequest
    from warmbench_leaderboard.requests.submissions import Submissions

__all__ = ["requests"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _submissions_option(command: _Command) -> _Command:
    return click.option(
        "--submissions", "location", default="submissions", show_default=True,
        metavar="FOLDER|ORG/NAME", help="Submissions: a folder, or a repository on the Hub.",
    )(command)  # fmt: skip


def _who_option(command: _Command) -> _Command:
    return click.option(
        "--as", "who", metavar="NAME", help="Your name [default: your account on the Hub or here]."
    )(command)


@click.group()
def requests() -> None:
    """List requested runs, take one, run it, and submit the result.

    A request is a file in the submissions, created by the leaderboard's form. Several maintainers
    can work on one queue: no two of them take the same request.
    """


@requests.command("list")
@click.option("--all", "all_", is_flag=True, help="Include requests that are done or refused.")
@_submissions_option
@json_option
def list_requests(location: str, all_: bool, as_json: bool) -> None:
    """Print the queue, oldest first."""
    from warmbench_leaderboard.requests.run_request import OPEN_STATES

    snapshot = _open(location).queue.read()
    shown = [r for r in snapshot.requests if all_ or r.state in OPEN_STATES]
    if as_json:
        print_json({"requests": [_json(r) for r in shown], "broken": dict(snapshot.broken)})
    else:
        _print_queue(shown, snapshot)


@requests.command()
@_who_option
@_submissions_option
@json_option
def take(location: str, who: str | None, as_json: bool) -> None:
    """Take the oldest waiting request."""

    submissions = _open(location)
    taken = submissions.queue.take(who or submissions.who())
    if as_json:
        print_json(_json(taken) if taken else None)
    elif taken is None:
        click.echo("No request is waiting")
    else:
        click.echo(f"{taken.request_id}: taken, {_pair(taken)}")
        click.echo(f"Next: warmbench requests run {taken.request_id} --engine ENGINE --out RUN")


@requests.command()
@click.argument("request_id", metavar="ID")
@click.option("--engine", required=True, metavar="ENGINE[@URL]",
              help="Engine: hf, vllm, ray, openai@http://localhost:8000/v1, ...")  # fmt: skip
@click.option("--out", type=FOLDER, required=True, help="The run folder, new or to resume.")
@click.option("--warm", metavar="MODEL", help="The fine-tuned model, for a request to tune one.")
@click.option("--data", default="open", show_default=True, metavar="open|FOLDER|ORG/NAME@vX.Y.Z",
              help="Release to run on.")  # fmt: skip
@click.option("--concurrency", type=click.IntRange(1), default=16, show_default=True,
              help="Requests at the same time.")  # fmt: skip
@click.option("--device", default="auto", show_default=True, help="Device of a local engine.")
@_who_option
@_submissions_option
@json_option
def run(request_id: str, location: str, who: str | None, as_json: bool, **options: Any) -> None:
    """Run a request that you took, verify its bundle, and open a pull request.

    If interrupted, run the same command again to resume.
    """

    submissions = _open(location)
    where = _run_and_submit(submissions, request_id, who or submissions.who(), options, as_json)
    if as_json:
        print_json({"request_id": request_id, "state": "done", "where": where})
    else:
        click.echo(f"{request_id}: done, {where}")


@requests.command()
@click.argument("request_id", metavar="ID")
@click.option("--reason", required=True, metavar="TEXT", help="Where the result is (public).")
@_who_option
@_submissions_option
@json_option
def done(request_id: str, location: str, who: str | None, reason: str, as_json: bool) -> None:
    """Mark a request as done, if it was run in another way."""
    from warmbench_leaderboard.requests.run_request import RequestState

    _move(location, request_id, RequestState.DONE, who, reason, as_json)


@requests.command()
@click.argument("request_id", metavar="ID")
@click.option("--reason", required=True, metavar="TEXT", help="Why (public).")
@_who_option
@_submissions_option
@json_option
def refuse(request_id: str, location: str, who: str | None, reason: str, as_json: bool) -> None:
    """Refuse a request."""
    from warmbench_leaderboard.requests.run_request import RequestState

    _move(location, request_id, RequestState.REFUSED, who, reason, as_json)


@requests.command("return")
@click.argument("request_id", metavar="ID")
@click.option("--reason", default="", metavar="TEXT", help="Why (public).")
@_who_option
@_submissions_option
@json_option
def return_(request_id: str, location: str, who: str | None, reason: str, as_json: bool) -> None:
    """Return a request that you took to its place in the queue."""
    from warmbench_leaderboard.requests.run_request import RequestState

    _move(location, request_id, RequestState.WAITING, who, reason, as_json)


def _open(location: str) -> Submissions:
    from warmbench_leaderboard.requests.submissions import open_submissions

    return open_submissions(location, note=lambda text: click.echo(text, err=True))


def _move(
    location: str, request_id: str, state: RequestState, who: str | None, reason: str, as_json: bool
) -> None:

    submissions = _open(location)
    advanced = submissions.queue.move(request_id, state, who or submissions.who(), reason)
    if as_json:
        print_json(_json(advanced))
    else:
        click.echo(f"{request_id}: {advanced.state}")


def _run_and_submit(
    submissions: Submissions, request_id: str, who: str, options: dict[str, Any], as_json: bool
) -> str:
    """Run it and submit the bundle; returns its address. Updates the state of the request."""
    from warmbench.cli.print_verification import print_step
    from warmbench.engines.engine import EngineOptions
    from warmbench.reporting.console.progress import RunProgress
    from warmbench_leaderboard.requests.requested_run import (
        RunPlan,
        requested_study,
        run_study,
        submit_run,
    )
    from warmbench_leaderboard.requests.run_request import RequestState

    queue = submissions.queue
    request = queue.find(request_id)
    study = requested_study(request, options["engine"], options["warm"])
    engine_options = EngineOptions(concurrency=options["concurrency"], device=options["device"])
    plan = RunPlan(study, options["out"], options["data"], engine_options)
    request = queue.run(request_id, who)
    with RunProgress({}) as progress:
        folder = run_study(plan, progress)
    release = Path(plan.data).expanduser()
    where = submit_run(
        folder,
        request,
        who,
        queue.now().date(),
        submissions.submit,
        release=release if release.is_dir() else None,
        on_step=(lambda step: None) if as_json else print_step,
    )
    queue.move(request_id, RequestState.DONE, who, where)
    return where


def _pair(request: RunRequest) -> str:
    warm = request.warm.model_id if request.warm else "to be tuned with the recipe"
    return f"{request.original.model_id} and {warm}"


def _json(request: RunRequest) -> dict[str, Any]:
    return request.model_dump(mode="json")


def _print_queue(shown: list[RunRequest], snapshot: Snapshot) -> None:
    from rich.console import Console
    from rich.markup import escape

    from warmbench.reporting.console.table import plain_table

    table = plain_table(
        None, "request", "original", "warm", "parameters", "state", "since", "by", "note", left=8
    )
    for request in shown:
        last = request.last
        table.add_row(
            request.request_id,
            escape(request.original.model_id),
            escape(request.warm.model_id if request.warm else "(to be tuned)"),
            f"{request.original.parameters / 1e9:,.1f} B",
            request.state.value,
            f"{last.when:%Y-%m-%d}",
            escape(last.who),
            escape(last.note),
        )
    console = Console(highlight=False)
    console.print(table if shown else "No open requests")
    for name, problem in snapshot.broken.items():
        click.echo(f"{name}: ignored, {problem}", err=True)
