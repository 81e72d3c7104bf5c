"""``warmbench requests``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from warmbench.cli.options import FOLDER, json_option, print_json

if TYPE_CHECKING:
    from warmbench_leaderboard.requests.request_store import Snapshot
    from warmbench_leaderboard.requests.run_request import RunRequest, State
    from warmbench_leaderboard.requests.submissions import Submissions

__all__ = ["requests"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _submissions_option(command: _Command) -> _Command:
    return click.option(
        "--submissions", "place", default="submissions", show_default=True,
        metavar="FOLDER|ORG/NAME", help="Where the submissions are: a folder, or on the Hub.",
    )(command)  # fmt: skip


def _who_option(command: _Command) -> _Command:
    return click.option(
        "--as", "who", metavar="NAME", help="Who you are; by default your name on the Hub, or here."
    )(command)


@click.group()
def requests() -> None:
    """Runs that others asked for: list them, take the next one, run it, hand it in.

    A request is a file in the submissions, made by the form of the leaderboard. Several
    maintainers may work on one queue: no two take the same request.
    """


@requests.command("list")
@click.option("--all", "all_", is_flag=True, help="Those that have ended, too.")
@_submissions_option
@json_option
def list_requests(place: str, all_: bool, as_json: bool) -> None:
    """Print the queue, oldest first."""
    from warmbench_leaderboard.requests.run_request import OPEN_STATES

    snapshot = _open(place).queue.read()
    shown = [r for r in snapshot.requests if all_ or r.state in OPEN_STATES]
    if as_json:
        print_json({"requests": [_json(r) for r in shown], "broken": dict(snapshot.broken)})
    else:
        _print_queue(shown, snapshot)


@requests.command()
@_who_option
@_submissions_option
@json_option
def take(place: str, who: str | None, as_json: bool) -> None:
    """Take the oldest request that waits: from now on it is yours to run."""

    submissions = _open(place)
    taken = submissions.queue.take(who or submissions.who())
    if as_json:
        print_json(_json(taken) if taken else None)
    elif taken is None:
        click.echo("No request waits")
    else:
        click.echo(f"{taken.request_id}: yours, {_pair(taken)}")
        click.echo(f"Next: warmbench requests run {taken.request_id} --engine ENGINE --out RUN")


@requests.command()
@click.argument("request_id", metavar="ID")
@click.option("--engine", required=True, metavar="ENGINE[@URL]",
              help="What runs it: hf, vllm, ray, openai@http://localhost:8000/v1, ...")  # fmt: skip
@click.option("--out", type=FOLDER, required=True, help="The run folder, new or to be resumed.")
@click.option("--warm", metavar="MODEL", help="The tuned model, where it was to be tuned.")
@click.option("--data", default="open", show_default=True, metavar="open|FOLDER|ORG/NAME@vX.Y.Z",
              help="The release to run on.")  # fmt: skip
@click.option("--concurrency", type=click.IntRange(1), default=16, show_default=True)
@click.option("--device", default="auto", show_default=True, help="For the local engines.")
@_who_option
@_submissions_option
@json_option
def run(request_id: str, place: str, who: str | None, as_json: bool, **options: Any) -> None:
    """Run a request that you have taken, verify its bundle, and open the pull request.

    Stopped at any moment, the same command goes on.
    """

    submissions = _open(place)
    where = _carried_out(submissions, request_id, who or submissions.who(), options, as_json)
    if as_json:
        print_json({"request_id": request_id, "state": "done", "where": where})
    else:
        click.echo(f"{request_id}: done, {where}")


@requests.command()
@click.argument("request_id", metavar="ID")
@click.option("--reason", required=True, metavar="TEXT", help="Where its result is; is public.")
@_who_option
@_submissions_option
@json_option
def done(request_id: str, place: str, who: str | None, reason: str, as_json: bool) -> None:
    """Say that a request has been run, by whatever way."""
    from warmbench_leaderboard.requests.run_request import State

    _move(place, request_id, State.DONE, who, reason, as_json)


@requests.command()
@click.argument("request_id", metavar="ID")
@click.option("--reason", required=True, metavar="TEXT", help="Why; is public.")
@_who_option
@_submissions_option
@json_option
def refuse(request_id: str, place: str, who: str | None, reason: str, as_json: bool) -> None:
    """Say that a request will not be run."""
    from warmbench_leaderboard.requests.run_request import State

    _move(place, request_id, State.REFUSED, who, reason, as_json)


@requests.command("return")
@click.argument("request_id", metavar="ID")
@click.option("--reason", default="", metavar="TEXT", help="Why; is public.")
@_who_option
@_submissions_option
@json_option
def give_back(request_id: str, place: str, who: str | None, reason: str, as_json: bool) -> None:
    """Give a request back that you took: it waits again, in its old place."""
    from warmbench_leaderboard.requests.run_request import State

    _move(place, request_id, State.WAITING, who, reason, as_json)


def _open(place: str) -> Submissions:
    from warmbench_leaderboard.requests.submissions import open_submissions

    return open_submissions(place, note=lambda text: click.echo(text, err=True))


def _move(
    place: str, request_id: str, state: State, who: str | None, reason: str, as_json: bool
) -> None:

    submissions = _open(place)
    moved = submissions.queue.move(request_id, state, who or submissions.who(), reason)
    if as_json:
        print_json(_json(moved))
    else:
        click.echo(f"{request_id}: {moved.state}")


def _carried_out(
    submissions: Submissions, request_id: str, who: str, options: dict[str, Any], as_json: bool
) -> str:
    """Runs it and hands it in; gives where. The request says how far it is."""
    from warmbench.cli.print_verification import print_step
    from warmbench.engines.engine import EngineOptions
    from warmbench.run.progress import RunProgress
    from warmbench_leaderboard.requests.carry_out import RunPlan, bundle_of, run_it
    from warmbench_leaderboard.requests.requested_study import requested_study
    from warmbench_leaderboard.requests.run_request import State

    queue = submissions.queue
    request = queue.find(request_id)
    study = requested_study(request, options["engine"], options["warm"])
    engine_options = EngineOptions(concurrency=options["concurrency"], device=options["device"])
    plan = RunPlan(study, options["out"], options["data"], engine_options)
    request = queue.run(request_id, who)
    with RunProgress({}) as progress:
        folder = run_it(plan, progress)
    release = Path(plan.data).expanduser()
    where = bundle_of(
        folder,
        request,
        who,
        queue.now().date(),
        submissions.hand_in,
        release=release if release.is_dir() else None,
        on_step=(lambda step: None) if as_json else print_step,
    )
    queue.move(request_id, State.DONE, who, where)
    return where


def _pair(request: RunRequest) -> str:
    warm = request.warm.model_id if request.warm else "to be tuned by the recipe"
    return f"{request.original.model_id} against {warm}"


def _json(request: RunRequest) -> dict[str, Any]:
    return request.model_dump(mode="json")


def _print_queue(shown: list[RunRequest], snapshot: Snapshot) -> None:
    from rich.console import Console
    from rich.markup import escape

    from warmbench.report.console.table import plain_table

    table = plain_table(
        None, "request", "original", "warm", "parameters", "state", "since", "by", "note", left=8
    )
    for request in shown:
        last = request.last
        table.add_row(
            request.request_id,
            escape(request.original.model_id),
            escape(request.warm.model_id if request.warm else "by the recipe"),
            f"{request.original.parameters / 1e9:,.1f} B",
            request.state.value,
            f"{last.when:%Y-%m-%d}",
            escape(last.who),
            escape(last.note),
        )
    console = Console(highlight=False)
    console.print(table if shown else "No request is open")
    for name, why in snapshot.broken.items():
        click.echo(f"{name}: left out, {why}", err=True)
