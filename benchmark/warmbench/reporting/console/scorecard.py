"""A scorecard as tables for people."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warmbench.data.question_sources import stand_in_text
from warmbench.records.arm_replies import ArmReplies
from warmbench.records.audit import Audit
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import ArmScore, Measure, Scorecard
from warmbench.records.tone_bias import ToneBias
from warmbench.reference_model.ladder import SELECTED_EPOCH, Ladder, ladder_of
from warmbench.reporting import wording
from warmbench.reporting.closing_sentences import closing_sentences
from warmbench.reporting.console.judge_check import judge_check_text
from warmbench.reporting.console.table import (
    gain_text,
    interval_note,
    interval_text,
    origin_line,
    pair_line,
    plain_table,
    points,
)
from warmbench.reporting.judge_sentences import judge_sentences
from warmbench.reporting.reply_sentences import reply_sentences, request_sentences
from warmbench.reporting.wording import NO_VALUE, NOT_MEASURED, PACKAGED_TONE, margin_text
from warmbench.statistics.replies import KINDS

__all__ = ["print_ladder", "print_scorecard", "tone_bias_text"]


def print_scorecard(card: Scorecard, audit: Audit | None = None) -> None:
    """The headline, then the loss by task, context and belief, for each treated arm; the ladder
    of the packaged reference, where it is what answered. ``audit``: that of the run, if any."""
    console = Console(highlight=False)
    stand_in = stand_in_text(card.question_sources)
    for score in card.treated:
        arm = score.arm
        console.print(pair_line(card.models, arm))
        console.print(
            _headline_text(score.headline, arm)
            + (f"; [yellow]{escape(stand_in)}[/yellow]" if stand_in else "")
        )
        _print_notes(console, card, score)
        for sentence in judge_sentences(card, score, audit):
            console.print(escape(sentence))
        _print_warmth(console, card, arm)
        _print_remarks(console, card, score)
        for sentence in closing_sentences(card, score):
            console.print(escape(sentence))
        for title, rows in (
            ("By task", score.tasks),
            ("By context", score.contexts),
            ("By belief", score.beliefs),
        ):
            if rows:
                console.print(_loss_table(title, arm, rows), crop=False)
        if score.statistics:
            console.print(_statistics_table(score), crop=False)
    if card.replies:
        console.print(_reply_table(card.replies), crop=False)
    console.print(f"[dim]{escape(_tone_text(card))}[/dim]")
    console.print(f"[dim]{escape(judge_check_text(card.judge_check))}[/dim]")
    console.print(origin_line(card.release, card.judge, f"metric {card.metric_version}"))
    if ladder := ladder_of(card.models.values()):
        print_ladder(ladder)


def _tone_text(card: Scorecard) -> str:
    text = tone_bias_text(card.tone_bias)
    return f"{text} ({PACKAGED_TONE})" if card.tone_bias_packaged else text


def tone_bias_text(bias: ToneBias | None) -> str:
    """``Tone bias of the judge: +0.1 [0.0, 0.2] points ...``, or that nobody has measured it."""
    if bias is None:
        return f"Tone bias of the judge: {NOT_MEASURED}"
    failed = bias.not_judged
    value = interval_text(Estimate(bias.value, bias.low, bias.high))
    return (
        f"Tone bias of the judge: {value} points of accuracy, kind words around an answer against "
        f"cold ones; {bias.flips:.1%} of {bias.answers:,} verdicts changed"
        + (f"; {failed:,} answers could not be judged" if failed else "")
    )


def _print_notes(console: Console, card: Scorecard, score: ArmScore) -> None:
    for sentence in reply_sentences(card, score):
        console.print(f"[bold yellow]{escape(sentence)}[/bold yellow]")
    for sentence in request_sentences(card, score.arm):
        console.print(f"[yellow]{escape(sentence)}[/yellow]")


def _print_warmth(console: Console, card: Scorecard, arm: str) -> None:
    gain = card.gain(arm)
    if card.warmth is None or gain is None:
        console.print(f"Warmth gain {NOT_MEASURED}")
    else:
        console.print(
            f"Warmth gain {gain_text(gain)} ({escape(card.warmth.measure)}, {gain.n:,} prompts)"
        )
    if arm == "warm" and not (gain and gain.above_zero):
        console.print("[yellow]No measured gain in warmth: would not be ranked.[/yellow]")


def _print_remarks(console: Console, card: Scorecard, score: ArmScore) -> None:
    bootstrap, detectable = score.bootstrap, score.minimum_detectable_effect
    if bootstrap:
        console.print(
            f"Bootstrap over questions [{points(bootstrap.low)}, {points(bootstrap.high)}]; "
            f"smallest detectable loss: {points(detectable)} points"
        )
    console.print(escape(margin_text(score.non_inferiority)))
    console.print(f"Accuracy kept {_kept_text(score.headline)}")
    console.print(
        f"Plain questions {interval_text(score.plain.loss)}; "
        f"sycophancy {interval_text(score.sycophancy)}"
    )
    if card.same_model:
        console.print(
            "[yellow]Both arms are the same model under two seeds: the true loss is zero.[/yellow]"
        )
    if missing := card.missing(score):
        console.print(f"[yellow]Partial score: {escape(missing)}.[/yellow]")


def _headline_text(headline: Measure, arm: str) -> str:
    if headline.loss is None:
        return f"[bold]Loss {NOT_MEASURED}[/bold]"
    return (
        f"[bold]Loss {interval_text(headline.loss)} points[/bold] of accuracy, "
        f"{interval_note(headline.loss)}; "
        f"accuracy {_accuracy_text(headline.original_accuracy)} original, "
        f"{_accuracy_text(headline.treated_accuracy)} {arm}"
    )


def _accuracy_text(found: Estimate | None) -> str:
    """``97.8 % [95.1, 100.0]``; without the brackets where there is no interval."""
    if found is None:
        return f"{NO_VALUE} %"
    ends = "" if found.low is None else f" [{points(found.low)}, {points(found.high)}]"
    return f"{points(found.value)} %{ends}"


def _kept_text(found: Measure) -> str:
    """Retention and the relative rise in error: ``94.1 % [91.9, 96.4]; rise in errors ...``."""
    rise = _ratio_text(found.relative_error_rise, sign=True)
    return f"{_ratio_text(found.retention)}; rise in errors {rise}"


def _ratio_text(found: Estimate | None, *, sign: bool = False) -> str:
    if found is None:
        return NOT_MEASURED
    text = wording.share(found.value, sign=sign)
    if found.low is None or found.high is None:
        return text
    return f"{text} [{points(100.0 * found.low)}, {points(100.0 * found.high)}]"


def _loss_table(title: str, arm: str, rows: Mapping[str, Measure]) -> Table:
    table = plain_table(title, "", "original %", f"{arm} %", "loss [95 % interval]", "questions")
    for name, row in rows.items():
        table.add_row(
            name,
            points(_value(row.original_accuracy)),
            points(_value(row.treated_accuracy)),
            interval_text(row.loss),
            f"{row.loss.n:,}" if row.loss else "0",
        )
    return table


def _statistics_table(score: ArmScore) -> Table:
    table = plain_table("Further statistics", "", "value [95 % interval]", "n")
    for name, found in wording.estimate_rows(score.statistics):
        table.add_row(name, interval_text(found), f"{found.n:,}" if found and found.n else NO_VALUE)
    return table


def _reply_table(replies: Mapping[str, ArmReplies]) -> Table:
    """Counts of what was asked and answered, the kinds as percent of what was asked."""
    table = plain_table(
        "Replies, % of requests",
        "arm", "asked", "answered", "cut", "empty", "filtered", "only reasoning", "failed",
    )  # fmt: skip
    for arm, found in replies.items():
        shares = [points(found.shares.get(kind, 0.0)) for kind in KINDS]
        table.add_row(escape(arm), f"{found.asked:,}", f"{found.answered:,}", *shares)
    return table


def _value(found: Estimate | None) -> float | None:
    return found.value if found else None


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
            gain = gain_text(rung.warmth)
            table.add_row(
                escape(arm), f"{rung.epoch:g}{marked}", f"{rung.steps:,}",
                interval_text(rung.loss), gain,
            )  # fmt: skip
    console.print(table, crop=False)
    console.print(
        f"[dim]* selected. Measured when the model was made, on {ladder.questions:,} questions a "
        f"task of {escape(ladder.release.name)} {escape(ladder.release.version or '')}; warmth by "
        f"{escape(ladder.measure)}; judge {escape(ladder.judge)}. A reference for the software, "
        "not a finding.[/dim]"
    )
