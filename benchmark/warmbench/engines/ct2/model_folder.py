"""A converted model as it lies in its folder."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from warmbench.engines.chat_template import ChatTemplate, read_config
from warmbench.engines.decoded_text import DecodedText, decoded_text
from warmbench.engines.local_models import files_revision
from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.reference_model import REFERENCE_NAME, reference_path

__all__ = ["CT2Folder"]

_NEEDED = ("model.bin", "config.json", "tokenizer.json")

_SMALL_MODEL_BYTES = 64 * 2**20
"""Below this a second thread waits more than it works: for 3 M parameters on two cores it made
210 instead of 140 replies a second when nothing else ran, but 19 instead of 64 when something
did."""


class CT2Folder:
    """The files of a model that was converted for CTranslate2, and what they say.

    Raises ``UsageError`` for a folder that lacks one of them.
    """

    def __init__(self, spec: ModelSpec) -> None:
        self.path = _path_of(spec)
        self.chat_template = ChatTemplate(self.path)
        self.is_small = (self.path / "model.bin").stat().st_size < _SMALL_MODEL_BYTES

    def revision(self) -> str:
        """16 hex digits over weights, configuration and tokenizer."""
        return files_revision(self.path / name for name in _NEEDED)

    @cached_property
    def tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        try:
            return Tokenizer.from_file(str(self.path / "tokenizer.json"))
        except Exception as error:  # tokenizers raises Exception itself
            raise UsageError(f"{self.path}/tokenizer.json: not a tokenizer ({error})") from None

    def decoded(self, ids: list[int], opened: str) -> DecodedText:
        """What the model wrote after a prompt that ``opened`` its reasoning."""
        return decoded_text(
            self.tokenizer.decode(ids, skip_special_tokens=False),
            self.tokenizer.decode(ids, skip_special_tokens=True),
            opened=opened,
            special_tokens=self._special_tokens,
        )

    @cached_property
    def _special_tokens(self) -> list[str]:
        added = self.tokenizer.get_added_tokens_decoder().values()
        return [token.content for token in added if token.special]

    @cached_property
    def context_length(self) -> int | None:
        """The most tokens of prompt and answer together, where the folder says it."""
        length = read_config(self.path / "tokenizer_config.json").get("model_max_length")
        return length if isinstance(length, int) else None

    @cached_property
    def end_tokens(self) -> tuple[int, ...]:
        """The tokens that end an answer by ``generation_config.json`` (Llama 3 has several); empty
        where it says none: then the one in ``config.json`` does."""
        found = read_config(self.path / "generation_config.json").get("eos_token_id")
        listed = found if isinstance(found, list) else [found]
        return tuple(sorted({token for token in listed if isinstance(token, int)}))


def _path_of(spec: ModelSpec) -> Path:
    if spec.name == REFERENCE_NAME:
        return reference_path("ct2", spec.adapter)
    if spec.adapter:
        raise UsageError(
            f"{spec}: ct2 can't load an adapter; convert the model with it: "
            f"warmbench convert {spec.name} --adapter {spec.adapter}"
        )
    folder = Path(spec.name).expanduser()
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        raise UsageError(
            f"{spec}: {folder} has no {', '.join(missing)}; make the folder with: "
            "warmbench convert MODEL --to ct2"
        )
    return folder
