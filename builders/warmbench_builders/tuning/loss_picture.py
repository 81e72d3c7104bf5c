"""The losses over the epochs as a small SVG, which a model card shows anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warmbench_builders.tuning.recipe import CheckpointRecord

__all__ = ["loss_svg"]

_WIDTH, _HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 44, 52
_TRAINING, _HELD_OUT = "#c2571a", "#1f6fb2"
_INK, _GRID = "#3d4753", "#dfe3e8"
_TICKS = 4
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where epochs and losses lie in the picture."""

    last_epoch: float
    low: float
    high: float

    def x(self, epoch: float) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * epoch / self.last_epoch, 1)

    def y(self, loss: float) -> float:
        share = (loss - self.low) / (self.high - self.low)
        return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share, 1)


def loss_svg(checkpoints: Sequence[CheckpointRecord], selected: float) -> str:
    """A line for the training loss, another for the held-out loss if there is one, and a mark at
    the epoch that was selected. The same records, the same text."""
    trained = [(c.epoch, c.loss) for c in checkpoints]
    held = [(c.epoch, c.held_out_loss) for c in checkpoints if c.held_out_loss is not None]
    losses = [loss for _, loss in (*trained, *held)]
    margin = 0.1 * (max(losses) - min(losses)) or 0.1
    frame = _Frame(checkpoints[-1].epoch, min(losses) - margin, max(losses) + margin)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" font-family="{_FONT}" font-size="12" fill="{_INK}">',
        "<title>Loss by epoch</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        *_axes(frame, [c.epoch for c in checkpoints]),
        *_mark(frame, selected),
        *_line(frame, trained, _TRAINING, "training", _LEFT),
        *(_line(frame, held, _HELD_OUT, "held out", _LEFT + 90) if held else []),
        "</svg>",
    ]
    return "\n".join(drawn) + "\n"


def _axes(frame: _Frame, epochs: Sequence[float]) -> list[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    drawn = []
    for tick in range(_TICKS + 1):
        loss = frame.low + (frame.high - frame.low) * tick / _TICKS
        y = frame.y(loss)
        drawn += [
            f'<line x1="{_LEFT}" y1="{y}" x2="{right}" y2="{y}" stroke="{_GRID}"/>',
            f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{loss:.3g}</text>',
        ]
    written = -_WIDTH * 1.0
    for epoch in epochs:
        x = frame.x(epoch)
        if x - written >= 24:  # the first rungs stand close
            drawn.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{epoch:g}</text>')
            written = x
    middle = (_LEFT + right) / 2
    drawn += [
        f'<text x="{middle:g}" y="{_HEIGHT - 12}" text-anchor="middle">epoch</text>',
        f'<text x="{right}" y="{_TOP - 20}" text-anchor="end">nats a token</text>',
    ]
    return drawn


def _mark(frame: _Frame, selected: float) -> list[str]:
    x = frame.x(selected)
    beside = f'x="{x + 5}"' if x < 0.8 * _WIDTH else f'x="{x - 5}" text-anchor="end"'
    return [
        f'<line x1="{x}" y1="{_TOP}" x2="{x}" y2="{_HEIGHT - _BOTTOM}" stroke="{_INK}" '
        'stroke-dasharray="3 3"/>',
        f'<text {beside} y="{_TOP + 10}">selected</text>',
    ]


def _line(
    frame: _Frame, points: Sequence[tuple[float, float]], colour: str, name: str, legend: int
) -> list[str]:
    places = [(frame.x(epoch), frame.y(loss)) for epoch, loss in points]
    path = " ".join(f"{x},{y}" for x, y in places)
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>' for x, y in places),
        f'<circle cx="{legend + 4}" cy="{_TOP - 24}" r="4" fill="{colour}"/>',
        f'<text x="{legend + 14}" y="{_TOP - 20}">{name}</text>',
    ]
