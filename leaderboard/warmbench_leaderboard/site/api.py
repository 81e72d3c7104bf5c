"""The API: the board as JSON and CSV, with cross-origin access."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from warmbench.records.estimate import Estimate
from warmbench.reporting.visible_text import visible_text
from warmbench_leaderboard.index.board import Board, Entry, KnownMeasure, Rank
from warmbench_leaderboard.services.protocols import BoardSource
from warmbench_leaderboard.site.views.search import matching, sorted_entries, suggestions
from warmbench_leaderboard.site.views.table_state import table_state
from warmbench_leaderboard.site.views.version_ranking import (
    board_majors,
    cached_per_board,
    entry_ranking,
    version_ranking,
)

__all__ = ["CSV_COLUMNS", "BoardApi", "csv_table"]


_OPEN = {"access-control-allow-origin": "*", "cache-control": "no-cache"}


@dataclass(frozen=True, slots=True)
class BoardApi:
    """The handlers."""

    source: BoardSource

    def routes(self) -> list[Route]:
        return [
            Route("/api/board.json", self.board),
            Route("/api/board.csv", self.csv),
            Route("/api/entries/{slug}/{arm}.json", self.entry),
            Route("/api/suggest", self.suggest),
        ]

    def board(self, request: Request) -> Response:
        """The whole board; with ``major``, the entries of that version with their ranks there."""
        board, major = self.source.board(), table_state(request.query_params).major
        content, tag = _board_json(board, major if major in board_majors(board) else None)
        headers = {**_OPEN, "etag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="application/json", headers=headers)

    def csv(self, request: Request) -> Response:
        """The rows of the leaderboard at the same address, all pages of them."""
        state, board = table_state(request.query_params), self.source.board()
        found = sorted_entries(matching(version_ranking(board, state.major).entries, state), state)
        headers = {**_OPEN, "content-disposition": 'attachment; filename="warmbench.csv"'}
        return Response(csv_table(found), media_type="text/csv", headers=headers)

    def entry(self, request: Request) -> Response:
        entry_id = f"{request.path_params['slug']}/{request.path_params['arm']}"
        major = table_state(request.query_params).major
        _, entry = entry_ranking(self.source.board(), entry_id, major)
        found = {"entry": entry, "details": self.source.details(entry_id)}
        content = {name: part.model_dump(mode="json") for name, part in found.items()}
        return JSONResponse(content, headers=_OPEN)

    def suggest(self, request: Request) -> Response:
        found = suggestions(self.source.board(), request.query_params.get("q", ""))
        titles = [{"entry_id": entry.entry_id, "title": entry.title} for entry in found]
        return JSONResponse(titles, headers=_OPEN)


@cached_per_board
def _board_json(board: Board, major: int | None) -> tuple[bytes, str]:
    """The board as bytes, and their entity tag."""
    if major is not None:
        board = board.model_copy(update={"entries": version_ranking(board, major).entries})
    content = board.model_dump_json().encode()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""A spreadsheet evaluates a cell that begins with one of these."""

CSV_COLUMNS = (
    *("entry_id", "rank", "rank_low", "rank_high", "rank_apart", "rank_apart_low"),
    *("rank_apart_high", "unranked", "model", "arm"),
    *("treatment", "access", "parameters_b", "badge", "loss", "loss_low", "loss_high"),
    *("standard_error", "original_accuracy", "treated_accuracy", "plain_loss", "sadness_loss"),
    *("sycophancy", "warmth_gain", "warmth_measure", "judge", "release", "release_version"),
    *("release_fingerprint", "metric_version", "questions", "submitted", "submitter", "flags"),
)
"""Losses and accuracies in percentage points; what was not measured is empty."""

Value = str | float | int | None


def csv_table(entries: Iterable[Entry]) -> str:
    """A header, then a row per entry in the order given. Text that a spreadsheet would evaluate is
    prefixed with an apostrophe; numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for entry in entries:
        writer.writerow([_cell(value) for value in _values(entry)])
    return out.getvalue()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(value)
    text = visible_text(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def _values(entry: Entry) -> tuple[Value, ...]:
    loss = entry.headline.loss
    return (
        entry.entry_id,
        *_rank(entry.rank),
        *_rank(entry.rank_apart),
        entry.unranked,
        entry.model,
        entry.arm,
        entry.treatment.value,
        entry.access.value,
        entry.parameters_b,
        entry.badge.value,
        loss.value,
        loss.low,
        loss.high,
        loss.se,
        entry.headline.original_accuracy.value,
        entry.headline.treated_accuracy.value,
        _loss(entry.plain),
        _loss(entry.sadness),
        _value(entry.sycophancy),
        _value(entry.warmth_gain),
        entry.warmth_measure,
        entry.judge,
        entry.release,
        entry.release_version,
        entry.release_fingerprint,
        entry.metric_version,
        loss.n,
        entry.submitted.isoformat() if entry.submitted else None,
        entry.submitter,
        " ".join(entry.flags),
    )


def _rank(rank: Rank | None) -> tuple[int | None, int | None, int | None]:
    return (rank.rank, rank.low, rank.high) if rank else (None, None, None)


def _loss(pair: KnownMeasure | None) -> float | None:
    return pair.loss.value if pair else None


def _value(figure: Estimate | None) -> float | None:
    return figure.value if figure else None
