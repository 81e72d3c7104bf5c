"""Whether an untrusted text can mislead its readers.

Names stand in tables, addresses and spreadsheets beside names of others, so they are held to the
strictest: what is seen is what is there, and nothing else looks the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import regex
from anyascii import anyascii

__all__ = [
    "cell_of",
    "lookalike_of",
    "name_problem",
    "printable",
    "skeleton",
    "text_of_cell",
    "text_problem",
]

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_LINE_ENDS = "\n\t"
_FORMULA = "=+-@|%\t\r"
_RUN = re.compile(r"'*[=+\-@|%\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a cell begins that a spreadsheet may run, full-width signs too; or one that ``cell_of`` has
put an apostrophe before."""
_MARKS = regex.compile(r"\p{M}{3,}")
_LATIN = regex.compile(r"\p{Script=Latin}")
_WITH_LATIN = regex.compile(
    r"[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}"
    r"\p{Script=Bopomofo}\p{Script=Common}\p{Script=Inherited}]*"
)
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})

_DRAWN = str.maketrans(
    dict(
        zip(
            "АВСЕНІЈКМОРЅТХУҮԚԜасеіјкмոорѕтхуүԛԝһԁɡΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορτυχιкοց",
            "ABCEHIJKMOPSTXYYQWaceijkmnopstxyyqwhdgABEZHIKMNOPTYXavoptuxikog",
            strict=True,
        )
    )
)
"""Letters that are drawn like Latin ones, most of which have another sound."""

_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "8": "b", "|": "l"})
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


def text_problem(text: str) -> str | None:
    """Why a text of one or more lines can mislead, or None.

    Control characters, characters that turn the direction of writing, and those that are not seen
    at all are refused; so is what is not in Unicode's composed form (NFC).
    """
    for character in text:
        if character not in _LINE_ENDS and unicodedata.category(character) in _HIDDEN:
            return f"holds the character U+{ord(character):04X}, which is not seen"
    if hidden := _FILLERS.search(text):
        return f"holds the character U+{ord(hidden[0]):04X}, which is not seen"
    if _MARKS.search(text):
        return "stacks marks on a letter"
    if unicodedata.normalize("NFC", text) != text:
        return "is not in Unicode's composed form (NFC)"
    return None


def name_problem(text: str) -> str | None:
    """Why a text can't be a name (or another single line that is shown in a table), or None."""
    if problem := text_problem(text):
        return problem
    if any(character in text for character in _LINE_ENDS):
        return "is more than one line"
    if any(character in text for character in "<>`"):
        return "holds <, > or a backtick, which are markup"
    if text[:1] in _FORMULA:
        return f"begins with {text[:1]!r}, which a spreadsheet takes for a formula"
    if text != " ".join(text.split(" ")) or text != text.strip() or "  " in text:
        return "begins or ends with a space, or has two in a row"
    if any(c.isspace() and c != " " for c in text):
        return "holds a space of an uncommon kind"
    if unicodedata.normalize("NFKC", text) != text:
        return "holds characters that are only another drawing of common ones"
    return _script_problem(text)


def _script_problem(text: str) -> str | None:
    if any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text):
        return "holds letters that are written from right to left, which reorder what is beside it"
    if _LATIN.search(text) and not _WITH_LATIN.fullmatch(text):
        return "mixes Latin letters with those of a script that looks like it"
    return None


def cell_of(text: str) -> str:
    """The text as a cell that no spreadsheet runs: an apostrophe stands before a formula.

    >>> cell_of("=1+1"), text_of_cell("'=1+1"), cell_of("Lima")
    ("'=1+1", '=1+1', 'Lima')
    """
    return f"'{text}" if _RUN.match(text) else text


def text_of_cell(cell: str) -> str:
    """What ``cell_of`` made the cell of."""
    return cell[1:] if cell.startswith("'") and _RUN.match(cell) else cell


def printable(text: str, most: int = 1_000) -> str:
    """What may be shown of any text, in a terminal too: no line ends, no escapes, not too long."""
    return "".join(c if c.isprintable() else "?" for c in text[:most])


def skeleton(name: str) -> str:
    """What is left of a name when all that looks alike is the same: letters and digits only.

    >>> skeleton("Llama-3.1-8B") == skeleton("LIama 3.1 8B") == skeleton("Ll\\u0430ma_3.1_8B")
    True
    """
    plain = anyascii(unicodedata.normalize("NFKC", name).translate(_DRAWN)).lower()
    return _NOT_ALPHANUMERIC.sub("", plain.translate(_ALIKE)).replace("rn", "m").replace("vv", "w")


def lookalike_of(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` looks like without being it, or None."""
    looks = skeleton(name)
    names = list(known)
    if name in names:
        return None
    return next((other for other in names if skeleton(other) == looks), None)
