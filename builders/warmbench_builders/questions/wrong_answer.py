"""A plausible wrong answer for a question that comes with right ones only.

A wrong answer is the right answer of another question of the corpus, of the same kind and as close
as possible: a river for a river, a female singer for a female singer, a year near the right year.
It is certainly wrong as far as rules can tell: it shares no alias, no surname and no spelling with
the right answer, neither holds the other, and the question does not mention it. The choice depends
on the question's id and on the corpus as a set, never on the order of its rows.
"""

from __future__ import annotations

import hashlib
import heapq
import math
import string
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex
from numpy import float64
from rapidfuzz import fuzz, process

from .answer_kind import (
    AnswerKind,
    AskedNoun,
    Kind,
    answer_kind,
    answers_of_closed_kind,
    asked_noun,
    continent_of,
    is_class_word,
    kind_from_aliases,
    number_in,
    number_word,
    plain_question,
)

__all__ = [
    "CorpusRow",
    "WrongAnswerChooser",
    "canonical_answer",
    "clean_aliases",
    "is_certainly_wrong",
]

# TriviaQA was published in 2017: no year after it is offered, whatever today's date.
_LATEST_YEAR = 2017
_LONGEST_DISPLAY_WORDS = 6
# Two spellings at least this alike (rapidfuzz ratio, 0-100) may mean the same thing.
_NEAR_SPELLING = 80.0
# How many of the closest candidates the seeded choice is made among, and looked through for them.
_SHORTLIST = 6
_LOOKED_THROUGH = 48
# Once there are enough, a candidate this much less close than the closest is not looked at.
_MUCH_LESS_CLOSE = 0.75


class CorpusRow(NamedTuple):
    """One question with its right answer: `("q7", "Which river ...?", "Severn", ("Severn",))`."""

    question_id: str
    question: str
    answer: str
    aliases: Sequence[str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- aliases ---------------------------------------------------------------------------------

_NEVER_A_NAME = regex.compile(
    r"\(disambiguation\)|^(?:Lists? of |Outline of |Index of |Category:|Template:|Wikipedia:|File:"
    r"|ISO 3166|UN/LOCODE|ATC(?:vet)? code|Portal:)|\b(?:filmography|discography|bibliography)$",
    regex.IGNORECASE,
)
_TOPIC_OF = regex.compile(
    r"^(?:the )?(?:[\w-]+ )?(?:history|etymology|name|names|demographics|demography|climate|culture"
    r"|geography|economy|religion|transport|architecture|divisions|pollution|anatomy|flag|politics"
    r"|music|sports?|tourism|education|effects|use|attempts|depictions|life|death|career|works"
    r"|films|symbolism|biology|topics|weather|cities|uses|types|theatre|theater|scene)"
    r" (?:of|in|on|about|by) (?:the )?(.+)$",
    regex.IGNORECASE,
)
_TRAILING_BRACKET = regex.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*\.?$")
_WORD = regex.compile(r"[\p{L}\p{N}]+")
_APOSTROPHE = regex.compile("['\u2019]")
_ASCII_WORDS = str.maketrans({chr(c): " " for c in range(128) if not chr(c).isalnum()} | {"'": ""})


@lru_cache(maxsize=1 << 18)
def _normal(text: str) -> str:
    """Lower-case words without accents and punctuation, one space between them."""
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_WORDS).split())
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(_WORD.findall(_APOSTROPHE.sub("", bare.casefold())))


def clean_aliases(aliases: Sequence[str]) -> tuple[str, ...]:
    """The aliases that name the answer, in their order, each once.

    Left out are empty and emoji-only ones, disambiguation pages, lists, categories and topics
    ("History of X" beside "X"); a bracket at the end ("X (film)") is cut off.

    >>> clean_aliases(["X (film)", "", "X (disambiguation)", "History of X", "X", "Mr. X"])
    ('X', 'Mr. X')
    """
    return _cleaned(tuple(aliases))


@lru_cache(maxsize=1 << 15)
def _cleaned(aliases: tuple[str, ...]) -> tuple[str, ...]:
    texts = [alias.replace("%22", '"').strip() for alias in aliases]
    names: set[str] = set()
    kept: dict[str, None] = {}
    for text in texts:
        if _is_never_a_name(text):
            continue
        topic = _topic_of(text)
        if topic is not None:
            names = names or {_normal(other) for other in texts}
            if _normal(topic) in names:
                continue
        bare = _without_bracket(text).strip()
        if bare.isalnum() or _WORD.search(bare):
            kept[bare] = None
    return tuple(kept)


# Most aliases are a word or two: what can't match is known without a pattern.


def _topic_of(text: str) -> str | None:
    """X of "History of X"."""
    topic = _TOPIC_OF.match(text) if text.count(" ") > 1 else None
    return topic[1] if topic else None


def _is_never_a_name(text: str) -> bool:
    if text.isalnum() and text[-3:].casefold() != "phy":
        return False
    return _NEVER_A_NAME.search(text) is not None


def _without_bracket(text: str) -> str:
    """X of "X (film)"."""
    return _TRAILING_BRACKET.sub("", text) if ")" in text or "]" in text else text


def _is_latin(text: str) -> bool:
    if text.isascii() and text.replace(" ", "").isalnum():
        return True
    return _LATIN.fullmatch(text) is not None


# --- display form ----------------------------------------------------------------------------

_COMMON = frozenset(
    {
        Kind.ANIMAL,
        Kind.BODY_PART,
        Kind.CLOTHING,
        Kind.DISEASE,
        Kind.DRINK,
        Kind.FOOD,
        Kind.INSTRUMENT,
        Kind.OCCUPATION,
        Kind.PLANT,
        Kind.SPORT,
        Kind.SUBSTANCE,
        Kind.UNIT,
    }
)
_TITLED = frozenset({Kind.TITLE, Kind.ORGANISATION})
_PROPER = frozenset({Kind.PERSON, Kind.PLACE, Kind.ORGANISATION, Kind.TEAM, Kind.NAME})
_LATIN = regex.compile(r"[\p{Latin}\p{N}\p{P}\p{Sc}\p{Zs}+°½¼¾]+")
_HONORIFIC = regex.compile(
    r"^(?:sir|dame|king|queen|president|dr|mr|mrs|lord|lady|saint|st|emperor|pope|prince"
    r"|princess|senator|captain|major|hrh|tsar)\b",
    regex.IGNORECASE,
)
_PARTICLES = _words(
    "of the and de la le van von der den da di du del bin ibn al y a in on at to for or"
)


def canonical_answer(aliases: Sequence[str], question: str) -> str:
    """The best form to show of an answer known only by its unordered aliases.

    The most central alias wins: the one that others vary in case, extend, bracket or misspell.
    Raises ValueError where there is no alias with a letter or a digit.
    """
    names = clean_aliases(aliases) or tuple(a.strip() for a in aliases if _WORD.search(a))
    if not names:
        raise ValueError(
            f"canonical_answer needs an alias with a letter or a digit, found {list(aliases)!r}"
        )
    kind = answer_kind(question, min(names, key=_plainness), aliases)
    if closed := answers_of_closed_kind(kind):
        listed = sorted(name for name in names if name.casefold() in closed)
        if listed:
            return _tidy(max(listed, key=lambda name: (not name.isupper(), name)).title(), kind)
    if kind.name in _NUMERIC:
        numbers = [name for name in names if _is_in_digits(name)]
        if numbers:
            return min(numbers, key=lambda name: (len(name), name))
    spellings: dict[str, list[str]] = defaultdict(list)
    for name in names:
        spellings[_normal(name)].append(name)
    best = next(iter(spellings))
    if len(spellings) > 1:
        scores = _centrality(spellings, aliases, kind, _normal(question).split())
        best = min(spellings, key=lambda key: (-scores[key], len(key), key))
    return _tidy(_best_case(spellings[best], kind), kind)


def _plainness(name: str) -> tuple[bool, int, str]:
    """Figures first, then the shortest: an order of names that does not depend on theirs."""
    return (not _is_in_digits(name), len(name), name)


def _is_in_digits(text: str) -> bool:
    return text[-1:].isdigit() and text[:1].isdigit() and number_in(text) is not None


def _centrality(
    spellings: Mapping[str, Sequence[str]],
    aliases: Sequence[str],
    kind: AnswerKind,
    question_words: Sequence[str],
) -> dict[str, float]:
    keys = sorted(spellings)[:60]
    hints = _hints(aliases)
    turned_names = {_normal(alias) for alias in aliases if "," in alias}
    shares = _word_shares(aliases)
    many_words = sum([" " in key for key in keys]) * 2 >= len(keys)
    clumsiness = _Clumsiness(kind.name in _TITLED, kind.name is Kind.PERSON, many_words)
    padded = [f" {key} " for key in keys]
    joined = "|".join(padded)
    likeness = process.cdist(keys, keys, scorer=fuzz.ratio, dtype=float64).tolist()
    scores: dict[str, float] = dict.fromkeys(spellings, -9.0)
    for key, shown, ratios in zip(keys, padded, likeness, strict=True):
        words = key.split()
        names = spellings[key]
        alike = sum(ratios) / (100 * len(keys))
        # Most aliases stand in no other one, which a single look at all of them tells.
        alone = joined.count(shown) == 1
        held = (1 if alone else sum([shown in other for other in padded])) / len(keys)
        score = 1.2 * held + alike + (0.7 * math.log(len(names)) if len(names) > 1 else 0.0)
        score += 1.5 * sum([shares.get(word, 0.0) for word in words]) / len(words)
        score += 0.4 * min(hints.get(key, 0), 5) + 0.8 * (f"{key}s" in spellings)
        if len(words) > 1:
            score += 0.8 * (" ".join([words[-1], *words[:-1]]) in turned_names)
            score -= 0.8 * (key in turned_names) + 0.8 * ("".join(words) in spellings)
        score -= 1.2 * sum([word in question_words for word in words]) / len(words)
        scores[key] = score - clumsiness.of(names, words)
    return scores


def _hints(aliases: Sequence[str]) -> Counter[str]:
    """How often other aliases point to a name: "X (city)", "X, Kenya", "History of X", "X" shouted.

    Quizzes often give their answers in capitals, so a shouted form was the answer as written.
    """
    hints: Counter[str] = Counter()
    for alias in aliases:
        topic = _topic_of(alias)
        if topic is not None:
            hints[_normal(topic)] += 1
        bare = _without_bracket(alias)
        if bare != alias:
            hints[_normal(bare)] += 1
        if "," in alias:
            hints[_normal(alias.partition(",")[0])] += 1
        if alias.isupper() and sum(c.isalpha() for c in alias) > 3 and len(alias.split()) < 5:
            hints[_normal(alias)] += 4
    return hints


def _word_shares(aliases: Sequence[str]) -> dict[str, float]:
    """In which share (0-1) of the aliases each word stands: a misspelt word stands in few."""
    counts = Counter(word for alias in aliases for word in set(_normal(alias).split()))
    return {word: count / len(aliases) for word, count in counts.items()}


@dataclass(frozen=True, slots=True)
class _Clumsiness:
    """What speaks against showing an alias, in the units of `_centrality`."""

    titled: bool
    person: bool
    many_words: bool

    def of(self, names: Sequence[str], words: Sequence[str]) -> float:
        """That of one alias: its `words`, and the `names` that are spelt with them."""
        penalty = 0.0
        if not any(map(_is_latin, names)):
            penalty += 5.0
        if all("," in name or ":" in name for name in names):
            penalty += 0.7
        if len(words) > 3:
            penalty += 0.4 * (len(words) - 3)
        if not any(map(str.isascii, names)):
            penalty += 0.4
        if len(words) == 1 and len(words[0]) <= 3:
            penalty += 0.5
        if words[0] == "the":
            penalty += -0.5 if self.titled else 0.5
        if self.person:
            penalty += 1.3 if len(words) == 1 and self.many_words else 0.0
            penalty += 0.5 if _HONORIFIC.match(names[0]) else 0.0
            penalty += 0.5 if min(map(len, words)) == 1 else 0.0
        return penalty


_ODD_CAPITALS = regex.compile(r"(?<!Mc|Mac|De|Di|Le|La|Fitz)(?<=\p{Ll})\p{Lu}|\b\p{Lu}{2}\p{Ll}")


def _best_case(names: Sequence[str], kind: AnswerKind) -> str:
    """Of spellings that differ in case and punctuation only, the one to show."""

    def oddness(name: str) -> tuple[int, int, int, int, str]:
        letters = [c for c in name if c.isalpha()]
        capitals = sum(c.isupper() for c in letters)
        shouted = len(letters) > 1 and capitals == len(letters)
        inner = _ODD_CAPITALS.search(name) is not None
        stressed = sum(w.lower() in _PARTICLES and w[0].isupper() for w in name.split()[1:])
        foreign = not _is_latin(name)
        wanted = capitals if kind.name in _COMMON else -capitals
        return (foreign, shouted, inner + ("," in name) + name.islower() + stressed, wanted, name)

    return min(names, key=oddness)


_SPACE = regex.compile(r"\s+")
_WORD_IN_BRACKETS = regex.compile(r"^\((\p{L}+)\) ")
_INITIAL_AT_END = regex.compile(r"\b\p{Lu}\.$")
_FIRST_LETTER = regex.compile(r"(?<![\p{L}\p{N}'\u2019])\p{L}")


def _tidy(name: str, kind: AnswerKind) -> str:
    """The name with capitals where they belong and without quotes and stops around it."""
    text = _SPACE.sub(" ", name).strip(' ";:,\u201c\u201d\u2018')
    text = _WORD_IN_BRACKETS.sub(r"\1 ", text)
    text = text[1:].rstrip("'\u2019") if text.startswith("'") else text
    text = text[:-1] if text.endswith(".") and not _INITIAL_AT_END.search(text) else text
    words = text.split(" ")
    letters = [c for c in text if c.isalpha()]
    if letters and _is_shouted(letters, len(words), kind):
        words = [_capital(w.lower(), place) for place, w in enumerate(words)]
    elif kind.name in _PROPER:
        words = [
            _capital(w.lower(), place) if w.islower() or _SHOUTED.fullmatch(w) else w
            for place, w in enumerate(words)
        ]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _is_shouted(letters: Sequence[str], words: int, kind: AnswerKind) -> bool:
    """Whether a name is in capitals without being an abbreviation ("LENNY HENRY", not "NATO")."""
    capitals = sum(c.isupper() for c in letters) / len(letters)
    plain = kind.name in _COMMON | {Kind.PERSON, Kind.PLACE}
    short = not plain and words == 1 and len(letters) <= 4
    return capitals > 0.7 and len(letters) > 2 and not short


_SHOUTED = regex.compile(r"(?![IVXLC]+$)\p{Lu}{5,}")


def _capital(word: str, place: int) -> str:
    if place > 0 and word in _PARTICLES:
        return word
    return _FIRST_LETTER.sub(lambda found: found[0].upper(), word)


# --- certainly wrong -------------------------------------------------------------------------

# Names of which one may be true where the other is: parts and wholes, shades, old and new names.
_OVERLAPS = tuple(
    frozenset(group.split(", "))
    for group in (
        "england, scotland, wales, northern ireland, united kingdom, great britain, britain, uk,"
        " british isles",
        "ireland, northern ireland, republic of ireland, eire",
        "russia, soviet union, ussr, russian empire",
        "netherlands, the netherlands, holland",
        "germany, west germany, east germany, prussia",
        "czech republic, czechoslovakia, slovakia, bohemia",
        "serbia, yugoslavia, croatia, bosnia and herzegovina, montenegro, kosovo",
        "united states, usa, america, north america",
        "turkey, ottoman empire",
        "china, hong kong, taiwan",
        "congo, zaire, democratic republic of the congo, republic of the congo",
        "australia, oceania, australasia",
        "english, british, scottish, welsh, northern irish",
        "red, scarlet, crimson, maroon, vermilion",
        "purple, violet, mauve, indigo, lilac, magenta",
        "yellow, gold, amber, cream",
        "white, silver, cream, ivory, grey, gray",
        "blue, navy, turquoise, cyan, indigo, azure",
        "brown, beige, tan",
    )
)
_GENERATION = _words("jr sr ii iii iv junior senior")


def is_certainly_wrong(wrong: str, question: str, right: Sequence[str]) -> bool:
    """Whether no rule leaves it possible that `wrong` is right, or said in the question.

    `right` holds every spelling of the right answer. Words are compared without case, accents
    and punctuation; numbers by their value alone.
    """
    return _Right(question, tuple(right)).rules_out(_normal(wrong), wrong)


@dataclass(frozen=True)
class _Right:
    """The right answer of one question, ready to be compared with many wrong ones."""

    question: str
    spellings: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        bases = [_without_bracket(spelling) for spelling in self.spellings]
        return tuple(sorted({_normal(text) for text in (*self.spellings, *bases)} - {""}))

    @cached_property
    def joined(self) -> str:
        return " | ".join(f" {name} " for name in self.names)

    @cached_property
    def values(self) -> frozenset[float]:
        return frozenset(v for s in self.spellings if (v := number_in(s)) is not None)

    @cached_property
    def surnames(self) -> frozenset[str]:
        return frozenset(_surname(name) for name in self.names)

    @cached_property
    def asked(self) -> str:
        return f" {_normal(self.question)} "

    def rules_out(self, name: str, text: str) -> bool:
        """Whether the candidate is certainly wrong; `name` is its normal form."""
        if not name or f" {name} " in self.asked or name in self.names:
            return False
        value = number_in(text)
        if value is not None:
            return value not in self.values
        near = not any(c.isdigit() for c in name) and self._is_near(name)
        return not (near or self._holds_or_is_held(name) or self._overlaps(name))

    def _holds_or_is_held(self, name: str) -> bool:
        held = name in self.joined if len(name) > 3 else f" {name} " in self.joined
        padded = f" {name} "
        return held or any(
            other in name if len(other) > 3 else f" {other} " in padded for other in self.names
        )

    def _overlaps(self, name: str) -> bool:
        return any(
            name in group and any(other in group for other in self.names) for group in _OVERLAPS
        )

    def _is_near(self, name: str) -> bool:
        near = process.extractOne(name, self.names, scorer=fuzz.ratio, score_cutoff=_NEAR_SPELLING)
        return near is not None


def _surname(name: str) -> str:
    words = [word for word in name.split() if word not in _GENERATION]
    return words[-1] if words else name


# --- answers in digits -----------------------------------------------------------------------

_NUMERIC = frozenset(
    {Kind.YEAR, Kind.PERIOD, Kind.DATE, Kind.NUMBER, Kind.PERCENTAGE, Kind.MEASURE, Kind.MONEY}
)
_FIGURE = regex.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_YEAR = regex.compile(r"\b(?:1\d|20)\d\d\b")
_DECADE_ASKED = regex.compile(r"\b((?:1\d|20)\d)0\s?'?s\b|\b(\d0)'?s\b")
_CENTURY_ASKED = regex.compile(r"\b(\d{1,2})(?:st|nd|rd|th)[ -]century\b")
_MONTHS = tuple(
    month.capitalize() for month in sorted(answers_of_closed_kind(AnswerKind(Kind.MONTH)))
)
_MONTH = regex.compile(rf"\b(?:{'|'.join(_MONTHS)})\b", regex.IGNORECASE)


def _seeded(key: str, choices: Iterable[str]) -> list[str]:
    """The choices in an order that depends on the key and on each of them alone."""
    return sorted(
        set(choices), key=lambda choice: hashlib.sha256(f"{key}|{choice}".encode()).digest()
    )


def _wrong_in_digits(row: CorpusRow, kind: AnswerKind) -> Iterator[str]:
    """Wrong answers in digits, in the order they are offered; none where the form is unclear."""
    if kind.name is Kind.YEAR:
        return iter(_wrong_years(row))
    if kind.name is Kind.PERIOD:
        return iter(_wrong_periods(row))
    if kind.name is Kind.DATE:
        return iter(_wrong_dates(row))
    return iter(_wrong_numbers(row, kind))


def _wrong_years(row: CorpusRow) -> list[str]:
    right = int(row.answer)
    latest = max(right, _LATEST_YEAR)
    years = [right + sign * step for step in range(2, 26) for sign in (-1, 1)]
    years = [year for year in years if year <= latest and _fits_period(year, right, row.question)]
    near = [year for year in years if abs(year - right) <= 10]
    key = row.question_id
    near_first = _seeded(key, map(str, near)) if len(near) > 3 else []
    return list(dict.fromkeys([*near_first, *_seeded(key, map(str, years))]))


def _fits_period(year: int, right: int, question: str) -> bool:
    """Whether the year lies in the decade or century the question names, if it names one."""
    text = plain_question(question)
    if _DECADE_ASKED.search(text) and str(right)[:3] in text.replace(" ", ""):
        return year // 10 == right // 10
    century = _CENTURY_ASKED.search(text)
    named = century is not None and int(century[1]) == (right - 1) // 100 + 1
    return not named or (year - 1) // 100 == (right - 1) // 100


def _wrong_periods(row: CorpusRow) -> list[str]:
    found = _FIGURE.search(row.answer)
    if found is None:
        return []
    right = int(found[0])
    if "0" in found[0] and row.answer.casefold().rstrip(".").endswith("s"):
        steps = [right + step for step in (-30, -20, -10, 10, 20, 30)]
        kept = [step for step in steps if (step <= 2010 if right > 99 else 10 <= step <= 90)]
        return _seeded(row.question_id, (row.answer.replace(found[0], str(s)) for s in kept))
    ordinals = [_ordinal(right + step) for step in (-3, -2, -1, 1, 2, 3) if 0 < right + step <= 21]
    old = regex.compile(r"\d+(?:st|nd|rd|th)")
    return _seeded(row.question_id, (old.sub(ordinal, row.answer) for ordinal in ordinals))


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 10 < number % 100 < 14 else endings.get(number % 10, 'th')}"


def _wrong_dates(row: CorpusRow) -> list[str]:
    """The same date with another day and another month; the year stays."""
    months = _MONTH.findall(row.answer)
    days = [d for d in regex.findall(r"\d+", _YEAR.sub("", row.answer)) if 1 <= int(d) <= 31]
    if len(months) != 1 or len(days) != 1:
        return []
    offered = []
    for step in range(1, 24):
        digest = hashlib.sha256(f"{row.question_id}|date|{step}".encode()).digest()
        day, month = digest[0] % 28 + 1, _MONTHS[digest[1] % 12]
        if str(day) != days[0] and month.casefold() != months[0].casefold():
            offered.append(_with_date(row.answer, months[0], month, days[0], day))
    return offered


def _with_date(text: str, old_month: str, month: str, old_day: str, day: int) -> str:
    ending = regex.compile(rf"\b{old_day}(st|nd|rd|th)?\b")
    changed = ending.sub(lambda m: _ordinal(day) if m[1] else str(day), text, count=1)
    return changed.replace(old_month, month)


def _wrong_numbers(row: CorpusRow, kind: AnswerKind) -> list[str]:
    """The right answer with its one number changed by a fifth to a half, as round as before."""
    spoken = number_in(row.answer)
    text = row.answer if _FIGURE.search(row.answer) or spoken is None else f"{spoken:.0f}"
    in_digits = _FIGURE.findall(text)
    if len(in_digits) != 1 or regex.search(r"\d[./:-]\d", text):
        return []
    digits = in_digits[0].replace(",", "")
    right = int(digits)
    if right == 0 or (len(digits) > 1 and digits[0] == "0"):
        return []
    ceiling = 100 if "%" in text or "per" in text.casefold() else None
    if kind.subkind == "measured":
        ceiling = right + right // 4 + 2
    numbers = [n for n in _numbers_near(right, digits) if ceiling is None or n < ceiling]
    grouped = "," in in_digits[0]
    forms = (f"{number:,}" if grouped else str(number) for number in numbers)
    if text != row.answer:
        # "Seven" is answered by "Nine", not by "9".
        words = [word for number in numbers if (word := number_word(number)) is not None]
        forms = (word.capitalize() for word in words) if words else forms
    return _seeded(row.question_id, (text.replace(in_digits[0], form, 1) for form in forms))


def _numbers_near(right: int, digits: str) -> list[int]:
    grain = 10 ** (len(digits) - len(digits.rstrip("0")))
    while grain > 1 and right < 5 * grain:
        grain //= 10
    furthest = max(3 * grain, right // 2)
    nearest = max(grain, -(-right // 5) if right > 9 else 1)
    strides = range(-(-nearest // grain), furthest // grain + 1)
    picked = [stride * grain for stride in strides[:: max(len(strides) // 12, 1)]]
    return sorted(
        {n for d in picked for n in (right - d, right + d) if n > (1 if right > 1 else 0)}
    )


# Kinds with so few members that any other one will do, whether the corpus has it or not.
_CALENDAR = frozenset(
    {
        AnswerKind(Kind.DAY),
        AnswerKind(Kind.MONTH),
        AnswerKind(Kind.SEASON),
        AnswerKind(Kind.PLACE, "continent"),
    }
)


# --- the chooser -----------------------------------------------------------------------------

_COMMON_WORDS = _words(
    "a an the of in on at to for from by with and or but is was were are be been being did does do"
    " has had have can could will would may might must should which what who whom whose where when"
    " how that this these those it its his her he she they their there as not no than then also"
    " after before during between into up out about name named called known first other one two"
    " you your we s t if over under most more very only own same such some any all whose give"
    " given said took made used new second won"
)
_FEMALE = _words(
    "actress actresses queen princess duchess woman girl wife sister daughter mother widow heroine"
    " comedienne goddess empress lady female supermodel ballerina authoress niece aunt"
    " mistress suffragette grandmother bride businesswoman sportswoman nymph girlfriend"
)
_MALE = _words(
    "king prince duke man boy husband brother son father widower hero god emperor gentleman male"
    " nephew uncle grandfather sportsman businessman statesman tsar pope"
)
# First names common enough to tell the sex; the corpus teaches the others.
_FEMALE_NAMES = _words(
    "agatha agnes alice amanda amy andrea angela ann anna anne annie audrey barbara beatrice betty"
    " billie brigitte carol caroline catherine charlotte cheryl christina christine cilla claire"
    " diana diane dolly doris dorothy eleanor elizabeth ella ellen emily emma eva eve florence"
    " geri germaine gloria grace greta hannah harriet heather helen indira ingrid jacqueline jane"
    " janet jennifer jenny jessica jill joan joanna jodie josephine joyce judi judith judy julia"
    " julie karen kate katherine kathleen katie kelly kim kylie laura lauren lily linda lisa"
    " lucy madonna maggie margaret maria marie marilyn martha martina mary maureen meryl michelle"
    " miranda nancy naomi natalie nicola nicole olivia pamela patricia paula penelope rachel"
    " rebecca rosa rose rosemary ruth sally samantha sandra sarah scarlett serena shirley sophia"
    " sophie stella steffi susan suzanne sylvia tess theresa tina valerie vanessa venus vera"
    " victoria virginia vivien whitney whoopi zoe"
)
_MALE_NAMES = _words(
    "aaron abraham adam alan albert alec alex alexander alfred andrew andy anthony antonio arnold"
    " arthur barry ben benjamin bill billy bob boris brad brian bruce buddy carl charles charlie"
    " chris christian christopher clint clive colin craig daniel danny dave david dean dennis"
    " derek dick donald doug douglas dustin edgar edward edwin elton elvis eric ernest francis"
    " frank franz fred frederick gary gene geoffrey george gerald gilbert giuseppe glenn gordon"
    " graham greg guy hans harold harry henry herbert herman howard hugh humphrey ian isaac ivan"
    " jack jacques james jason jeff jeremy jerry jim jimmy joe johann john johnny jonathan joseph"
    " julius karl keith ken kenneth kevin larry lee leonard leonardo lewis lionel louis luke mark"
    " martin matt matthew max mel michael mick mike muhammad neil nelson nicholas nick nigel noel"
    " norman oliver orson oscar oswald pablo patrick paul peter phil philip pierre ralph ray"
    " raymond richard rick ringo robbie robert robin rod roger roman ronald roy rudolf rupert"
    " russell sam samuel sean sidney simon stan stephen steve steven stuart ted terry theodore"
    " thomas tim toby tom tommy tony vincent vladimir walt walter warren wilfred william winston"
    " wolfgang woodrow woody"
)
_SEVERAL = regex.compile(
    r"\b(?:which|what|name|name the|who (?:are|were) the|give the|the (?:only|other|first))"
    r" (?:\w+ )?(?:two|three|four|five|six|seven|both|pair|\d)\b"
)
_ONE_OF_MANY = regex.compile(
    r"^(?:for a point each|name|give|state) (?:me )?(?:either|one|any|a|an|two|three|both|all)\b"
    r"|\bname (?:either|one of|any)\b|\bfor a point each\b|\beither (?:of|one)\b|\btrue or false\b"
    r"|\bin common\b|\bdifference between\b|\bwhy\b|\bmissing from\b|\bwhat happened\b"
    r"|\bwho or what\b"
)
_LISTED = regex.compile(r"\b(?:and|or)\b|[&/;+,]")
_NAME_WORD = r"""['"\u201c\u2018]?\p{Lu}[\p{L}'\u2019.-]*["\u201d]?|\d(?:st|nd|rd|th)"""
_NAME_PARTICLE = r"de|la|le|van|von|der|den|da|di|du|del|of|the|bin|ibn|al|d'\p{Lu}\p{L}+"
_PERSON_SHAPE = regex.compile(rf"(?:{_NAME_WORD})(?: (?:{_NAME_WORD}|{_NAME_PARTICLE})){{0,4}}")


@dataclass(frozen=True)
class _Entry:
    """One row with all that a choice looks at."""

    row: CorpusRow
    kind: AnswerKind
    display: str
    name: str
    names: frozenset[str]
    noun: AskedNoun | None
    words: frozenset[str]
    rare: frozenset[str]
    sex: str | None

    @cached_property
    def draw(self) -> int:
        """A number that settles ties between equally close candidates, without order or bias."""
        return int.from_bytes(hashlib.sha256(self.row.question_id.encode()).digest()[:8])

    @cached_property
    def has_digit(self) -> bool:
        return any(c.isdigit() for c in self.display)

    @cached_property
    def one_word(self) -> bool:
        return " " not in self.display


class WrongAnswerChooser:
    """Chooses wrong answers for the questions of a corpus from the answers of the others.

    The corpus is a sequence of (question id, question, answer, aliases); ids must differ. Where
    the kind of an answer can't be matched well, `choose` gives an empty tuple.
    """

    def __init__(self, corpus: Sequence[CorpusRow | tuple[str, str, str, Sequence[str]]]) -> None:
        rows = sorted((CorpusRow(*row) for row in corpus), key=lambda row: row.question_id)
        twice = [a.question_id for a, b in pairwise(rows) if a.question_id == b.question_id]
        if twice:
            raise ValueError(f"question ids must differ, found {twice[0]!r} more than once")
        self._entries = {entry.row.question_id: entry for entry in _entries(rows)}
        self._pools = _Pools(list(self._entries.values()))

    def choose(self, question_id: str, count: int = 3) -> tuple[str, ...]:
        """Up to `count` wrong answers, the first to be used first; empty where none will do.

        Raises ValueError for a question that is not in the corpus.
        """
        entry = self._entry(question_id)
        if not _is_suitable(entry):
            return ()
        right = _Right(entry.row.question, (entry.row.answer, entry.display, *entry.row.aliases))
        offered = self._offered(entry, right)
        return tuple(offered[: max(count, 0)])

    def kind(self, question_id: str) -> AnswerKind:
        """The kind of the right answer, as the choice sees it.

        Where it is `sure`, the question's own words give it, and a reader will more often believe
        the wrong answer: a release that needs few questions can take these alone. Raises
        ValueError for a question that is not in the corpus.
        """
        return self._entry(question_id).kind

    def _entry(self, question_id: str) -> _Entry:
        entry = self._entries.get(question_id)
        if entry is None:
            raise ValueError(f"the corpus has no question {question_id!r}")
        return entry

    def _offered(self, entry: _Entry, right: _Right) -> list[str]:
        if entry.kind in _CALENDAR:
            names = [name.title() for name in answers_of_closed_kind(entry.kind)]
            kept = [name for name in names if right.rules_out(_normal(name), name)]
            return _seeded(entry.row.question_id, kept) if len(kept) < len(names) else []
        if entry.kind.name is Kind.LETTER and regex.fullmatch(r"[A-Z]", entry.display):
            numeral = "numeral" in plain_question(entry.row.question)
            letters = "IVXLCDM" if numeral else string.ascii_uppercase
            return _seeded(
                entry.row.question_id, (c for c in letters if right.rules_out(c.lower(), c))
            )
        if entry.kind.name in _NUMERIC:
            row = entry.row._replace(answer=entry.display)
            texts = _wrong_in_digits(row, entry.kind)
            return [text for text in texts if right.rules_out(_normal(text), text)]
        return self._pools.closest(entry, right)


def _entries(rows: Sequence[CorpusRow]) -> list[_Entry]:
    drafts = [_draft(row) for row in rows]
    frequency: Counter[str] = Counter(w for draft in drafts for w in draft.words)
    kinds = _kinds_by_name(drafts)
    sexes = _sexes_by_first_name(drafts)
    return [_finished(draft, frequency, kinds, sexes) for draft in drafts]


def _draft(row: CorpusRow) -> _Entry:
    shown = _shown_answer(row)
    kind = answer_kind(row.question, shown, row.aliases)
    shown = _tidy(shown, kind)
    names = frozenset(map(_normal, clean_aliases(row.aliases))) | {_normal(shown)}
    words = frozenset(_normal(row.question).split()) - _COMMON_WORDS
    sex = _sex_in_question(row.question) if kind.name is Kind.PERSON else None
    return _Entry(
        row, kind, shown, _normal(shown), names, asked_noun(row.question), words, frozenset(), sex
    )


def _shown_answer(row: CorpusRow) -> str:
    bare = _without_bracket(row.answer).strip()
    words = bare.split()
    good = _is_latin(bare) and not bare.isupper() and not bare.islower() and len(words) <= 6
    if good or not row.aliases or (_is_in_digits(bare) and bare in row.aliases):
        return bare or row.answer
    return canonical_answer(row.aliases, row.question)


def _kinds_by_name(drafts: Sequence[_Entry]) -> dict[str, AnswerKind]:
    """What an answer is by most of the questions that say so, for those that do not."""
    votes: dict[str, Counter[AnswerKind]] = defaultdict(Counter)
    for draft in drafts:
        if draft.kind.sure and not _is_vague(draft.kind):
            votes[draft.name][draft.kind] += 1
    return {
        name: min(counts, key=lambda kind: (-counts[kind], str(kind)))
        for name, counts in votes.items()
    }


def _is_vague(kind: AnswerKind) -> bool:
    return kind.name is Kind.THING or kind in (AnswerKind(Kind.PERSON), AnswerKind(Kind.PLACE))


_FEMALE_PATTERN = regex.compile(
    r"\b(?:first|only|last|youngest|oldest) (?:\w+ )?(?:woman|female)\b|\bfemale lead\b"
)


def _sex_in_question(question: str) -> str | None:
    text = plain_question(question)
    if _FEMALE_PATTERN.search(text):
        return "female"
    words = _TOKENS.findall(text)
    female = sum(word in ("she", "her", "herself") for word in words)
    male = sum(word in ("he", "his", "him", "himself") for word in words)
    return None if female == male else "female" if female > male else "male"


_TOKENS = regex.compile(r"\p{L}+")


def _sexes_by_first_name(drafts: Sequence[_Entry]) -> dict[str, str]:
    """The sex that goes with a first name, learnt from questions that say "actress" or "his"."""
    votes: Counter[str] = Counter()
    for draft in drafts:
        if draft.sex is not None and " " in draft.name:
            votes[draft.name.split()[0]] += 1 if draft.sex == "female" else -1
    sure = {name: vote for name, vote in votes.items() if abs(vote) > 1}
    learnt = {name: "female" if vote > 0 else "male" for name, vote in sure.items()}
    return learnt | dict.fromkeys(_FEMALE_NAMES, "female") | dict.fromkeys(_MALE_NAMES, "male")


_CAPITALISED = regex.compile(r"\b\p{Lu}[\p{L}\p{N}]+")


def _finished(
    draft: _Entry,
    frequency: Mapping[str, int],
    kinds: Mapping[str, AnswerKind],
    sexes: Mapping[str, str],
) -> _Entry:
    kind = draft.kind
    if _is_vague(kind) and draft.name in kinds:
        kind = replace(kinds[draft.name], sure=False)
    common = frozenset(word for word in draft.words if frequency[word] > 5)
    proper = {_normal(w) for w in _CAPITALISED.findall(draft.row.question)}
    rare = frozenset(w for w in draft.words if frequency[w] <= 5 and w in proper)
    return _Entry(
        draft.row,
        kind,
        draft.display,
        draft.name,
        draft.names,
        draft.noun,
        common,
        rare,
        _sex(draft, sexes),
    )


def _sex(draft: _Entry, sexes: Mapping[str, str]) -> str | None:
    """The sex by the question's noun, else by the first name, else by the question's pronouns."""
    first, *others = draft.name.split() or [""]
    by_name = sexes.get(first) if others else None
    return _sex_of_noun(draft.noun) or by_name or draft.sex


def _sex_of_noun(noun: AskedNoun | None) -> str | None:
    if noun is None:
        return None
    words = {*noun.noun.split(), *noun.modifiers}
    return "female" if words & _FEMALE else "male" if words & _MALE else None


def _is_suitable(entry: _Entry) -> bool:
    """Whether the question has one short right answer that it does not itself mention."""
    if entry.kind.name is Kind.THING or entry.kind == AnswerKind(Kind.PLACE):
        return False
    if entry.kind.name is Kind.PERSON and not _looks_like_person(entry, frozenset()):
        return False
    if entry.kind.subkind in _ONE_WORD_NAMES and not entry.one_word:
        return False
    text = plain_question(entry.row.question)
    if _ONE_OF_MANY.search(text) or len(entry.display.split()) > _LONGEST_DISPLAY_WORDS:
        return False
    several = _LISTED.search(entry.display) is not None
    if several and (_SEVERAL.search(text) or entry.kind.name in {Kind.PERSON, Kind.PLACE}):
        return False
    return f" {entry.name} " not in f" {_normal(entry.row.question)} "


_ONE_WORD_NAMES = frozenset({"first_name", "surname"})


# --- the pools -------------------------------------------------------------------------------

# Kinds of which any two answers will do for each other when the finer kind has too few.
_LOOSE = frozenset({Kind.PERSON})
_FEWEST = 3


_Postings = Mapping[str, tuple[float, Sequence[int]]]
"""Each feature with its weight in a pool and the places of the entries that have it."""


class _Pools:
    """The entries by kind, and what they have in common with a question."""

    def __init__(self, entries: Sequence[_Entry]) -> None:
        first_names = _first_names(entries)
        self._by_kind: dict[AnswerKind, list[_Entry]] = defaultdict(list)
        for entry in entries:
            if _is_presentable(entry, first_names):
                self._by_kind[entry.kind].append(entry)
                if entry.kind.name in _LOOSE and entry.kind.subkind in _REAL:
                    self._by_kind[entry.kind.general()].append(entry)
        self._features: dict[str, dict[str, float]] = {}
        self._postings: dict[AnswerKind, _Postings] = {}

    def closest(self, entry: _Entry, right: _Right) -> list[str]:
        """The displays of the closest candidates in seeded order; empty where there is none."""
        found = self._closest_of(entry.kind, entry, right)
        if len(found) < _FEWEST and entry.kind.name in _LOOSE:
            found += self._closest_of(entry.kind.general(), entry, right)
        return list(dict.fromkeys(found))

    def _features_of(self, entry: _Entry) -> Mapping[str, float]:
        key = entry.row.question_id
        if key not in self._features:
            self._features[key] = _features(entry)
        return self._features[key]

    def _postings_of(self, kind: AnswerKind) -> _Postings:
        if kind not in self._postings:
            self._postings[kind] = self._post(self._by_kind.get(kind, ()))
        return self._postings[kind]

    def _post(self, pool: Sequence[_Entry]) -> _Postings:
        places: dict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(pool):
            for feature in self._features_of(entry):
                places[feature].append(place)
        total = len(pool) + 1
        return {f: (math.log(total / len(at)) + 0.1, at) for f, at in places.items()}

    def _closest_of(self, kind: AnswerKind, entry: _Entry, right: _Right) -> list[str]:
        """Those of the same noun in seeded order, then, if these are few, the others."""
        pool = self._by_kind.get(kind, [])
        same: dict[str, None] = {}
        rest: dict[str, None] = {}
        looked, best = 0, 0.0
        for closeness, place in self._ranked(kind, entry):
            other = pool[place]
            best = max(best, closeness)
            enough = len(same) >= _FEWEST and closeness < _MUCH_LESS_CLOSE * best
            if enough or len(same) >= _SHORTLIST or looked > _LOOKED_THROUGH:
                break
            if not _is_like(entry, other):
                continue
            looked += 1
            if _is_wrong_for(entry, other, right):
                (same if _same_noun(entry, other) else rest)[other.display] = None
        key = entry.row.question_id
        if len(same) >= _FEWEST:
            return _seeded(key, same)
        others = [display for display in rest if display not in same][: _SHORTLIST - len(same)]
        return [*_seeded(key, same), *_seeded(key, others)]

    def _ranked(self, kind: AnswerKind, entry: _Entry) -> list[tuple[float, int]]:
        """Closeness (0-1) and place of every entry of the pool, the closest first."""
        postings = self._postings_of(kind)
        scores: list[float] = [0.0] * len(self._by_kind.get(kind, ()))
        norm = 0.0
        for feature, weight in self._features_of(entry).items():
            rarity, places = postings.get(feature, (0.0, []))
            gain = weight * rarity
            norm += gain
            for place in places:
                scores[place] += gain
        pool = self._by_kind.get(kind, [])
        best = heapq.nlargest(3 * _LOOKED_THROUGH, range(len(pool)), key=scores.__getitem__)
        ranked = [
            ((scores[place] / norm if norm else 0.0) + _merit(entry, pool[place]), place)
            for place in best
            if pool[place].name != entry.name
        ]
        draw = entry.draw
        ranked.sort(key=lambda pair: (-round(pair[0], 6), pool[pair[1]].draw ^ draw))
        return ranked


def _merit(entry: _Entry, other: _Entry) -> float:
    """What speaks for a candidate besides its question, in the units of closeness.

    More than one alias means that the answer was found in an encyclopaedia.
    """
    same_form = entry.one_word == other.one_word or entry.kind.name is not Kind.PERSON
    return 0.1 * (len(other.row.aliases) > 1) + 0.15 * same_form


def _same_noun(entry: _Entry, other: _Entry) -> bool:
    """Whether both questions ask about the same noun, as far as both name one."""
    if entry.noun is None or other.noun is None:
        return entry.noun is other.noun
    return entry.noun.noun.split()[-1] == other.noun.noun.split()[-1]


def _first_names(entries: Sequence[_Entry]) -> frozenset[str]:
    """First words of the names of at least two people whose question tells what they were."""
    names = {e.name for e in entries if e.kind.name is Kind.PERSON and e.kind.subkind in _REAL}
    counts = Counter(name.split()[0] for name in names if " " in name)
    learnt = {word for word, count in counts.items() if count > 1}
    return frozenset({*learnt, *_FEMALE_NAMES, *_MALE_NAMES})


_REAL = _words(
    "performer musician writer painter designer director politician scientist sportsperson composer"
)


def _features(entry: _Entry) -> dict[str, float]:
    """What a question and its answer have, with weights: words, noun, region, century."""
    # Sorted, so that weights are added up in one order on every machine.
    features = {f"word {word}": 1.0 for word in sorted(entry.words)}
    if entry.noun is not None:
        features |= {f"before {word}": 2.0 for word in entry.noun.modifiers}
        features[f"noun {entry.noun.noun}"] = 3.0
    continent = continent_of(entry.display) if entry.kind.subkind == "country" else None
    if continent is not None:
        features[f"continent {continent}"] = 6.0
    if entry.kind.name is Kind.PLACE:
        ends = sorted({a.rpartition(", ")[2] for a in entry.row.aliases if ", " in a})
        features |= {f"in {_normal(end)}": 1.5 for end in ends}
        continents = (continent_of(end) for end in ends)
        features |= {f"continent {name}": 3.0 for name in continents if name is not None}
    features |= {f"century {year[:2]}": 1.0 for year in _YEAR.findall(entry.row.question)}
    if entry.kind.name is Kind.PERSON and entry.sex is not None:
        features[f"sex {entry.sex}"] = 2.0
    return features


_NOT_SHOWN = regex.compile(r"[()\[\]{}|;/+]|\"")


def _is_presentable(entry: _Entry, first_names: frozenset[str]) -> bool:
    """Whether the answer can be shown as a wrong answer elsewhere."""
    text = entry.display
    if not entry.kind.sure:
        return False
    if not _is_latin(text) or len(text.split()) > _LONGEST_DISPLAY_WORDS:
        return False
    if _NOT_SHOWN.search(text) or len(text) < 2 or is_class_word(text):
        return len(text) == 1 and entry.kind.name is Kind.LETTER
    closed = answers_of_closed_kind(entry.kind)
    known = kind_from_aliases(entry.row.aliases)
    if closed and entry.name not in closed:
        return False
    if known is not None and known.name is not entry.kind.name:
        return False
    if entry.kind.name is Kind.PERSON:
        return _looks_like_person(entry, first_names)
    if " and " in text and entry.kind.name not in {Kind.TITLE, Kind.ORGANISATION, Kind.FOOD}:
        return False
    if entry.kind.subkind in _ONE_WORD_NAMES and not entry.one_word:
        return False
    proper = entry.kind.name in {Kind.PLACE, Kind.TITLE}
    return (text[0].isupper() or not proper) and "," not in text


_TWO_SMALL_LETTERS = regex.compile(r"\p{Ll}{2}")


def _looks_like_person(entry: _Entry, first_names: frozenset[str]) -> bool:
    """Whether the answer has the form of a person's name; of a real one's by known first names.

    Without first names only the form counts.
    """
    words = entry.name.split()
    if not _TWO_SMALL_LETTERS.search(entry.display):
        return False
    if _PERSON_SHAPE.fullmatch(entry.display) is None or words[-1] in _NOT_SURNAMES:
        return False
    if first_names and is_class_word(words[-1]) and words[0] not in _FEMALE_NAMES | _MALE_NAMES:
        return False
    often_single = entry.kind.subkind in _OFTEN_ONE_NAME
    if len(words) == 1:
        known = len(entry.row.aliases) > 1 and words[0] not in first_names
        return often_single or known
    turned = " ".join([words[-1], *words[:-1]])
    listed = any("," in alias and _normal(alias) == turned for alias in entry.row.aliases)
    return listed or not first_names or words[0] in first_names or often_single


_NOT_SURNAMES = _words(
    "actor author brothers characters god manager minister people president scientist sisters"
    " soldier winner"
)
_OFTEN_ONE_NAME = frozenset({"character", "cleric", "deity", "ruler"})


def _is_like(entry: _Entry, other: _Entry) -> bool:
    """Whether the two answers have the same form, and the same sex where it is known."""
    if entry.has_digit != other.has_digit:
        return False
    if entry.kind.name is Kind.PERSON:
        if entry.sex == "female":
            return other.sex == "female"
        return other.sex != "female"
    if entry.kind.name is Kind.LETTER:
        return len(entry.display) == len(other.display) == 1
    return True


def _is_wrong_for(entry: _Entry, other: _Entry, right: _Right) -> bool:
    if entry.rare & other.rare or not entry.names.isdisjoint(other.names):
        return False
    if entry.kind.name is Kind.PERSON and _shares_surname(entry, other, right):
        return False
    mentioned = any(len(n) > 3 and f" {n} " in right.asked for n in other.names)
    return not mentioned and right.rules_out(other.name, other.display)


def _shares_surname(entry: _Entry, other: _Entry, right: _Right) -> bool:
    surname = _surname(other.name)
    return surname in right.surnames or f" {surname} " in right.asked
