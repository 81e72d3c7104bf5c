"""A strict reader of BibTeX: entries as BibTeX itself takes them, and text as TeX prints it."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Entry", "printed", "read_bibtex"]

_HEAD = re.compile(r"@([a-z]+)\{([A-Za-z][A-Za-z0-9:.+/-]*),\s*")
_FIELD = re.compile(r"([a-z]+)\s*=\s*\{")
_COMMAND = re.compile(r"\\(?:text([a-z]+)\{\}|([#$%&_]))")
_NAMED = {
    "backslash": "\\", "braceleft": "{", "braceright": "}", "asciitilde": "~",
    "asciicircum": "^", "less": "<", "greater": ">", "bar": "|",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    kind: str
    key: str
    fields: dict[str, str]


def read_bibtex(text: str) -> list[Entry]:
    """The entries of a .bib file; ``ValueError`` for anything that is not one."""
    entries, at = [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        head = _HEAD.match(text, at)
        if head is None:
            raise ValueError(f"no entry at {text[at : at + 20]!r}")
        at, fields = head.end(), {}
        while field := _FIELD.match(text, at):
            end = _closing(text, field.end())
            if field[1] in fields:
                raise ValueError(f"{field[1]} twice")
            fields[field[1]] = text[field.end() : end]
            separator = re.compile(r"\s*,?\s*").match(text, end + 1)
            assert separator is not None
            at = separator.end()
        if text[at : at + 1] != "}":
            raise ValueError(f"no end at {text[at : at + 20]!r}")
        at += 1
        entries.append(Entry(head[1], head[2], fields))
    return entries


def _closing(text: str, start: int) -> int:
    """Where the brace opened before ``start`` closes. A backslash does not hide a brace."""
    depth = 1
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return at
    raise ValueError("a brace is never closed")


def printed(value: str) -> str:
    """What TeX would print; ``ValueError`` for a special character that it would act upon."""
    pieces, at = [], 0
    for command in _COMMAND.finditer(value):
        pieces += [
            _bare(value[at : command.start()]),
            _NAMED[command[1]] if command[1] else command[2],
        ]
        at = command.end()
    return "".join([*pieces, _bare(value[at:])])


def _bare(text: str) -> str:
    if found := re.search(r"[\\#$%&_~^]", text):
        raise ValueError(f"{found[0]!r} is not escaped in {text!r}")
    return text.replace("{", "").replace("}", "")
