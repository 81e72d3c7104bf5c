"""How a judge is written: ``reference``, ``llm:MODEL``, ``hybrid:MODEL``, or several of them."""

from __future__ import annotations

from dataclasses import dataclass

from warmbench.engines.registry import check_engine
from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec, parse_model_spec

__all__ = ["JudgeSpec", "parse_judges"]

_WITH_MODEL = ("llm", "hybrid")
_EXAMPLE = "llm:openai:gpt-4o-2024-08-06"
_ACCEPTED = "judges are reference, llm:MODEL, hybrid:MODEL, or several of these with commas between"


@dataclass(frozen=True, slots=True)
class JudgeSpec:
    """One judge: its kind, and the model that ``llm`` and ``hybrid`` ask."""

    kind: str
    model: ModelSpec | None = None


def parse_judges(text: str) -> tuple[JudgeSpec, ...]:
    """Read the word after ``--judge``; several judges, with commas between, are a panel.

    >>> [(spec.kind, str(spec.model)) for spec in parse_judges("llm:ct2:reference,reference")]
    [('llm', 'ct2:reference'), ('reference', 'None')]

    Raises ``UsageError`` that says what is accepted.
    """
    specs = tuple(_parse_one(part.strip()) for part in text.split(","))
    for place, spec in enumerate(specs):
        if spec in specs[:place]:
            name = spec.kind if spec.model is None else f"{spec.kind}:{spec.model}"
            raise UsageError(
                f"--judge {text!r}: {name} is named twice; a panel has each judge once"
            )
    return specs


def _parse_one(text: str) -> JudgeSpec:
    kind, colon, model = text.partition(":")
    if text == "reference":
        return JudgeSpec("reference")
    if kind not in _WITH_MODEL:
        raise UsageError(f"--judge {text!r}: {_ACCEPTED}; for example {_EXAMPLE}")
    if not colon or not model.strip():
        raise UsageError(
            f"--judge {text!r}: {kind} needs the model to ask; write {kind}:engine:name, "
            f"for example {_EXAMPLE}"
        )
    engine = model.partition(":")[0].strip()
    if engine in (*_WITH_MODEL, "reference"):
        raise UsageError(
            f"--judge {text!r}: {kind}: takes a model, not another judge ({engine!r}); "
            f"write {kind}:engine:name, for example {_EXAMPLE}"
        )
    spec = parse_model_spec(model)
    check_engine(spec.engine, f"--judge {text!r}")
    return JudgeSpec(kind, spec)
