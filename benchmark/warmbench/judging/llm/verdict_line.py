"""Reads the verdict that a judge's model replied, in whatever dress; it never guesses.

The rule: **the last line of the reply must be a verdict and nothing else** ("VERDICT: CORRECT").

- Case, Markdown, a bullet, a final stop, brackets, an end token and the sign between the two words
  make no difference. "The verdict is correct" is read; "correct" alone is not.
- What stands before the last line is not read for a verdict. But where another line is a verdict
  too, and a different one, nothing is read: the model listed them, or quotes an answer.
- Quotation marks and code fences are only read around the whole reply: a line in them may be what
  the answer says. A line behind a bar or a ">" is quoted, and never read.
- A JSON object with a "verdict" is read where it is the whole reply.
- A reply that was cut at the token limit is read where the verdict is all of it.
"""

from __future__ import annotations

import json
import re
from typing import Any

from warmbench.records.verdict import Verdict

__all__ = ["verdict_in"]

_END_TOKENS = re.compile(
    r"(?:\s*(?:<\|[^|<>\s]{1,40}\|>|</?s>|<eos>|<end_of_turn>|<pad>|\[/?INST\]))+\s*\Z",
    re.IGNORECASE,
)
_FENCED = re.compile(r"\A(`{3,}|~{3,})[ \t]*\w*[ \t]*\n(?P<inside>.*)\n[ \t]*\1\Z", re.DOTALL)
_LONGEST = 120
"""Characters of a line that can be a verdict and nothing else."""
_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\u2018", "\u2019"), ("`", "`"))

_MARKS = r"[\s*_`#~$]*"
_WORDS = "|".join(
    verdict.value for verdict in (Verdict.CORRECT, Verdict.INCORRECT, Verdict.REFUSED)
)
_LINE = re.compile(
    rf"{_MARKS}(?:[-+\u2022\u00b7\u2013\u2014]\s+|\d{{1,2}}[.)]\s+)?[\s*_`#~$(\[{{<]*(?:\\boxed\{{)?{_MARKS}"
    rf"(?:(?:the|my|our|final|overall)\s+)*verdict{_MARKS}"
    rf"(?:\s+is\b{_MARKS}[:\uff1a]?|[:\uff1a=]|-{{1,2}}>?|\u2013|\u2014|\u2192)"
    rf"{_MARKS}[(\[{{<\"'\u201c\u2018]*(?:\\(?:boxed|text)\{{)?{_MARKS}"
    rf"(?P<verdict>{_WORDS})"
    rf"{_MARKS}[)\]}}>\"'\u201d\u2019]*{_MARKS}[.!]?[\s*_`#~$)\]}}\u2705\u274c\u2714\u2713\u2717]*",
    re.IGNORECASE,
)


def verdict_in(reply: str, *, cut: bool) -> Verdict | None:
    """The verdict of a reply, None where it is not unmistakable.

    ``reply`` is without reasoning and invisible characters; ``cut``: the token limit ended it.
    """
    text = _END_TOKENS.sub("", reply).strip()
    whole = _bare(text)
    if found := _of_json(whole) or _of_line(whole):
        return found
    lines = [line for line in text.splitlines() if line.strip()]
    if cut or not lines:
        return None
    last = _of_line(_END_TOKENS.sub("", lines[-1]))
    others = {_of_line(line) for line in lines[:-1]} - {None}
    return last if others <= {last} and not _in_fence(lines) else None


def _bare(text: str) -> str:
    """``text`` out of the code fence or the quotation marks that enclose all of it."""
    if fenced := _FENCED.match(text):
        return fenced["inside"].strip()
    for start, end in _QUOTES:
        if len(text) > 2 and text.startswith(start) and text.endswith(end):
            return text[1:-1].strip()
    return text


def _of_line(line: str) -> Verdict | None:
    if len(line) > _LONGEST:
        return None
    match = _LINE.fullmatch(line)
    return Verdict(match["verdict"].lower()) if match and "\n" not in line.strip() else None


def _of_json(text: str) -> Verdict | None:
    if not text.startswith("{"):
        return None
    try:
        pairs = json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    named = [value for name, value in _strings(pairs) if name.strip().lower() == "verdict"]
    word = named[0].strip().lower() if len(named) == 1 and isinstance(named[0], str) else ""
    return Verdict(word) if word in _WORDS.split("|") else None


def _strings(pairs: Any) -> list[tuple[str, Any]]:
    return [pair for pair in pairs if isinstance(pair, tuple)] if isinstance(pairs, list) else []


def _in_fence(lines: list[str]) -> bool:
    """Whether the last line stands in a code block that is not closed."""
    return sum(line.lstrip().startswith(("```", "~~~")) for line in lines) % 2 == 1
