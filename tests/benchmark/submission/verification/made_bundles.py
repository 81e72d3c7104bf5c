"""Bundles of real runs in which scripted arms answer: on the open release, or on a part of it that
is a release of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa

from tests.benchmark.submission.verification.bots import Answering, knows
from warmbench.conditions import PAPER_TASKS
from warmbench.data.release import (
    ConfigContent,
    Release,
    SourceRecord,
    open_release_path,
    read_release,
    write_release,
)
from warmbench.data.table import read_rows
from warmbench.engines.scripted import ScriptedEngine
from warmbench.folders import write_json
from warmbench.records.item import Item
from warmbench.records.run import RunRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Study, Treatment
from warmbench.running.folder import RunFolder
from warmbench.running.prompt_set import choose_prompts
from warmbench.running.runner import run_study
from warmbench.running.selection import select_items
from warmbench.submission.bundle.json_lines import to_json_lines
from warmbench.submission.bundle.submission import Access, SubmittedModel, Submitter
from warmbench.submission.bundle.write_bundle import write_bundle
from warmbench.submission.handing_in.prepare_bundle import describe_run

__all__ = [
    "HONEST",
    "change_json",
    "change_rows",
    "honest_bundle",
    "make_bundle",
    "make_run",
    "open_release",
    "small_release",
]

HONEST: Mapping[str, Answering] = {"original": knows(0.85), "warm": knows(0.6, warm=True)}


@cache
def open_release() -> Release:
    return read_release(open_release_path())


def small_release(questions: int = 2) -> Release:
    """So many questions a task of the open release, in every context and belief."""
    return _made_release(questions)


@cache  # of one name for each: a call with the default is the same release
def _made_release(questions: int) -> Release:
    source = open_release()
    items = select_items(source.items(), Selection(limit=questions))
    folder = Path(mkdtemp(prefix="warmbench-small-"))
    record = SourceRecord(
        name="open", revision="1", license="CC-BY-4.0", read=questions, kept=questions, dropped={}
    )
    contents = [
        ConfigContent(task, record, [i for i in items if i.task == task]) for task in PAPER_TASKS
    ]
    return write_release(
        folder,
        contents,
        version="9.0.0",
        metric_version="1.0.0",
        seed=0,
    )


@cache
def _items(release: Path) -> tuple[Item, ...]:
    return tuple(select_items(read_release(release).items(), Selection()))


def make_run(
    out: Path,
    arms: Mapping[str, Answering],
    release: Release,
    *,
    model: str = "honest-7b",
    prompts: int = 100,
    closing_tokens: int = 0,
) -> RunFolder:
    """A finished run of scripted arms."""
    study = Study(
        arms=tuple(Arm(name=arm, model=f"scripted:{model}-{arm}") for arm in arms),
        treatment=Treatment.FINE_TUNE,
        closing_tokens=closing_tokens,
    )
    selection = Selection(warmth_prompts=prompts)
    chosen, items = choose_prompts(study, selection), _items(release.path)
    known = {item.item_id: item for item in items}
    engines = {
        arm: ScriptedEngine(
            lambda request, answering=answering: answering(request, known.get(request.item_id)),
            model=f"{model}-{arm}",
        )
        for arm, answering in arms.items()
    }
    record = RunRecord(
        study=study,
        release=release.record(),
        selection=selection,
        engines={arm: dict(engine.identity()) for arm, engine in engines.items()},
        items=len(items),
        prompts=len(chosen.prompts),
        prompt_release=chosen.release,
    )
    folder = RunFolder.create(out, record, items, chosen.prompts)
    run_study(study, engines, items, folder, prompts=chosen.prompts)
    return folder


def make_bundle(
    out: Path,
    arms: Mapping[str, Answering],
    release: Release,
    *,
    model: str = "honest-7b",
    prompts: int = 100,
    closing_tokens: int = 0,
) -> Path:
    """The bundle of such a run, as a folder beside it."""
    run = make_run(
        out / "run",
        arms,
        release,
        model=model,
        prompts=prompts,
        closing_tokens=closing_tokens,
    )
    submission = describe_run(
        run,
        SubmittedModel(name=model, access=Access.OPEN, parameters_b=7.0),
        Submitter(name="Ann", contact="ann@example.org"),
        date(2026, 11, 24),
    )
    write_bundle(run, submission, out / "bundle")
    return out / "bundle"


@cache
def honest_bundle() -> Path:
    """One bundle of an honest pair on ``small_release``. Leave it as it is."""
    return make_bundle(Path(mkdtemp(prefix="warmbench-honest-")), HONEST, small_release())


def change_json(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Rewrite a JSON file of a bundle."""
    found = json.loads(path.read_text(encoding="utf-8"))
    change(found)
    write_json(path, found)


def change_rows(
    path: Path,
    change: Callable[[list[dict[str, Any]]], Sequence[dict[str, Any]]],
    schema: pa.Schema,
) -> None:
    """Rewrite a table of a bundle."""
    path.write_bytes(b"".join(to_json_lines(change(read_rows(path)), schema)))
