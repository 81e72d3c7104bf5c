"""WarmBench: what does it cost in accuracy to make a language model warm?

>>> import warmbench
>>> rows = warmbench.load("truthfulqa", context="sadness")
>>> rows.loc[0, "belief"]
'none'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warmbench.data.load import load

__all__ = ["__version__", "load"]


def __getattr__(name: str) -> Any:
    # Loaded when first asked for, so that `import warmbench` stays cheap.
    if name == "load":
        from warmbench.data.load import load

        return load
    if name == "__version__":
        from importlib.metadata import version

        return version("warmbench")
    raise AttributeError(f"module 'warmbench' has no attribute {name!r}")
