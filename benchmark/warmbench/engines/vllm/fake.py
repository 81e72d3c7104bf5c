"""vLLM without a model: the parts of it that the vllm engine uses, for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from warmbench.engines.vllm.library import VLLMLibrary

__all__ = ["FakeLLM", "FakeVLLM"]

Script = Callable[[Sequence[Mapping[str, str]], Mapping[str, Any], str | None], str]
"""(messages, sampling, folder of the adapter or None) -> the answer, one word a token."""


class FakeVLLM:
    """Loads ``FakeLLM``s that answer by a script. ``loads`` holds the arguments of each load,
    ``models`` what was loaded. ``library`` is what the engine is given."""

    def __init__(self, script: Script, *, context: int = 1000, on_cpu: bool = False) -> None:
        self._script = script
        self._context = context
        self.loads: list[dict[str, Any]] = []
        self.models: list[FakeLLM] = []
        self.library = VLLMLibrary(
            load=self._load,
            sampling=dict,
            lora=lambda name, number, folder: SimpleNamespace(number=number, folder=folder),
            refusals=(ValueError,),
            on_cpu=on_cpu,
        )

    def _load(self, **arguments: Any) -> FakeLLM:
        self.loads.append(arguments)
        self.models.append(FakeLLM(self._script, self._context))
        return self.models[-1]


@dataclass(slots=True)
class FakeLLM:
    """One loaded model. A step finishes the two requests that were queued last, so that answers
    come in another order than questions; ``aborted`` are those that were given up."""

    script: Script
    context: int
    breaks_after: int | None = None
    chat_template: str | None = "{{ messages }}"
    queued: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    aborted: list[str] = field(default_factory=list)
    templates: list[dict[str, Any]] = field(default_factory=list)
    closed: bool = False
    _count: int = 0

    @property
    def llm_engine(self) -> Any:
        return SimpleNamespace(
            step=self._step,
            abort_request=self._abort,
            engine_core=SimpleNamespace(shutdown=self._shutdown),
        )

    def get_tokenizer(self) -> Any:
        return SimpleNamespace(
            chat_template=self.chat_template, decode=" ".join, all_special_tokens=["<end>"]
        )

    def enqueue_chat(
        self,
        chats: list[Any],
        sampling: dict[str, Any],
        *,
        use_tqdm: bool,
        lora_request: Any,
        **template: Any,
    ) -> list[str]:
        (messages,) = chats
        self.templates.append(template)
        prompt = " ".join(message["content"] for message in messages).split()
        if len(prompt) >= self.context:
            raise ValueError(f"The prompt (length {len(prompt)}) is longer than {self.context}.")
        number = str(self._count)
        self._count += 1
        self.queued[number] = (messages, sampling, lora_request, prompt)
        return [f"{number}-abcd1234"]

    def _step(self) -> list[Any]:
        if self.breaks_after is not None:
            if self.breaks_after == 0:
                raise RuntimeError("EngineCore died\nlook above")
            self.breaks_after -= 1
        numbers = list(self.queued)[-2:]
        under_way = [SimpleNamespace(request_id=n, finished=False) for n in self.queued]
        return under_way[:1] + [self._output(number) for number in numbers]

    def _output(self, number: str) -> Any:
        messages, sampling, lora, prompt = self.queued.pop(number)
        words = self.script(messages, sampling, None if lora is None else lora.folder).split()
        room = min(sampling["max_tokens"], self.context - len(prompt))
        answer = SimpleNamespace(
            text=" " + " ".join(words[:room]),
            token_ids=words[:room],
            finish_reason="length" if len(words) > room else "stop",
        )
        return SimpleNamespace(
            request_id=number, finished=True, prompt_token_ids=prompt, outputs=[answer]
        )

    def _abort(self, names: list[str], *, internal: bool) -> None:
        for name in names:
            self.aborted.append(name)
            del self.queued[name.partition("-")[0]]

    def _shutdown(self) -> None:
        self.closed = True
