"""Names and what they stand for: ours, and those that other distributions ship.

Ours are lines in a table, ``name -> module:object``. Others come by an entry point in a group::

    [project.entry-points."warmbench.engines"]
    my-engine = "my_package.my_engine:MyEngine"

Nothing is imported before it is asked for, and entry points are read only where a name is not ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pkgutil import resolve_name
from typing import Any

__all__ = ["Registry"]


class Registry:
    """The objects of one kind. ``kind`` is its word in messages (``engine``), ``group`` the group
    of entry points, ``ours`` our own in their order."""

    def __init__(self, kind: str, group: str, ours: Mapping[str, str]) -> None:
        self.ours = ours
        self._kind = kind
        self._group = group

    def names(self) -> tuple[str, ...]:
        """Ours in the order of the table, then those of other distributions by name.

        Raises ``UsageError`` for one of theirs that has a name of ours.
        """
        return (*self.ours, *self._others())

    def __contains__(self, name: str) -> bool:
        return name in self.ours or name in self._others()

    def source(self, name: str) -> str:
        """Where the object is, for messages: ``module:object``, after the distribution that ships
        it."""
        return self.ours.get(name) or _source(self._others()[name])

    def load(self, name: str) -> Any:
        """The object of a name; raises ``KeyError`` for an unknown one and ``UsageError`` for one
        of another distribution that can't be loaded."""
        if name in self.ours:
            return resolve_name(self.ours[name])
        point = self._others()[name]
        try:
            return point.load()
        except Exception as error:  # it may be anybody's code
            reason = f"{type(error).__name__}: {str(error)[:200]}"
            raise self._unusable(point, f" can't be loaded ({reason})") from error

    def _others(self) -> dict[str, EntryPoint]:
        points = sorted(entry_points(group=self._group), key=lambda point: point.name)
        for point in points:
            if point.name in self.ours:
                raise self._unusable(point, ": the name is taken")
        return {point.name: point for point in points}

    def _unusable(self, point: EntryPoint, why: str) -> Exception:
        from warmbench.errors import UsageError  # here, since all that is named imports this file

        return UsageError(f"the {self._kind} {point.name!r} of {_source(point)}{why}")


def _source(point: EntryPoint) -> str:
    return f"{point.dist.name if point.dist else 'a distribution'} ({point.value})"
