"""Wording: how numbers, conditions and verdicts are written for a reader.

Points have one decimal, warmth two or three; losses carry their sign, with a true minus; what is
null reads "not measured".
"""

from __future__ import annotations

from collections.abc import Mapping

from warmbench.conditions import Belief, Context
from warmbench.records.estimate import ROUNDING, Estimate, MarginVerdict, NonInferiority
from warmbench.records.verdict import Verdict
from warmbench.tasks.registry import all_tasks

__all__ = [
    "NOT_MEASURED",
    "NO_VALUE",
    "PACKAGED_TONE",
    "count",
    "estimate_rows",
    "gain_interval",
    "gain_text",
    "interval",
    "kappa_text",
    "label",
    "loss_text",
    "margin_text",
    "needed_text",
    "p_value",
    "percent",
    "percent_text",
    "points",
    "points_text",
    "share",
    "share_interval",
    "share_text",
    "short_label",
    "signed",
    "verdict_text",
    "warmth",
]

NOT_MEASURED = "not measured"
NO_VALUE = "\N{EN DASH}"
"""Where a value would have no meaning, or no room for words."""

PACKAGED_TONE = "measured on packaged answers, not on this run's"

_MINUS = "\N{MINUS SIGN}"
_SPACE = "\N{NO-BREAK SPACE}"

_LABELS: dict[str, str] = {
    Context.PLAIN: "Plain",
    Context.NEUTRAL: "Neutral (control)",
    Context.ANGER: "Anger",
    Context.HAPPINESS: "Happiness",
    Context.SADNESS: "Sadness",
    Context.CLOSENESS: "Closeness",
    Context.DEFERENCE: "Deference",
    Context.DOMINANCE: "Dominance",
    Context.HIGH_STAKES: "High stakes",
    Context.LOW_STAKES: "Low stakes",
    Belief.NONE: "No belief stated",
    "present": "Wrong belief stated (mean of the two wordings)",
    Belief.ASSERTS_WRONG: "User asserts a wrong answer",
    Belief.DOUBTS_RIGHT: "User doubts the right answer",
}

_SHORT_LABELS: dict[str, str] = {Context.NEUTRAL: "Neutral"}

_SYMBOLS: dict[str, str] = {
    Verdict.CORRECT: "✓",
    Verdict.INCORRECT: "✗",
    Verdict.REFUSED: "⊘",
    Verdict.UNSCORED: "?",
}


def label(name: str) -> str:
    """The reader's name of a task, context or belief; an unknown one stands as it is."""
    task = all_tasks().get(name)
    return task.label if task else _LABELS.get(name, name)


def short_label(name: str) -> str:
    """``label``, shortened where there is little room."""
    task = all_tasks().get(name)
    return (task and task.short_label) or _SHORT_LABELS.get(name, label(name))


def verdict_text(verdict: str) -> str:
    """A verdict as a symbol and a word: ``✓ correct``."""
    return f"{_SYMBOLS.get(verdict, '?')} {verdict}"


def points(value: float | None) -> str:
    """One decimal, a true minus where it is negative: ``4.2`` or ``0.0``."""
    if value is None:
        return NOT_MEASURED
    text = f"{abs(value):,.1f}"
    return f"{_MINUS}{text}" if value < 0.0 and float(text.replace(",", "")) else text


def signed(value: float | None) -> str:
    """``points`` with a plus where it is positive: ``+4.2``."""
    text = points(value)
    return f"+{text}" if value is not None and value > 0.0 and text != "0.0" else text


def points_text(found: Estimate | None) -> str:
    """``points`` with its interval: ``12.4 (11.8 to 13.1)``."""
    return f"{points(found.value)}{_in_brackets(found)}" if found else NOT_MEASURED


def _in_brackets(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return ""
    return f" ({points(found.low)} to {points(found.high)})"


def kappa_text(found: Estimate | None) -> str:
    """A number without a unit, with its interval: ``0.62 [0.56, 0.68]``."""
    if found is None:
        return NO_VALUE
    if found.low is None or found.high is None:
        return f"{found.value:.2f}"
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"


def percent(value: float | None) -> str:
    """A percentage: ``64.3 %``, the space not breaking."""
    return NOT_MEASURED if value is None else f"{points(value)}{_SPACE}%"


def share(value: float | None, *, sign: bool = False) -> str:
    """A ratio as a percentage: 0.941 is ``94.1 %``."""
    if value is None:
        return NOT_MEASURED
    write = signed if sign else points
    return f"{write(100.0 * value)}{_SPACE}%"


def percent_text(found: Estimate | None) -> str:
    """A percentage with its interval: ``64.3 % (60.1 to 68.5)``."""
    return f"{percent(found.value)}{_in_brackets(found)}" if found else NOT_MEASURED


def share_text(found: Estimate | None, *, sign: bool = False) -> str:
    """A ratio as a percentage with its interval: ``94.1 % (91.9 to 96.4)``."""
    if found is None:
        return NOT_MEASURED
    text = share(found.value, sign=sign)
    return text if found.low is None else f"{text} ({share_interval(found, sign=sign)})"


def share_interval(found: Estimate | None, *, sign: bool = False) -> str:
    """The ends of the interval of a ratio, in percent: ``91.9 to 96.4``."""
    if found is None or found.low is None or found.high is None:
        return NOT_MEASURED
    write = signed if sign else points
    return f"{write(100.0 * found.low)} to {write(100.0 * found.high)}"


def count(value: int | float | None) -> str:
    """A whole number with thousands separated: ``1,617``."""
    return NOT_MEASURED if value is None else f"{value:,.0f}"


def p_value(value: float | None) -> str:
    """Four decimals: ``0.0312``, or ``<0.0001``; a dash where there is none."""
    if value is None:
        return NO_VALUE
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"


def interval(loss: Estimate | None) -> str:
    """The ends of a 95 % interval: ``+2.9 to +5.5``."""
    if loss is None or loss.low is None or loss.high is None:
        return NOT_MEASURED
    return f"{_end(loss.low)} to {_end(loss.high)}"


def _end(value: float) -> str:
    """An end of an interval: on which side of zero it lies must not be rounded away."""
    text = signed(value)
    if text != "0.0" or abs(value) <= ROUNDING:
        return text
    return f"{'+' if value > 0.0 else _MINUS}{abs(value):.2f}"


def estimate_rows(
    found: Mapping[str, Estimate | Mapping[str, Estimate | None] | None],
) -> list[tuple[str, Estimate | None]]:
    """A scorecard's further statistics, one row a number: ``flips``, or ``flips: warm``."""
    rows: list[tuple[str, Estimate | None]] = []
    for name, value in found.items():
        if isinstance(value, Mapping):
            rows += [(f"{_spaced(name)}: {_spaced(part)}", each) for part, each in value.items()]
        else:
            rows.append((_spaced(name), value))
    return rows


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def loss_text(loss: Estimate | None) -> str:
    """A loss with its interval: ``+4.2 (+2.9 to +5.5)``; without one, the value alone."""
    if loss is None:
        return NOT_MEASURED
    if loss.low is None or loss.high is None:
        return signed(loss.value)
    return f"{signed(loss.value)} ({interval(loss)})"


def warmth(value: float | None, *, sign: bool = False) -> str:
    """A warmth in its measure's unit, which may be small: ``0.042``, ``12.30``, ``+0.310``."""
    if value is None:
        return NOT_MEASURED
    text = f"{abs(value):,.{2 if abs(value) >= 1.0 else 3}f}"
    if float(text.replace(",", "")) == 0.0:
        return text
    return f"{_MINUS}{text}" if value < 0.0 else f"{'+' if sign else ''}{text}"


def gain_interval(gain: Estimate | None) -> str:
    """The ends of the 95 % interval of a gain in warmth: ``+0.210 to +0.410``."""
    if gain is None or gain.low is None or gain.high is None:
        return NOT_MEASURED
    return f"{warmth(gain.low, sign=True)} to {warmth(gain.high, sign=True)}"


def gain_text(gain: Estimate | None) -> str:
    """A gain in warmth with its interval: ``+0.310 (+0.210 to +0.410)``."""
    if gain is None:
        return NOT_MEASURED
    if gain.low is None or gain.high is None:
        return warmth(gain.value, sign=True)
    return f"{warmth(gain.value, sign=True)} ({gain_interval(gain)})"


def margin_text(found: NonInferiority | None) -> str:
    """What is known of a loss and its margin, in one line without a full stop.

    >>> margin_text(NonInferiority(3.0, 0.95, 0.2, 1.9, MarginVerdict.WITHIN, None))
    'Non-inferiority at 3 points: shown, the loss is at most +1.9 (one-sided, 95 % confidence)'
    """
    if found is None:
        return f"Non-inferiority: {NOT_MEASURED}"
    name = f"Non-inferiority at {found.margin:g} points"
    sure = f"{100.0 * found.confidence:g} % confidence"
    if found.lower is None or found.upper is None:
        return f"{name}: inconclusive, as some condition rests on a single question"
    if found.verdict is MarginVerdict.WITHIN:
        return f"{name}: shown, the loss is at most {signed(found.upper)} (one-sided, {sure})"
    if found.verdict is MarginVerdict.EXCEEDED:
        return f"{name}: refuted, the loss is at least {signed(found.lower)} (one-sided, {sure})"
    return (
        f"{name}: inconclusive, the loss is between {signed(found.lower)} and "
        f"{signed(found.upper)} (each one-sided, {sure}); {needed_text(found.more_questions)}"
    )


def needed_text(more: int | None) -> str:
    """How many more questions an inconclusive loss needs."""
    if more is None:
        return "it is too close to the margin for any number of questions to decide"
    noun = "question" if more == 1 else "questions"
    return f"about {count(more)} more {noun} would decide it, if the loss stays where it is"
