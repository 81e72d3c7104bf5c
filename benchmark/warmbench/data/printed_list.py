"""A list of texts as Python, pandas or numpy print it, read back.

    ['Lima', "St John's"]                      a list
    ('Lima', 'City of Kings')                  a tuple
    {'Lima', 'City of Kings'}                  a set, in the order that was printed
    ['Lima' 'City of Kings']                   a numpy array, which has no commas
    array(['Lima', 'City'], dtype=object)      its repr
    [np.str_('Lima'), np.str_('City')]         a list of numpy's texts
    ['Lima', None, nan]                        with missing values, which are left out

Nothing is evaluated but single literals. ``['Lima' 'City']`` as Python itself would read it is one
text, ``LimaCity``: so blanks and commas are told apart here, and a list that has both is not read.
"""

from __future__ import annotations

import ast
import re

__all__ = ["parse_printed_list"]

_LONGEST = 1_000_000
"""Characters; a longer cell is no list of answers."""

_TEXT = r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*\""""
_ESCAPES = re.compile(
    r"\\(?:[\\'\"abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[0-3]?[0-7]{1,2})"
)
_ITEM = re.compile(
    rf"(?:np\.str_\(|numpy\.str_\()(?P<numpy>{_TEXT})\)"
    rf"|(?P<text>{_TEXT})"
    r"|(?P<number>[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?)(?=[\s,\])}])"
    r"|(?P<none>None|nan|NaN|<NA>)(?=[\s,\])}])"
)
_GAP = re.compile(r"\s*,\s*|\s+")
_ARRAY = re.compile(r"(?:np\.|numpy\.)?array\((\[.*\])(?:,\s*dtype=[^()\[\]]*)?\)", re.DOTALL)
_CLOSE = {"[": "]", "(": ")", "{": "}"}


def parse_printed_list(text: str) -> list[str] | None:
    """The texts, in order; None for anything that is not a list as they print it.

    In round or curly brackets only texts make a list: ``(500)`` may be a name.
    """
    if len(text) > _LONGEST:
        return None
    if array := _ARRAY.fullmatch(text):
        text = array[1]
    if len(text) < 2 or _CLOSE.get(text[0]) != text[-1]:
        return None
    items = _items(text)
    if items is None or (text[0] != "[" and not _has_texts_alone(items)):
        return None
    try:
        return [_read(kind, token) for kind, token in items if kind != "none"]
    except (SyntaxError, ValueError):  # an escape that Python would not print
        return None


_Item = tuple[str, str]


def _items(text: str) -> list[_Item] | None:
    """Kind and token of each item; None unless all between the brackets is items, parted alike."""
    items: list[_Item] = []
    commas: set[bool] = set()
    place, end = len(text) - len(text[1:].lstrip()), len(text) - 1
    while place < end:
        found = _ITEM.match(text, place)
        if found is None:
            return None
        kind = str(found.lastgroup)
        items.append((kind, found[kind]))
        gap = _GAP.match(text, found.end())
        place = gap.end() if gap else found.end()
        if place < end and gap is None:
            return None
        if gap and (place < end or "," in gap[0]):
            commas.add("," in gap[0])
    return None if len(commas) > 1 else items


def _has_texts_alone(items: list[_Item]) -> bool:
    return bool(items) and all(kind in ("text", "numpy") for kind, _ in items)


def _read(kind: str, token: str) -> str:
    if kind == "number":
        return token
    if "\\" in _ESCAPES.sub("", token):
        raise ValueError(token)
    return str(ast.literal_eval(token))
