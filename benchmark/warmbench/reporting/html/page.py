"""The page: a scorecard and some examples as one HTML file that asks no host for anything."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec, parse_model_spec
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.records.study import Arm
from warmbench.reference_model.ladder import Ladder
from warmbench.reporting.answers import RunRows
from warmbench.reporting.figures.dose import dose_figure, dose_note, dose_sentence
from warmbench.reporting.figures.error import error_figure, error_sentence
from warmbench.reporting.figures.heat_map import heat_map_sentence, loss_heat_map
from warmbench.reporting.figures.theme import DARK, LIGHT, Picture
from warmbench.reporting.html.closing_section import ClosingSection, closing_section
from warmbench.reporting.html.environment import html_environment
from warmbench.reporting.html.example import Example
from warmbench.reporting.html.headline import (
    Fact,
    gap_sentences,
    headline_sentence,
    key_facts,
    partial_sentences,
    stand_in_sentence,
)
from warmbench.reporting.html.judge_section import judge_section
from warmbench.reporting.html.loss_tables import cell_table
from warmbench.reporting.html.statistics_section import Statistics, statistics_of
from warmbench.reporting.html.study_tables import dose_table, response_table, warmth_table
from warmbench.reporting.html.table import Table
from warmbench.reporting.judge_sentences import judge_sentences
from warmbench.reporting.reply_sentences import reply_sentences, request_sentences
from warmbench.reporting.wording import label

__all__ = ["render_report"]

_REFERENCE_MODEL = "reference"

_NO_ROWS = RunRows()


@dataclass(frozen=True, slots=True)
class _Section:
    """All that the page says of one treated arm. ``errors``: one picture a task."""

    key: str
    arm: str
    headline: str
    stand_in: str
    notes: tuple[str, ...]
    gaps: tuple[str, ...]
    facts: tuple[Fact, ...]
    judged: tuple[str, ...]
    errors: tuple[Picture, ...]
    heat_map: Picture
    statistics: Statistics
    cells: Table
    examples: tuple[Example, ...]
    closing: ClosingSection | None

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return (*self.errors, self.heat_map, *self.statistics.pictures)


@dataclass(frozen=True, slots=True)
class _Dose:
    """What the page says of a ladder. ``note``: what it was measured on."""

    note: str
    picture: Picture
    table: Table


def render_report(
    scorecard: Scorecard,
    examples: Sequence[Example],
    ladder: Ladder | None = None,
    rows: RunRows = _NO_ROWS,
) -> str:
    """The report as HTML: the same text for the same input, and nothing else is read.

    Numbers of ``scorecard`` that are None read "not measured". ``examples``: for all arms
    together. ``ladder``: that of the packaged reference, where it is what answered; it is shown in
    a section of its own. ``rows``: what no scorecard holds; what is empty there is left out.
    """
    sections = [
        _section(scorecard, score, number, examples, rows)
        for number, score in enumerate(scorecard.treated, start=1)
    ]
    dose = _dose(ladder) if ladder else None
    judge = judge_section(scorecard, rows)
    others = [picture for picture in (judge.picture, dose and dose.picture) if picture]
    pictures = [*(p for s in sections for p in s.pictures), *others]
    source = (
        files("warmbench.reporting.html").joinpath("page.html.jinja").read_text(encoding="utf-8")
    )
    environment = html_environment()
    environment.filters["csp_hash"] = _csp_hash
    template = environment.from_string(source)
    return template.render(
        card=scorecard,
        models={arm.name: _model_name(arm) for arm in scorecard.study.arms},
        is_reference=_is_reference(scorecard),
        sections=sections,
        responses=response_table(scorecard, rows.words),
        judge=judge,
        warmth=warmth_table(scorecard),
        prompt_release=scorecard.warmth.release if scorecard.warmth else None,
        dose=dose,
        plotly_js=get_plotlyjs(),
        figures={p.key: _json(p.figure) for p in pictures if not p.is_empty},
        themes={"light": LIGHT.to_plotly_json(), "dark": DARK.to_plotly_json()},
        recipe=json.dumps(scorecard.study.recipe, indent=2, ensure_ascii=False),
    )


def _csp_hash(script: str) -> str:
    """The source expression that lets this script run, and no other."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _section(
    card: Scorecard, score: ArmScore, number: int, examples: Sequence[Example], rows: RunRows
) -> _Section:
    key, arm = f"arm-{number}", score.arm
    return _Section(
        key=key,
        arm=arm,
        headline=headline_sentence(score, same_model=card.same_model and number == 1),
        stand_in=stand_in_sentence(card),
        notes=(*reply_sentences(card, score), *request_sentences(card, arm)),
        gaps=(*gap_sentences(score), *(() if card.complete else partial_sentences(card))),
        facts=tuple(key_facts(card, score)),
        judged=tuple(judge_sentences(card, score, rows.audit)),
        errors=tuple(_error_pictures(score, key)),
        heat_map=Picture(
            f"{key}-heat-map",
            "Heat map of the loss by context and task",
            loss_heat_map(score.contexts_by_task),
            heat_map_sentence(score.contexts_by_task),
        ),
        statistics=statistics_of(score, card, rows, key),
        cells=cell_table(score),
        examples=tuple(example for example in examples if example.treated_arm == arm),
        closing=closing_section(card, score, rows.closing_differences),
    )


def _dose(ladder: Ladder) -> _Dose:
    picture = Picture(
        "dose",
        "Line chart of loss and warmth gain over the epochs of tuning",
        dose_figure(ladder),
        dose_sentence(ladder),
    )
    return _Dose(dose_note(ladder), picture, dose_table(ladder))


def _error_pictures(score: ArmScore, key: str) -> Iterator[Picture]:
    """One panel a task; the page has one legend for all."""
    for number, task in enumerate(score.tasks, start=1):
        figure = error_figure(score.cells, task, score.arm).update_layout(showlegend=False)
        words = error_sentence(score.cells, task, score.arm)
        yield Picture(f"{key}-errors-{number}", label(task), figure, words)


def _json(figure: go.Figure) -> Any:
    """The figure as plain JSON, without its template: the page puts in that of its theme."""
    plain = json.loads(figure.to_json())
    del plain["layout"]["template"]
    return plain


def _model_name(arm: Arm) -> str:
    """What to call the model of an arm: the name in its spec, and that it was instructed."""
    spec = _spec(arm)
    if spec is None:
        return arm.model
    name = f"{spec.name}+{spec.adapter}" if spec.adapter else spec.name
    return f"{name} with a system prompt" if arm.system else name


def _is_reference(card: Scorecard) -> bool:
    """Whether WarmBench's own small model answered, which shows the software and finds nothing."""
    specs = [_spec(arm) for arm in card.study.arms]
    return any(spec is not None and spec.name == _REFERENCE_MODEL for spec in specs)


def _spec(arm: Arm) -> ModelSpec | None:
    """The model as it was asked for; None where a scorecard from elsewhere names it otherwise."""
    try:
        return parse_model_spec(arm.model)
    except UsageError:
        return None
