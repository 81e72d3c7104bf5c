"""A model's prompts, rendered and encoded by its tokenizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.engines.chat_template import (
    date_of_template,
    dated_template,
    template_variables,
)
from warmbench.engines.decoded_text import DecodedText, decoded_text, opened_reasoning
from warmbench.engines.local_models import too_long
from warmbench.errors import EngineError, UsageError, reason_of
from warmbench.records.message import Message
from warmbench.records.request import Request
from warmbench.records.request_form import RequestForm
from warmbench.records.response import Failure, FailureKind

__all__ = ["ChatPrompt", "ChatPrompts"]

_OF_THE_TOKENIZER = frozenset(
    {
        "chat_template", "continue_final_message", "conversation", "max_length", "padding",
        "return_assistant_tokens_mask", "return_dict", "return_tensors",
        "sanitize_control_tokens", "tokenize", "tokenizer_kwargs", "truncation",
    }
)  # fmt: skip
"""Arguments of ``apply_chat_template`` that would not reach the template."""


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """The prompt of one request, as tokens; ``opened`` is the tag with which it opens the reply's
    reasoning."""

    request: Request
    ids: list[int]
    opened: str


class ChatPrompts:
    """Turns messages into prompts; ``owner`` names the model in messages."""

    def __init__(self, tokenizer: Any, owner: str) -> None:
        self._tokenizer = tokenizer
        self._owner = owner
        try:
            source = tokenizer.get_chat_template()
        except ValueError as error:
            raise UsageError(f"{owner}: {error}") from None
        self.date = date_of_template(source)
        """The date that the template is told, None where it asks for none."""
        self._template = dated_template(source)

    def text(self, messages: Sequence[Message], variables: Mapping[str, Any] = {}) -> str:
        """The prompt as text; raises ``EngineError`` where the template refuses the messages."""
        if clash := sorted(_OF_THE_TOKENIZER & variables.keys()):
            raise UsageError(f"--chat-template-kwargs: {clash[0]} is not for you to set")
        try:
            prompt: str = self._tokenizer.apply_chat_template(
                [{"role": m.role, "content": m.content} for m in messages],
                chat_template=self._template,
                add_generation_prompt=True,
                tokenize=False,
                **variables,
            )
        except Exception as error:  # a template's code can raise what Python raises
            raise EngineError(
                f"{self._owner}: the chat template fails ({reason_of(error)})"
            ) from None
        return prompt

    def of(
        self, request: Request, form: RequestForm, limit: int | None = None
    ) -> ChatPrompt | Failure:
        """The prompt of a request as tokens, or why it has none: the template refuses it, or prompt
        and answer exceed ``limit`` tokens."""
        variables = template_variables(request.extras)
        try:
            text = self.text(form.messages(request.messages), variables)
        except EngineError as error:
            return Failure(request.key, FailureKind.BAD_REQUEST, str(error))
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        if limit is None or len(ids) + request.max_tokens <= limit:
            return ChatPrompt(request, ids, opened_reasoning(text))
        return too_long(request, len(ids), limit)

    def decoded(self, ids: list[int], prompt: ChatPrompt) -> DecodedText:
        """What a model wrote after a prompt."""
        return decoded_text(
            self._tokenizer.decode(ids, skip_special_tokens=False),
            self._tokenizer.decode(ids, skip_special_tokens=True),
            opened=prompt.opened,
            special_tokens=self._tokenizer.all_special_tokens,
        )
