"""WarmBench: what does it cost in accuracy to make a language model warm?

>>> import warmbench
>>> rows = warmbench.load("truthfulqa", context="sadness")
>>> rows.loc[0, "belief"]
'none'

``run``, ``judge``, ``score``, ``report``, ``compare``, ``gate``, ``verify``, ``status`` and
``submit`` do what the commands of these names do; see ``warmbench.api``.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "__version__",
    "compare",
    "gate",
    "judge",
    "load",
    "report",
    "run",
    "score",
    "status",
    "submit",
    "verify",
]


def __getattr__(name: str) -> Any:
    # Loaded when first asked for, so that `import warmbench` stays cheap. What type checkers read
    # is __init__.pyi.
    if name == "__version__":
        from importlib.metadata import version

        return version("warmbench")
    if name == "load":
        from warmbench.data.load import load

        return load
    if name in __all__:
        from warmbench import api

        return getattr(api, name)
    raise AttributeError(f"module 'warmbench' has no attribute {name!r}")
