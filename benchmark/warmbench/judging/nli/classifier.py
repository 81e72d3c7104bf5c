"""A three-way inference model of transformers: from the Hugging Face Hub, or a folder.

https://huggingface.co/docs/transformers/model_doc/auto#transformers.AutoModelForSequenceClassification
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from warmbench.engines.engine import EngineOptions
from warmbench.engines.hf.library import (
    choose_device,
    import_torch,
    import_transformers,
    set_threads,
)
from warmbench.engines.hf.loading import need_all, need_folder, pinned_revision, told
from warmbench.engines.hub_commit import hub_commit
from warmbench.errors import EngineError, UsageError, first_line
from warmbench.judging.nli.inference import Odds, Pair
from warmbench.judging.nli.labels import class_places

__all__ = ["Classifier"]

_USER = "the nli judge"
_BATCH = 32
_MOST_TOKENS = 512
_DECIMALS = 4
"""What a batch's padding or another machine changes is far below this."""


class Classifier:
    """``name`` as ``nli:NAME`` has it: ``owner/model``, ``owner/model@revision`` or a folder.

    Computed in float32, so that a batch changes nothing that is kept; weights come from safetensors
    alone and no code of the model is run. Raises ``UsageError`` for a model without the three
    classes, ``UsageError`` or ``EngineError`` for one that can't be loaded.
    """

    def __init__(self, name: str, options: EngineOptions) -> None:
        self._spec = f"nli:{name}"
        self._torch = import_torch(_USER)
        transformers = import_transformers(_USER)
        device = choose_device(self._torch, self._spec, options.device)
        base, revision = _parted(name)
        need_folder(self._spec, base)
        folder = Path(base).expanduser()
        source = str(folder) if folder.is_dir() else base
        with told(self._spec, "the model"):
            self._refuse_adapter(transformers, source, revision)
            if folder.is_dir():
                found, commit = pinned_revision(self._spec, folder, revision), None
            else:
                found = commit = hub_commit(base, revision)
            config = transformers.AutoConfig.from_pretrained(
                source, revision=commit, trust_remote_code=False
            )
            self._places = class_places(self._spec, config.id2label)
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(
                source, revision=commit, trust_remote_code=False
            )
            options.note("loading the model")
            self._model, information = (
                transformers.AutoModelForSequenceClassification.from_pretrained(
                    source,
                    config=config,
                    revision=commit,
                    trust_remote_code=False,
                    use_safetensors=True,
                    dtype=self._torch.float32,
                    output_loading_info=True,
                )
            )
        need_all(self._spec, information["missing_keys"])
        self._specials = _pattern_of(self._tokenizer.all_special_tokens)
        self._limit = _token_limit(self._tokenizer, config)
        if device == "cpu":
            set_threads(self._torch, None, self._model)
        self._model.to(device).eval()
        self.identity: Mapping[str, str] = {
            "model": folder.resolve().name if folder.is_dir() else base,
            "revision": str(found),
            "dtype": "float32",
            "tokens": str(self._limit),
        }
        self.where: Mapping[str, str] = {
            "device": device,
            "torch": str(self._torch.__version__),
            "transformers": str(transformers.__version__),
        }

    def _refuse_adapter(self, transformers: Any, source: str, revision: str | None) -> None:
        """transformers would load the base that an adapter names, which nothing here pins."""
        if transformers.utils.find_adapter_config_file(source, revision=revision):
            raise UsageError(f"{self._spec}: it is an adapter; name a whole model")

    def infer(self, pairs: Sequence[Pair]) -> list[Odds]:
        """Pairs of like length are computed together, each different one once."""
        different = sorted(
            dict.fromkeys(pairs), key=lambda p: (_length(p), p.premise, p.hypothesis)
        )
        known: dict[Pair, Odds] = {}
        for at in range(0, len(different), _BATCH):
            batch = different[at : at + _BATCH]
            known.update(zip(batch, self._odds(batch), strict=True))
        return [known[pair] for pair in pairs]

    def _odds(self, batch: Sequence[Pair]) -> Iterator[Odds]:
        try:
            with self._torch.inference_mode():
                inputs = self._tokenizer(
                    [self._harmless(pair.premise) for pair in batch],
                    [self._harmless(pair.hypothesis) for pair in batch],
                    padding=True,
                    truncation="longest_first",
                    max_length=self._limit,
                    return_tensors="pt",
                ).to(self._model.device)
                rows = self._model(**inputs).logits.double().softmax(-1).cpu().tolist()
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            raise EngineError(f"{self._spec}: transformers failed ({first_line(error)})") from None
        for row in rows:
            yield Odds(*(round(row[place], _DECIMALS) for place in self._places))

    def _harmless(self, text: str) -> str:
        """Without the words that the tokenizer takes for its own marks: an answer with "[SEP]" in
        it could write its own hypothesis."""
        return self._specials.sub(" ", text) if self._specials else text


def _parted(name: str) -> tuple[str, str | None]:
    """The model and its revision; a folder may have an ``@`` in its name."""
    base, at, revision = name.rpartition("@")
    if not at or Path(name).expanduser().is_dir():
        return name, None
    if not base or not revision.strip():
        raise UsageError(f"nli:{name}: write nli:MODEL or nli:MODEL@REVISION")
    return base, revision.strip()


def _length(pair: Pair) -> int:
    return len(pair.premise) + len(pair.hypothesis)


def _pattern_of(tokens: Sequence[str]) -> re.Pattern[str] | None:
    """Longest first, so that no mark is left of two that overlap."""
    marks = sorted({token for token in tokens if token.strip()}, key=lambda t: (-len(t), t))
    return re.compile("|".join(map(re.escape, marks)), re.IGNORECASE) if marks else None


def _token_limit(tokenizer: Any, config: Any) -> int:
    """The tokens of a pair: what the tokenizer says, and the model has places for. Some models
    (RoBERTa) begin to count their places after the padding's."""
    places = getattr(config, "max_position_embeddings", None)
    places = places - 2 if isinstance(places, int) and places > 2 else _MOST_TOKENS
    return int(min(_MOST_TOKENS, places, tokenizer.model_max_length))
