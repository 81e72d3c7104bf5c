"""A model's own chat template, rendered without transformers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from warmbench.errors import EngineError, UsageError
from warmbench.records.item import Message

__all__ = ["ChatTemplate"]


class ChatTemplate:
    """Turns messages into a prompt, as the model's authors wrote it.

    Reads ``chat_template.jinja``, or ``chat_template`` in ``tokenizer_config.json``; raises
    ``UsageError`` when the folder has neither. Templates are untrusted: they run in Jinja's
    immutable sandbox.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        config_path = folder / "tokenizer_config.json"
        self._config: dict[str, Any] = (
            json.loads(config_path.read_text(encoding="utf-8")) if config_path.is_file() else {}
        )
        jinja_path = folder / "chat_template.jinja"
        source = (
            jinja_path.read_text(encoding="utf-8")
            if jinja_path.is_file()
            else self._config.get("chat_template")
        )
        if not isinstance(source, str):
            raise UsageError(
                f"{folder}: no chat template; put the model's chat_template.jinja and "
                "tokenizer_config.json beside its weights"
            )
        self._source = source

    @cached_property
    def _template(self) -> Any:
        from jinja2.ext import loopcontrols
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
        )
        environment.globals["raise_exception"] = self._refuse
        return environment.from_string(self._source)

    def _refuse(self, message: str) -> None:
        raise EngineError(f"{self._folder}: the chat template refuses these messages: {message}")

    def render(self, messages: Sequence[Message]) -> str:
        """The prompt that asks for the assistant's next turn."""
        from jinja2 import TemplateError

        try:
            prompt: str = self._template.render(
                messages=[{"role": m.role, "content": m.content} for m in messages],
                add_generation_prompt=True,
                **self._special_tokens(),
            )
        except TemplateError as error:
            raise EngineError(f"{self._folder}: the chat template fails: {error}") from None
        return prompt

    def _special_tokens(self) -> dict[str, str]:
        tokens = {}
        for name in ("bos_token", "eos_token", "unk_token", "pad_token"):
            value = self._config.get(name)
            if isinstance(value, dict):
                value = value.get("content")
            if isinstance(value, str):
                tokens[name] = value
        return tokens
