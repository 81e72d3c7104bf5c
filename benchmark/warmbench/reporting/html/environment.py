"""Templates whose every value is hostile text: escaped, and with nothing hidden in it."""

from __future__ import annotations

from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined

from warmbench.reporting.visible_text import cut, visible_text
from warmbench.reporting.wording import count, label, verdict_text

__all__ = ["html_environment"]


def html_environment(loader: BaseLoader | None = None) -> Environment:
    """Escapes everything, and writes out hidden characters in every text it prints. A name that
    has no value is an error. Its filters write what all pages write alike."""
    environment = Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_finalize,
    )
    environment.filters |= {"count": count, "cut": cut, "label": label, "verdict": verdict_text}
    return environment


def _finalize(value: Any) -> Any:
    is_markup = hasattr(value, "__html__")
    return visible_text(value) if isinstance(value, str) and not is_markup else value
