"""CTranslate2: converted models on a CPU (or GPU), with no torch.

https://opennmt.net/CTranslate2/generation.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from warmbench.engines.chat_template import ChatTemplate
from warmbench.engines.engine import Engine, EngineOptions, Responses
from warmbench.engines.local_models import block_seed, files_revision, in_blocks
from warmbench.errors import EngineError, UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.reply import CUT, Reply, response_of
from warmbench.records.request import Request
from warmbench.records.response import Failure, FailureKind, Response
from warmbench.reference_model import REFERENCE_NAME, reference_path

__all__ = ["CT2Engine"]

_NEEDED = ("model.bin", "config.json", "tokenizer.json")

_SMALL_MODEL_BYTES = 64 * 2**20
"""Below this a second thread waits more than it works: for 3 M parameters on two cores it made
210 instead of 140 replies a second when nothing else ran, but 19 instead of 64 when something
did."""


class CT2Engine(Engine):
    """A converted model in a folder, with ``tokenizer.json`` and its chat template beside it.

    ``ct2:reference`` is the embedded reference model, ``ct2:reference+warm`` its warm arm.
    """

    block_size = 32

    def __init__(
        self, spec: ModelSpec, options: EngineOptions, revision: str | None = None
    ) -> None:
        if spec.base_url:
            raise UsageError(
                f"{spec}: the ct2 engine runs on this machine and doesn't take an address"
            )
        self._spec = spec
        self._device = options.device
        self._folder = _folder_of(spec)
        self._chat_template = ChatTemplate(self._folder)
        self._revision = revision or files_revision(self._folder / name for name in _NEEDED)
        self._generator: Any = None

    def identity(self) -> Mapping[str, str | None]:
        return {
            "engine": "ct2",
            "endpoint": None,
            "model": self._spec.name,
            "revision": self._revision,
            "adapter": self._spec.adapter,
        }

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / "tokenizer.json"))

    def _open_generator(self) -> Any:
        import ctranslate2

        device = "auto" if self._device == "auto" else self._device
        compute = "float32" if device in ("auto", "cpu") else "default"
        small = (self._folder / "model.bin").stat().st_size < _SMALL_MODEL_BYTES
        try:
            return ctranslate2.Generator(
                str(self._folder),
                device=device,
                compute_type=compute,
                intra_threads=1 if small else 0,
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError(
                f"{self._folder}: CTranslate2 can't load the model ({error})"
            ) from None

    @cached_property
    def _context_length(self) -> int | None:
        path = self._folder / "tokenizer_config.json"
        if not path.is_file():
            return None
        length = json.loads(path.read_text(encoding="utf-8")).get("model_max_length")
        return length if isinstance(length, int) else None

    def ask(self, requests: Sequence[Request]) -> Responses:
        for block in in_blocks(requests):
            yield self._answer(block)

    def _answer(self, block: list[Request]) -> list[Response]:
        prompts = [
            self._tokenizer.encode(
                self._chat_template.render(r.messages), add_special_tokens=False
            ).tokens
            for r in block
        ]
        too_long = {
            i for i, (r, p) in enumerate(zip(block, prompts, strict=True)) if self._over(p, r)
        }
        sent = [i for i in range(len(block)) if i not in too_long]
        texts = self._generate([prompts[i] for i in sent], block) if sent else []
        answers: dict[int, Response] = {}
        for i, (ids, finish) in zip(sent, texts, strict=True):
            text = self._tokenizer.decode(ids, skip_special_tokens=True).strip()
            reply = Reply(text, finish, prompt_tokens=len(prompts[i]), completion_tokens=len(ids))
            answers[i] = response_of(block[i].key, reply)
        for i in too_long:
            message = (
                f"the prompt's {len(prompts[i])} tokens and the answer's {block[i].max_tokens} "
                f"exceed the model's context of {self._context_length}"
            )
            answers[i] = Failure(block[i].key, FailureKind.BAD_REQUEST, message)
        return [answers[i] for i in range(len(block))]

    def _over(self, prompt: list[str], request: Request) -> bool:
        limit = self._context_length
        return limit is not None and len(prompt) + request.max_tokens > limit

    def _generate(
        self, prompts: list[list[str]], block: list[Request]
    ) -> list[tuple[list[int], str]]:
        import ctranslate2

        # A worker thread seeds its random stream once, when it starts. A new generator (2 ms for
        # the reference model) starts a new thread, so a block draws the same answers whichever
        # blocks were asked before it.
        if block[0].temperature > 0:
            self._generator = None
            ctranslate2.set_random_seed(block_seed(block))
        if self._generator is None:
            self._generator = self._open_generator()
        try:
            results = self._generator.generate_batch(
                prompts,
                max_length=block[0].max_tokens,
                include_prompt_in_result=False,
                **_sampling(block[0]),
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"{self._spec}: CTranslate2 failed ({error})") from None
        return [
            (ids, CUT if len(ids) >= block[0].max_tokens else "stop")
            for ids in (result.sequences_ids[0] for result in results)
        ]

    def close(self) -> None:
        self._generator = None


def _folder_of(spec: ModelSpec) -> Path:
    if spec.name == REFERENCE_NAME:
        return reference_path("ct2", spec.adapter)
    if spec.adapter:
        raise UsageError(
            f"{spec}: ct2 can't load an adapter; merge it into the model and convert that"
        )
    folder = Path(spec.name).expanduser()
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        raise UsageError(
            f"{spec}: {folder} has no {', '.join(missing)}; pass a folder made by "
            "ct2-transformers-converter with --copy_files tokenizer.json tokenizer_config.json"
        )
    return folder


def _sampling(request: Request) -> dict[str, float]:
    if request.temperature == 0:
        return {"sampling_topk": 1}
    return {
        "sampling_topk": 0,
        "sampling_topp": request.top_p,
        "sampling_temperature": request.temperature,
    }
