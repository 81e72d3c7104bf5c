"""Where a fact can be changed in a rewrite, and what it can be changed into, by ten kinds.

Every option changes what is said: it is never the same value in other words. These patterns are
their own, and not those of the checks: a check that can't read a number would else never be asked
about it. What is talk, and says nothing of the matter, is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from warmbench.judging.text.vocabulary import FUNCTION_WORDS, SOCIAL_WORDS, listed

__all__ = ["EDITS", "CleanPair", "EditKind", "Place"]


class EditKind(StrEnum):
    """What kind of fact is changed."""

    NUMBER = "number"
    UNIT = "unit"
    DATE = "date"
    NAME = "name"
    NEGATION_ADDED = "negation_added"
    NEGATION_REMOVED = "negation_removed"
    CODE = "code"
    URL = "url"
    LIST_ITEM = "list_item"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class CleanPair:
    """A reply and a faithful rewrite of it; ``pair_id`` names them in reports."""

    pair_id: str
    original: str
    rewrite: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Place:
    """Characters ``start`` to ``end`` of a rewrite, and what may stand there instead."""

    start: int
    end: int
    options: tuple[str, ...]


_COVERED = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`|https?://\S+", re.DOTALL)
_CODE = re.compile(r"```[^\n]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_URL = re.compile(r"https?://[^\s`\"<>)]+[\w/]")

_FIGURE = re.compile(r"(?<![\w.,:/$#-])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\w:/]|[.,-]\d|[.)] )")
_COUNT = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty)\b"
    r"(?! of (?:us|you)|[ -](?:one|two|three|four|five|six|seven|eight|nine|hundred|thousand))"
)
_COUNTS = listed(
    "two three four five six seven eight nine ten twelve fifteen twenty thirty forty fifty"
)

_UNIT = re.compile(
    r"(?:(?<=\d )|(?<=\d-)|(?<=\d)|(?<=\btwo )|(?<=\bthree )|(?<=\bfour )|(?<=\bfive )"
    r"|(?<=\bsix )|(?<=\beight )|(?<=\bten ))([A-Za-z]+(?:/s)?)\b"
)
_OTHER_UNITS = {
    one: tuple(others.split())
    for line in """
seconds: minutes hours
second: minute hour
minutes: seconds hours
minute: second hour
hours: minutes days
hour: minute day
days: hours weeks
day: hour week
weeks: days months
week: day month
months: weeks years
month: week year
years: months weeks
year: month week
km: miles metres
kilometres: miles metres
miles: km yards
metres: feet miles
cm: inches mm
mm: cm inches
inches: cm feet
kg: pounds grams
grams: kg ounces
g: kg oz
ml: litres cups
litres: ml gallons
litre: cup gallon
cups: tablespoons litres
cup: tablespoon litre
tablespoons: teaspoons cups
tablespoon: teaspoon cup
teaspoons: tablespoons cups
teaspoon: tablespoon cup
MB: GB KB
GB: MB TB
KB: MB GB
MB/s: Mbit/s KB/s
Mbit/s: MB/s
euros: dollars pounds
dollars: euros pounds
percent: degrees
degrees: percent
C: F
F: C
V: A W
A: V W
W: V A
""".strip().splitlines()
    for one, others in [line.split(": ")]
}

_MONTHS = listed(
    "January February March April May June July August September October November December"
)
_DAYS = listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_MONTH = re.compile(rf"\b(?:{'|'.join(m for m in _MONTHS if m not in ('May', 'March'))})\b")
_MONTH_DAY = re.compile(
    rf"(?<=\b(?:June|July) )\d{{1,2}}\b|\b\d{{1,2}}(?= (?:{'|'.join(_MONTHS)})\b)"
)
_DAY = re.compile(rf"\b({'|'.join(_DAYS)})(s?)\b")
_YEAR = re.compile(r"(?<![\w.,:/-])(?:1[5-9]|20)\d\d(?![\w:/]|[.,-]\d)(?! (?:MB|GB|[a-z]*s\b))")
_CLOCK = re.compile(r"(?<![\w:.])(\d{1,2}):(\d\d)(?![\w:])")
_HALF_DAY = re.compile(r"(?<=\d )(am|pm)\b|(?<=\d)(am|pm)\b")
_NOON = re.compile(r"\b(noon|midday|midnight)\b")

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b(?! [A-Z]?\d)")
_POOLS = tuple(
    tuple(line.split())
    for line in """
Lisbon Porto Madrid Toronto Durban Delhi Mumbai Nairobi Oslo Vienna Kyoto Lima Lagos Hanoi Gdansk
France Spain Italy Kenya India Vietnam Canada Peru Japan Norway Egypt Brazil Ghana Chile Poland
English French Spanish German Italian Portuguese Hindi Swahili Turkish Polish Dutch Welsh Greek
Python Java Ruby Rust Perl Kotlin Swift
Linux Windows Android Ubuntu Debian
Excel Word Outlook Notepad Calc
Chrome Firefox Safari Opera
Mercury Venus Mars Jupiter Saturn Neptune
Atlantic Pacific Baltic Caribbean Mediterranean
Europe Africa Asia Australia America
Anna Maria Fatima Leila Priya Grace Ingrid Yuki Carmen Zofia
Joao Finlay Tomas Ahmed Daniel Kofi Ravi Pedro Hugo Marco
""".strip().splitlines()
)
_STRANGERS = ("Halden", "Morrow", "Castell", "Brimley", "Okoro", "Varga", "Lindqvist", "Tamsin")

_AUXILIARY = re.compile(
    r"(?<=[a-z\d,] )(?<!ere )(is|are|was|were|can|will|should|could|would|must)(?= [a-z])"
    r"(?! (?:not|never|no|nothing|nobody|hardly|only|just|be able|you|we|i|it|they|he|she|there)\b)"
)
_NEGATED = {
    "is": ("isn't", "is not"),
    "are": ("aren't", "are not"),
    "was": ("wasn't", "was not"),
    "were": ("weren't", "were not"),
    "can": ("can't", "cannot"),
    "will": ("won't", "will not"),
    "should": ("shouldn't", "should not"),
    "could": ("couldn't", "could not"),
    "would": ("wouldn't", "would not"),
    "must": ("mustn't", "must not"),
}
_IMPERATIVE = re.compile(
    r"(?:(?<=^)|(?<=[.!:] )|(?<=\n)|(?<=- ))(Keep|Use|Add|Put|Send|Ask|Write|Check|Set|Run|Take|Try"
    r"|Leave|Make|Cut|Wash|Bring|Give|Store|Choose|Tell|Begin|Start|Open|Press|Close|Call|Read|Mix"
    r"|Cook|Bake|Boil|Water|Pack|Lock|Wear|Eat|Drink|Move|Turn|Cover|Rinse|Save|Wait)(?= [a-z])"
)
_DENIAL = re.compile(
    r"\b(?:(?P<short>is|are|was|were|do|does|did|has|have|had|could|should|would|ca|wo)n't"
    r"|(?P<long>is|are|was|were|do|does|did|has|have|had|could|should|would|can|will|must) not"
    r"|cannot|never|without|nobody|nothing|(?P<no>no)(?= [a-z]))\b(?! only\b| just\b)",
    re.IGNORECASE,
)
_AFFIRMED = {
    "cannot": ("can",),
    "never": ("always", "often"),
    "without": ("with",),
    "nobody": ("everybody", "somebody"),
    "nothing": ("something", "everything"),
}
_ANY_DENIAL = re.compile(r"n't\b|\b(?:not|no|never|nobody|nothing|none|without|cannot|nor)\b", re.I)
_PHRASES = re.compile(
    r"\b(?:worry|worries|alone|hesitate|can't wait|mind|forget|matter what|problem|rush|shame"
    r"|wonder|doubt|need to apologi[sz]e|hard on yourself|silly|your fault|longer)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")

_ITEM = re.compile(r"^([ \t]*)([-*]|\d{1,2}[.)]) +[^\n]+\n?", re.MULTILINE)
_NEW_ITEMS = (
    "Keep a written note of everything you change.",
    "Ask the neighbours for a second opinion.",
    "Buy the larger packet, which lasts longer.",
)

_ANSWER = re.compile(r"(?:(?<=^)|(?<=[.!?] )|(?<=\n))(Yes|No)(?=[,.!;])")
_JUDGED = re.compile(
    r"\b(?:is|are|that's|it's|you're) (?:quite |absolutely |also )?(right|true|correct|wrong|false)"
    r"\b(?! (?:to|here|now|on|about|away))"
)
_OPPOSITES = {
    "right": ("wrong", "mistaken"),
    "true": ("false", "untrue"),
    "correct": ("incorrect", "wrong"),
    "wrong": ("right", "correct"),
    "false": ("true", "correct"),
}
_IDLE = FUNCTION_WORDS | SOCIAL_WORDS


def _numbers(pair: CleanPair) -> Iterator[Place]:
    for match in _outside_code(_FIGURE, pair.rewrite):
        if not re.search(rf"(?<![\d.,]){re.escape(match[0])}(?![\d])", pair.original):
            continue
        yield Place(*match.span(), tuple(_other_figures(match[0])))
    for match in _outside_code(_COUNT, pair.rewrite):
        if match[0] in pair.original.lower():
            place = _COUNTS.index(match[0])
            others = (_COUNTS[place - 1], _COUNTS[(place + 1) % len(_COUNTS)])
            yield Place(*match.span(), others)


def _other_figures(figure: str) -> Iterator[str]:
    """Near values in the same style: 20 gives 25, 21 and 40; 1,500 gives 1,505, 1,501, 3,000."""
    decimals = len(figure.partition(".")[2])
    value = float(figure.replace(",", ""))
    step = 10**-decimals
    near = (value + 5 * step, value + step, value * 2 if value else 7 * step)
    separator = "," if "," in figure else ""
    seen = [figure]
    for other in near:
        written = f"{other:{separator}.{decimals}f}"
        if written not in seen:
            seen.append(written)
            yield written


def _units(pair: CleanPair) -> Iterator[Place]:
    for match in _outside_code(_UNIT, pair.rewrite):
        others = _OTHER_UNITS.get(match[1])
        if others and match[1] in pair.original:
            yield Place(*match.span(1), others)


def _dates(pair: CleanPair) -> Iterator[Place]:
    found = (
        *((match, _near(_MONTHS, match[0])) for match in _outside_code(_MONTH, pair.rewrite)),
        *(
            (match, [f"{day}{match[2]}" for day in _near(_DAYS, match[1])])
            for match in _outside_code(_DAY, pair.rewrite)
        ),
        *(
            (match, [str(int(match[0]) + by) for by in (1, -1, 10)])
            for match in _outside_code(_YEAR, pair.rewrite)
        ),
        *(
            (match, [str(int(match[0]) % 28 + by) for by in (1, 2)])
            for match in _outside_code(_MONTH_DAY, pair.rewrite)
        ),
        *(
            (match, [f"{int(match[1]) % 12 + 1}:{match[2]}", f"{match[1]}:{_moved(match[2])}"])
            for match in _outside_code(_CLOCK, pair.rewrite)
        ),
        *(
            (match, ["pm" if match[0] == "am" else "am"])
            for match in _outside_code(_HALF_DAY, pair.rewrite)
        ),
        *(
            (match, ["noon", "midday"] if match[0] == "midnight" else ["midnight"])
            for match in _outside_code(_NOON, pair.rewrite)
        ),
    )
    for match, options in found:
        if match[0] in pair.original:
            yield Place(*match.span(), tuple(options))


def _near(names: Sequence[str], name: str) -> list[str]:
    at = names.index(name)
    return [names[at - 1], names[(at + 1) % len(names)], names[at - 3]]


def _moved(minutes: str) -> str:
    return f"{(int(minutes) + 15) % 60:02d}"


def _names(pair: CleanPair) -> Iterator[Place]:
    """Every mention of a word that has its capital in mid-sentence, at starts too."""
    names = {
        match[0]
        for text in (pair.original, pair.rewrite)
        for match in _outside_code(_NAME, text)
        if not _is_common(match[0], pair)
    }
    for name in sorted(names):
        for match in _outside_code(re.compile(rf"\b{name}\b"), pair.rewrite):
            if re.search(rf"\b{name}\b", pair.original):
                yield Place(*match.span(), _other_names(name))


def _is_common(word: str, pair: CleanPair) -> bool:
    low = word.lower()
    if low in _IDLE or word in _MONTHS or word.removesuffix("s") in _DAYS:
        return True
    return re.search(rf"\b{low}\b", f"{pair.original} {pair.rewrite}") is not None


def _other_names(name: str) -> tuple[str, ...]:
    pool = next((pool for pool in _POOLS if name in pool), _STRANGERS)
    at = pool.index(name) if name in pool else len(name)
    return tuple(pool[(at + by) % len(pool)] for by in (1, 2, 3))


def _negations_added(pair: CleanPair) -> Iterator[Place]:
    for match in _outside_code(_AUXILIARY, pair.rewrite):
        if _says_something(match, pair) and not _ANY_DENIAL.search(_clause(match, pair.rewrite)):
            yield Place(*match.span(), _NEGATED[match[0]])
    for match in _outside_code(_IMPERATIVE, pair.rewrite):
        clause = _clause(match, pair.rewrite)
        if _says_something(match, pair) and not _ANY_DENIAL.search(clause):
            low = match[0].lower()
            yield Place(*match.span(), (f"Don't {low}", f"Never {low}", f"Do not {low}"))


def _negations_removed(pair: CleanPair) -> Iterator[Place]:
    for match in _outside_code(_DENIAL, pair.rewrite):
        clause = _clause(match, pair.rewrite)
        if _PHRASES.search(clause) or len(_ANY_DENIAL.findall(clause)) > 1:
            continue
        if _says_something(match, pair) and _denied_in(match, pair):
            yield from _affirmed(match)


def _affirmed(match: re.Match[str]) -> Iterator[Place]:
    start, end = match.span()
    low = match[0].lower()
    if match["no"]:
        if match["no"] == "no":
            yield Place(start, end + 1, ("", "some "))
    elif match["short"] or match["long"]:
        verb = match["short"] or match["long"]
        plain = {"ca": "can", "wo": "will"}.get(verb.lower(), verb)
        if verb == "Do":
            rest = match.string[end + 1 :]
            yield Place(start, end + 2, (rest[:1].upper(), f"Always {rest[:1]}"))
        else:
            yield Place(start, end, (plain,))
    elif match[0] == low:
        yield Place(start, end, _AFFIRMED[low])


def _denied_in(match: re.Match[str], pair: CleanPair) -> bool:
    """Whether the original has a denial close before one of the words that follow."""
    return any(
        re.search(
            rf"(?:n't|\b(?:not|no|never|without|cannot|nobody|nothing))\b[^.!?\n]{{0,60}}\b{word}\b",
            pair.original,
            re.IGNORECASE,
        )
        for word in _following(match)
    )


def _says_something(match: re.Match[str], pair: CleanPair) -> bool:
    """Whether words with content follow within the clause, and the original has them too."""
    words = _following(match)
    return bool(words) and all(
        re.search(rf"\b{word}\b", pair.original, re.IGNORECASE) for word in words[:2]
    )


def _following(match: re.Match[str]) -> list[str]:
    rest = re.split(r"[.!?;:,\n()]", match.string[match.end() : match.end() + 80], maxsplit=1)[0]
    words = (word.lower() for word in _WORD.findall(rest)[:6])
    return [word for word in words if len(word) > 2 and word not in _IDLE]


def _clause(match: re.Match[str], text: str) -> str:
    before = re.split(r"[.!?;:\n]", text[max(match.start() - 120, 0) : match.start()])[-1]
    after = re.split(r"[.!?;:\n]", text[match.start() : match.start() + 120], maxsplit=1)[0]
    return before + after


def _codes(pair: CleanPair) -> Iterator[Place]:
    for match in _CODE.finditer(pair.rewrite):
        group = 1 if match[1] is not None else 2
        if match[group] not in pair.original:
            continue
        start = match.start(group)
        for inner in re.finditer(r"\d|[A-Za-z](?=\w)|[=<>+*-](?= )", match[group]):
            at = start + inner.start()
            yield Place(at, at + 1, (_other_character(inner[0]),))
        if match[group].count("\n") > 2:
            for line in re.finditer(r"[^\n]*\S[^\n]*\n", match[group]):
                yield Place(start + line.start(), start + line.end(), ("",))


def _other_character(char: str) -> str:
    if char.isdigit():
        return str((int(char) + 1) % 10)
    if char.isalpha():
        return "q" if char.lower() == "x" else "x"
    return {"=": "+", "<": ">", ">": "<", "+": "-", "*": "/", "-": "+"}[char]


def _addresses(pair: CleanPair) -> Iterator[Place]:
    for match in _URL.finditer(pair.rewrite):
        if match[0] in pair.original:
            yield Place(*match.span(), tuple(_other_addresses(match[0])))


def _other_addresses(url: str) -> Iterator[str]:
    """Another path, another host, another letter."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    if path:
        yield f"{scheme}://{host}"
        yield f"{scheme}://{host}/en/{path}"
        yield url[:-1]
    yield f"{scheme}://{host.rpartition('.')[0]}.{'net' if host.endswith('.org') else 'org'}/{path}"
    for letter in re.finditer(r"(?<=\w)\w(?=\w)", rest):
        at = len(scheme) + 3 + letter.start()
        yield url[:at] + _other_character(letter[0]) + url[at + 1 :]


def _list_items(pair: CleanPair) -> Iterator[Place]:
    """An item dropped or added; later items of a numbered list keep their numbers in order."""
    covered = [match.span() for match in _COVERED.finditer(pair.rewrite)]
    for match in _ITEM.finditer(pair.rewrite):
        if any(start <= match.start() < end for start, end in covered):
            continue
        rest = pair.rewrite[match.end() :]
        last = not _ITEM.match(rest)
        if match[2] in "-*":
            new = tuple(
                f"{match[0].rstrip()}\n{match[1]}{match[2]} {item}\n" for item in _NEW_ITEMS
            )
            yield Place(*match.span(), ("", *new))
        elif last:
            mark = f"{int(match[2][:-1]) + 1}{match[2][-1]}"
            new = tuple(f"{match[0].rstrip()}\n{match[1]}{mark} {item}\n" for item in _NEW_ITEMS)
            yield Place(*match.span(), ("", *new))


def _answers(pair: CleanPair) -> Iterator[Place]:
    for match in _outside_code(_ANSWER, pair.rewrite):
        if re.search(rf"\b{match[0]}\b", pair.original):
            others = ("No", "Nope", "Actually, no") if match[0] == "Yes" else ("Yes", "Yep")
            yield Place(*match.span(), others)
    for match in _outside_code(_JUDGED, pair.rewrite):
        if re.search(rf"\b{match[1]}\b", pair.original) and not _ANY_DENIAL.search(
            _clause(match, pair.rewrite)
        ):
            yield Place(*match.span(1), _OPPOSITES[match[1]])


def _outside_code(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    covered = [match.span() for match in _COVERED.finditer(text)]
    for match in pattern.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in covered):
            yield match


EDITS: Mapping[EditKind, Callable[[CleanPair], Iterator[Place]]] = MappingProxyType(
    {
        EditKind.NUMBER: _numbers,
        EditKind.UNIT: _units,
        EditKind.DATE: _dates,
        EditKind.NAME: _names,
        EditKind.NEGATION_ADDED: _negations_added,
        EditKind.NEGATION_REMOVED: _negations_removed,
        EditKind.CODE: _codes,
        EditKind.URL: _addresses,
        EditKind.LIST_ITEM: _list_items,
        EditKind.ANSWER: _answers,
    }
)
"""All places of a kind in a rewrite, in its order."""
