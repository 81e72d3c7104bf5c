"""The pages of the site, apart from the forms. They work without scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from warmbench.records.study import Treatment
from warmbench_leaderboard.index.board import Badge, Board
from warmbench_leaderboard.services.protocols import BoardSource
from warmbench_leaderboard.site.templates import render
from warmbench_leaderboard.site.views.column import (
    COLUMNS,
    FIXED_COLUMNS,
    interval_text,
    parameters_text,
)
from warmbench_leaderboard.site.views.leaderboard import leaderboard
from warmbench_leaderboard.site.views.model_page import BADGE_MEANINGS, model_page
from warmbench_leaderboard.site.views.search import suggestions
from warmbench_leaderboard.site.views.table_state import table_state
from warmbench_leaderboard.site.views.version_ranking import cached_per_board, entry_ranking

__all__ = ["BoardPages"]

_DESCRIPTION = "A leaderboard of how much accuracy language models lose when made warm."


@dataclass(frozen=True, slots=True)
class BoardPages:
    """The handlers, each a function of the address and the current board."""

    source: BoardSource

    def routes(self) -> list[Route]:
        pages: dict[str, Callable[[Request], Response]] = {
            "/": self.leaderboard,
            "/explore": self.explore,
            "/compare": self.compare,
            "/model/{slug}/{arm}": self.model,
            "/cite": self.cite,
            "/about": self.about,
        }
        return [Route(path, handler) for path, handler in pages.items()]

    def leaderboard(self, request: Request) -> Response:
        board, state = self.source.board(), table_state(request.query_params)
        view = leaderboard(board, state)
        return self._page(
            "leaderboard",
            current="leaderboard",
            title="Leaderboard",
            address=_address("/", view.state.query()),
            view=view,
            shown=state.columns,
            optional=[column for name, column in COLUMNS.items() if name not in FIXED_COLUMNS],
            usual_descending=COLUMNS[state.sort].descending,
            treatments=tuple(Treatment),
            badges=tuple(Badge),
            example=_example(board),
            parameters_text=parameters_text,
        )

    def explore(self, request: Request) -> Response:
        from warmbench_leaderboard.site.plots.interval_drawing import pictures_json
        from warmbench_leaderboard.site.views.explore import entry_pictures, overview

        board, entry_id = self.source.board(), request.query_params.get("entry", "")
        if entry_id:
            one = entry_pictures(board.entry(entry_id), self.source.details(entry_id))
            return self._page(
                "explore_entry",
                current="explore",
                title=f"Explore {one.title}",
                address=_address("/explore", f"?{urlencode({'entry': entry_id})}"),
                view=one,
                figures=pictures_json(one.pictures),
            )
        view = overview(board, table_state(request.query_params))
        return self._page(
            "explore",
            current="explore",
            title="Explore",
            address=_address("/explore", view.state.query()),
            view=view,
            treatments=tuple(Treatment),
            figures=pictures_json(panel.picture for panel in view.panels),
        )

    def compare(self, request: Request) -> Response:
        from warmbench_leaderboard.site.views.compare import choose, comparison

        board = self.source.board()
        typed = [text.strip()[:200] for text in request.query_params.getlist("entry")]
        one, other = (choose(board, text) for text in (*typed, "", "")[:2])
        both = (
            comparison(self.source, one.entry, other.entry) if one.entry and other.entry else None
        )
        names = [side.entry.entry_id if side.entry else side.text for side in (one, other)]
        return self._page(
            "compare",
            current="compare",
            title="Compare",
            address=_address("/compare", _entries_query(*names) if any(names) else "?"),
            sides=(one, other),
            view=both,
            suggested=suggestions(board, ""),
            interval_text=interval_text,
            entries_query=_entries_query,
        )

    def model(self, request: Request) -> Response:
        entry_id = f"{request.path_params['slug']}/{request.path_params['arm']}"
        major = table_state(request.query_params).major
        ranking, entry = entry_ranking(self.source.board(), entry_id, major)
        view = model_page(entry, self.source.details(entry_id), ranking.major)
        return self._page(
            "model",
            current="",
            title=view.title,
            description=f"{view.title}: {view.sentence}",
            view=view,
            query_major=ranking.query_major,
            parameters_text=parameters_text,
        )

    def cite(self, request: Request) -> Response:
        from warmbench_leaderboard.site.views.cite import cite_page

        view = cite_page(self.source.board(), request.query_params.get("release", ""))
        query = f"?{urlencode({'release': view.chosen.key})}"
        address = _address("/cite", query)
        return self._page("cite", current="cite", title="Cite", address=address, view=view)

    def about(self, request: Request) -> Response:
        return self._page("about", current="about", title="About", badges=BADGE_MEANINGS)

    def error(self, sentence: str, status: int) -> Response:
        """An error page."""
        title = "Not found" if status == 404 else "Error"
        page = self._page("error", current="", title=title, sentence=sentence)
        page.status_code = status
        return page

    def _page(self, template: str, **values: Any) -> Response:
        common = {"notice": self.source.notice(), "description": _DESCRIPTION}
        return HTMLResponse(render(template, **{**common, **values}))


def _address(path: str, query: str) -> str:
    return path if query == "?" else f"{path}{query}"


def _entries_query(*names: str) -> str:
    """``?entry=...&entry=...``; an empty second one is left out."""
    if not names[-1]:
        names = names[:-1]
    return f"?{urlencode([('entry', name) for name in names])}"


@cached_per_board
def _example(board: Board) -> dict[str, str]:
    """An example for the sentence that explains the number: a loss on the board."""
    losses = [entry for entry in board.entries if entry.headline.loss.value >= 1.0]
    ranked = [entry for entry in losses if entry.rank is not None] or losses
    if not ranked:
        return {"loss": "+7.0", "arm": "warm", "fewer": "7.0 fewer right"}
    entry = sorted(ranked, key=lambda e: e.headline.loss.value)[len(ranked) // 2]
    value = f"{entry.headline.loss.value:.1f}"
    return {"loss": f"+{value}", "arm": entry.arm, "fewer": f"{value} fewer right"}
