"""CTranslate2: converted models on a CPU (or GPU), with no torch.

https://opennmt.net/CTranslate2/generation.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.engines.chat_template import (
    TEMPLATE_EXTRAS,
    date_of_template,
    template_variables,
)
from warmbench.engines.ct2.fresh_workers import WORKERS, FreshWorkers
from warmbench.engines.ct2.model_folder import CT2Folder
from warmbench.engines.decoded_text import opened_reasoning
from warmbench.engines.engine import NEVER_ASKED, ArmHistory, Engine, EngineOptions, Responses
from warmbench.engines.engine_args import thread_count
from warmbench.engines.local_models import block_seed, in_blocks, refuse_address, too_long
from warmbench.engines.template_form import find_form
from warmbench.errors import EngineError, UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.reply import CUT, Reply, response_of
from warmbench.records.request import Request
from warmbench.records.request_form import USUAL_FORM, RequestForm
from warmbench.records.response import Failure, FailureKind, Response
from warmbench.reference_model import REFERENCE_NAME

__all__ = ["CT2Engine"]

_COMPUTE_TYPES = (
    "default", "auto", "int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16",
    "float16", "bfloat16", "float32",
)  # fmt: skip
"""https://opennmt.net/CTranslate2/quantization.html; ``default`` keeps what the model is stored in,
as far as the device computes with it."""

_DEVICES = ("auto", "cpu", "cuda")

_Drawn = tuple[list[int], str]
"""The ids of an answer's tokens, and how it ended."""


@dataclass(frozen=True, slots=True)
class _Prompt:
    """``opened``: the tag with which it opens the reply's reasoning."""

    tokens: list[str]
    opened: str


class CT2Engine(Engine):
    """A converted model in a folder, with ``tokenizer.json`` and its chat template beside it
    (``warmbench convert`` makes one).

    ``ct2:reference`` is the embedded reference model, ``ct2:reference+warm`` its warm arm. It is
    computed in float32 unless ``compute_type`` says otherwise.
    """

    block_size = 32
    extras_taken = TEMPLATE_EXTRAS

    def __init__(
        self, spec: ModelSpec, options: EngineOptions, revision: str | None = None
    ) -> None:
        refuse_address(spec)
        self._spec = spec
        self._options = options
        self._has_loaded = False
        self._is_reference = spec.name == REFERENCE_NAME
        _check_device(spec, options.device)
        self._wanted_type = self._read_compute_type()
        self._threads = thread_count(spec, "intra_threads", options.engine_args)
        self._folder = CT2Folder(spec)
        self._revision = revision or self._folder.revision()
        # A small model is loaded in 2 ms: sooner than the workers have gathered.
        self._workers = FreshWorkers(self._load, 1 if self._folder.is_small else WORKERS)
        self._form: RequestForm | None = None

    @classmethod
    def options_taken(cls, spec: ModelSpec) -> Collection[str]:
        return ("compute_type", "intra_threads")

    def _read_compute_type(self) -> str:
        on_cpu = self._options.device in ("auto", "cpu")
        usual = "float32" if self._is_reference and on_cpu else "default"
        found = self._options.engine_args.get("compute_type", usual)
        if found not in _COMPUTE_TYPES:
            raise UsageError(
                f"{self._spec}: --engine-option compute_type={found} is none of "
                f"{', '.join(_COMPUTE_TYPES)}"
            )
        return found

    def identity(self) -> Mapping[str, str | None]:
        """What the reference model is computed in is named only where it is not float32: its
        answers are older than the choice."""
        identity = {
            "engine": "ct2",
            "endpoint": None,
            "model": self._spec.name,
            "revision": self._revision,
            "adapter": self._spec.adapter,
        }
        if not self._is_reference:
            template = self._folder.chat_template
            identity |= {
                "compute_type": self._compute_type,
                "chat_template": template.revision,
                "template_date": date_of_template(template.source),
                "end_tokens": ",".join(map(str, self._folder.end_tokens)) or None,
            }
        elif self._compute_type != "float32":
            identity["compute_type"] = self._compute_type
        return identity

    @property
    def _compute_type(self) -> str:
        """What the device computes in; loads the model to find out."""
        if self._wanted_type == "float32":
            return "float32"
        found: str = self._workers.generator.compute_type
        return found

    def _load(self, workers: int) -> Any:
        import ctranslate2

        if not self._has_loaded:
            self._options.note("loading the model")
        self._has_loaded = True
        usual = 1 if self._folder.is_small else 0
        try:
            return ctranslate2.Generator(
                str(self._folder.path),
                device=self._options.device,
                compute_type=self._wanted_type,
                inter_threads=workers,
                intra_threads=usual if self._threads is None else self._threads,
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError(
                f"{self._folder.path}: CTranslate2 can't load the model ({error})"
            ) from None

    @property
    def form(self) -> RequestForm:
        return self._form or USUAL_FORM

    def begin(self, requests: Iterable[Request], history: ArmHistory = NEVER_ASKED) -> None:
        self._form = find_form(self._folder.chat_template.render, requests, history)

    def ask(self, requests: Sequence[Request]) -> Responses:
        if self._form is None:
            self.begin(requests)
        for block in in_blocks(requests):
            yield self._answer(block)

    def _answer(self, block: list[Request]) -> list[Response]:
        prompts: dict[str, _Prompt] = {}
        answers: dict[str, Response] = {}
        for request in block:
            prompt = self._prompt(request)
            if isinstance(prompt, Failure):
                answers[request.key] = prompt
            else:
                prompts[request.key] = prompt
        tokens = [prompt.tokens for prompt in prompts.values()]
        drawn = self._generate(tokens, block) if prompts else []
        for (key, prompt), (ids, finish) in zip(prompts.items(), drawn, strict=True):
            found = self._folder.decoded(ids, prompt.opened)
            reply = Reply(
                found.text,
                finish,
                reasoning=found.reasoning,
                prompt_tokens=len(prompt.tokens),
                completion_tokens=len(ids),
            )
            answers[key] = response_of(key, reply)
        return [answers[request.key] for request in block]

    def _prompt(self, request: Request) -> _Prompt | Failure:
        """A prompt, or why there is none for this request."""
        messages = self.form.messages(request.messages)
        try:
            text = self._folder.chat_template.render(messages, template_variables(request.extras))
        except EngineError as error:
            return Failure(request.key, FailureKind.BAD_REQUEST, str(error))
        tokens: list[str] = self._folder.tokenizer.encode(text, add_special_tokens=False).tokens
        limit = self._folder.context_length
        if limit is None or len(tokens) + request.max_tokens <= limit:
            return _Prompt(tokens, opened_reasoning(text))
        return too_long(request, len(tokens), limit)

    def _generate(self, prompts: list[list[str]], block: list[Request]) -> list[_Drawn]:
        first = block[0]
        settings = {
            "max_length": first.max_tokens,
            "include_prompt_in_result": False,
            **({"end_token": list(self._folder.end_tokens)} if self._folder.end_tokens else {}),
            **_sampling(first),
        }
        try:
            if first.temperature == 0:
                results = self._workers.choose(prompts, settings)
            else:
                results = self._workers.draw(prompts, settings, block_seed(block))
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"{self._spec}: CTranslate2 failed ({error})") from None
        return [
            (ids, CUT if len(ids) >= first.max_tokens else "stop")
            for ids in (result.sequences_ids[0] for result in results)
        ]

    def close(self) -> None:
        self._workers.close()


def _check_device(spec: ModelSpec, device: str) -> None:
    if device not in _DEVICES:
        raise UsageError(f"{spec}: --device {device} is none of {', '.join(_DEVICES)}")


def _sampling(request: Request) -> dict[str, Any]:
    if request.temperature == 0:
        return {"sampling_topk": 1}
    return {
        "sampling_topk": 0,
        "sampling_topp": request.top_p,
        "sampling_temperature": request.temperature,
    }
