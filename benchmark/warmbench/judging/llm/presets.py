"""The prompt forms of open judge models that people serve with vLLM, and how to read the replies.

Each form has the sections, their order and the way of answering that its model was trained on; the
sentences between them are our own. ``prompts/presets/NAME.txt`` has the system prompt (it may be
empty), a line of three equals signs, and the user's turn. None of these models was run here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warmbench.errors import UsageError
from warmbench.records.verdict import Verdict

__all__ = ["PRESETS", "Preset", "preset_of"]

_FOLDER = files("warmbench.judging.llm").joinpath("prompts", "presets")
_BREAK = "\u00b7"


@dataclass(frozen=True, slots=True)
class Preset:
    """``ending``: what a reply ends in, with the word or number of the verdict as its group; it is
    all of the reply where ``alone``. ``mark`` is found in it, and broken up in what is judged, so
    that no quotation is a result."""

    name: str
    ending: re.Pattern[str]
    verdicts: Mapping[str, Verdict]
    mark: re.Pattern[str] | None = None

    @property
    def alone(self) -> bool:
        return self.mark is None

    def texts(self) -> tuple[str, str]:
        """The system prompt and the user's turn, with fields to fill in."""
        return _texts(self.name)

    @property
    def label(self) -> str:
        """``prometheus-2:ab12cd34``: the name, and a checksum of the form and how it is read."""
        parts = [*self.texts(), self.ending.pattern, str(sorted(self.verdicts.items()))]
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        return f"{self.name}:{digest[:8]}"

    def broken(self, text: str) -> str:
        """``text`` without anything that a reply could quote as a result."""
        if self.mark is None:
            return text
        return self.mark.sub(lambda found: f"{found[0][:2]}{_BREAK}{found[0][2:]}", text)

    def verdict_in(self, reply: str, *, cut: bool) -> Verdict | None:
        """The verdict of a reply, without its reasoning and the tokens around it; None where it is
        not in the form, or was cut before it."""
        if self.mark is None:
            found = self.ending.fullmatch(reply)
        elif cut or len(self.mark.findall(reply)) != 1:
            return None
        else:
            found = next((m for m in self.ending.finditer(reply) if m.end() == len(reply)), None)
        return self.verdicts[found[1].lower()] if found else None


@cache
def _texts(name: str) -> tuple[str, str]:
    text = _FOLDER.joinpath(f"{name}.txt").read_text(encoding="utf-8")
    system, _, user = text.partition("===\n")
    return system.strip(), user.strip()


_RIGHT, _WRONG, _REFUSED = Verdict.CORRECT, Verdict.INCORRECT, Verdict.REFUSED

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "compass-verifier",
            re.compile(r"(?:\\?boxed\{)?\(?\b([ABC]|CORRECT|INCORRECT|INVALID)\b\)?\}?\.?", re.I),
            {"a": _RIGHT, "correct": _RIGHT, "b": _WRONG, "incorrect": _WRONG,
             "c": _REFUSED, "invalid": _REFUSED},
        ),
        Preset(
            "prometheus-2",
            re.compile(r"\[RESULT\]\s*\(?([1-5])\)?\.?\Z", re.IGNORECASE),
            {"1": _WRONG, "2": _WRONG, "3": _REFUSED, "4": _RIGHT, "5": _RIGHT},
            re.compile(r"\[\s*RESULT\s*\]", re.IGNORECASE),
        ),
        Preset(
            "selene",
            re.compile(r"^\**Result\s*:?\**\s*:?\s*\**(Yes|No)\**\.?\Z", re.I | re.M),
            {"yes": _RIGHT, "no": _WRONG},
            re.compile(r"Result(?=[\s*]*:)", re.IGNORECASE),
        ),
        Preset(
            "xverify",
            re.compile(r"\[?(Correct|Incorrect)\]?\.?", re.IGNORECASE),
            {"correct": _RIGHT, "incorrect": _WRONG},
        ),
    )
}  # fmt: skip
"""Name -> preset, in the order of their names."""


def preset_of(name: str | None) -> Preset | None:
    """The preset of a name, None for none. Raises ``UsageError`` with the names there are."""
    if name is None:
        return None
    if name not in PRESETS:
        raise UsageError(f"judge: preset: found {name!r}; must be one of {', '.join(PRESETS)}")
    return PRESETS[name]
