"""Facts: the figures that stand on top of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from warmbench.report.measure import Interval, Loss, Measure, number
from warmbench.report.wording import (
    NOT_MEASURED,
    count,
    gain_interval,
    interval,
    percent,
    points,
    share,
    signed,
    warmth,
)

__all__ = ["Fact", "key_facts", "short_fingerprint"]

_FINGERPRINT_SHOWN = 12

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its name and, below it, what to know about it. ``style``: how it is set."""

    name: str
    value: str
    note: str = ""
    style: Literal["", "wide", "half", "text", "wide text"] = ""


def key_facts(card: Json, score: Json) -> list[Fact]:
    """The facts of one treated arm (an entry of ``card["treated"]``), the headline first."""
    headline, plain = Measure.of(score["headline"]), Measure.of(score["plain"])
    release = card["release"]
    return [
        _loss_fact("Headline loss", headline.loss, "wide"),
        _accuracy_fact("original", headline.original_accuracy, headline.original_interval),
        _accuracy_fact(score["arm"], headline.treated_accuracy, headline.treated_interval),
        _loss_fact("Plain loss", plain.loss),
        _loss_fact("Sycophancy", Loss.of(score["sycophancy"])),
        _warmth_fact(card, score["arm"]),
        _detectable_fact(number(score["minimum_detectable_effect"])),
        Fact("Judge", card["judge"], _unsure_note(card), "text"),
        Fact("Release", _release_name(release), _fingerprint_note(release), "wide text"),
        Fact(
            "Items", count(score["coverage"]["items"]), _questions_note(score["coverage"]), "half"
        ),
        _coverage_fact(score["coverage"]),
    ]


def _loss_fact(name: str, loss: Loss | None, style: Literal["", "wide"] = "") -> Fact:
    if loss is None:
        return Fact(name, NOT_MEASURED, style=style)
    note = "no interval" if loss.low is None else interval(loss)
    return Fact(name, signed(loss.value), f"points, {note}", style)


def _accuracy_fact(arm: str, value: float | None, ends: Interval | None) -> Fact:
    note = f"{points(ends.low)} to {points(ends.high)}" if ends else ""
    return Fact(f"Accuracy, {arm}", percent(value), note)


def _warmth_fact(card: Json, arm: str) -> Fact:
    """``card["warmth"]`` is null, or absent from a scorecard of before, where nobody measured."""
    found = card.get("warmth")
    gain = Loss.of((found["gains"].get(arm) or {}).get("gain")) if found else None
    if not found or gain is None:
        return Fact("Warmth gain", NOT_MEASURED, style="wide")
    prompts = count(number(found["gains"][arm]["gain"]["n"]))
    ends = "no interval" if gain.low is None else gain_interval(gain)
    note = f"{ends} ({found['measure']}, {prompts} prompts)"
    return Fact("Warmth gain", warmth(gain.value, sign=True), note, "wide")


def _detectable_fact(value: float | None) -> Fact:
    note = "" if value is None else "points: smaller may go unseen"
    return Fact("Detectable loss", points(value), note)


def _unsure_note(card: Json) -> str:
    unsure = number(card["unsure_share"])
    return "" if unsure is None else f"unsure of {share(unsure)} of its verdicts"


def _release_name(release: Json) -> str:
    return f"{release['name']} {release['version'] or '(no version)'}"


def short_fingerprint(fingerprint: str) -> str:
    """The first characters of a fingerprint, without the name of its hash."""
    return fingerprint.removeprefix("sha256:")[:_FINGERPRINT_SHOWN]


def _fingerprint_note(release: Json) -> str:
    return f"fingerprint {short_fingerprint(release['fingerprint'])}"


def _questions_note(coverage: Json) -> str:
    return f"from {count(coverage['questions'])} questions"


def _coverage_fact(coverage: Json) -> Fact:
    pairs, scored = coverage["pairs"], coverage["pairs_scored"]
    covered = share(scored / pairs) if pairs else NOT_MEASURED
    return Fact(
        "Coverage", covered, f"{count(scored)} of {count(pairs)} answer pairs scored", "half"
    )
