"""Optional libraries: those of an extra, and the message when one is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from warmbench.errors import UsageError

__all__ = ["from_extra"]


@contextmanager
def from_extra(extra: str, user: str, library: str | None = None) -> Iterator[None]:
    """Around the import of an optional library: ``with from_extra("build", "build sft"): ...``.

    Raises ``UsageError`` where it can't be imported: who needs what, and how to install it.
    ``library``: its name for people, where that of the missing module is another.
    """
    try:
        yield
    except ImportError as error:
        missing = library or error.name or "a library that is not installed"
        raise UsageError(
            f"{user} needs {missing}; install it with: pip install 'warmbench[{extra}]'"
        ) from None
