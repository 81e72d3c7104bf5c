"""The reply of a judge's model: a verdict, or unreadable. What a prompt shows of a text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from warmbench.judging.llm.presets import Preset
from warmbench.judging.llm.verdict_line import verdict_in, without_tokens
from warmbench.records.reasoning import part_reasoning
from warmbench.records.reply import CUT
from warmbench.records.verdict import Verdict

__all__ = ["Reply", "quoted", "shortened", "visible"]

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_CUT = "[...]"


def visible(text: str) -> str:
    """``text`` without what a reader can't see: control and format characters (directions, joins,
    the tag letters and variation selectors that can hide sentences), fillers, lone surrogates and
    private code points.

    Every kind of line end becomes a newline, tabs become spaces.
    """
    lines = _FILLERS.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))
    if not lines.replace("\n", "").isprintable():
        lines = "".join(c for c in lines if c == "\n" or unicodedata.category(c) not in _HIDDEN)
    return lines.strip()


def shortened(text: str, most: int) -> str:
    """``text``, or its first two thirds and last third where it has over ``most`` characters."""
    if len(text) <= most:
        return text
    first = most * 2 // 3
    return f"{text[:first]}\n{_CUT}\n{text[first - most :]}"


def quoted(text: str) -> str:
    """Each line of ``text`` behind a bar, so that no line of it can pass for one of the prompt."""
    return "\n".join(f"| {line}" for line in text.split("\n"))


_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Reply:
    """A judge's raw reply, and why it ended. ``tempted``: what it judges holds a verdict itself.
    ``preset``: the form in which the model was asked, where it is not ours."""

    text: str
    finish_reason: str
    tempted: bool = False
    preset: Preset | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict, None where the reply can't be read (``llm.verdict_line`` has the rule)."""
        answer = part_reasoning(self.text).answer
        if answer is None:
            return None
        said, cut = visible(answer), self.finish_reason == CUT
        if self.preset:
            return self.preset.verdict_in(without_tokens(said), cut=cut)
        return verdict_in(said, cut=cut, tempted=self.tempted)

    @property
    def shown(self) -> str:
        """The reply in one line of at most 120 characters."""
        line = " ".join(visible(self.text).split())
        return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
