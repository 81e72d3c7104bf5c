"""A model's own chat template, rendered without transformers and as transformers renders it.

https://huggingface.co/docs/transformers/main/en/chat_templating_writing

One thing differs: a template that asks for today's date is told ``TEMPLATE_DATE``, so that a run
which is resumed on another day asks the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from warmbench.errors import EngineError, UsageError, reason_of
from warmbench.records.message import Message
from warmbench.records.request_extras import RequestExtras

__all__ = [
    "TEMPLATE_DATE",
    "TEMPLATE_EXTRAS",
    "ChatTemplate",
    "date_of_template",
    "dated_template",
    "read_config",
    "strftime_now",
    "template_variables",
]

TEMPLATE_DATE = datetime(2025, 1, 1)
"""The day that a chat template takes for today. Later than the dates that templates of models up
to 2024 write by default; part of the identity of a model whose template asks for it."""

TEMPLATE_EXTRAS = ("chat_template_kwargs", "reasoning_effort")
"""The settings of ``RequestExtras`` that a chat template takes."""

_OURS = ("messages", "add_generation_prompt")
"""Variables of a template that are not for the user to set."""


def strftime_now(format: str) -> str:
    """What a template that asks for today's date is told.

    >>> strftime_now("%d %B %Y")
    '01 January 2025'
    """
    return TEMPLATE_DATE.strftime(format)


_DIRECTIVES = [
    *(f"%-{letter}" for letter in "dHIjmMSy"),
    *(f"%{letter}" for letter in "aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ"),
]


def dated_template(source: str) -> str:
    """A template for those that render it themselves (transformers, vLLM): with a ``strftime_now``
    of its own, which gives ``TEMPLATE_DATE``, before one that asks for the date. They take no
    function as a variable; the day being known, replacing is enough."""
    if date_of_template(source) is None:
        return source
    day = "".join(f"|replace({d!r}, {TEMPLATE_DATE.strftime(d)!r})" for d in _DIRECTIVES)
    text = f"format|replace('%%', '\\0'){day}|replace('\\0', '%')"
    return f"{{% macro strftime_now(format) %}}{{{{ {text} }}}}{{% endmacro %}}\n{source}"


def date_of_template(source: object) -> str | None:
    """The date that a template (its text, or several by name) is told, None where it asks for
    none."""
    asks = "strftime_now" in json.dumps(source, default=str)
    return f"{TEMPLATE_DATE:%Y-%m-%d}" if asks else None


def template_variables(extras: RequestExtras) -> dict[str, Any]:
    """The variables that a request sets in the template; raises ``UsageError`` for ours."""
    for name in _OURS:
        if name in extras.chat_template_kwargs:
            raise UsageError(f"--chat-template-kwargs: {name} is not for you to set")
    effort = {"reasoning_effort": extras.reasoning_effort} if extras.reasoning_effort else {}
    return {**effort, **extras.chat_template_kwargs}


class ChatTemplate:
    """Turns messages into a prompt, as the model's authors wrote it.

    Reads ``chat_template.jinja``, or ``chat_template`` in ``tokenizer_config.json`` (of several
    with names the one named default); raises ``UsageError`` when the folder has neither. Templates
    are untrusted: they run in Jinja's immutable sandbox.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._config = read_config(folder / "tokenizer_config.json")
        self.source = self._read_source()

    def _read_source(self) -> str:
        path = self._folder / "chat_template.jinja"
        if path.is_file():
            return path.read_text(encoding="utf-8")
        source = self._config.get("chat_template")
        if isinstance(source, list):
            source = {one.get("name"): one.get("template") for one in source}.get("default")
        if not isinstance(source, str):
            raise UsageError(
                f"{self._folder}: no chat template; put the model's chat_template.jinja and "
                "tokenizer_config.json beside its weights"
            )
        return source

    @property
    def revision(self) -> str:
        """16 hex digits over what the template is and the special tokens that it writes."""
        parts = json.dumps([self.source, self._special_tokens()], sort_keys=True)
        return sha256(parts.encode()).hexdigest()[:16]

    @cached_property
    def _template(self) -> Any:
        return _environment().from_string(self.source)

    def render(self, messages: Sequence[Message], variables: Mapping[str, Any] = {}) -> str:
        """The prompt that asks for the assistant's next turn; ``variables`` go to the template.

        Raises ``EngineError`` where the template refuses the messages, or fails.
        """
        given = {
            "tools": None,
            "documents": None,
            **self._special_tokens(),
            **variables,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "add_generation_prompt": True,
        }
        try:
            prompt: str = self._template.render(given)
        except _Refused as refusal:
            raise EngineError(
                f"{self._folder}: the chat template refuses these messages: {refusal}"
            ) from None
        except Exception as error:  # a template's code can raise what Python raises
            raise EngineError(
                f"{self._folder}: the chat template fails: {reason_of(error)}"
            ) from None
        return prompt

    def _special_tokens(self) -> dict[str, str]:
        tokens = {}
        for name in ("bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token"):
            value = self._config.get(name)
            if isinstance(value, dict):
                value = value.get("content")
            if isinstance(value, str):
                tokens[name] = value
        return tokens


def read_config(path: Path) -> dict[str, Any]:
    """The JSON object in a file of a model; empty if there is no such file."""
    if not path.is_file():
        return {}
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{path}: not JSON ({error})") from None
    if not isinstance(config, dict):
        raise UsageError(f"{path}: not a JSON object")
    return config


class _Refused(Exception):
    """Raised by a template's ``raise_exception``."""


def _refuse(message: str) -> None:
    raise _Refused(message)


def _environment() -> Any:
    """Jinja as transformers sets it up for chat templates."""
    from jinja2 import nodes
    from jinja2.ext import Extension, loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(Extension):
        """``{% generation %}`` marks what an assistant wrote, for training: here it does
        nothing."""

        tags = {"generation"}  # noqa: RUF012  as Jinja declares it

        def parse(self, parser: Any) -> Any:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            return nodes.Scope(body, lineno=line)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = strftime_now
    return environment


def _to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Jinja's own would escape what HTML escapes."""
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )
