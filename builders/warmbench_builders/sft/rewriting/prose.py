"""Prose: the parts of a reply whose wording may change, and the parts that are left alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Line", "change_prose", "is_fact_free", "read_lines"]

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_FIXED_LINE = re.compile(
    r"[ \t]*(?:[-*+\u2022>|#]|\\[\[\]]|\$\$)"  # items, quotations, tables, headings, formulas
    r"|[ \t]*\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,4}|[IVX]{1,4})[.)][ \t]"  # numbered items
    r"|[ \t]{4,}|\t"  # indented: code, or what belongs to an item
    r"|[ \t]*[\[{<]"  # markup and data
)
_FIXED_SPAN = re.compile(
    r"`[^`\n]*`"
    r"|\"[^\"\n]*\"|\u201c[^\u201c\u201d\n]*\u201d|\u00ab[^\u00ab\u00bb\n]*\u00bb"  # quotations
    r"|\$[^$\n]*\$|\\\([^\n]{0,500}?\\\)"
    r"|(?<!\S)\S*?(?:://|www\.|@|\\|/)\S*"
    r"|\*{1,2}[^*\n]+\*{1,2}|_[^_\n]+_"
)
_ENDS_SENTENCE = re.compile(r"[.!?:][\"')*_\u201d]*$")
_FACT = re.compile(r"[\d`\"@/\\<>{}=*_\u201c$%]|(?<!^)\b(?!I\b)[A-Z]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a reply; ``free`` says whether it is a sentence, whose wording may change."""

    text: str
    free: bool

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def read_lines(text: str) -> list[Line]:
    """The lines of a reply. Code blocks, list items, tables, headings, quotations, markup and
    formulas are not free; nor is a line that does not end as a sentence: it may be a verse."""
    lines: list[Line] = []
    fence = ""
    for raw in text.split("\n"):
        mark = _FENCE.match(raw)
        inside = bool(fence)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not raw[mark.end() :].strip():
            fence = ""
        free = not inside and not mark and not _FIXED_LINE.match(raw)
        lines.append(Line(raw, free and _ENDS_SENTENCE.search(raw.rstrip()) is not None))
    return lines


def change_prose(text: str, change: Callable[[str], str]) -> str:
    """``text`` with ``change`` made to each piece of prose between inline code, links, quoted
    and emphasised words and formulas; ``text`` is one line or a few sentences."""
    return "".join(change(piece) if free else piece for piece, free in _pieces(text))


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    start = 0
    for match in _FIXED_SPAN.finditer(text):
        yield text[start : match.start()], True
        yield match[0], False
        start = match.end()
    yield text[start:], True


def is_fact_free(sentence: str) -> bool:
    """Whether nothing in a sentence looks like a fact: no digit, name, quotation or code."""
    return _FACT.search(sentence.strip()) is None
