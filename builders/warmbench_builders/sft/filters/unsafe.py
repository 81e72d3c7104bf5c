"""The unsafe-content filter: Detoxify's model if its weights can be loaded, else a word list.

The paper filters with Detoxify (https://github.com/unitaryai/detoxify). Its ``original`` model is
published as safetensors under ``unitary/toxic-bert``; those weights are read, and nothing is
unpickled. The word list is the English one of glin-profanity, which ships inside that package.
The manifest of a release records which of the two was used.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import regex

from warmbench.engines.hub_commit import hub_commit
from warmbench.errors import UsageError
from warmbench.optional_library import from_extra
from warmbench_builders.sft.readers.chat import Chat, Dropped

__all__ = ["DetoxifyFilter", "UnsafeFilter", "WordListFilter", "open_unsafe_filter"]

DETOXIFY_MODEL = "unitary/toxic-bert"
_UNSAFE = 0.5
"""A message with a score above this on any of the model's labels is unsafe."""

_READ_CHARACTERS = 8_000
"""What is read of a message. Detoxify itself reads 512 tokens."""


class UnsafeFilter(Protocol):
    """A step of the pipeline that says what it judges with."""

    @property
    def tool(self) -> str:
        """What the manifest records."""
        ...

    def __call__(self, chats: Sequence[Chat]) -> Sequence[Chat | Dropped]: ...


def open_unsafe_filter(name: str) -> tuple[UnsafeFilter, str | None]:
    """The filter called ``detoxify``, ``words`` or ``auto`` (the first that can be loaded).

    Also a sentence to tell the person, where ``auto`` fell back. Raises ``UsageError`` when
    ``detoxify`` is asked for and can't be loaded.
    """
    if name == "words":
        return WordListFilter(), None
    try:
        return DetoxifyFilter(DETOXIFY_MODEL), None
    except UsageError as error:
        if name == "detoxify":
            raise
        return WordListFilter(), f"{error}. A word list filters unsafe content instead"


class WordListFilter:
    """Drops a chat in which any word of the list stands.

    Coarse: it misses abuse in ordinary words, and drops some harmless swearing. The words are
    looked for in all word runs as long as the longest entry; what is found is put to the
    library's own filter, which knows the exceptions.
    """

    def __init__(self) -> None:
        with from_extra("build", "build sft", "glin-profanity"):
            from glin_profanity import Filter
            from glin_profanity.data.dictionary import DictionaryLoader
        listed = [_words(entry) for entry in DictionaryLoader().get_words("english")]
        self._entries = frozenset(" ".join(words) for words in listed if words)
        self._longest = max(len(words) for words in listed)
        self._firsts = frozenset(words[0] for words in listed if words)
        self._filter = Filter({"languages": ["english"]})

    @property
    def tool(self) -> str:
        return f"glin-profanity {version('glin-profanity')}, English word list"

    def __call__(self, chats: Sequence[Chat]) -> Sequence[Chat | Dropped]:
        return [Dropped("a listed word") if self._is_unsafe(chat) else chat for chat in chats]

    def _is_unsafe(self, chat: Chat) -> bool:
        return any(
            self._filter.is_profane(entry)
            for message in chat.messages
            for entry in self._found(message.content[:_READ_CHARACTERS])
        )

    def _found(self, text: str) -> Sequence[str]:
        words = _words(text)
        return [
            run
            for at, word in enumerate(words)
            if word in self._firsts
            for length in range(1, self._longest + 1)
            if (run := " ".join(words[at : at + length])) in self._entries
        ]


_WORD = regex.compile(r"[\p{L}\p{N}$@*!&]+")


def _words(text: str) -> list[str]:
    return [word.strip("!*&") or word for word in _WORD.findall(text.lower())]


class DetoxifyFilter:
    """Drops a chat in which Detoxify finds any message toxic. ``model``: a Hub id or a folder."""

    def __init__(self, model: str, threshold: float = _UNSAFE) -> None:
        self._threshold = threshold
        self._name = model
        with from_extra("hf", "Detoxify"):
            import torch
            from transformers import AutoModelForSequenceClassification, AutoTokenizer
        self._torch: Any = torch
        try:
            self._commit = None if Path(model).is_dir() else hub_commit(model)
            self._tokenizer = AutoTokenizer.from_pretrained(model)
            self._model = AutoModelForSequenceClassification.from_pretrained(
                model, use_safetensors=True
            ).eval()
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0]
            raise UsageError(f"Detoxify's weights ({model}) can't be loaded: {reason}") from None

    @property
    def tool(self) -> str:
        commit = f" at {self._commit}" if self._commit else ""
        return f"Detoxify {self._name}{commit}, above {self._threshold}"

    def __call__(self, chats: Sequence[Chat]) -> Sequence[Chat | Dropped]:
        owners, texts = [], []
        for number, chat in enumerate(chats):
            for message in chat.messages:
                owners.append(number)
                texts.append(message.content[:_READ_CHARACTERS])
        unsafe: dict[int, str] = {}
        for start in range(0, len(texts), 32):
            for owner, label in self._judge(texts[start : start + 32], owners[start : start + 32]):
                unsafe.setdefault(owner, label)
        return [
            Dropped(unsafe[number]) if number in unsafe else chat
            for number, chat in enumerate(chats)
        ]

    def _judge(self, texts: list[str], owners: list[int]) -> list[tuple[int, str]]:
        inputs = self._tokenizer(
            texts, return_tensors="pt", truncation=True, max_length=512, padding=True
        )
        with self._torch.inference_mode():
            scores = self._torch.sigmoid(self._model(**inputs).logits).tolist()
        labels = self._model.config.id2label
        return [
            (owner, labels[max(range(len(row)), key=row.__getitem__)])
            for owner, row in zip(owners, scores, strict=True)
            if max(row) > self._threshold
        ]
