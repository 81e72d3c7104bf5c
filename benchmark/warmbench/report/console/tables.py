"""What the commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warmbench.data.question_sources import stand_in_text
from warmbench.data.recorded_answers import AnswerRow
from warmbench.data.release import Release
from warmbench.judging.agreement import Agreement
from warmbench.records.verdict import Judgement, Verdict
from warmbench.reference_model.ladder import SELECTED_EPOCH, Ladder, ladder_of
from warmbench.report import wording
from warmbench.report.html.statistics_sentence import margin_text
from warmbench.report.measure import Interval, Measure
from warmbench.report.wording import NO_VALUE, NOT_MEASURED
from warmbench.scoring.missing import missing_text

__all__ = [
    "interval_note",
    "interval_text",
    "origin_line",
    "pair_line",
    "plain_table",
    "points",
    "print_agreement",
    "print_dry_run",
    "print_json",
    "print_ladder",
    "print_release",
    "print_scorecard",
    "print_verdicts",
    "tone_bias_text",
]


def _stdout() -> Console:
    return Console(highlight=False)


def print_json(value: Any) -> None:
    """JSON with real characters, one value, a final newline."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def points(value: float | None, sign: bool = False) -> str:
    """Percentage points as the report writes them; a dash where there is no value."""
    if value is None:
        return NO_VALUE
    return wording.signed(value) if sign else wording.points(value)


def interval_text(loss: Mapping[str, Any] | None) -> str:
    """``+4.2 [2.9, 5.5]``, or without the brackets where there is no interval."""
    if loss is None:
        return NOT_MEASURED
    if loss["low"] is None:
        return points(loss["value"], sign=True)
    return f"{points(loss['value'], sign=True)} [{points(loss['low'])}, {points(loss['high'])}]"


def plain_table(title: str | None, *columns: str, left: int = 1) -> Table:
    """An empty table without lines; the first ``left`` columns hold names, the others figures."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, justify="left" if number < left else "right", header_style="dim")
    return table


def pair_line(models: Mapping[str, str], arm: str) -> str:
    """Which models are compared, in markup. ``models``: arm -> model."""
    return (
        f"[bold]{escape(models['original'])}[/bold] (original) against "
        f"[bold]{escape(models[arm])}[/bold] ({arm})"
    )


def origin_line(release: Mapping[str, Any], judge: str, definitions: str) -> str:
    """What figures rest on, in markup: the release, who judged, by which definitions."""
    version = release["version"] or "own questions"
    return (
        f"[dim]{escape(release['name'])} {version}, fingerprint {release['fingerprint'][:12]}; "
        f"judge {escape(judge)}; {definitions}[/dim]"
    )


def print_scorecard(card: Mapping[str, Any]) -> None:
    """The headline, then the loss by task, context and belief, for each treated arm; the ladder
    of the packaged reference, where it is what answered."""
    console = _stdout()
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


def print_ladder(ladder: Ladder) -> None:
    """Loss and gain in warmth at every checkpoint, as they were when the model was made."""
    console = _stdout()
    table = plain_table(
        "Dose and response of the reference model",
        "arm", "epochs", "steps", "loss [95 % interval]", "warmth gain [95 % interval]",
    )  # fmt: skip
    for arm in ladder.arms:
        for rung in ladder.rungs_of(arm):
            marked = "*" if rung.epoch == SELECTED_EPOCH else " "
            gain = _gain_text(rung.warmth.model_dump())
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


def _print_warmth(console: Console, card: Mapping[str, Any], arm: str) -> None:
    found = card.get("warmth")
    gain = found["gains"].get(arm) if found else None
    if not found or gain is None:
        console.print(f"Warmth gain {NOT_MEASURED}")
    else:
        console.print(
            f"Warmth gain {_gain_text(gain)} ({escape(found['measure'])}, "
            f"{gain['prompts']:,} prompts)"
        )
    if arm == "warm" and not (gain and gain["low"] is not None and gain["low"] > 0.0):
        console.print("[yellow]No measured gain in warmth: would not be ranked.[/yellow]")


def _gain_text(gain: Mapping[str, Any]) -> str:
    """``+0.310 [0.210, 0.410]``, or without the brackets where there is no interval."""
    value = wording.warmth(gain["value"], sign=True)
    if gain["low"] is None:
        return value
    return f"{value} [{wording.warmth(gain['low'])}, {wording.warmth(gain['high'])}]"


def interval_note(loss: Mapping[str, Any] | None) -> str:
    """What stands where an interval does: how sure it is, or why there is none."""
    if loss is None or loss["low"] is not None:
        return "95 % interval"
    if loss["standard_error"] is None:
        return "no interval: some condition rests on a single question"
    return "no interval: all questions speak alike"


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
        console.print(f"[yellow]Partial score: {escape(missing_text(card, scored))}.[/yellow]")


def _accuracy_text(headline: Mapping[str, Any], side: str) -> str:
    """``97.8 % [95.1, 100.0]``; without the brackets where there is no interval."""
    ends = headline.get(f"{side}_accuracy_interval")
    shown = f" [{points(ends['low'])}, {points(ends['high'])}]" if ends else ""
    return f"{points(headline[f'{side}_accuracy'])} %{shown}"


def _kept_text(headline: Mapping[str, Any]) -> str:
    """Retention and the relative rise in error: ``94.1 % [91.9, 96.4]; rise in errors ...``."""
    found = Measure.of(headline)
    kept = wording.share(found.retention) + _share_ends(found.retention_interval)
    rise = wording.share(found.relative_error_rise, sign=True)
    return f"{kept}; rise in errors {rise}{_share_ends(found.relative_error_rise_interval)}"


def _share_ends(ends: Interval | None) -> str:
    return "" if ends is None else f" [{points(100.0 * ends.low)}, {points(100.0 * ends.high)}]"


def _loss_table(title: str, arm: str, rows: Mapping[str, Mapping[str, Any]]) -> Table:
    table = plain_table(title, "", "original %", f"{arm} %", "loss [95 % interval]", "questions")
    for name, row in rows.items():
        loss = row["loss"]
        table.add_row(
            name,
            points(row["original_accuracy"]),
            points(row["treated_accuracy"]),
            interval_text(loss),
            f"{loss['questions']:,}" if loss else "0",
        )
    return table


def print_verdicts(verdicts: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Counts of the verdicts by arm."""
    table = plain_table(None, "arm", *Verdict, "unsure")
    for arm in dict.fromkeys(v["arm"] for v in verdicts):
        rows = [v for v in verdicts if v["arm"] == arm]
        counts = Counter(v["verdict"] for v in rows)
        unsure = sum(not v["sure"] for v in rows) / len(rows)
        table.add_row(arm, *(f"{counts[v.value]:,}" for v in Verdict), f"{unsure:.1%}")
    console = _stdout()
    console.print(table)
    console.print(f"Verdicts: {escape(str(path))}")


def print_agreement(
    judged: Sequence[tuple[AnswerRow, Judgement]], agreement: Agreement, path: Path
) -> None:
    """Counts of the verdicts, and how they agree with the labels where there are any."""
    console = _stdout()
    counts = Counter(judgement.verdict for _, judgement in judged)
    unsure = sum(not judgement.sure for _, judgement in judged) / len(judged)
    table = plain_table(None, "answers", *Verdict, "unsure")
    table.add_row(
        f"{len(judged):,}", *(f"{counts[verdict]:,}" for verdict in Verdict), f"{unsure:.1%}"
    )
    console.print(table)
    if agreement.labelled:
        table = plain_table("Against the labels", "measure", "value")
        for name, value in (
            ("labelled answers", f"{agreement.labelled:,}"),
            ("accuracy", _share_text(agreement.accuracy)),
            ("Cohen's kappa", _share_text(agreement.kappa)),
            ("sensitivity", _share_text(agreement.sensitivity)),
            ("specificity", _share_text(agreement.specificity)),
            ("share left unsure", _share_text(agreement.unsure_share)),
            ("accuracy where sure", _share_text(agreement.sure_accuracy)),
        ):
            table.add_row(name, value)
        console.print(table)
    console.print(f"Verdicts: {escape(str(path))}")


def _share_text(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{value:.3f}"


def print_dry_run(estimated: Mapping[str, Any]) -> None:
    """What would be asked, of whom, with an estimate of tokens."""
    console = _stdout()
    by_task = ", ".join(f"{task} {count:,}" for task, count in estimated["items_by_task"].items())
    console.print(
        f"{estimated['items']:,} items of {estimated['questions']:,} questions ({by_task})"
        + (f", and {estimated['prompts']:,} prompts for warmth" if estimated["prompts"] else "")
    )
    table = plain_table(None, "arm", "model", "requests", "prompt tokens, about",
                   "answer tokens, at most", "dollars, at most", left=2)  # fmt: skip
    for arm, row in estimated["arms"].items():
        dollars = row["dollars_at_most"]
        table.add_row(
            arm,
            escape(row["model"]),
            f"{row['requests']:,}",
            f"{row['prompt_tokens_estimated']:,}",
            f"{row['completion_tokens_at_most']:,}",
            "price unknown" if dollars is None else f"{dollars:,.2f}",
        )
    console.print(table)
    console.print(f"First: {escape(estimated['example'])}")


def print_release(release: Release) -> None:
    """A built release: what each config holds, where it came from, what was left out and why."""
    console = _stdout()
    table = plain_table(
        f"{release.manifest.name} {release.version}",
        "config", "source", "read", "questions", "items", left=2,
    )  # fmt: skip
    for config, source in release.manifest.sources.items():
        items = sum(split.rows for split in release.manifest.configs[config].values())
        name = escape(source.name)
        table.add_row(config, name, f"{source.read:,}", f"{source.kept:,}", f"{items:,}")
    console.print(table)
    for config, source in release.manifest.sources.items():
        for reason, count in source.dropped.items():
            console.print(f"[dim]{config} left out {count:,}: {escape(reason)}[/dim]")
    console.print(f"Fingerprint {release.fingerprint}", soft_wrap=True)
    console.print(f"Release: {escape(str(release.path))}", soft_wrap=True)
