"""Sentences of a vignette; tables of results become sentences too."""

from __future__ import annotations

import regex

__all__ = ["sentences_of"]

_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2212": "-",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
    }
)
# Not after an initial or an abbreviation such as "Dr." or "E. coli".
_SENTENCE_END = regex.compile(
    r"(?<=[.?!][\"')]?)(?<!\b(?:[A-Z]|Dr|Mr|Mrs|Ms|vs|approx|St|[ap]\.m)\.)\s+(?=[\"'(]?[A-Z\d])"
    r"|(?<=\.)\s+(?=(?:Which|What|He|She|His|Her|The|On|There) )"
)
_ENDS_SENTENCE = regex.compile(r"[.?!][\"')]*$")
_RESULT = regex.compile(
    r"\d|\b(?:positive|negative|normal|none|absent|trace|elevated|decreased|increased|yellow|clear"
    r"|cloudy|dark|amber|pending|present|nonreactive|reactive)\b",
    regex.IGNORECASE,
)
# "Serum:" heads a part of a table, "Laboratory studies show the following:" announces one.
_ANNOUNCEMENT = regex.compile(r"\S+ \S+ \S+.*:$")
_ANNOUNCES = regex.compile(r":$|\b(?:below|as follows|follow|following)\.$")


def sentences_of(text: str) -> list[str]:
    """Split a vignette into sentences, quotes and spaces plain.

    Lines of a table of results are joined to the sentence that announces them:
    "Laboratory studies show:", "Serum", "Glucose 90 mg/dL" give
    "Laboratory studies show: serum: glucose 90 mg/dL."
    """
    # Some sources wrap the whole text in one stray quotation mark.
    plain = text.translate(_PLAIN).strip().strip('"').strip()
    sentences: list[str] = []
    table: list[str] = []
    for line in (" ".join(raw.split()) for raw in plain.splitlines()):
        if not line:
            continue
        if _ENDS_SENTENCE.search(line) or len(line.split()) > 12 or _ANNOUNCEMENT.search(line):
            sentences = _with_table(sentences, table)
            table = []
            sentences += _SENTENCE_END.split(line)
        else:
            table.append(line)
    return _with_table(sentences, table)


def _with_table(sentences: list[str], table: list[str]) -> list[str]:
    if not table:
        return sentences
    joined = ""
    for row in table:
        if joined:
            joined += "; " if _RESULT.search(joined.rsplit("; ", 1)[-1]) else ": "
        joined += row.rstrip(" ,;:")
    if sentences and _ANNOUNCES.search(sentences[-1]):
        return [*sentences[:-1], f"{sentences[-1][:-1]}: {joined}."]
    return [*sentences, f"The results: {joined}."]
