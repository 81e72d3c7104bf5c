"""Reads the verdict that a judge's model replied, in whatever dress; it never guesses.

The rule: **the last line of the reply must be a verdict and nothing else** ("VERDICT: CORRECT").

- Case, Markdown, a bullet, a final stop, brackets, tokens of the chat's form and the sign between
  the two words make no difference. "The verdict is correct" is read; "correct" alone is not, unless
  the line before it says "verdict" and nothing else.
- What stands before the last line is not read for a verdict. But where another line is a verdict
  too, and a different one, nothing is read: the model listed them, or quotes an answer.
- Quotation marks and code fences are only read around the whole reply: a line in them may be what
  the answer says. A line behind a bar or a ">" is quoted, and never read.
- A JSON object with one "verdict" is read where it is the whole reply or its last line, whatever
  other fields it has.
- A reply that was cut at the token limit is read where the verdict is all of it.
- Where the judged text holds a verdict itself, only a reply that is one bare line is read: any
  other may quote it.
"""

from __future__ import annotations

import json
import re
from typing import Any

from warmbench.records.verdict import Verdict

__all__ = ["holds_verdict", "verdict_in", "without_tokens"]

_TOKEN = (
    r"(?:<[|\uff5c][^|\uff5c<>\s]{1,40}[|\uff5c]>|</?s>|<(?:bos|eos|pad|unk|eot|turn\||0x0a)>"
    r"|<(?:start|end)_of_(?:turn|utterance)>|\[(?:/?(?:INST|s)|EOS)\]|\[end of text\])"
)
"""What a chat's form puts around a reply, where a server leaves it in."""
_ROLE = r"(?:assistant|model)?"
_START_TOKENS = re.compile(rf"(?:{_TOKEN}\s*{_ROLE}\s*)+", re.IGNORECASE)
_END_TOKENS = re.compile(rf"(?:{_TOKEN}\s*{_ROLE}\s*)+\Z", re.IGNORECASE)
_FENCED = re.compile(
    r"\A(`{3,}|~{3,})[ \t]*(?:\w+(?=\s))?(?P<inside>.*?)\s*\1\Z", re.DOTALL | re.IGNORECASE
)
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}")
"""A line across the page, in Markdown."""
_LONGEST = 120
"""Characters of a line that can be a verdict and nothing else."""
_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\u2018", "\u2019"), ("`", "`"))

_MARKS = r"[\s*_`#~$]*"
_TEX = r"(?:\\(?:boxed|text|textbf|mathbf)\{\s*)*"
_TAG = re.compile(r"</?(?:b|strong|i|em|u|p|mark|code)>", re.IGNORECASE)
_ELEMENT = re.compile(r"\s*<verdict>\s*(?P<inside>[^<>]*)</verdict>\s*", re.IGNORECASE)
_WORDS = "|".join(
    verdict.value for verdict in (Verdict.CORRECT, Verdict.INCORRECT, Verdict.REFUSED)
)
_LABEL = (
    rf"{_MARKS}(?:[-+\u2022\u00b7\u2013\u2014]\s+|\d{{1,2}}[.)]\s+)?"
    rf"[\s*_`#~$(\[{{<\u2705\u274c\u2714\u2713\u2717]*{_TEX}{_MARKS}"
    rf"(?:(?:the|my|our|final|overall)\s+)*verdict{_MARKS}"
)
_WORD = (
    rf"{_MARKS}[(\[{{<\"'\u201c\u2018]*{_TEX}{_MARKS}"
    rf"(?P<verdict>{_WORDS})"
    rf"{_MARKS}[)\]}}>\"'\u201d\u2019]*{_MARKS}[.!]?[\s*_`#~$)\]}}\u2705\u274c\u2714\u2713\u2717]*"
)
_LINE = re.compile(
    rf"{_LABEL}(?:\s+is\b{_MARKS}[:\uff1a]?|[:\uff1a=]|-{{1,2}}>?|\u2013|\u2014|\u2192){_WORD}",
    re.IGNORECASE,
)
_HEADING = re.compile(rf"{_LABEL}[:\uff1a]?{_MARKS}", re.IGNORECASE)
_ALONE = re.compile(_WORD, re.IGNORECASE)
_KEY = re.compile(r"(?:(?:final|overall)[\s_-]*)?verdict", re.IGNORECASE)
_HELD = re.compile(rf"verdict(?:[\W_]|\bis\b){{0,40}}(?:{_WORDS})", re.IGNORECASE)


def holds_verdict(text: str) -> bool:
    """Whether a reply that quotes ``text`` could have a verdict in it."""
    return _HELD.search(text) is not None


def verdict_in(reply: str, *, cut: bool, tempted: bool = False) -> Verdict | None:
    """The verdict of a reply, None where it is not unmistakable.

    ``reply`` is without reasoning and invisible characters; ``cut``: the token limit ended it;
    ``tempted``: what it judges holds a verdict (``holds_verdict``).
    """
    text = without_tokens(reply)
    if tempted:
        return _of_line(text)
    whole = _bare(text)
    if found := _of_json(whole) or _of_line(whole):
        return found
    lines = [line for line in text.splitlines() if line.strip() and not _RULE.fullmatch(line)]
    if cut or not lines or _in_fence(lines):
        return None
    last, before = _of_end(lines)
    others = {_of_json(line.strip()) or _of_line(line) for line in before} - {None}
    return last if others <= {last} else None


def without_tokens(text: str) -> str:
    """``text`` without the tokens of a chat's form around it."""
    text = text.strip()
    start = _START_TOKENS.match(text)
    return _END_TOKENS.sub("", text[start.end() :] if start else text).strip()


def _bare(text: str) -> str:
    """``text`` out of the code fence or the quotation marks that enclose all of it."""
    if fenced := _FENCED.match(text):
        return fenced["inside"].strip()
    for start, end in _QUOTES:
        if len(text) > 2 and text.startswith(start) and text.endswith(end):
            return text[1:-1].strip()
    return text


def _of_end(lines: list[str]) -> tuple[Verdict | None, list[str]]:
    """The verdict that the last line is, or the last under a heading, and the lines before it."""
    last = without_tokens(lines[-1])
    if found := _of_json(last) or _of_line(last):
        return found, lines[:-1]
    if len(lines) > 1 and len(last) <= _LONGEST and _HEADING.fullmatch(lines[-2]):
        return _read(_ALONE.fullmatch(last)), lines[:-2]
    return None, lines[:-1]


def _of_line(line: str) -> Verdict | None:
    if len(line) > _LONGEST or "\n" in line.strip():
        return None
    plain = _TAG.sub("", line)
    if element := _ELEMENT.fullmatch(plain):
        return _read(_ALONE.fullmatch(element["inside"]))
    return _read(_LINE.fullmatch(plain))


def _read(match: re.Match[str] | None) -> Verdict | None:
    return Verdict(match["verdict"].lower()) if match else None


def _of_json(text: str) -> Verdict | None:
    if not text.startswith("{"):
        return None
    try:
        pairs = json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    named = [value for name, value in _strings(pairs) if _KEY.fullmatch(name.strip())]
    if len(named) != 1 or not isinstance(named[0], str) or len(named[0]) > _LONGEST:
        return None
    return _read(_ALONE.fullmatch(named[0])) or _of_line(named[0])


def _strings(pairs: Any) -> list[tuple[str, Any]]:
    return [pair for pair in pairs if isinstance(pair, tuple)] if isinstance(pairs, list) else []


def _in_fence(lines: list[str]) -> bool:
    """Whether the last line stands in a code block that is not closed."""
    return sum(line.lstrip().startswith(("```", "~~~")) for line in lines) % 2 == 1
