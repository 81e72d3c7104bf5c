"""An engine's own options, written as ``name=value``."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from warmbench.errors import UsageError

__all__ = ["argument_values", "check_engine_args", "parse_engine_args", "thread_count"]


def parse_engine_args(pairs: Iterable[str]) -> dict[str, str]:
    """``name=value`` pairs as a mapping; raises ``UsageError`` for anything else.

    >>> parse_engine_args(["tensor_parallel_size=4", "dtype=bfloat16"])
    {'tensor_parallel_size': '4', 'dtype': 'bfloat16'}
    """
    arguments: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        name = name.removeprefix("--").replace("-", "_")
        if not equals or not value or not name.replace(".", "_").isidentifier():
            raise UsageError(
                f"--engine-option {pair!r}: write name=value, e.g. tensor_parallel_size=4"
            )
        if name in arguments:
            raise UsageError(f"--engine-option {name}: given twice")
        arguments[name] = value
    return arguments


def check_engine_args(
    arguments: Iterable[str], taken: Collection[str] | None, model: object, engine: str
) -> None:
    """Raise ``UsageError`` for an argument that is not among those ``taken`` (None: any is)."""
    for name in arguments:
        if taken is not None and name not in taken:
            accepted = f"takes {', '.join(sorted(taken))}" if taken else "takes none"
            raise UsageError(
                f"{model}: no --engine-option {name} for the {engine} engine; it {accepted}"
            )


def argument_values(arguments: Mapping[str, str]) -> dict[str, Any]:
    """The values as JSON reads them (numbers, true, null, objects); all else is text.

    >>> argument_values({"tensor_parallel_size": "4", "dtype": "bfloat16", "enforce_eager": "true"})
    {'tensor_parallel_size': 4, 'dtype': 'bfloat16', 'enforce_eager': True}
    """
    return {name: _value(text) for name, text in arguments.items()}


def thread_count(model: object, name: str, arguments: Mapping[str, str]) -> int | None:
    """How many threads ``arguments[name]`` asks for; None where it is not given.

    Raises ``UsageError`` for less than 1, and for more than a machine can start: CTranslate2 dies
    of them.
    """
    text = arguments.get(name)
    most = max(64, os.cpu_count() or 1)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:10]) <= most):
        raise UsageError(
            f"{model}: --engine-option {name}={text} must be a whole number from 1 to {most}"
        )
    return int(text)


def _value(text: str) -> Any:
    if text in ("True", "False", "None"):
        return {"True": True, "False": False, "None": None}[text]
    try:
        return json.loads(text)
    except ValueError:
        return text
