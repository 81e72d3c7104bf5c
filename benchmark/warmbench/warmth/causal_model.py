"""A causal language model, for the probability of each token of a sequence (extra ``hf``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from warmbench.engines.hub_commit import hub_commit
from warmbench.engines.local_models import files_revision
from warmbench.errors import EngineError, UsageError
from warmbench.optional_library import from_extra
from warmbench.reference_model import REFERENCE_NAME, reference_path

__all__ = ["CausalModel"]

_NO_LIMIT = 1_000_000
"""Tokenizers without a limit of their own report a huge one."""


class CausalModel:
    """Any causal model by folder or Hub name (``reference`` is the packaged one), in float32.

    Weights are read from safetensors only: a pickle can run code. ``identity`` is the name with
    the commit of the Hub, or with a hash of the weights of a folder.
    """

    def __init__(self, name: str, revision: str | None = None, device: str = "auto") -> None:
        self._torch, transformers = _import()
        self._device = _device(self._torch, device)
        path = str(reference_path("hf")) if name == REFERENCE_NAME else name
        try:
            found = _revision(path, revision)
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(path, revision=revision)
            self._model = transformers.AutoModelForCausalLM.from_pretrained(
                path, revision=revision, dtype=self._torch.float32, use_safetensors=True
            )
        except (OSError, ValueError, KeyError, ImportError) as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise EngineError(f"{name}: transformers can't load it ({reason})") from None
        self._model.to(self._device).eval()
        label = Path(name).name if Path(name).is_dir() else name
        self.identity = f"{label}@{found or revision or 'unknown'}"
        self.context = _context(self._model, self._tokenizer)

    def encode(self, text: str, special: bool = True) -> list[int]:
        """The tokens of a text, with the tokenizer's own opening token (GPT-2 has none) or not."""
        # Callers cut a text at the context, so the tokenizer's warning says nothing new.
        encoded = self._tokenizer(text, add_special_tokens=special, verbose=False)
        return [int(token) for token in encoded["input_ids"]]

    def log_probabilities(self, sequences: Sequence[Sequence[int]]) -> list[list[float]]:
        """For each sequence of n >= 1 tokens the n - 1 values log p(token | those before), in
        nats, without dropout.

        Padding is on the right, where it can't affect the tokens before it.
        """
        torch = self._torch
        longest = max(len(sequence) for sequence in sequences)
        ids = torch.zeros((len(sequences), longest), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, sequence in enumerate(sequences):
            ids[row, : len(sequence)] = torch.tensor(sequence)
            mask[row, : len(sequence)] = 1
        values = self._of_tokens(ids, mask).tolist()
        return [row[: len(sequence) - 1] for row, sequence in zip(values, sequences, strict=True)]

    def mean_with_dropout(
        self, sequence: Sequence[int], passes: int, seed: int, block: int
    ) -> float:
        """The mean of log p(token | those before) over all tokens but the first, and over
        ``passes`` with dropout on, in nats; 0 for fewer than two tokens.

        A block of passes is a batch of copies of the one sequence: no padding, and no other text
        whose presence could change what is drawn.
        """
        if len(sequence) < 2:
            return 0.0
        torch = self._torch
        devices = [self._device] if self._device.type == "cuda" else []
        total = 0.0
        self._model.train()
        try:
            with torch.random.fork_rng(devices=devices):  # leaves the caller's generator alone
                torch.manual_seed(seed)
                for start in range(0, passes, block):
                    copies = min(block, passes - start)
                    ids = torch.tensor([list(sequence)] * copies)
                    total += float(self._of_tokens(ids, torch.ones_like(ids)).mean(dim=1).sum())
        finally:
            self._model.eval()
        return total / passes

    def _of_tokens(self, ids: Any, mask: Any) -> Any:
        torch = self._torch
        ids, mask = ids.to(self._device), mask.to(self._device)
        with torch.inference_mode():
            logits = self._model(input_ids=ids, attention_mask=mask, use_cache=False).logits
            chosen = logits[:, :-1].gather(2, ids[:, 1:, None]).squeeze(2)
            return (chosen - logits[:, :-1].logsumexp(dim=2)).double().cpu()


def _import() -> tuple[Any, Any]:
    with from_extra("hf", "a sociot measure"):
        import torch
        import transformers
    transformers.logging.disable_progress_bar()
    return torch, transformers


def _device(torch: Any, wanted: str) -> Any:
    if wanted == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", torch.cuda.current_device())
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(wanted)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = (str(error).splitlines() or ["unknown device"])[0]
        raise UsageError(f"device {wanted!r}: torch can't use it ({reason})") from None
    return device


def _revision(path: str, revision: str | None) -> str | None:
    if not Path(path).is_dir():
        return hub_commit(path, revision)
    weights = sorted(Path(path).glob("*.safetensors"))
    return files_revision(weights) if weights else None


def _context(model: Any, tokenizer: Any) -> int:
    known = [
        int(limit)
        for limit in (
            getattr(model.config, "max_position_embeddings", None),
            tokenizer.model_max_length,
        )
        if limit and limit < _NO_LIMIT
    ]
    return min(known, default=1024)
