"""Every error that WarmBench raises on purpose.

    WarmbenchError            one clear sentence for a person; never shown as a traceback
     ├── UsageError           exit 2: an option or an input that can't be used as given
     │    └── DataError       exit 2: a file that does not hold what it should
     │         └── UnknownTaskError   and a ValueError: a name that no task has
     └── RunError             exit 1: something failed on the way
          ├── EngineError     the engine or its endpoint can't answer at all
          └── OutputError     a result could not be written

A single request that fails is none of these: it is a ``Failure`` record in the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError

__all__ = [
    "DataError",
    "EngineError",
    "OutputError",
    "RunError",
    "UnknownTaskError",
    "UsageError",
    "WarmbenchError",
    "first_line",
    "first_problem",
    "reason_of",
]


class WarmbenchError(Exception):
    """Base of all; ``exit_code`` is what the command line ends with."""

    exit_code = 1


class UsageError(WarmbenchError):
    """An option or an input that can't be used as given."""

    exit_code = 2


class DataError(UsageError):
    """A file that does not hold what it should: names the file, the row, what was found."""


class UnknownTaskError(DataError, ValueError):
    """A name that no task has; a ``ValueError`` as well, so that pydantic reports it by field."""


class RunError(WarmbenchError):
    """Something failed on the way."""


class EngineError(RunError):
    """The engine or its endpoint can't answer at all (down, wrong key, no such model)."""


class OutputError(RunError):
    """A result could not be written (disk full, no permission)."""


def first_problem(error: ValidationError) -> str:
    """The first thing wrong, as ``field: what``, in one line."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def reason_of(error: Exception) -> str:
    """All that a library's error says, in one line of at most 300 characters."""
    return " ".join(str(error).split())[:300] or type(error).__name__


def first_line(error: Exception) -> str:
    """What a library's error says before its hints or its trace, at most 300 characters."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
