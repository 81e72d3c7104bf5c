"""Reasoning that a model writes into its reply, apart from what it answers.

Reasoning models think in a block before they answer: ``<think>...</think>``. Servers without a
reasoning parser leave the block in the text, and chat templates that open it leave its start tag
out. Such a block is not shown to the user: it is stored, and never judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Parted", "part_reasoning"]

_TAG_NAMES = r"(?:\w+:)?(?:think|thinking|thought|reasoning|reflection|analysis)"


def _unquoted(tag: str) -> str:
    """Not between two backticks, where a tag is only mentioned."""
    return rf"(?:(?<!`){tag}|{tag}(?!`))"


_BLOCKS: tuple[tuple[str, str], ...] = (
    (_unquoted(rf"<\s*{_TAG_NAMES}(?:\s[^<>]*)?>"), _unquoted(rf"<\s*/\s*{_TAG_NAMES}\s*>")),
    (rf"\[\s*{_TAG_NAMES}\s*\]", rf"\[\s*/\s*{_TAG_NAMES}\s*\]"),
    (r"◁\s*think\s*▷", r"◁\s*/\s*think\s*▷"),
    (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),
    (r"<\|(?:start|begin)_?thinking\|>", r"<\|end_?thinking\|>"),
    (
        r"(?:<\|start\|>assistant)?<\|channel\|>(?:analysis|commentary)<\|message\|>",
        r"<\|end\|>(?=\s*<\|start\|>)|(?=<\|start\|>|<\|channel\|>final)",
    ),
    (r"<unused94>(?:thought)?", r"<unused95>"),
    (r"<\|channel>(?:thought\b)?", r"<channel\|>"),
    (r"<\|inner_prefix\|>", r"<\|inner_suffix\|>"),
)
"""Start and end of a block of reasoning: DeepSeek, Qwen, Seed; Magistral; Kimi; Sky-T1; Command A;
gpt-oss (Harmony); MedGemma; Gemma 4; Apertus. All without regard to case."""

_PARTS = tuple(
    (re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE)) for start, end in _BLOCKS
)

_MARKS = re.compile(r"[<\[◁]|\A\s*analysis", re.IGNORECASE)

_BARE_HARMONY = re.compile(
    r"\A\s*analysis(?P<reasoning>.*)assistantfinal(?P<answer>.*)\Z", re.DOTALL
)
"""What is left of Harmony where a tokenizer left out its special tokens."""

_BEFORE_AN_ANSWER = re.compile(
    r"^\s*(?:(?:<\|start\|>assistant)?<\|channel\|>final<\|message\|>"
    r"|<\|begin_of_solution\|>|<\|start_?response\|>|<answer>|<response>)",
    re.IGNORECASE,
)
_AFTER_AN_ANSWER = re.compile(
    r"(?:<\|return\|>|<\|end\|>|<\|end_of_solution\|>|<\|end_?response\|>|</answer>|</response>)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Parted:
    """A text in two parts. ``answer`` is None where the reasoning never ended.

    ``reasoning`` is empty where the text has none; its blocks stand a line apart.
    """

    answer: str | None
    reasoning: str = ""


def part_reasoning(text: str) -> Parted:
    """Separate what a model thought from what it answered.

    A block counts at the start of the text or of a line, and anywhere where it is closed; a tag in
    backticks is only mentioned. An end
    without a start closes what stands before it. A text without a block is the answer as it is.

    >>> part_reasoning("<think>Lyon? No.</think> Paris.")
    Parted(answer='Paris.', reasoning='Lyon? No.')
    >>> part_reasoning("Lyon? No.</think> Paris.").answer
    'Paris.'
    >>> part_reasoning("<think>The capital of France is").answer is None
    True
    """
    if _MARKS.search(text) is None:
        return Parted(text)
    if bare := _BARE_HARMONY.match(text):
        return Parted(bare["answer"].strip(), bare["reasoning"].strip())
    answer, thoughts = text, list[str]()
    for start, end in _PARTS:
        rest = _without_blocks(answer, start, end, thoughts)
        if rest is None:
            return Parted(None, _joined(thoughts))
        answer = rest
    if not thoughts and answer == text and _BEFORE_AN_ANSWER.search(text) is None:
        return Parted(text)
    answer = _AFTER_AN_ANSWER.sub("", _BEFORE_AN_ANSWER.sub("", answer))
    return Parted(answer.strip(), _joined(thoughts))


def _without_blocks(
    text: str, start: re.Pattern[str], end: re.Pattern[str], thoughts: list[str]
) -> str | None:
    """``text`` without this kind of block, each added to ``thoughts``; None where one never ends.

    Blocks inside a block belong to it.
    """
    kept: list[str] = []
    place = 0
    opened = start.search(text)
    while True:
        if opened is not None and opened.start() < place:
            opened = start.search(text, place)
        closed = end.search(text, place)
        if closed is not None and (opened is None or closed.start() < opened.start()):
            if closed.end() == closed.start():  # an end that is no tag of its own closes nothing
                break
            thoughts.append("".join([*kept, text[place : closed.start()]]))
            kept, place = [], closed.end()
            continue
        if opened is None:
            break
        finish = _closing(text, opened.end(), start, end)
        if finish is None:
            if not _begins_a_line(text, opened.start()):
                break  # a tag that is only mentioned
            thoughts.append(text[opened.end() :])
            return None
        kept.append(text[place : opened.start()])
        thoughts.append(text[opened.end() : finish.start()])
        place = finish.end()
    return "".join([*kept, text[place:]])


def _closing(
    text: str, place: int, start: re.Pattern[str], end: re.Pattern[str]
) -> re.Match[str] | None:
    """The end of a block that was opened before ``place``, over blocks inside it."""
    depth = 1
    last: re.Match[str] | None = None
    while closed := end.search(text, place):
        depth += sum(1 for _ in start.finditer(text, place, closed.start())) - 1
        last = closed
        if depth <= 0:
            return closed
        place = max(closed.end(), place + 1)
    return last  # a model that opens twice and closes once has ended its reasoning


def _begins_a_line(text: str, place: int) -> bool:
    return not text[text.rfind("\n", 0, place) + 1 : place].strip()


def _joined(thoughts: list[str]) -> str:
    return "\n\n".join(stripped for one in thoughts if (stripped := one.strip()))
