"""The patient of a vignette, read from its opening sentence."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from warmbench_builders.questions.lay.dropped import Dropped, DropReason

__all__ = ["Opening", "Patient", "read_opening"]

_SMALL_NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
_YEARS = {"year": 1.0, "month": 1 / 12, "week": 1 / 52, "day": 1 / 365, "hour": 1 / 8766}
_OLD = (
    rf"(?P<age>\d+|{'|'.join(_SMALL_NUMBERS)})[- ](?P<unit>year|month|week|day|hour)s?"
    r"[- ](?:old\b|(?=(?:wo)?man\b))-?"
)

_OPENING = regex.compile(
    r"^(?P<lead>(?:On routine screening, |(?:[\w-]+ (?:minutes|hours?|days?|weeks?|months?|years?)"
    r"|Shortly|Soon|Immediately) (?:after|following|before) .{3,150}?, )?)(?:An?|This|The) "
    rf"(?P<before>(?:(?!\b(?:to|is|was|of|by|her"
    rf"|his)\b)[\w' ,-]){{0,60}}?)\b{_OLD},?\s*(?P<rest>.+)$",
    regex.IGNORECASE,
)
_VERB = regex.compile(
    r"(?<!\b(?:who|that|which|and|or|who has|who had|they|she|he|it|whose \w+) )"
    r"\b(?:(?:suddenly|recently|subsequently|initially|currently|now) )?"
    r"(?:is|was|has|had|comes|came|presents|presented|returns|returned|reports|complains|develops"
    r"|developed|undergoes|underwent|visits|visited|goes|went|arrives|arrived|seeks|calls|suffers"
    r"|experiences|delivers|schedules|consults|begins|makes|collapses|sustains|sees|receives"
    r"|ingests|wants|would|dies|died|states|notices|follows|makes|gives|takes|requests|asks"
    r"|decides|tells)\b"
)
_MALE = frozenset({"man", "male", "boy", "gentleman"})
_FEMALE = frozenset({"woman", "female", "girl", "lady"})
_SEXED = regex.compile(rf"^(?P<adjectives>.*?)\b(?P<noun>{'|'.join(sorted(_MALE | _FEMALE))})\b")
_NO_TRADE = frozenset(
    {"patient", "infant", "newborn", "child", "neonate", "baby", "toddler", "teenager",
     "adolescent", "individual", "person", "adult", "newborn infant", "pediatric patient",
     "subject"}
)  # fmt: skip
_PRONOUN = regex.compile(r"\b(?:he|his|him|she|her|hers)\b", regex.IGNORECASE)
_PREGNANT = regex.compile(
    r"\b(?:at|in) (?:her )?\w+ weeks'?,? |weeks'? (?:of )?gestation|\bpregnan(?:t\b|cy\b)|trimester"
    r"|primigravid|weeks pregnant",
    regex.IGNORECASE,
)


_GROWN = 13  # years


@dataclass(frozen=True)
class Patient:
    """Age and sex, with the pronouns that follow from them."""

    years: float
    female: bool
    pregnant: bool

    @property
    def he(self) -> str:
        return "she" if self.female else "he"

    @property
    def him(self) -> str:
        return "her" if self.female else "him"

    @property
    def his(self) -> str:
        return "her" if self.female else "his"

    @property
    def called(self) -> str:
        """The nouns a vignette calls the patient by, as alternatives of a pattern.

        "The baby" in a woman's story is somebody else.
        """
        nouns = "woman|lady|girl" if self.female else "man|gentleman|boy"
        small = "|infant|newborn|child|baby|neonate|toddler" if self.years < _GROWN else ""
        return f"(?:patient|{nouns}{small})"


@dataclass(frozen=True)
class Opening:
    """The opening sentence in parts: "Two days after a fall, " + who + what happened."""

    patient: Patient
    lead: str
    description: str
    predicate: str


_NEWBORN = regex.compile(
    r"^(?P<lead>[\w ]+ (?:after|following) (?:birth|delivery), )?an? (?:\d+-g \([^)]*\) )?"
    r"(?:(?P<male>male newborn|newborn (?:boy|male))|(?P<female>female newborn|newborn (?:girl"
    r"|female))|newborn)(?: infant)?\b(?! screening| born)",
    regex.IGNORECASE,
)


def _as_if_aged(match: regex.Match[str]) -> str:
    """ "A newborn boy" -> "A zero-day-old boy", which reads as any other opening."""
    noun = "boy" if match["male"] else "girl" if match["female"] else "infant"
    return f"{match['lead'] or ''}A zero-day-old {noun}"


def read_opening(sentence: str, story: str) -> Opening | Dropped:
    """Read "A 45-year-old nurse with asthma comes to the physician because ..."

    `description` is what follows the relative, with its commas: ", who is 45, a nurse and has
    asthma,"; `predicate` is the rest of the sentence, still in exam wording. `story` is the
    whole vignette: its pronouns give the sex where the noun does not.
    """
    sentence = _NEWBORN.sub(_as_if_aged, sentence)
    match = _OPENING.match(sentence)
    if match is None:
        return Dropped(DropReason.NO_PATIENT)
    verb = _VERB.search(match["rest"])
    if verb is None:
        return Dropped(DropReason.UNCLEAR_OPENING)
    noun_phrase = match["rest"][: verb.start()].strip(" ,")
    female = _is_female(f"{match['before']} {noun_phrase}", story)
    if female is None:
        return Dropped(DropReason.NO_PATIENT)
    description = _describe(match["before"], _age(match["age"], match["unit"]), noun_phrase)
    if description is None:
        return Dropped(DropReason.UNCLEAR_OPENING)
    years = _number(match["age"]) * _YEARS[match["unit"].lower()]
    if years < _GROWN and "weeks pregnant" in description:
        return Dropped(DropReason.UNCLEAR_OPENING)
    pregnant = female and years > 11 and _PREGNANT.search(f"{sentence} {story[:400]}") is not None
    patient = Patient(years, female, pregnant)
    return Opening(patient, match["lead"], description, match["rest"][verb.start() :])


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _SMALL_NUMBERS.index(text.lower())


def _age(age: str, unit: str) -> str:
    unit = unit.lower()
    if age.lower() == "zero":
        return "just born"
    if unit == "year":
        return age.lower()
    return f"{age.lower()} {unit}{'' if _number(age) == 1 else 's'} old"


def _is_female(noun_phrase: str, story: str) -> bool | None:
    sexed = _SEXED.match(noun_phrase)
    if sexed is not None:
        return sexed["noun"] in _FEMALE
    # The first pronoun is the patient's: "is brought to the physician by his wife. She ..."
    pronoun = _PRONOUN.search(story)
    return None if pronoun is None else pronoun[0].lower() in ("she", "her", "hers")


_FIRST = "pregnant for the first time"


def _describe(before: str, age: str, noun_phrase: str) -> str | None:
    """The clause after the relative: ", 45," or ", who is 45, obese and has asthma,"."""
    head, tail = _split_head(noun_phrase)
    is_, has = [age], []
    for adjective in _adjectives(f"{before.strip(' ,')}, {head.adjectives}"):
        if adjective == "previously healthy":
            has.append("was healthy before this")
        else:
            is_.append(adjective)
    if regex.match(r"primigravid|gravida|G\d", head.trade):
        is_ += _adjectives(head.trade)
    elif head.trade:
        is_.append(f"{'an' if head.trade[0] in 'aeiou' else 'a'} {head.trade}")
    clauses = _tail_clauses(tail)
    if clauses is None or any(regex.match(r"an? G\d|G\d", words) for words in is_):
        return None
    is_ += clauses.is_
    pregnant = next((words for words in is_ if words.endswith(" weeks pregnant")), None)
    if pregnant and _FIRST in is_:
        is_ = [words for words in is_ if words not in (_FIRST, pregnant)]
        is_.append(f"{pregnant} with her first baby")
    has += clauses.has
    if parity := next((words for words in is_ if words.endswith(" so far")), None):
        is_.remove(parity)
        weeks = next((index for index, words in enumerate(is_) if "weeks pregnant" in words), None)
        if weeks is None:
            has.append(f"has had {parity}")
        else:
            is_[weeks] += f" ({parity})"
    if not has and len(is_) == 1:
        return f", {age},"
    return f", who is {_listed(is_)}{''.join(f' and {clause}' for clause in has)},"


@dataclass(frozen=True)
class _Head:
    adjectives: str
    trade: str


def _split_head(noun_phrase: str) -> tuple[_Head, str]:
    end = regex.search(
        r",? (?:with|who|from|of|at|in|on|whose|living|recovering|taking|receiving|undergoing"
        r"|being|known|status|diagnosed|involved|complaining|currently|recently|presently)\b|,"
        r"|(?<=\w) (?=gravida\b|G\d)",
        noun_phrase,
    )
    head = noun_phrase[: end.start()] if end else noun_phrase
    tail = noun_phrase[end.start() :] if end else ""
    sexed = _SEXED.match(head)
    adjectives, trade = ("", head) if sexed is None else (sexed["adjectives"], head[sexed.end() :])
    trade = trade.strip().removeprefix("old ")
    return _Head(adjectives.strip(), "" if trade.lower() in _NO_TRADE else trade), tail


_ADJECTIVE_WORDING = {
    "otherwise healthy": "otherwise healthy",
    "healthy": "generally healthy",
    "previously healthy": "previously healthy",
    "previously well": "previously healthy",
    "caucasian": "white",
    "obese": "very overweight",
    "morbidly obese": "extremely overweight",
    "postmenopausal": "past menopause",
    "primigravid": "pregnant for the first time",
    "primigravida": "pregnant for the first time",
    "primiparous": "a mother of one child",
    "nulligravid": "has never been pregnant",
    "hypertensive": "known to have high blood pressure",
    "diabetic": "diabetic",
    "gravida 1": "pregnant for the first time",
    "infant": "",
    "newborn": "",
    "neonate": "",
    "known": "",
    "pediatric": "",
}
_KNOWN_ADJECTIVES = regex.compile(
    "|".join(rf"\b{name}\b" for name in sorted(_ADJECTIVE_WORDING, key=len, reverse=True)),
    regex.IGNORECASE,
)


def _adjectives(phrase: str) -> list[str]:
    """ "previously healthy, right-handed" -> ["previously healthy", "right-handed"]."""
    found: list[str] = []
    for part in regex.split(r",\s*|\s+and\s+", phrase):
        rest = part.strip()
        while known := _KNOWN_ADJECTIVES.search(rest):
            found += _obstetric(rest[: known.start()].strip())
            found.append(_ADJECTIVE_WORDING[known[0].lower()])
            rest = rest[known.end() :].strip()
        found += _obstetric(rest)
    return [adjective for adjective in found if adjective]


_GRAVIDA_PARA = regex.compile(
    r"(?:gravida (?P<gravida>\d+),? (?:and )?para (?P<para>\d+)"
    r"|G(?P<gravida>\d)-?P(?P<para>\d))\b,?"
)


def _obstetric(words: str) -> list[str]:
    """Parity in plain words; any other words as they are."""
    match = _GRAVIDA_PARA.fullmatch(words)
    return [_parity(match["gravida"], match["para"])] if match else [words] if words else []


def _parity(gravida: str, para: str) -> str:
    pregnancies = f"{gravida} pregnanc{'y' if gravida == '1' else 'ies'}"
    return f"{pregnancies} and {para} birth{'' if para == '1' else 's'} so far"


@dataclass(frozen=True)
class _Clauses:
    is_: list[str]
    has: list[str]


_TAIL_PIECES = (
    (regex.compile(r"^,? ?" + _GRAVIDA_PARA.pattern), "parity"),
    (
        regex.compile(
            r"^,? ?(?:at|in) (?:her |approximately )?(?P<weeks>\d+)[ -]weeks?'? ?(?:of "
            r"|estimated )?(?:gestational age|gestation|pregnancy)\b"
        ),
        "weeks",
    ),
    (regex.compile(r"^,? ?with (?P<text>.+?)(?=,? who |$)"), "has"),
    (regex.compile(r"^,? ?who (?P<text>.+)$"), "who"),
    (regex.compile(r"^,? ?(?P<text>(?:from|of) (?:an? )?[A-Z][\w ]+?)(?=,| with | who |$)"), "is"),
    (
        regex.compile(
            r"^,? ?(?P<text>(?:living|recovering|taking|receiving|undergoing|staying) .+)$"
        ),
        "is",
    ),
    (regex.compile(r"^,? ?(?P<text>in an? [\w-]+ relationship with an? \w+)"), "is"),
    (regex.compile(r"^,? ?(?P<text>(?:recently )?(?:diagnosed|involved) .+?)(?=,? who |$)"), "was"),
)


def _tail_clauses(tail: str) -> _Clauses | None:
    """What follows the noun: parity, weeks of pregnancy, "with ...", "who ..."."""
    clauses = _Clauses([], [])
    rest = tail.strip(" ,")
    while rest:
        piece = _tail_piece(rest)
        if piece is None:
            return None
        match, kind = piece
        rest = rest[match.end() :].strip(" ,")
        if kind == "parity":
            clauses.is_.append(_parity(match["gravida"], match["para"]))
        elif kind == "weeks":
            clauses.is_.append(f"{match['weeks']} weeks pregnant")
        elif kind == "is":
            clauses.is_.append(match["text"])
        elif kind in ("has", "was"):
            clauses.has.append(f"{kind} {match['text']}")
        else:
            clauses.has.append(match["text"])
    return clauses


def _tail_piece(rest: str) -> tuple[regex.Match[str], str] | None:
    for pattern, kind in _TAIL_PIECES:
        if match := pattern.match(rest):
            return match, kind
    return None


def _listed(items: list[str]) -> str:
    """ "45", "45 and obese", "45, obese and a nurse"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
