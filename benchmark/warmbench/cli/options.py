"""What several commands share: the types of their options, and JSON."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["FOLDER", "NameList", "json_option", "print_json"]

FOLDER = click.Path(path_type=Path)

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


class NameList(click.ParamType[tuple[StrEnum, ...]]):
    """A comma-separated list of the members of an enumeration."""

    def __init__(self, enum: type[StrEnum]) -> None:
        self.name = ",".join(enum)
        self._enum = enum

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return self.name  # as it is typed; click would write it in capitals

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[StrEnum, ...]:
        if isinstance(value, tuple):
            return value
        names = [name.strip() for name in str(value).split(",") if name.strip()]
        unknown = [name for name in names if name not in tuple(self._enum)]
        if unknown or not names:
            found = repr(unknown[0]) if unknown else "nothing"
            self.fail(f"found {found}; accepted are {', '.join(self._enum)}", param, ctx)
        return tuple(dict.fromkeys(self._enum(name) for name in names))


def json_option(command: _Decorated) -> _Decorated:
    """``--json``: print the result as JSON, for other programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")(
        command
    )


def print_json(value: Any) -> None:
    """JSON with real characters, one value, a final newline."""
    import json

    print(json.dumps(value, ensure_ascii=False, indent=2))
