"""How a judge's model is asked, apart from the prompts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.errors import UsageError
from warmbench.judging.llm.presets import Preset, preset_of
from warmbench.records.request_extras import NO_EXTRAS, RequestExtras

__all__ = ["DEFAULT_SETTINGS", "JudgeSettings", "settings_mark", "settings_of"]

TOP_P = 1.0


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """Each can change a verdict, so each is part of a reply's key in the ledger.

    ``max_tokens`` counts a judge's reply; it is asked for one line, and may say more before it.
    ``reasoning_tokens`` come on top, for what a reasoning model thinks first. ``preset`` is the
    prompt form of an open judge model; None: ours.
    """

    max_tokens: int = 512
    temperature: float = 0.0
    reasoning_tokens: int = 0
    extras: RequestExtras = NO_EXTRAS
    preset: Preset | None = None

    def to_json(self) -> dict[str, Any]:
        """The sampling as ledger keys and ``judging.json`` have it."""
        sampling: dict[str, Any] = {
            "temperature": self.temperature,
            "top_p": TOP_P,
            "max_tokens": self.max_tokens,
        }
        if self.reasoning_tokens:
            sampling["reasoning_tokens"] = self.reasoning_tokens
        if self.preset:
            sampling["preset"] = self.preset.label
        return {**sampling, **self.extras.to_json()}


DEFAULT_SETTINGS = JudgeSettings()


def settings_of(
    *,
    max_tokens: int | None = None,
    temperature: float | None = None,
    reasoning_tokens: int | None = None,
    extra_body: Mapping[str, Any] | None = None,
    chat_template_kwargs: Mapping[str, Any] | None = None,
    reasoning_effort: str | None = None,
    preset: str | None = None,
) -> JudgeSettings:
    """The settings that are given, the default for the rest. Raises ``UsageError`` that names what
    is accepted."""
    default = DEFAULT_SETTINGS
    settings = JudgeSettings(
        default.max_tokens if max_tokens is None else max_tokens,
        default.temperature if temperature is None else float(temperature),
        default.reasoning_tokens if reasoning_tokens is None else reasoning_tokens,
        RequestExtras(extra_body or {}, chat_template_kwargs or {}, reasoning_effort),
        preset_of(preset),
    )
    _check("max_tokens", settings.max_tokens, settings.max_tokens >= 1, "1 or more")
    _check("temperature", settings.temperature, 0 <= settings.temperature <= 2, "from 0 to 2")
    _check(
        "reasoning_tokens", settings.reasoning_tokens, settings.reasoning_tokens >= 0, "0 or more"
    )
    return settings


def _check(name: str, found: object, holds: bool, accepted: str) -> None:
    if not holds:
        raise UsageError(f"judge: {name}: found {found}; must be {accepted}")


def settings_mark(sampling: Mapping[str, Any]) -> str:
    """What stands for a sampling (``JudgeSettings.to_json``) in the name of a judge: eight hex
    digits, nothing for the default."""
    if sampling == DEFAULT_SETTINGS.to_json():
        return ""
    text = json.dumps(sampling, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
