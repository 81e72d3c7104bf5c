"""Negations: what the original denies the rewrite denies, and it denies nothing else.

Each negation ("isn't", "never", "without", "no", "unsafe") is read with what it denies: the next
word with content, its *head*, and the words around it. Negations of the two texts are matched one
to one, by head first, then by the words around. What is left over in the original is missing. What
is left over in the rewrite is new if it denies something that the original says; talk ("I know it's
not fun") speaks of other things, and set phrases ("don't worry") are not read at all.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from warmbench.judging.text.normalise import stem
from warmbench.judging.text.vocabulary import SOCIAL_WORDS, listed
from warmbench_builders.sft.faithfulness.mismatch import Mismatch, Pair
from warmbench_builders.sft.faithfulness.reply import Reply, Words

__all__ = ["check_negations"]

_CUES = frozenset(
    listed("not no never without cannot nobody nothing none nowhere neither unable ain't nor")
)
_OBJECTS = frozenset(["nobody", "nothing", "none", "nowhere"])
"""They deny the verb before them: "it changes nothing"."""

_SOFT_CUES = frozenset(
    listed(
        """
        avoid avoids avoiding avoided skip skips skipping stop stops refuse refuses fail fails
        failed lack lacks lacking instead rather hardly barely rarely seldom decline declines
        prevent prevents
        """
    )
)
"""They may stand for a negation in the other text, but are none of their own."""

# Words that deny what is left of them without their first letters.
_DENYING = {
    word: word[2:]
    for word in listed(
        """
        unsafe unhealthy unlikely unnecessary unclear uncommon unusual unknown unfair untrue
        unstable unwise unsuitable unreliable unavailable unaffected unchanged uncooked unopened
        unpaid unread unrelated unsupported unused unlimited incorrect invalid inaccurate incomplete
        inconsistent inefficient insecure insufficient ineffective invisible impossible imperfect
        impolite impractical illegal irregular irrelevant unhelpful unlocked unplug unplugged
        """
    )
} | {"disagree": "agree", "disallow": "allow", "dishonest": "honest", "non": ""}

# Read with "isn't" as "is not".
_FREE = re.compile(
    r"\b(?:(?:do not|never|no need to|not|need not) (?:you )?(?:ever )?(?:worry|fret|panic|hesitate"
    r"|be (?:afraid|shy|scared|embarrassed|ashamed|(?:so |too )?hard on|discouraged)|forget|mind"
    r"|beat yourself|blame yourself|give up|lose (?:heart|hope)|feel (?:bad|guilty|ashamed|silly)"
    r"|apologi[sz]e|be sorry|sweat it)"
    r"|no (?:worries|worry|problem|rush|pressure|shame|wonder|doubt|hurry|judge?ments?|stress"
    r"|matter|biggie|harm done|small (?:thing|feat|task)|less than|later than|more than)"
    r"|(?:not|never|nobody is|no one is) (?:at all )?(?:\w+ )?(?:alone|silly|stupid|dumb|foolish"
    r"|crazy|weird|your fault|a bother|bothering|being (?:silly|dramatic)"
    r"|(?:the )?only one (?:who|that|feeling|in))"
    r"|(?:can|ca|could) ?not (?:wait|help but|thank|tell you how|imagine how|agree more"
    r"|be (?:happier|prouder|more))"
    r"|not (?:only|just|to mention|at all)|(?:whether or|why|or|if) not|why do not (?:we|you|i)"
    r"|nothing (?:to be (?:ashamed|embarrassed|sorry)|to worry|beats|like|but"
    r"|wrong with (?:you|feeling|asking|wanting))"
    r"|never mind|(?:is|does|was) not (?:it|that (?:lovely|wonderful|great|nice|sweet|just))"
    r"|(?:are|do|have) not (?:they|you|we))\b"
)
_NEGATIVE_CLITIC = "n't"
_PREFIX = "un-"
_AFTER, _BEFORE = 6, 4
"""How many words with content are read on either side of a negation."""

_SCANNED = 24
"""How many words are looked at to find them."""

_CANDIDATES = 8
"""How many negations are compared with one: keeps the time linear in the text."""

_TALK = frozenset(stem(word) for word in SOCIAL_WORDS)


@dataclass(frozen=True, slots=True)
class _Negation:
    """``at`` is the place of the word that negates, ``cue`` that word ("not" for "isn't" and
    "cannot", "un-" for a word that denies a part of itself), ``head`` the stem denied (empty:
    none), ``around`` the stems with content on both sides, the nearest first, the head among them.
    """

    at: int
    cue: str
    head: str
    around: tuple[str, ...]


def check_negations(pair: Pair) -> Iterator[Mismatch]:
    """One mismatch for each negation that is missing, and each that is new."""
    original, rewrite = _negations(pair.original), _negations(pair.rewrite)
    missing, new = _unmatched(original, rewrite)
    softly = _softly_denied(pair.rewrite) if missing else frozenset()
    for one in missing:
        if one.head in softly:
            continue
        yield Mismatch("negations", f"'{_shown(one, pair.original)}' is no longer denied")
    for one in new:
        if _denies_something_said(one, pair.original):
            yield Mismatch("negations", f"'{_shown(one, pair.rewrite)}' is new")


def _negations(reply: Reply) -> list[_Negation]:
    """All negations that may tell a fact, those that cancel each other left out."""
    if not any(map(_is_cue, reply.lows)):
        return []
    words = reply.words
    free = _free_places(reply)
    return [
        _negation(words, at, _DENYING.get(low))
        for at, low in enumerate(words.lows)
        if _is_cue(low) and at not in free and not (low == "no" and _is_answer(words, at))
    ]


@lru_cache(maxsize=65_536)
def _is_cue(low: str) -> bool:
    return low in _CUES or low in _DENYING or low.endswith(_NEGATIVE_CLITIC)


def _free_places(reply: Reply) -> frozenset[int]:
    """The words that stand within set phrases."""
    words = reply.words
    read = [f"{low[:-3]} not" if low.endswith(_NEGATIVE_CLITIC) else low for low in words.lows]
    line = " ".join(read)
    spans = [match.span() for match in _FREE.finditer(line)]
    if not spans:
        return frozenset()
    places: list[int] = []
    start, span = 0, 0
    for at, low in enumerate(read):
        while span < len(spans) and spans[span][1] <= start:
            span += 1
        end = start + len(low)
        if span < len(spans) and spans[span][0] < end:
            places.append(at)
        start = end + 1
    return frozenset(places)


def _is_answer(words: Words, at: int) -> bool:
    """Whether "no" stands by itself: "No, it is ..."."""
    return at + 1 >= len(words.lows) or words.before[at + 1] not in ("", '"')


def _negation(words: Words, at: int, denied: str | None) -> _Negation:
    after = _contents(words, range(at + 1, min(at + 1 + _SCANNED, len(words.lows))), at, _AFTER)
    before = _contents(words, range(at - 1, max(at - 1 - _SCANNED, -1), -1), at, _BEFORE)
    if denied:
        head = stem(denied)
        return _Negation(at, _PREFIX, head, (head, *after, *before))
    low = words.lows[at]
    cue = "not" if low == "cannot" or low.endswith(_NEGATIVE_CLITIC) else low
    if low in _OBJECTS and before and words.clauses[at] == words.clauses[at - 1]:
        return _Negation(at, cue, before[0], (*before, *after))
    around = (*after, *before)
    return _Negation(at, cue, around[0] if around else "", around)


def _contents(words: Words, places: Sequence[int], at: int, most: int) -> list[str]:
    """The nearest stems with content in the sentence, those of the clause alone if it has any."""
    found: list[str] = []
    for place in places:
        if words.sentences[place] != words.sentences[at] or len(found) == most:
            break
        if found and words.clauses[place] != words.clauses[at]:
            break
        if words.stems[place]:
            found.append(words.stems[place])
    return found


def _unmatched(
    original: list[_Negation], rewrite: list[_Negation]
) -> tuple[list[_Negation], list[_Negation]]:
    """What is left of both once alike negations are taken away, the most alike first."""
    for least in (6, 4, 2):
        original, rewrite = _without_alike(original, rewrite, least)
    return _without_headless(original, rewrite), _without_headless(rewrite, original)


def _without_headless(ours: list[_Negation], theirs: Sequence[_Negation]) -> list[_Negation]:
    """Ours that have a head, but for one for each like word of theirs that has none: "the advert
    without it" may become "without it"."""
    spare = Counter(other.cue for other in theirs if not other.head)
    left = []
    for one in ours:
        if one.head and spare[one.cue]:
            spare[one.cue] -= 1
        elif one.head:
            left.append(one)
    return left


def _without_alike(
    original: list[_Negation], rewrite: list[_Negation], least: int
) -> tuple[list[_Negation], list[_Negation]]:
    by_stem: dict[str, deque[int]] = defaultdict(deque)
    for place, one in enumerate(rewrite):
        for root in dict.fromkeys(one.around):
            by_stem[root].append(place)
    taken: set[int] = set()
    left: list[_Negation] = []
    for one in original:
        match = _best(one, rewrite, by_stem, taken, least)
        if match is None:
            left.append(one)
        else:
            taken.add(match)
    return left, [one for place, one in enumerate(rewrite) if place not in taken]


def _best(
    one: _Negation,
    others: Sequence[_Negation],
    by_stem: dict[str, deque[int]],
    taken: set[int],
    least: int,
) -> int | None:
    """The place of the first of the most alike, if any is alike by ``least``."""
    best, likeness = None, least - 1
    for root in dict.fromkeys(one.around):
        places = by_stem.get(root, deque())
        while places and places[0] in taken:
            places.popleft()
        for place in islice(places, _CANDIDATES):
            found = 0 if place in taken else _likeness(one, others[place])
            if found > likeness:
                best, likeness = place, found
    return best


def _likeness(one: _Negation, other: _Negation) -> int:
    """4 for the same head, 1 for a head in the other's surroundings, 1 for each shared word."""
    shared = len({*one.around} & {*other.around})
    if one.head == other.head:
        return shared + 3
    return shared + (one.head in other.around) + (other.head in one.around)


def _softly_denied(reply: Reply) -> frozenset[str]:
    """The stems around words such as "avoid"."""
    if reply.lows.isdisjoint(_SOFT_CUES):
        return frozenset()
    words = reply.words
    softly = (_negation(words, at, None) for at, low in enumerate(words.lows) if low in _SOFT_CUES)
    return frozenset(root for one in softly for root in one.around)


def _denies_something_said(one: _Negation, original: Reply) -> bool:
    """Whether the head is a word of the original, or two words around it are; a word of talk
    ("ask", "help") counts only beside another, and what lies around "unfair" does not count."""
    if one.cue == _PREFIX:
        return one.head in original.stems
    known = [root for root in dict.fromkeys(one.around) if root in original.stems]
    telling = [root for root in known if root not in _TALK]
    return one.head in telling or (one.head in known and bool(telling)) or len(telling) > 1


def _shown(one: _Negation, reply: Reply) -> str:
    """The negation with the words before and after it, as written."""
    words = reply.words
    places = range(max(one.at - 2, 0), min(one.at + 5, len(words.forms)))
    return " ".join(
        words.forms[place] for place in places if words.sentences[place] == words.sentences[one.at]
    )
