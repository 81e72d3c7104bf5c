"""Who the patient is to the person asking: a relative that fits age, sex and company."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise

import regex

__all__ = ["choose_relative"]

_PARENTS = frozenset({"mother", "father", "parent", "mom", "dad"})
_SIBLINGS = frozenset({"brother", "sister", "sibling", "twin"})
_ELDERS = frozenset({"grandmother", "grandfather", "grandparent", "aunt", "uncle", "cousin"})
_SPOUSE = frozenset({"husband", "wife", "spouse", "marriage", "fiance", "fiancee", "married"})
_ROMANCE = frozenset(
    {"boyfriend", "girlfriend", "partner", "sexual", "sexually", "single", "alone", "unmarried",
     "divorce", "divorced", "widow", "widowed", "condom", "dating", "engaged", "roommate"}
)  # fmt: skip
_CHILDREN = frozenset({"son", "daughter", "children", "child", "grandson", "granddaughter"})
_STRANGER = frozenset(
    {"immigrated", "emigrated", "immigrant", "refugee", "homeless", "adopted", "orphanage",
     "shelter", "prison", "military", "army", "recruit"}
)  # fmt: skip
_BIRTH = frozenset({"birth", "delivery", "pregnancy", "maternal", "antenatal", "prenatal"})

# Kin in a story are the patient's kin: a brother's father would be the speaker's own
# father, and the speaker would say so. Such words rule the relative out.
_OWN_HOUSE = _PARENTS | _SIBLINGS | _ELDERS | _STRANGER
_OWN_CHILD = _OWN_HOUSE | _ROMANCE | _BIRTH | frozenset({"family"})


@dataclass(frozen=True)
class _Relative:
    male: str
    female: str
    from_years: float
    to_years: float
    odd_with: frozenset[str] = frozenset()
    if_pregnant: bool = True


_RELATIVES = (
    _Relative("baby son", "baby daughter", 0, 1, _OWN_CHILD),
    _Relative("baby nephew", "baby niece", 0, 1),
    _Relative("cousin's baby boy", "cousin's baby girl", 0, 1),
    _Relative("friend's baby son", "friend's baby daughter", 0, 1),
    _Relative("son", "daughter", 1, 18, _OWN_CHILD),
    _Relative("nephew", "niece", 1, 20),
    _Relative("little brother", "little sister", 3, 13, _OWN_HOUSE | {"family"}),
    _Relative("young cousin", "young cousin", 2, 13),
    _Relative("friend's son", "friend's daughter", 1, 18),
    _Relative("cousin", "cousin", 13, 45),
    _Relative("brother", "sister", 13, 45, _OWN_HOUSE | {"family"}),
    _Relative("friend", "friend", 18, 65),
    _Relative("flatmate", "flatmate", 19, 32,
              _SPOUSE | _CHILDREN | _STRANGER | _PARENTS | {"alone"}),
    _Relative("husband", "wife", 26, 60, _SPOUSE | _ROMANCE | _CHILDREN | _STRANGER),
    _Relative("brother-in-law", "sister-in-law", 28, 55, _STRANGER),
    _Relative("colleague", "colleague", 30, 60, _STRANGER | {"retired", "unemployed"}),
    _Relative("uncle", "aunt", 38, 72, _STRANGER | {"nephew", "niece"}, False),
    _Relative("father", "mother", 42, 76,
              _SPOUSE | _CHILDREN | _SIBLINGS | _STRANGER | _ROMANCE, False),
    _Relative("neighbor", "neighbor", 40, 120),
    _Relative("grandfather", "grandmother", 66, 120, _SPOUSE | _CHILDREN | _STRANGER | _ROMANCE),
    _Relative("great-uncle", "great-aunt", 74, 120, _STRANGER),
)  # fmt: skip

_WORD = regex.compile(r"[a-z]+(?:-[a-z]+)*")


def choose_relative(years: float, female: bool, pregnant: bool, story: str, key: str) -> str:
    """The relative, without "my": "brother", "baby niece", "grandmother".

    `years` is the patient's age, `story` the text whose other people must fit beside the
    relative, `key` a stable id that decides between relatives that fit equally well.
    """
    words = _WORD.findall(story.lower())
    mentioned = {word.rstrip("s") for word in words} | set(words)
    # "with his family" is company; a family history or a family doctor is nobody's kin.
    if all(after in {"history", "physician", "doctor", "medicine", "practice"}
           for word, after in pairwise([*words, ""]) if word == "family"):  # fmt: skip
        mentioned.discard("family")
    fitting = [
        relative.female if female else relative.male
        for relative in _RELATIVES
        if relative.from_years <= years < relative.to_years
        and not relative.odd_with & mentioned
        and (relative.if_pregnant or not pregnant)
    ]
    digest = hashlib.sha256(f"relative:{key}".encode()).digest()
    return fitting[int.from_bytes(digest[:8], "big") % len(fitting)]
