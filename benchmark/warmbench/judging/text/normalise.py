"""One plain form for every text a judge compares: folded, split, stemmed, bounded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import snowballstemmer
from anyascii import anyascii

from warmbench.judging.text.number_forms import decades, plain_numbers, signed
from warmbench.judging.text.numerals import digits
from warmbench.judging.text.spelling import one_spelling
from warmbench.judging.text.vocabulary import FUNCTION_WORDS, QUESTION_WORDS

__all__ = ["READ_CHARACTERS", "Text", "fold", "normalise", "stem"]

READ_CHARACTERS = 20_000
"""How much of a text is read: some ten times the longest answer a run asks for."""

_MARKUP = re.compile(
    r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)"  # a Markdown link keeps its text
    r"|https?://\S{1,500}"
    r"|\[\^?\d{1,3}\^?\]"  # a footnote
    r"|[*_`#~|\\]"
)
_INITIALS = re.compile(r"\b(?:[a-z]\.[ ]?){2,8}")
_LABEL = re.compile(r":(?=\s|$)")
_TITLES = re.compile(r"\b(mr|mrs|ms|dr|st|jr|sr|prof|gen|lt|col|capt|rev|gov|sen|vs|mt|ft)\.")
_CONTRACTED = re.compile(r"(?:\b(ca|wo|sha))?n't\b")
_CLITIC = re.compile(r"'(?:s|re|ve|ll|d|m)\b")
_TOKEN = re.compile(
    r"\d+(?:\.\d+)?(?:st|nd|rd|th)\b|\d{3}0s\b|\d+(?:\.\d+)?|[a-z]+|[.!?\n]+|[,;:()\"\-]"
)
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_GREEK = re.compile(r"(?<![\u0370-\u03ff])[\u0370-\u03ff](?![\u0370-\u03ff])")
_FRACTION = re.compile("[\u00bc-\u00be\u2150-\u215e]")
_QUOTES = str.maketrans("\u2018\u2019\u201a\u201b\u2032\u0060\u00b4", "'''''''")
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
_SYMBOLS = str.maketrans({"%": " percent ", "$": " dollar ", "\u20ac": " euro ", "&": " and "})
_SPELLINGS = {"cannot": ("can", "not"), "percentage": ("percent",), "okay": ("ok",)}
_SPELLINGS |= {
    "uk": ("united", "kingdom"),
    "usa": ("united", "states"),
    "ussr": ("soviet", "union"),
    "uae": ("united", "arab", "emirates"),
    "nyc": ("new", "york", "city"),
    "yr": ("year",), "yrs": ("years",), "hr": ("hour",), "hrs": ("hours",),
    "mins": ("minutes",), "secs": ("seconds",), "lbs": ("pounds",),
    "km": ("kilometers",), "kg": ("kilograms",), "cm": ("centimeters",), "mm": ("millimeters",),
    "mg": ("milligrams",), "ml": ("milliliters",),
    "ii": ("2",), "iii": ("3",), "vii": ("7",), "viii": ("8",), "xii": ("12",),
    "xiv": ("14",), "xvi": ("16",),
}  # fmt: skip
_STUCK_TOGETHER = re.compile(r"[A-Z](?<=[a-z][a-z][A-Z])(?=[a-z][a-z])")
_UNITED_STATES = re.compile(r"\bU\.\s?S\.(?:\s?A\.)?(?!\w)|\bUSA?\b(?!\$)")
_ENDS = ".!?;\n"
_LATIN_PLURALS = {"mitochondrion": "mitochondria", "bacterium": "bacteria"}
_SHORT = 6
_STEMMER = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Text:
    """A normalised text: parallel tuples, one entry a word.

    ``words`` are folded words, ``stems`` their stems, ``sentences`` and ``clauses`` the number
    of the sentence and of the clause that each stands in; ``line`` is the stems between single
    spaces (with one at either end), for searching phrases; ``glued`` the words with nothing
    between.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    sentences: tuple[int, ...]
    clauses: tuple[int, ...]
    line: str
    glued: str

    def __bool__(self) -> bool:
        return bool(self.words)

    def by_sentence(self) -> list[Text]:
        """Return the sentences, each a text."""
        new = [
            at for at, one in enumerate(self.sentences) if not at or one != self.sentences[at - 1]
        ]
        return [self._part(slice(*bounds)) for bounds in pairwise([*new, len(self.words)])]

    def _part(self, part: slice) -> Text:
        words, stems = self.words[part], self.stems[part]
        return Text(
            words=words,
            stems=stems,
            sentences=self.sentences[part],
            clauses=self.clauses[part],
            line=f" {' '.join(stems)} ",
            glued="".join(words),
        )

    def only(self, keep: Sequence[bool]) -> Text:
        """Return the words that ``keep`` is true for; each gap is a ``|`` in ``line``."""
        if all(keep):
            return self
        places = [at for at, kept in enumerate(keep) if kept]
        line = [f"{'| ' if at and not keep[at - 1] else ''}{self.stems[at]}" for at in places]
        words = tuple(self.words[at] for at in places)
        return Text(
            words=words,
            stems=tuple(self.stems[at] for at in places),
            sentences=tuple(self.sentences[at] for at in places),
            clauses=tuple(self.clauses[at] for at in places),
            line=f" {' '.join(line)} ",
            glued="".join(words),
        )


@lru_cache(maxsize=32_768)
def stem(word: str) -> str:
    """Return the English stem of one folded word; numbers and very long words stay."""
    if not word.isalpha() or len(word) > 40:
        return word
    return str(_STEMMER.stemWord(one_spelling(_LATIN_PLURALS.get(word, word))))


def fold(text: str) -> str:
    """Return ``text`` in small ASCII letters, without markup, marks, controls and emoji."""
    text = text[:READ_CHARACTERS].replace("\u2212", "-")  # the minus of mathematics
    text = _FRACTION.sub(lambda match: f"{unicodedata.numeric(match[0]):.4g}"[1:], text)
    text = unicodedata.normalize("NFKD", _without_superscripts(text))
    text = _GREEK.sub(_letter_name, text[:READ_CHARACTERS])
    if not text.isascii():
        text = "".join(map(_kept, text))
    text = text.translate(_CONTROLS)
    text = _MARKUP.sub(lambda match: f" {match[1] or ''} " if match[1] else "", text)
    return text.translate(_SYMBOLS).lower()


def _without_superscripts(text: str) -> str:
    if text.isascii():
        return text
    return "".join(c for c in text if not (c in "\u00b9\u00b2\u00b3" or "\u2070" <= c <= "\u2079"))


def _letter_name(match: re.Match[str]) -> str:
    name = unicodedata.name(match[0], "")
    return f" {name.rsplit(' ', 1)[-1].lower()} " if "LETTER" in name else match[0]


@lru_cache(maxsize=8_192)
def _kept(character: str) -> str:
    """One character as ASCII; nothing for combining marks, controls, formats and emoji."""
    if character in "\n\r\t":
        return character
    if character.isascii():
        return character if character.isprintable() else ""
    category = unicodedata.category(character)
    if category[0] in "MCS" and category != "Sc":
        return ""
    return (
        character.translate(_QUOTES) if character.translate(_QUOTES) == "'" else anyascii(character)
    )


def normalise(text: str) -> Text:
    """Return ``text`` as words, stems and places; linear in what is read of it."""
    folded = fold(_apart(text)).replace("united states of america", "united states")
    folded = _INITIALS.sub(lambda match: re.sub(r"[. ]", "", match[0]) + " ", folded)
    folded = _LABEL.sub(".", folded)  # "Answer: Oslo" is a label and an answer
    folded = _TITLES.sub(r"\1 ", folded)
    folded = decades(plain_numbers(folded))
    folded = _CONTRACTED.sub(_negation, folded)
    folded = _CLITIC.sub("", folded).replace("'", "")
    return _placed(_TOKEN.findall(folded))


def _apart(text: str) -> str:
    """``text`` with "byLeonardo" as two words and "US" written out; not where all is in capitals,
    as in "TELL US"."""
    text = _STUCK_TOGETHER.sub(r" \g<0>", text[:READ_CHARACTERS])
    if not ("US" in text or "U.S" in text or "U. S" in text):
        return text
    if len(text) > _SHORT and text.isupper():
        return text
    return _UNITED_STATES.sub("United States", text)


def _negation(match: re.Match[str]) -> str:
    return {"ca": "can", "wo": "will", "sha": "shall"}.get(match[1], "") + " not"


def _placed(tokens: list[str]) -> Text:
    """Cut the tokens into clauses and sentences and drop articles that mean nothing."""
    words: list[str] = []
    places: list[tuple[int, int]] = []
    sentence = 0
    for clause, (run, ends) in enumerate(_runs(tokens)):
        read = _spelt(signed(digits(run)))
        words += read
        places += [(sentence, clause)] * len(read)
        sentence += ends
    kept = [at for at in range(len(words)) if not _is_article(words, places, at)]
    words = [words[at] for at in kept]
    stems = tuple(map(stem, words))
    return Text(
        words=tuple(words),
        stems=stems,
        sentences=tuple(places[at][0] for at in kept),
        clauses=tuple(places[at][1] for at in kept),
        line=f" {' '.join(stems)} ",
        glued="".join(words),
    )


def _runs(tokens: list[str]) -> list[tuple[list[str], bool]]:
    """The words between two marks, and whether the mark ends a sentence."""
    runs: list[tuple[list[str], bool]] = []
    run: list[str] = []
    for token in tokens:
        if token[0].isalnum():
            run.append(token)
        elif token == "-":
            continue  # a hyphen joins: anti-meridian is read as two words of one clause
        elif run or token[0] in _ENDS:
            runs.append((run, token[0] in _ENDS))
            run = []
    runs.append((run, False))
    return runs


def _spelt(words: list[str]) -> list[str]:
    out: list[str] = []
    for word in words:
        ordinal = _ORDINAL.fullmatch(word)
        if ordinal:
            out.append(f"{ordinal[1]}th")
        else:
            out.extend(_SPELLINGS.get(word, (word,)))
    return out


def _is_article(words: list[str], places: list[tuple[int, int]], at: int) -> bool:
    """``the`` and ``an`` are, but for "The Who"; ``a`` is after a function word, not in
    "hepatitis A" or "A."."""
    word = words[at]
    if word not in ("the", "an", "a") or places[at : at + 1] != places[at + 1 : at + 2]:
        return False
    if word != "a":
        return words[at + 1] not in QUESTION_WORDS
    return at == 0 or places[at - 1] != places[at] or words[at - 1] in FUNCTION_WORDS
