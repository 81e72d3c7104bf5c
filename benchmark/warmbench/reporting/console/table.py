"""What tables in a terminal share: numbers, intervals, lines without borders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.cells import cell_len
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from warmbench.records.estimate import Estimate
from warmbench.records.release import ReleaseRecord
from warmbench.reporting import wording
from warmbench.reporting.wording import NO_VALUE, NOT_MEASURED

__all__ = [
    "WholeTable",
    "gain_text",
    "interval_note",
    "interval_text",
    "origin_line",
    "pair_line",
    "plain_table",
    "points",
]


class WholeTable(Table):
    """A table that cuts no word and no number: where the terminal is too narrow, lines run on.

    To be printed with ``crop=False``.
    """

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        super().add_row(*cells, **options)
        for column, cell in zip(self.columns, cells, strict=False):
            longest = max(_longest_word(column.header), _longest_word(cell))
            column.min_width = max(column.min_width or 0, longest)


def _longest_word(cell: RenderableType | None) -> int:
    text = Text.from_markup(cell).plain if isinstance(cell, str) else str(cell or "")
    return max(map(cell_len, text.split()), default=0)


def plain_table(title: str | None, *columns: str, left: int = 1) -> Table:
    """An empty table without lines; the first ``left`` columns hold names, the others numbers."""
    table = WholeTable(
        title=title, title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    for number, name in enumerate(columns):
        table.add_column(name, justify="left" if number < left else "right", header_style="dim")
    return table


def points(value: float | None, sign: bool = False) -> str:
    """Percentage points as the report writes them; a dash where there is no value."""
    if value is None:
        return NO_VALUE
    return wording.signed(value) if sign else wording.points(value)


def interval_text(loss: Estimate | None) -> str:
    """``+4.2 [2.9, 5.5]``, or without the brackets where there is no interval."""
    if loss is None:
        return NOT_MEASURED
    if loss.low is None:
        return points(loss.value, sign=True)
    return f"{points(loss.value, sign=True)} [{points(loss.low)}, {points(loss.high)}]"


def interval_note(loss: Estimate | None) -> str:
    """What stands where an interval does: how sure it is, or why there is none."""
    if loss is None or loss.low is not None:
        return "95 % interval"
    if loss.se is None:
        return "no interval: some condition rests on a single question"
    return "no interval: all questions give the same value"


def gain_text(gain: Estimate) -> str:
    """``+0.310 [0.210, 0.410]``, or without the brackets where there is no interval."""
    value = wording.warmth(gain.value, sign=True)
    if gain.low is None:
        return value
    return f"{value} [{wording.warmth(gain.low)}, {wording.warmth(gain.high)}]"


def pair_line(models: Mapping[str, str], arm: str) -> str:
    """Which models are compared, in markup. ``models``: arm -> model."""
    original, treated = models["original"], models[arm]
    against = "itself" if treated == original else f"[bold]{escape(treated)}[/bold]"
    return f"[bold]{escape(original)}[/bold] (original) against {against} ({arm})"


def origin_line(release: ReleaseRecord, judge: str, definitions: str) -> str:
    """What numbers rest on, in markup: the release, who judged, by which definitions."""
    version = release.version or "own questions"
    return (
        f"[dim]{escape(release.name)} {version}, fingerprint {release.fingerprint[:12]}; "
        f"judge {escape(judge)}; {definitions}[/dim]"
    )
