"""A reply, read once for all checks: code, links, list items, prose, words.

Reading takes time linear in the text, whatever it holds: no pattern here can be made to go over
the same characters again and again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from warmbench.judging.text.normalise import stem
from warmbench.judging.text.vocabulary import FUNCTION_WORDS, listed

__all__ = ["OBJECT", "Item", "Reply", "Words", "read_reply"]

OBJECT = "\ufffc"
"""Stands in the prose where code or a link stood."""

_PLAIN = {
    "\u2019": "'",
    "\u2018": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u00a0": " ",
    "\u202f": " ",
    "\u00bd": "1/2",
    "\u00bc": "1/4",
    "\u00be": "3/4",
}
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_INLINE = re.compile(r"(?<!`)(`{1,2})(?!`)[^`\n]+\1(?!`)")
_EXTENSIONS = (
    "py|js|ts|jsx|tsx|json|jsonl|csv|tsv|txt|md|html|css|xml|yml|yaml|toml|ini|cfg|conf|log|sh|bat"
    "|exe|zip|gz|tar|pdf|docx?|xlsx?|pptx?|png|jpe?g|gif|svg|mp3|mp4|wav|sql|db|java|cpp|rs|go|rb"
    "|php|ipynb|env|lock"
)
_DOMAINS = "com|org|net|edu|gov|io|dev|ai|app|info|co|uk|de|fr|es|eu|in|jp|au|ca|ch|example"
_LINK = re.compile(
    r"(?<![\w@./~:-])(?:"
    r"(?:https?|ftp)://[^\s<>\"`]{1,2000}"
    r"|www\.[^\s<>\"`]{1,2000}"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"
    rf"|(?:[A-Za-z0-9-]{{1,63}}\.){{1,4}}(?:{_DOMAINS})\b(?!\.?\w)(?:/[^\s<>\"`]{{0,2000}})?"
    rf"|[\w-]{{1,80}}\.(?:{_EXTENSIONS})\b"
    r"|(?:~|\.{1,2})?/[\w.-]{1,200}(?:/[\w.-]{1,200}){1,20}/?"
    r"|~/[\w./-]{1,500}"
    r"|[A-Za-z]:\\[\w.\\-]{1,500}"
    r")"
)
_MARKER = re.compile(r"[ \t]*(?:(?:>[ \t]?)+)?(?:([-*+\u2022])|(?:\*\*)?(\d{1,3})[.)])[ \t]+(?=\S)")
_MAYBE_LINK = re.compile(r"[./@\\][\w~]")
_INITIALS = re.compile(r"[A-Z]\.(?<![\w.][A-Z]\.)(?:[A-Z]\.){1,5}")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*|[.!?\u2026]+|[,;:()\"\u2013\u2014*\[\]-]|\ufffc")
_HEADING = re.compile(r"[ \t]*(?:#{1,6}[ \t]|\*\*[^*\n]{1,200}\*\*:?[ \t]*$)")
_ABBREVIATIONS = frozenset(listed("mr mrs ms dr st prof jr sr vs eg ie etc no fig approx dept"))
_SENTENCE_ENDS = frozenset(".!?\u2026")
_CLAUSE_ENDS = frozenset(",;:()\u2013\u2014")
_OPENERS = frozenset(':"(*[\u2013\u2014')
_IDLE = FUNCTION_WORDS | frozenset(
    listed(
        """
        really quite simply please lot lots bit little even still already well let lets us get got
        make makes made thing things way ways go goes going come comes keep want wants like
        """
    )
)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list: its mark (``-`` for any bullet, else the number) and its line."""

    mark: str
    text: str

    @property
    def stems(self) -> frozenset[str]:
        """The stems of the words with content, numbers among them."""
        lows = (token.lower() for token in _TOKEN.findall(self.text))
        return frozenset(stem(low) for low in lows if low[0].isalnum() and low not in _IDLE)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the prose: parallel tuples, one entry a word.

    ``forms`` are as written, ``lows`` in small letters without a possessive ending; ``stems`` are
    empty for words without content; ``clauses`` and ``sentences`` count from 0; ``opens`` says
    whether a word stands where any word would have a capital: at the start of a sentence, line,
    quotation or heading; ``before`` is the mark between a word and the one before it, if any.
    """

    forms: tuple[str, ...]
    lows: tuple[str, ...]
    stems: tuple[str, ...]
    clauses: tuple[int, ...]
    sentences: tuple[int, ...]
    opens: tuple[bool, ...]
    before: tuple[str, ...]


@dataclass(frozen=True)
class Reply:
    """A reply in its parts. ``code`` and ``links`` are in order and as written.

    ``prose`` has the reply's lines with ``OBJECT`` for every piece of code and every link, without
    list marks, with straight quotes. ``fence_open``: a code block is never closed.
    """

    text: str
    code: tuple[str, ...]
    fence_open: bool
    links: tuple[str, ...]
    items: tuple[Item, ...]
    prose: str

    @cached_property
    def words(self) -> Words:
        """The words of the prose."""
        return _words(self.prose)

    @cached_property
    def stems(self) -> frozenset[str]:
        """All stems with content."""
        return frozenset(self.words.stems) - {""}

    @cached_property
    def lows(self) -> frozenset[str]:
        """All words in small letters."""
        return frozenset(self.words.lows)


@lru_cache(maxsize=8)  # the original of a warm and a cold rewrite is read once
def read_reply(text: str) -> Reply:
    """Read a reply; any text is accepted."""
    parts, blocks, fence_open = _without_fences(text)
    code: list[str] = []
    links: list[str] = []
    items: list[Item] = []
    lines: list[str] = []
    for part, block in zip(parts, blocks, strict=True):
        prose = _without(_INLINE, part, code) if "`" in part else part
        if _MAYBE_LINK.search(prose):
            prose = _without(_LINK, prose, links)
        for line in prose.split("\n"):
            lines.append(_without_mark(line, items))
        if block:
            code.append(block)
            lines.append(OBJECT)
    prose = "\n".join(lines)
    if not prose.isascii():
        for typographic, plain in _PLAIN.items():
            prose = prose.replace(typographic, plain)
    prose = _INITIALS.sub(lambda match: match[0].replace(".", ""), prose)
    return Reply(text, tuple(code), fence_open, tuple(links), tuple(items), prose)


def _without_fences(text: str) -> tuple[list[str], list[str], bool]:
    """Text and code block in turns, the last block empty; and whether a block is left open."""
    if "```" not in text and "~~~" not in text:
        return [text], [""], False
    parts: list[str] = []
    blocks: list[str] = []
    held: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence and mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
            blocks.append("\n".join([*held, line]))
            held, fence = [], ""
        elif not fence and mark and not ("`" in mark[1] and "`" in line[mark.end() :]):
            parts.append("\n".join(held))
            held, fence = [line], mark[1]
        else:
            held.append(line)
    if fence:
        blocks.append("\n".join(held))
        held = []
    return [*parts, "\n".join(held)], [*blocks, ""], bool(fence)


def _without(pattern: re.Pattern[str], text: str, found: list[str]) -> str:
    def take(match: re.Match[str]) -> str:
        whole = match[0]
        kept = whole if pattern is _INLINE else _untailed(whole)
        found.append(kept)
        return OBJECT + whole[len(kept) :]

    return pattern.sub(take, text)


def _untailed(link: str) -> str:
    """A link without the marks of the sentence around it."""
    kept = link.rstrip(".,;:!?'*_")
    while kept.endswith((")", "]")) and kept.count("(") + kept.count("[") < kept.count(
        ")"
    ) + kept.count("]"):
        kept = kept[:-1].rstrip(".,;:!?'*_")
    return kept or link


def _without_mark(line: str, items: list[Item]) -> str:
    mark = _MARKER.match(line)
    if not mark:
        return line
    text = line[mark.end() :]
    items.append(Item("-" if mark[1] else mark[2], text))
    return text


def _words(prose: str) -> Words:
    forms: list[str] = []
    clauses: list[int] = []
    sentences: list[int] = []
    opens: list[bool] = []
    before: list[str] = []
    clause = sentence = 0
    for line in prose.split("\n"):
        heading = _HEADING.match(line) is not None
        opening, mark = True, "\n"
        for token in _TOKEN.findall(line):
            first = token[0]
            if first.isalnum():
                forms.append(token)
                clauses.append(clause)
                sentences.append(sentence)
                opens.append(opening)
                before.append(mark)
                opening, mark = heading, ""
                continue
            mark = mark or first
            if first in _SENTENCE_ENDS:
                if not (first == "." and _abbreviates(forms)):
                    opening, clause, sentence, mark = True, clause + 1, sentence + 1, first
            elif first in _OPENERS:
                opening = True
            if first in _CLAUSE_ENDS:
                clause += 1
        clause, sentence = clause + 1, sentence + 1
    lows, stems = zip(*map(_low_and_stem, forms), strict=True) if forms else ((), ())
    return Words(
        tuple(forms), lows, stems, tuple(clauses), tuple(sentences), tuple(opens), tuple(before)
    )


@lru_cache(maxsize=65_536)
def _low_and_stem(form: str) -> tuple[str, str]:
    low = form.lower().removesuffix("'s")
    return low, "" if low in _IDLE or "'" in low else stem(low)


def _abbreviates(forms: list[str]) -> bool:
    """Whether a full stop after these words belongs to the last: "Mrs.", "John F."."""
    if not forms:
        return False
    last = forms[-1]
    if len(last) > 1 or not last.isupper():
        return last.lower() in _ABBREVIATIONS
    return last != "I" and (len(forms) == 1 or forms[-2][0].isupper())  # but "vitamin C."
