"""The state of the table, all of which is in its address.

``/?q=llama&treatment=fine-tune&sort=plain`` shows the same rows to everybody. Unknown parameters
are ignored: an old link must not break.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from warmbench.records.study import Treatment
from warmbench.submission.bundle.submission import Access
from warmbench_leaderboard.index.board import Badge
from warmbench_leaderboard.site.views.column import COLUMNS, DEFAULT_COLUMNS, FIXED_COLUMNS

__all__ = ["LONGEST_SEARCH", "Query", "TableState", "table_state"]

LONGEST_SEARCH = 100
"""Characters of a search; the rest is ignored."""

_FARTHEST_PAGE = 100_000

_Name = TypeVar("_Name", bound=str)


class Query(Protocol):
    """The parameters of an address, as Starlette gives them."""

    def get(self, key: str, default: str, /) -> str: ...

    def getlist(self, key: Any) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class TableState:
    """``judge``: "" for any. ``major``: of the release, None for the newest. ``apart``: published
    entries in a separate table. ``page`` counts from 1."""

    search: str = ""
    treatment: Treatment | None = None
    access: Access | None = None
    badge: Badge | None = None
    judge: str = ""
    ranked_only: bool = False
    apart: bool = False
    major: int | None = None
    sort: str = "rank"
    descending: bool = False
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    page: int = 1

    def query(self, **changes: Any) -> str:
        """The query of this state with some changes: ``?`` and all that is not the default."""
        state = replace(self, **changes) if changes else self
        return f"?{urlencode(state._pairs())}" if state._pairs() else "?"

    def with_page(self, page: int) -> TableState:
        """The same on another page."""
        return replace(self, page=page)

    def sorted_by(self, column: str) -> str:
        """The query after a click on the header of ``column``."""
        descending = not self.descending if column == self.sort else COLUMNS[column].descending
        return self.query(sort=column, descending=descending, page=1)

    def _pairs(self) -> list[tuple[str, str]]:
        pairs = {
            "q": self.search,
            "treatment": self.treatment or "",
            "access": self.access or "",
            "badge": self.badge or "",
            "judge": self.judge,
            "ranked": "1" if self.ranked_only else "",
            "apart": "1" if self.apart else "",
            "major": "" if self.major is None else str(self.major),
            "sort": "" if self.sort == "rank" else self.sort,
            "order": self._order(),
            "page": "" if self.page == 1 else str(self.page),
        }
        chosen = self.columns if self.columns != DEFAULT_COLUMNS else ()
        shown = [("show", name) for name in chosen if name not in FIXED_COLUMNS]
        nothing = [("show", "")] if chosen and not shown else []
        return [(name, value) for name, value in pairs.items() if value] + shown + nothing

    def _order(self) -> str:
        if self.descending == COLUMNS[self.sort].descending:
            return ""
        return "down" if self.descending else "up"


def table_state(query: Query) -> TableState:
    """The state for a query."""
    sort = query.get("sort", "rank")
    sort = sort if sort in COLUMNS else "rank"
    order = query.get("order", "")
    usual = COLUMNS[sort].descending
    return TableState(
        search=query.get("q", "").strip()[:LONGEST_SEARCH],
        treatment=_member(Treatment, query.get("treatment", "")),
        access=_member(Access, query.get("access", "")),
        badge=_member(Badge, query.get("badge", "")),
        judge=query.get("judge", "")[:LONGEST_SEARCH],
        ranked_only=query.get("ranked", "") == "1",
        apart=query.get("apart", "") == "1",
        major=_whole(query.get("major", ""), 0),
        sort=sort,
        descending={"down": True, "up": False}.get(order, usual),
        columns=_columns(query.getlist("show")),
        page=_whole(query.get("page", ""), 1) or 1,
    )


def _member(kind: type[_Name], text: str) -> _Name | None:
    try:
        return kind(text)
    except ValueError:
        return None


def _whole(text: str, least: int) -> int | None:
    """A whole number of few digits; None for anything else."""
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        return None
    number = int(text)
    return number if least <= number <= _FARTHEST_PAGE else None


def _columns(shown: list[str]) -> tuple[str, ...]:
    if not shown:
        return DEFAULT_COLUMNS
    return tuple(name for name in COLUMNS if name in FIXED_COLUMNS or name in shown)
