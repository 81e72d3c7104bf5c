"""Whether the arms of a study can be asked as it says, and alike."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from warmbench.engines.engine import Engine
from warmbench.errors import EngineError, UsageError
from warmbench.records.request_extras import RequestExtras
from warmbench.records.request_form import CHANGES_ANSWERS, RequestForm
from warmbench.records.study import Arm, Study

__all__ = ["check_compute_types", "check_extras", "check_extras_taken", "check_forms"]


def check_extras(arm: Arm, engine: Engine) -> None:
    """Raise ``UsageError`` for a setting that the arm's engine does not pass on."""
    check_extras_taken(arm.extras, engine, f"{arm.name} ({arm.model})")


def check_extras_taken(extras: RequestExtras, engine: Engine, who: str) -> None:
    """Raise ``UsageError`` for a setting that the engine of ``who`` does not pass on."""
    for name in extras.to_json():
        if name not in engine.extras_taken:
            taken = ", ".join(sorted(engine.extras_taken)) or "none"
            raise UsageError(f"{who}: this engine doesn't take {name}; it takes {taken}")


def check_compute_types(study: Study, identities: Mapping[str, Mapping[str, str | None]]) -> None:
    """Raise ``UsageError`` where one engine would compute two arms in different types: rounding
    alone changes answers. An identity names its ``compute_type`` (ct2; none is float32) or its
    ``dtype`` (hf, vllm)."""
    for one, other in combinations(study.arms, 2):
        first, second = identities[one.name], identities[other.name]
        if first.get("engine") != second.get("engine"):
            continue
        option = "dtype" if "dtype" in first else "compute_type"
        types = [identity.get(option) or "float32" for identity in (first, second)]
        if types[0] != types[1]:
            raise UsageError(
                f"{one.name} ({one.model}) is computed in {types[0]} and {other.name} "
                f"({other.model}) in {types[1]}: give both one type, e.g. with "
                f"--engine-option {option}=float32"
            )


def check_forms(study: Study, forms: Mapping[str, RequestForm]) -> None:
    """Raise ``EngineError`` where two arms would be asked in ways that change their answers: one
    draws at its own temperature, or reads the system prompt as the user's words, and the other
    does not."""
    for one, other in combinations(study.arms, 2):
        first, second = forms[one.name], forms[other.name]
        for field in CHANGES_ANSWERS:
            if (field in first.left_out) != (field in second.left_out):
                refuses = one if field in first.left_out else other
                raise EngineError(
                    f"the endpoint of {refuses.name} ({refuses.model}) refuses {field}, that of "
                    f"the other arm takes it: the arms would be sampled differently. Ask both at "
                    "one endpoint, or models that take the same fields"
                )
        if one.system and other.system and first.system_in_user != second.system_in_user:
            refuses = one if first.system_in_user else other
            raise EngineError(
                f"{refuses.name} ({refuses.model}) has no system role and the other arm has one: "
                "their system prompts would be read differently"
            )
