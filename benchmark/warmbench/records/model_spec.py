"""How a model is written: ``engine:name[+adapter][@base_url]``, or ``ray:`` before all that."""

from __future__ import annotations

import re
from dataclasses import dataclass

from warmbench.errors import UsageError

__all__ = ["ModelSpec", "parse_model_spec"]

_PATTERN = re.compile(
    r"(?P<engine>[a-z][a-z0-9-]*):"
    r"(?P<name>.+?)"
    r"(?:\+(?P<adapter>[^@]+))?"
    r"(?:@(?P<base_url>(?i:https?)://\S+))?"
)

_BARE_ADDRESS = re.compile(r"@(?:localhost|[\w.-]+:\d+)(?:/\S*)?$")
"""An address without its scheme: it would be taken for a part of the name."""

_AROUND = "ray"
"""The engine whose name is itself a model: it runs another engine on many machines."""


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as served: the engine that runs it, its name, and what goes on top."""

    engine: str
    name: str
    adapter: str | None = None
    base_url: str | None = None

    def __str__(self) -> str:
        adapter = f"+{self.adapter}" if self.adapter else ""
        base_url = f"@{self.base_url}" if self.base_url else ""
        return f"{self.engine}:{self.name}{adapter}{base_url}"

    @property
    def inner(self) -> ModelSpec:
        """The model that answers in the end: for ``ray:vllm:x+y`` that is ``vllm:x+y``."""
        if self.engine != _AROUND:
            return self
        return parse_model_spec(str(self).removeprefix(f"{_AROUND}:"))


def parse_model_spec(text: str) -> ModelSpec:
    """Read a model spec; raises ``UsageError`` with the accepted form.

    >>> parse_model_spec("vllm:meta-llama/Llama-3.1-8B-Instruct+./adapters/warm").adapter
    './adapters/warm'
    >>> parse_model_spec("openai:my-model@http://localhost:8000/v1").base_url
    'http://localhost:8000/v1'
    >>> parse_model_spec("ray:ct2:reference+warm").inner
    ModelSpec(engine='ct2', name='reference', adapter='warm', base_url=None)
    """
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"{text!r} is not a model; write engine:name[+adapter][@base_url], "
            "e.g. openai:gpt-4o-2024-08-06 or ct2:reference"
        )
    spec = ModelSpec(**match.groupdict())
    if _BARE_ADDRESS.search(spec.name):
        raise UsageError(
            f"{text!r}: the address after @ starts with http:// or https://, "
            "e.g. openai:my-model@http://localhost:8000/v1"
        )
    if spec.engine == _AROUND and not _can_be_inside(spec.name):
        raise UsageError(
            f"{text!r} does not name an engine for Ray to run; write ray:engine:name[+adapter], "
            "e.g. ray:vllm:meta-llama/Llama-3.1-8B-Instruct"
        )
    return spec


def _can_be_inside(name: str) -> bool:
    match = _PATTERN.fullmatch(name)
    return match is not None and match["engine"] != _AROUND
