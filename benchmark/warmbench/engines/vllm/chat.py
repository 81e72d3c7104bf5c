"""How vLLM is asked: messages, template and variables, in its words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.engines.chat_template import (
    ChatTemplate,
    date_of_template,
    dated_template,
    template_variables,
)
from warmbench.errors import UsageError
from warmbench.records.request import Request
from warmbench.records.request_form import USUAL_FORM, RequestForm

__all__ = ["VLLMChat", "find_template"]

_FILES = ["tokenizer_config.json", "chat_template.jinja"]


@dataclass(frozen=True, slots=True)
class VLLMChat:
    """What all requests of an arm share. ``template`` is None where only vLLM knows it."""

    template: ChatTemplate | None = None
    form: RequestForm = USUAL_FORM

    def messages(self, request: Request) -> list[dict[str, str]]:
        """The messages of a request as they are sent."""
        return [
            {"role": m.role, "content": m.content} for m in self.form.messages(request.messages)
        ]

    def arguments(self, request: Request) -> dict[str, Any]:
        """Further arguments of ``LLM.enqueue_chat``: those that differ from its defaults."""
        arguments: dict[str, Any] = {}
        if self.template is not None and date_of_template(self.template.source):
            arguments["chat_template"] = dated_template(self.template.source)
        if variables := template_variables(request.extras):
            arguments["chat_template_kwargs"] = variables
        return arguments


def find_template(path: str, revision: str | None) -> ChatTemplate | None:
    """The chat template of a folder or of a model on the Hub; None where it has none that we can
    read: then vLLM says what it makes of that."""
    folder = Path(path)
    if not folder.is_dir():
        from huggingface_hub import snapshot_download

        try:
            folder = Path(snapshot_download(path, revision=revision, allow_patterns=_FILES))
        except (OSError, ValueError):
            return None
    try:
        return ChatTemplate(folder)
    except UsageError:
        return None
