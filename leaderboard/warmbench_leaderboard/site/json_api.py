"""The board for programs: JSON and CSV, open to pages of other sites."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from warmbench_leaderboard.board import Board
from warmbench_leaderboard.source import BoardSource, entry_of
from warmbench_leaderboard.views.csv_table import csv_table
from warmbench_leaderboard.views.finding_entries import entry_title, suggestions
from warmbench_leaderboard.views.leaderboard import majors_of, matching, sorted_entries
from warmbench_leaderboard.views.table_state import table_state

__all__ = ["JsonApi"]

_OPEN = {"access-control-allow-origin": "*", "cache-control": "no-cache"}


@dataclass
class JsonApi:
    """The handlers. The board as bytes is made once for each board."""

    source: BoardSource
    _made: tuple[Board, bytes, str] | None = field(default=None, repr=False)

    def routes(self) -> list[Route]:
        return [
            Route("/api/board.json", self.board),
            Route("/api/board.csv", self.csv),
            Route("/api/entries/{slug}/{arm}.json", self.entry),
            Route("/api/suggest", self.suggest),
        ]

    def board(self, request: Request) -> Response:
        content, tag = self._bytes()
        headers = {**_OPEN, "etag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="application/json", headers=headers)

    def csv(self, request: Request) -> Response:
        """The rows that the leaderboard shows at the same address, all pages of them."""
        state, board = table_state(request.query_params), self.source.board()
        majors = majors_of(board)
        major = state.major if state.major in majors else (majors[0] if majors else None)
        entries = [entry for entry in board.entries if entry.major in (None, major)]
        found = sorted_entries(matching(entries, state), state)
        headers = {**_OPEN, "content-disposition": 'attachment; filename="warmbench.csv"'}
        return Response(csv_table(found), media_type="text/csv", headers=headers)

    def entry(self, request: Request) -> Response:
        entry_id = f"{request.path_params['slug']}/{request.path_params['arm']}"
        entry = entry_of(self.source.board(), entry_id)
        found = {"entry": entry, "details": self.source.details(entry_id)}
        content = {name: part.model_dump(mode="json") for name, part in found.items()}
        return JSONResponse(content, headers=_OPEN)

    def suggest(self, request: Request) -> Response:
        found = suggestions(self.source.board(), request.query_params.get("q", ""))
        named = [{"entry_id": entry.entry_id, "title": entry_title(entry)} for entry in found]
        return JSONResponse(named, headers=_OPEN)

    def _bytes(self) -> tuple[bytes, str]:
        board = self.source.board()
        made = self._made
        if made is None or made[0] is not board:
            content = board.model_dump_json().encode()
            made = (board, content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
            self._made = made
        return made[1], made[2]
