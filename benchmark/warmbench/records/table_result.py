"""How a result is displayed: one line in a console, a table in a notebook."""

from __future__ import annotations

from abc import abstractmethod
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TableResult"]


class TableResult:
    """A result that is a table too. ``str`` gives it in one line, ``to_pandas`` as rows."""

    __slots__ = ()

    @abstractmethod
    def to_pandas(self) -> pd.DataFrame:
        """The rows of the result."""

    def _repr_html_(self) -> str:
        """For a notebook. Names come from files that anybody may have written: all is escaped."""
        table = self.to_pandas().to_html(
            index=False, border=0, na_rep="", float_format="{:.2f}".format
        )
        return f"<p>{escape(str(self))}</p>{table}"
