"""Groups of answers that can be taken for each other: who could be meant, and what is near it.

``peers.txt`` lists some eight thousand well-known answers by kind, near ones beside near ones: the
capitals of one region, the composers of one time. An answer of the list is shown as it stands
there, and the answers next to it are plausible wrong ones. A group is used only where the question
asks for its kind; which words tell that stands here.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import regex
from rapidfuzz import fuzz

from .answer_kind import AnswerKind, Kind, answer_kind, answers_of_closed_kind
from .wrong_answer import is_certainly_wrong

__all__ = ["Peer", "accepted_names", "find_peer", "load_peers", "spoken_of", "wrong_peers"]

_SHORT = 3
_POSSESSIVE = regex.compile("['\u2019]s\\b")
_NEAREST = 2
_NEAR = 4
"""How many wrong answers there are of a group; the first is one of the nearest."""

_CUES: Mapping[str, str] = {
    "airport": r"airport",
    "alloy": r"\balloy|\bmetals?\b",
    "animal": r"\banimals?\b|\bcreature|\bmammal|\breptile|\bamphibian|\bspecies",
    "anniversary": r"anniversary",
    "ballet": r"\bballet",
    "band": r"\b(?:band|group|duo|act|trio|who)\b",
    "battle": r"\bbattle\b",
    "biblical": r"\bbibl|testament|\bgenesis\b|\bgospel|\bdisciple|\bapostle|\bjesus\b",
    "bird": r"\bbirds?\b",
    "body": r"\bpart of (?:the|your|a) (?:human )?body|\bbody part"
    r"|\bwhere [io]n (?:the|your) (?:human )?body",
    "bone": r"\bbones?\b",
    "book": r"\bbook\b|\bnovel\b|\bstory\b",
    "book of the bible": r"\bbook\b|\bgospel\b",
    "capital": r"\bcapital\b",
    "car": r"\bcars?\b|\bmotor|\bmarque\b|\bcar maker\b|manufacturer",
    "character": r"\bcharacters?\b|\bwho\b|\bdetective|\brole\b|hero\b|\bvillain|\bbear\b|\bknight",
    "cheese": r"\bcheese",
    "chinese": r"\bchinese\b",
    "circuit": r"\bcircuit|\bgrand prix\b",
    "city": r"\b(?:city|town|port|birthplace|resort)\b",
    "cluedo": r"cluedo|\bclue\b",
    "college": r"\bcollege",
    "constellation": r"\bconstellation",
    "continent": r"\bcontinent",
    "country": r"\bcountry\b|\bnation\b|\brepublic\b|\bkingdom\b",
    "county": r"\bcounty\b",
    "currency": r"\bcurrency|\bunit of (?:currency|money)|\bmonetary",
    "day": r"\bday\b",
    "disease": r"\bdisease|\billness|\bcondition\b|\binfection|\bdisorder\b|\bepidemic",
    "dog": r"\bdogs?\b",
    "drink": r"\bdrink|\bspirit\b|\bbeverage|\balcohol",
    "dwarf": r"\bdwarf|\bdwarves",
    "egyptian god": r"\begypt",
    "element": r"\belement\b|\bmetal\b|\bchemical symbol\b",
    "fear": r"\bfear\b|\bphobi|phobia\b",
    "film": r"\bfilm\b|\bmovie\b",
    "fish": r"\bfish\b",
    "flavour": r"\bflavou?r",
    "flower": r"\bflower|\bplant\b|\bbulb\b",
    "fruit": r"\bfruit",
    "game": r"\bgame\b",
    "gas": r"\bgas\b",
    "gem": r"\bgem|\bbirthstone|\bprecious stone|\banniversary|\bstone\b",
    "greek god": r"\bgod\b|\bgoddess\b",
    "greek myth": r"\bmyth|\blegend|\btrojan|\btroy\b|\bhomer|\bgreek\b",
    "ground": r"\bground\b",
    "horse": r"\bhorse|\bgrand national\b",
    "house": r"\bhouse\b|\bdynasty",
    "insect": r"\binsect",
    "instrument": r"\binstrument",
    "island": r"\bisland|\bisle\b",
    "lake": r"\blake\b|\bloch\b",
    "language": r"\blanguage",
    "line": r"\bline\b",
    "mission": r"\bmission|\bapollo\b|\bspacecraft",
    "month": r"\bmonth\b",
    "moon": r"\bmoon\b|\bsatellite\b",
    "mountain": r"\bmountain\b|\bpeak\b",
    "muse": r"\bmuse\b",
    "musical": r"\bmusical\b",
    "nationality": r"\bnationality\b",
    "newspaper": r"newspaper",
    "norse god": r"\bnorse\b|\bviking|\bgod\b",
    "novel": r"\bnovel\b|\bbook\b",
    "nut": r"\bnuts?\b",
    "ocean": r"\bocean\b",
    "opera": r"\bopera\b|\boperetta\b|\bgilbert (?:and|&) sullivan",
    "organ": r"\borgan\b|\bgland\b",
    "person": r"",
    "planet": r"\bplanet\b",
    "play": r"\bplay\b",
    "province": r"\bprovince\b",
    "racecourse": r"\brace ?course|\bracecourse",
    "range": r"\brange\b|\bmountains\b",
    "religion": r"\breligion\b",
    "river": r"\briver\b",
    "roman god": r"\broman\b",
    "saint": r"\bsaint\b|\bpatron\b",
    "sea": r"\bsea\b",
    "show": r"\bshow\b|\bseries\b|\bsitcom\b|\bsoap\b|\bprogramme?\b|\bdrama\b|\bquiz\b",
    "shuttle": r"\bshuttle\b",
    "spice": r"\bspice\b|\bherb\b",
    "sport": r"\bsports?\b",
    "stadium": r"\bground\b|\bstadium\b",
    "star sign": r"\bsign\b|\bzodiac\b",
    "state": r"\bstate\b",
    "state or province": r"\bstate\b|\bterritory\b",
    "station": r"\bstation\b",
    "study": r"\bstudy\b|\bstudies\b|\bstudied\b|ology\b",
    "style": r"\bstyle\b|\bmovement\b",
    "team": r"\bteam\b|\bclub\b|\bside\b",
    "trade": r"\bjob\b|\btrade\b|\bprofession\b|\boccupation\b|\bfor a living\b",
    "tree": r"\btrees?\b|\bwood\b",
    "unit": r"\bunit\b",
    "university": r"\buniversity\b|\bcollege\b",
    "vegetable": r"\bvegetable",
    "vitamin": r"\bvitamin",
    "volcano": r"\bvolcano",
    "war": r"\bwars?\b|\bconflict\b",
}
"""What a group is of -> how a question asks for it."""

_KINDS: Mapping[str, frozenset[Kind]] = {
    "band": frozenset({Kind.ORGANISATION, Kind.PERSON}),
    "character": frozenset({Kind.PERSON}),
    "city": frozenset({Kind.PLACE}),
    "country": frozenset({Kind.PLACE}),
    "film": frozenset({Kind.TITLE}),
    "book": frozenset({Kind.TITLE}),
    "novel": frozenset({Kind.TITLE}),
    "musical": frozenset({Kind.TITLE}),
    "opera": frozenset({Kind.TITLE}),
    "play": frozenset({Kind.TITLE}),
    "show": frozenset({Kind.TITLE}),
    "person": frozenset({Kind.PERSON}),
    "biblical": frozenset({Kind.PERSON}),
    "greek myth": frozenset({Kind.PERSON}),
    "state": frozenset({Kind.PLACE}),
}
"""What a group is of -> the kinds of answers that its questions ask for, where it matters."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One answer of a group: its spellings, the first to be shown, and its place."""

    group: str
    cue: str
    place: int
    names: tuple[str, ...]

    @property
    def shown(self) -> str:
        return self.names[0]


@cache
def load_peers() -> Mapping[str, tuple[Peer, ...]]:
    """Every group with its members."""
    groups: dict[str, tuple[Peer, ...]] = {}
    name = cue = ""
    text = files(__package__).joinpath("peers.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            name, cue = line.strip("[]").rsplit(": ", 1)
        elif line and not line.startswith("#"):
            members = [tuple(member.strip().split("=")) for member in line.split(";")]
            groups[name] = tuple(Peer(name, cue, *pair) for pair in enumerate(members))
    return groups


@cache
def _by_name() -> Mapping[str, tuple[Peer, ...]]:
    found: dict[str, list[Peer]] = defaultdict(list)
    for members in load_peers().values():
        for peer in members:
            for name in peer.names:
                if peer not in found[_folded(name)]:
                    found[_folded(name)].append(peer)
    return {name: tuple(peers) for name, peers in found.items()}


def find_peer(question: str, answer: str, aliases: Sequence[str]) -> Peer | None:
    """The entry of the list that is the right answer; None where there is none for certain.

    ``answer`` is the alias taken to be the answer: a name of one word must be that one, since a
    single word may be an alias of many things. Where several groups have the answer, one whose own
    name has a word of the question goes first.
    """
    text = question.casefold()
    best = _folded(answer)
    found: list[Peer] = []
    for alias in dict.fromkeys((answer, *aliases)):
        name = _folded(alias)
        if " " not in name and name != best:
            continue
        found += [peer for peer in _by_name().get(name, ()) if peer not in found]
    fitting = [peer for peer in found if _is_asked(peer, question, text, aliases)]
    if not fitting or len({_folded(peer.shown) for peer in fitting}) > 1:
        return None
    return max(fitting, key=lambda peer: _shared_words(peer.group, text))


def _is_asked(peer: Peer, question: str, text: str, aliases: Sequence[str]) -> bool:
    if not regex.search(_CUES[peer.cue], text):
        return False
    if peer.cue in ("capital", "city", "country") and not _lies_there(peer, question):
        return False
    if peer.cue in _PEOPLE and _is_named(peer.shown, question):
        return False
    kinds = _KINDS.get(peer.cue)
    return kinds is None or answer_kind(question, peer.shown, aliases).name in kinds


def _is_named(shown: str, question: str) -> bool:
    asked = set(_folded(_POSSESSIVE.sub("", question)).split())
    return any(len(word) > _SHORT and word in asked for word in _folded(shown).split())


def _lies_there(peer: Peer, question: str) -> bool:
    """Whether the places of a group lie where the question says, if it says so."""
    regions = _REGIONS_OF_COUNTRIES if peer.cue == "country" else _REGIONS_OF_CITIES
    named = [places for words, places in regions if regex.search(rf"\b(?:{words})\b", question)]
    return not named or any(place in peer.group for places in named for place in places)


_REGIONS_OF_COUNTRIES = (
    ("South American", ("South America",)),
    ("[Cc]entral American", ("Central America",)),
    ("(?<!South )African", ("Africa",)),
    ("(?<!Eastern )European", ("Europe",)),
    ("Asian", ("Asia",)),
    ("Middle East(?:ern)?", ("Middle East",)),
    ("Caribbean", ("Caribbean",)),
)
_STATES = "|".join(
    sorted(name.title() for name in answers_of_closed_kind(AnswerKind(Kind.PLACE, "us_state")))
)
_REGIONS_OF_CITIES = (
    (rf"US|U\.S\.|USA|American|{_STATES}", ("United States",)),
    ("English|England|Yorkshire|British|Britain|UK", ("England", "Midlands", "Scotland", "Wales")),
    ("Scottish|Scotland", ("Scotland",)),
    ("Welsh|Wales", ("Wales", "Australia")),
    ("Canadian|Canada|Nova Scotia|Ontario", ("Canad",)),
    ("Australian|Australia", ("Austral", "Oceania")),
    ("Irish|Ireland", ("Ireland", "northern Europe")),
    ("African", ("Africa",)),
)


_ONE_OF_A_KIND = frozenset({"animal", "bird", "dog", "flower", "insect"})
"""What a question may ask the kind of, or several of; their names have "the"."""
_KIND_ASKED = regex.compile(
    r"\b(?:kind|type|sort|species) of (?:\w+ )?"
    r"(?:animal|bird|creature|flower|fruit|insect|vegetable)\b",
    regex.IGNORECASE,
)
_SEVERAL_ASKED = regex.compile(
    r"\b(?:which|what) (?:\w+ )?(?:animals|birds|creatures|dogs|flowers|insects|mammals)\b",
    regex.IGNORECASE,
)


def spoken_of(peer: Peer, name: str, question: str) -> str | None:
    """A name of its group as an answer in a sentence: "a giraffe" or "a plum" where a kind is
    asked; None where the question asks for several ("which animals") and the list has one.

    >>> animal = Peer("large mammals", "animal", 0, ("the giraffe",))
    >>> spoken_of(animal, "the elephant", "What type of animal is Lanky?")
    'an elephant'
    """
    one = peer.cue in _ONE_OF_A_KIND and name.startswith("the ")
    if one and _SEVERAL_ASKED.search(question):
        return None
    if not _KIND_ASKED.search(question):
        return name
    bare = name.removeprefix("the ")
    if peer.cue in ("fruit", "vegetable"):
        (other,) = (other for other in load_peers()[peer.group] if other.shown == name)
        one, bare = len(other.names) > 1, other.names[-1]
    if not one:
        return name
    return f"an {bare}" if bare[0] in "aeiou" else f"a {bare}"


def _shared_words(group: str, text: str) -> int:
    stems = {word[:5] for word in regex.findall(r"\p{L}{4,}", group.casefold())}
    return sum(stem in text for stem in stems)


def wrong_peers(peer: Peer, key: str, question: str, right: Sequence[str]) -> tuple[str, ...]:
    """Members of its group that are certainly wrong, those near it in an order drawn by ``key``."""
    members = load_peers()[peer.group]
    near = sorted(members, key=lambda other: abs(other.place - peer.place))
    text = f" {_folded(_POSSESSIVE.sub('', question))} "
    kept = [other for other in near if _is_wrong(other, peer, question, text, right)]
    nearest, others = kept[:_NEAREST], kept[_NEAREST:_NEAR]
    drawn = [sorted(part, key=lambda other: _draw(key, other.shown)) for part in (nearest, others)]
    return tuple(other.shown for part in drawn for other in part)


def _is_wrong(other: Peer, peer: Peer, question: str, text: str, right: Sequence[str]) -> bool:
    if other.shown == peer.shown:
        return False
    if peer.cue not in _PEOPLE:
        return all(is_certainly_wrong(name, question, right) for name in other.names)
    if any(f" {_folded(name)} " in text for name in other.names):
        return False
    last = _folded(other.shown).split()[-1]
    numbered = regex.fullmatch("[ivx]+", last) is not None
    if not numbered and (f" {last} " in text or last == _folded(peer.shown).split()[-1]):
        return False
    answers = [set(_folded(name).split()) for name in right]
    others = [set(_folded(name).split()) for name in other.names]
    return not any(one <= answer or answer <= one for one in others for answer in answers)


_PEOPLE = frozenset({"biblical", "character", "person"})


def accepted_names(peer: Peer, aliases: Sequence[str]) -> tuple[str, ...]:
    """The spellings of the list, and those aliases that are forms of them: no derived words, no
    parts, no neighbours; of those that differ in case or marks alone, the first."""
    given = [_folded(name) for name in peer.names]
    person = peer.cue == "person"
    names = dict.fromkeys((peer.names[0], *peer.names[1:]))
    kept = {_folded(name): name for name in reversed(names)}
    for alias in aliases:
        name = _folded(alias)
        if name not in kept and any(_is_form(name, spelling, person) for spelling in given):
            kept[name] = alias
    shown = kept.pop(_folded(peer.shown))
    return (shown, *kept.values())


def _is_form(alias: str, spelling: str, person: bool) -> bool:
    words, given = alias.split(), spelling.split()
    if person and words == given[-1:] and len(alias) > _SHORT:
        return True
    extra = [word for word in words if word not in given]
    if len(words) != len(given) and not person and not _ADDED.issuperset(extra):
        return False
    if _NO_NAME.intersection(extra) or _is_derived(words[-1], given[-1]):
        return False
    if len(given) == 1 or len(words) == 1:
        return len(words) == len(given) and fuzz.ratio(alias, spelling) >= _SAME_WORD
    same_end = fuzz.ratio(words[-1], given[-1]) >= _SAME_WORD
    return same_end and fuzz.token_set_ratio(alias, spelling) >= _SAME_WORD


def _is_derived(word: str, given: str) -> bool:
    """Whether the word is made from the other: "polisher" from "polish", not the plural."""
    ending = word.removeprefix(given)
    cut = given.startswith(word) and len(given) - len(word) > 1
    return ending not in (word, "", "s", "es") or cut


_SAME_WORD = 84.0
_ADDED = frozenset({"city", "county", "football", "fc", "lake", "mount", "river", "sea", "the"})
_NO_NAME = frozenset(
    {"about", "and", "award", "by", "criticism", "family", "film", "films", "for", "history", "in"}
    | {"list", "of", "on", "song"}
)


def _folded(text: str) -> str:
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)
    ).casefold()
    words = regex.findall(r"[\p{L}\p{N}]+", regex.sub("['\u2019]", "", bare))
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


def _draw(key: str, text: str) -> bytes:
    return hashlib.sha256(f"{key}|{text}".encode()).digest()
