"""The requests that vLLM is working on, and its outputs as responses."""

from __future__ import annotations

from typing import Any

from warmbench.engines.decoded_text import decoded_text, opened_reasoning
from warmbench.engines.local_models import too_long
from warmbench.engines.vllm.chat import VLLMChat
from warmbench.engines.vllm.library import VLLMLibrary
from warmbench.errors import EngineError, first_line
from warmbench.records.reply import Reply, response_of
from warmbench.records.request import Request
from warmbench.records.response import Failure, FailureKind, Response

__all__ = ["VLLMQueue"]

_TAG_TOKENS = 16
"""No tag that opens reasoning has more."""


class VLLMQueue:
    """The requests that vLLM has, by the numbers that it gave them."""

    def __init__(self, llm: Any, library: VLLMLibrary, lora: Any, chat: VLLMChat) -> None:
        self._llm = llm
        self._library = library
        self._lora = lora
        self._chat = chat
        self._tokenizer = llm.get_tokenizer()
        self._names: dict[str, str] = {}  # number -> the name that vLLM knows it by inside
        self.asked: dict[str, Request] = {}

    def add(self, request: Request) -> Failure | None:
        """Queue a request; one that vLLM refuses (mostly: too long) is a failure."""
        sampling = self._library.sampling(
            temperature=request.temperature,
            top_p=request.top_p,
            max_tokens=request.max_tokens,
            seed=request.seed,
        )
        try:
            (name,) = self._llm.enqueue_chat(
                [self._chat.messages(request)],
                sampling,
                use_tqdm=False,
                lora_request=self._lora,
                **self._chat.arguments(request),
            )
        except self._library.refusals as error:
            return Failure(request.key, FailureKind.BAD_REQUEST, first_line(error))
        except Exception as error:
            raise EngineError(f"vLLM stopped ({first_line(error)})") from None
        number = name.partition("-")[0]  # vLLM adds random letters that its outputs leave out
        self._names[number] = name
        self.asked[number] = request
        return None

    def step(self) -> list[Response]:
        """What finished since the last call; waits for the engine's next step."""
        if not self.asked:
            return []
        try:
            outputs = self._llm.llm_engine.step()
        except Exception as error:
            raise EngineError(
                f"vLLM stopped ({first_line(error)}); the same command resumes the run"
            ) from None
        return [self._take(output) for output in outputs if output.finished]

    def _take(self, output: Any) -> Response:
        del self._names[output.request_id]
        return _to_response(self.asked.pop(output.request_id), output, self._tokenizer)

    def abort(self) -> None:
        """Abort what has not finished."""
        if self._names:
            self._llm.llm_engine.abort_request(list(self._names.values()), internal=True)


def _to_response(request: Request, output: Any, tokenizer: Any) -> Response:
    answer = output.outputs[0]
    prompt, new = len(output.prompt_token_ids), len(answer.token_ids)
    if answer.finish_reason == "length" and new < request.max_tokens:
        return too_long(request, prompt, prompt + new)
    found = decoded_text(
        tokenizer.decode(list(answer.token_ids)),
        answer.text,
        opened=opened_reasoning(tokenizer.decode(output.prompt_token_ids[-_TAG_TOKENS:])),
        special_tokens=tokenizer.all_special_tokens,
    )
    reply = Reply(
        found.text,
        answer.finish_reason,
        reasoning=found.reasoning,
        prompt_tokens=prompt,
        completion_tokens=new,
    )
    return response_of(request.key, reply)
