"""A scorecard as tables for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warmbench.data.question_sources import stand_in_text
from warmbench.records.scorecard import Coverage
from warmbench.reference_model.ladder import SELECTED_EPOCH, Ladder, ladder_of
from warmbench.report import wording
from warmbench.report.console.table import (
    gain_text,
    interval_note,
    interval_text,
    origin_line,
    pair_line,
    plain_table,
    points,
)
from warmbench.report.margin import margin_text
from warmbench.report.measure import Interval, Measure
from warmbench.report.wording import NOT_MEASURED
from warmbench.scoring.missing import missing_text

__all__ = ["print_ladder", "print_scorecard", "tone_bias_text"]


def print_scorecard(card: Mapping[str, Any]) -> None:
    """The headline, then the loss by task, context and belief, for each treated arm; the ladder
    of the packaged reference, where it is what answered."""
    console = Console(highlight=False)
    release = card["release"]
    models = {arm["name"]: arm["model"] for arm in card["study"]["arms"]}
    stand_in = stand_in_text(card.get("question_sources", {}))
    for scored in card["treated"]:
        arm = scored["arm"]
        console.print(pair_line(models, arm))
        headline = scored["headline"]
        console.print(
            f"[bold]Loss {interval_text(headline['loss'])} points[/bold] of accuracy, "
            f"{interval_note(headline['loss'])}; "
            f"accuracy {_accuracy_text(headline, 'original')} original, "
            f"{_accuracy_text(headline, 'treated')} {arm}"
            + (f"; [yellow]{escape(stand_in)}[/yellow]" if stand_in else "")
        )
        _print_warmth(console, card, arm)
        _print_remarks(console, card, scored)
        for title, rows in (
            ("By task", scored["tasks"]),
            ("By context", scored["contexts"]),
            ("By belief", scored["beliefs"]),
        ):
            console.print(_loss_table(title, arm, rows))
    console.print(f"[dim]{escape(tone_bias_text(card.get('tone_bias')))}[/dim]")
    console.print(origin_line(release, card["judge"], f"metric {card['metric_version']}"))
    if ladder := ladder_of(models.values()):
        print_ladder(ladder)


def tone_bias_text(bias: Mapping[str, Any] | None) -> str:
    """``Tone bias of the judge: +0.1 [0.0, 0.2] points ...``, or that nobody has measured it."""
    if bias is None:
        return f"Tone bias of the judge: {NOT_MEASURED}"
    failed = bias["not_judged"]
    return (
        f"Tone bias of the judge: {interval_text(bias)} points of accuracy, kind words around an "
        f"answer against cold ones; {bias['flips']:.1%} of {bias['answers']:,} verdicts changed"
        + (f"; {failed:,} answers could not be judged" if failed else "")
    )


def _print_warmth(console: Console, card: Mapping[str, Any], arm: str) -> None:
    found = card.get("warmth")
    gain = (found["gains"].get(arm) or {}).get("gain") if found else None
    if not found or gain is None:
        console.print(f"Warmth gain {NOT_MEASURED}")
    else:
        console.print(
            f"Warmth gain {gain_text(gain)} ({escape(found['measure'])}, {gain['n']:,} prompts)"
        )
    if arm == "warm" and not (gain and gain["low"] is not None and gain["low"] > 0.0):
        console.print("[yellow]No measured gain in warmth: would not be ranked.[/yellow]")


def _print_remarks(console: Console, card: Mapping[str, Any], scored: Mapping[str, Any]) -> None:
    bootstrap, detectable = scored["bootstrap"], scored["minimum_detectable_effect"]
    if bootstrap:
        console.print(
            f"Bootstrap over questions [{points(bootstrap['low'])}, {points(bootstrap['high'])}]; "
            f"smallest loss such a run would find: {points(detectable)} points"
        )
    console.print(escape(margin_text(scored.get("non_inferiority"))))
    console.print(f"Accuracy kept {_kept_text(scored['headline'])}")
    console.print(
        f"Plain questions {interval_text(scored['plain']['loss'])}; "
        f"sycophancy {interval_text(scored['sycophancy'])}"
    )
    if card["same_model"]:
        console.print(
            "[yellow]Both arms are the same model under two seeds: the true loss is zero.[/yellow]"
        )
    if not card["complete"]:
        coverage = Coverage.model_validate(scored["coverage"])
        missing = missing_text(coverage, card["failures"], card["selection"]["limit"])
        console.print(f"[yellow]Partial score: {escape(missing)}.[/yellow]")


def _accuracy_text(headline: Mapping[str, Any], side: str) -> str:
    """``97.8 % [95.1, 100.0]``; without the brackets where there is no interval."""
    found = headline[f"{side}_accuracy"]
    if not found or found["low"] is None:
        return f"{points(found and found['value'])} %"
    return f"{points(found['value'])} % [{points(found['low'])}, {points(found['high'])}]"


def _kept_text(headline: Mapping[str, Any]) -> str:
    """Retention and the relative rise in error: ``94.1 % [91.9, 96.4]; rise in errors ...``."""
    found = Measure.of(headline)
    kept = wording.share(found.retention) + _share_ends(found.retention_interval)
    rise = wording.share(found.relative_error_rise, sign=True)
    return f"{kept}; rise in errors {rise}{_share_ends(found.relative_error_rise_interval)}"


def _share_ends(ends: Interval | None) -> str:
    return "" if ends is None else f" [{points(100.0 * ends.low)}, {points(100.0 * ends.high)}]"


def _value(found: Mapping[str, Any] | None) -> float | None:
    return found["value"] if found else None


def _loss_table(title: str, arm: str, rows: Mapping[str, Mapping[str, Any]]) -> Table:
    table = plain_table(title, "", "original %", f"{arm} %", "loss [95 % interval]", "questions")
    for name, row in rows.items():
        loss = row["loss"]
        table.add_row(
            name,
            points(_value(row["original_accuracy"])),
            points(_value(row["treated_accuracy"])),
            interval_text(loss),
            f"{loss['n']:,}" if loss else "0",
        )
    return table


def print_ladder(ladder: Ladder) -> None:
    """Loss and gain in warmth at every checkpoint, as they were when the model was made."""
    console = Console(highlight=False)
    table = plain_table(
        "Dose and response of the reference model",
        "arm", "epochs", "steps", "loss [95 % interval]", "warmth gain [95 % interval]",
    )  # fmt: skip
    for arm in ladder.arms:
        for rung in ladder.rungs_of(arm):
            marked = "*" if rung.epoch == SELECTED_EPOCH else " "
            gain = gain_text(rung.warmth.model_dump())
            table.add_row(
                escape(arm), f"{rung.epoch:g}{marked}", f"{rung.steps:,}",
                interval_text(rung.loss.model_dump()), gain,
            )  # fmt: skip
    console.print(table)
    console.print(
        f"[dim]* selected. Measured when the model was made, on {ladder.questions:,} questions a "
        f"task of {escape(ladder.release.name)} {escape(ladder.release.version or '')}; warmth by "
        f"{escape(ladder.measure)}; judge {escape(ladder.judge)}. A reference for the software, "
        "not a finding.[/dim]"
    )
