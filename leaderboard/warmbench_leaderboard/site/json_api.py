"""The board for programs: JSON and CSV, open to pages of other sites."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from warmbench_leaderboard.index.board import Board
from warmbench_leaderboard.services.board_source import BoardSource
from warmbench_leaderboard.site.views.cache import once_a_board
from warmbench_leaderboard.site.views.csv_table import csv_table
from warmbench_leaderboard.site.views.leaderboard import matching, sorted_entries
from warmbench_leaderboard.site.views.search import entry_title, suggestions
from warmbench_leaderboard.site.views.standings import majors_of, standings, standings_of
from warmbench_leaderboard.site.views.table_state import table_state

__all__ = ["JsonApi"]

_OPEN = {"access-control-allow-origin": "*", "cache-control": "no-cache"}


@dataclass(frozen=True, slots=True)
class JsonApi:
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
        """The whole board; with ``major``, what stands in that version, with its ranks there."""
        board, asked = self.source.board(), table_state(request.query_params).major
        content, tag = _board_json(board, asked if asked in majors_of(board) else None)
        headers = {**_OPEN, "etag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="application/json", headers=headers)

    def csv(self, request: Request) -> Response:
        """The rows that the leaderboard shows at the same address, all pages of them."""
        state, board = table_state(request.query_params), self.source.board()
        found = sorted_entries(matching(standings(board, state.major).entries, state), state)
        headers = {**_OPEN, "content-disposition": 'attachment; filename="warmbench.csv"'}
        return Response(csv_table(found), media_type="text/csv", headers=headers)

    def entry(self, request: Request) -> Response:
        entry_id = f"{request.path_params['slug']}/{request.path_params['arm']}"
        asked = table_state(request.query_params).major
        _, entry = standings_of(self.source.board(), entry_id, asked)
        found = {"entry": entry, "details": self.source.details(entry_id)}
        content = {name: part.model_dump(mode="json") for name, part in found.items()}
        return JSONResponse(content, headers=_OPEN)

    def suggest(self, request: Request) -> Response:
        found = suggestions(self.source.board(), request.query_params.get("q", ""))
        named = [{"entry_id": entry.entry_id, "title": entry_title(entry)} for entry in found]
        return JSONResponse(named, headers=_OPEN)


@once_a_board
def _board_json(board: Board, major: int | None) -> tuple[bytes, str]:
    """The board as bytes, and their tag."""
    if major is not None:
        board = board.model_copy(update={"entries": standings(board, major).entries})
    content = board.model_dump_json().encode()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
