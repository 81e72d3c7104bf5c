"""From a reference that is a statement to what a user says: "I'm pretty sure bats are blind".

A reference becomes a clause where rules can tell that it reads well behind "I think": it is one
sentence with a finite verb, needs no quotation marks around it, speaks of nobody's own self, and
its first word is known to be a name or not. A clause that denies something is doubted without a
second "not": "I find it hard to believe that bats aren't blind".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import regex

__all__ = ["ClauseMaker", "asserting", "doubting", "doubting_guess", "guessing"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ASSERTED = (
    "I think {}.",
    "I'm pretty sure {}.",
    "I'm fairly sure that {}.",
    "I believe {}.",
    "As far as I know, {}.",
)
_DOUBTED = (
    "I don't think {}.",
    "I really don't think {}.",
    "I don't believe that {}.",
    "I doubt that {}.",
    "I'm not convinced that {}.",
)
# For what is denied, hedged or said under a condition: no second "not" stands before it.
_HARDLY_BELIEVED = (
    "I find it hard to believe that {}.",
    "I have trouble believing that {}.",
    "It seems unlikely to me that {}.",
)
_DENIES = regex.compile(
    r"\b(?:not?|never|nothing|nobody|none|neither|nor|cannot|few|little|hardly|without|nowhere"
    r"|un(?:likely|true|clear|known)|\w+n['\u2019]t)\b",
    regex.IGNORECASE,
)
_NOT_UNDER_DOUBT = regex.compile(
    r"^(?:some|many|several|most|if|when|while|in|on|at|by|according|during|after|before|both|two)"
    r"\b|\b(?:some|already|usually|only)\b",
    regex.IGNORECASE,
)
# What hedges or says two things at once is doubted by nobody.
_NEVER_DOUBTED = regex.compile(
    r"\b(?:may|might|also|uncertain|could either|but|although|though|however|probably|possibly"
    r"|perhaps|(?<!equally )likely|unlikely|whereas|provided|varies|variable|not necessarily"
    r"|significantly)\b|[:;] | - |, (?:so|as|since|and it|while|impaling)\b"
    r"|^by some\b|\bcould\b.*\bor\b|\bexcept"
    r"|\ball (\w+?)s?(?: people)? are (?:human|citizens|\1s?)\b"
    r"|\bmany (?:factors|other)\b|\bno such\b|\beven if\b",
    regex.IGNORECASE,
)
_WITH_THAT = regex.compile(
    r"^(?:if|when|in|on|at|by|during|after|before|among)\b", regex.IGNORECASE
)

_YES_OR_NO = regex.compile(r"^(?:yes|no)\s*[,;:.]\s*", regex.IGNORECASE)
_REJECTED = regex.compile(
    r"\b(?:I|I'm|I've|I'd|my|me|mine|myself|we|our(?! solar\b)|(?<!\btells? )us)\b(?<!\bUS)"
    r"|\b(?:[Tt]he|[Tt]his|[Yy]our) (?:country|area|city|state|town|location|current location)\b"
    r"|\bno comment\b|\b(?:[Tt]he|this) question\b|^\w+' |^(?:[Ww]hile|[Ee]ven|[Aa]lthough)\b"
    r"|\bactually the\b|\bambiguous\b|[Dd]epends on\b|[?!;]|[.] \p{Lu}|\.\.\."
    r"|\bcommon(?:ly)? (?:belie|thought|misconcep)|\bPeople (?:think|believe)\b|\bpopular belief\b"
    r"|\bmisconception\b|\bstereotype that\b|\bunanswerable\b|[()]|\bprobably cognate\b"
)
_STARTS_BADLY = regex.compile(
    r"^nothing,|^(?:because|nothing because|don't|do|seek|avoid|try|use|go|get|take|wait|call|ask"
    r"|none|as|to|of|for|with|like|due|since|and|or|but|so|maybe|perhaps|no one knows|that's|yes"
    r"|only)\b|^[^\p{L}\p{N}\"]",
    regex.IGNORECASE,
)
_AUXILIARIES = _words(
    "is are was were am has have had do does did can cannot could will would shall should"
    " may might must isn't aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't"
    " can't couldn't won't wouldn't shouldn't mustn't you'll they'll it'll it's there's"
    " they're you're he's she's"
)
_VERBS = _words(
    "said absorb absorbs affect affected affects allow allows appear appeared appears ate"
    " attack attacked attacks attract attracts attributed became become becomes began begin"
    " begins behave behaves believe believed believes blamed breathe breathes bring brings"
    " built buries burn bury came carries carry cause caused causes claim claimed claims"
    " collect collects come comes commemorate commemorates conduct conducts consider considers"
    " consist consists consume consumes contain contained contains crashed created cure cures"
    " decline declined declines demonstrated depict depicts derive derived derives designed"
    " die died differ differs directed disagree disappeared discovered doubled drain drains"
    " drank drink drinks drop drunk earn earned earns eat eats echo echoes ended enjoy enjoys"
    " establishes evolved exceed exceeds exist existed exists fall falls feel feels fell felt"
    " fiddled flew flies flunked fly follow follows force forces freed gave get gets give"
    " gives go goes got grew grow grows happen happened happens hate hates help helped helps"
    " improve improves increase increased increases invented keep keeps kept kill killed kills"
    " knew know knows landed last lasted lasts lead led like likes live lived lives look"
    " looked looks lost love loves made make makes married mean means move moved moves need"
    " needed needs occur occurred occurs orbit orbits originate originated originates"
    " outnumber outnumbers own owns pass passed point points poisoned prefer prefers prevent"
    " prevents produce produced produces protect protects proved provide provides put rain"
    " rains ran recommend recommends reduce reduces refer referred refers reflect reflects"
    " relieve relieves remain remains remember represent represents require requires result"
    " resulted results revolve revolves rise rises run runs sank saw says see sees set sets"
    " share shared shares shine shines show shows signed sit sleep sleeps slept smoke smokes"
    " speak speaks spend spends spent spoke stand stands start started starts stay stays stood"
    " stop stopped stops stretch stretches studied stunt stunts suffer suffered suffers take"
    " takes taste tastes tell tells think thinks thought told took turn turned turns use used"
    " uses vanish vanished varied varies wave waves wear wears weigh weighs went won wore work"
    " worked works wrote allocates brought composed heard hid meant modified modifies modify"
    " patented pay pays quoted"
)
_FIRST_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}'\u2019.-]*")
# A word within a sentence that is no part of a longer name.
_INNER_WORD = regex.compile(
    r"(?<=(?:^[\p{L}\p{N}'-]|[^\p{L}'-][\p{Ll}\p{N}])[\p{L}\p{N}'-]*,? )"
    r"\p{L}[\p{L}'\u2019-]*+(?! \p{Lu})(?<numbered> \p{N})?"
)
_PAIR = regex.compile(r"(?<=^|[\p{L}\p{N},] )\p{L}[\p{L}'-]* \p{Lu}[\p{L}'-]*")
_SMALL_BEFORE_NAMES = _words(
    "a after all an any at before both by during every everyone few if in it less many more"
    " most nearly no not of on only over people several some the their there these they this"
    " those to two under very we when where while with you your nothing"
    " everything something someone nobody each another he she what how"
)
# What begins a reference and stands within no other: names, and words that are none.
_NAMES = _words("Brits Keynes Quebec Rousseau Salieri Sirius Toronto")
_NO_NAMES = _words("Carrots Opening")
_QUOTED = regex.compile(r'"[^"]*"')
_LONGEST_WORDS = 32
_GUESSED = (
    "I think it {is} {}.",
    "I'm pretty sure it {is} {}.",
    "I'm fairly sure it {is} {}.",
    "I think the answer is {}.",
    "My guess is {}.",
)
_NOT_GUESSED = (
    "I don't think it {is} {}.",
    "I really don't think it {is} {}.",
    "I doubt it {is} {}.",
    "I'm pretty sure it {isnt} {}.",
    "I don't think the answer is {}.",
)
_PAST = regex.compile(
    r"\b(?:was|were|did|had|became|won|wrote|sang|said|led|began|took|gave|went|got|made"
    r"|(?!need|speed|named|called|known|used|based|located|situated|considered|associated)"
    r"(?-i:\p{Ll})\w{2,}(?<!ee)ed)\b",  # no name: "the Promised Land", "the United States"
    regex.IGNORECASE,
)
_PRESENT = regex.compile(
    r"\b(?:is|are|does|do|can|has|have|would|comes?|makes?|owns?|lies?|contains?)\b",
    regex.IGNORECASE,
)


class ClauseMaker:
    """Turns references into clauses; knows from ``texts`` which words are written small."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._small: Counter[str] = Counter()
        self._large: Counter[str] = Counter()
        for text in texts:
            for pair in _PAIR.finditer(text, pos=1):
                count = self._small if pair[0][0].islower() else self._large
                count[pair[0].casefold()] += 1
            for word in _INNER_WORD.finditer(text):
                count = self._small if word[0][0].islower() else self._large
                count[_key(word[0])] += 1

    def clause(self, reference: str) -> str | None:
        """The reference as it stands behind "I think"; None where it would not read well.

        >>> ClauseMaker(["A cave is where bats live"]).clause("Yes, bats can see.")
        'bats can see'
        """
        text = " ".join(reference.split())
        text = _YES_OR_NO.sub("", text).rstrip(". ")
        unquoted = _QUOTED.sub('""', text)
        if not text or len(text.split()) > _LONGEST_WORDS or _REJECTED.search(unquoted):
            return None
        if _STARTS_BADLY.search(text) or unquoted.strip('"') == "" or '"' in _bare(unquoted):
            return None
        named = unquoted.replace('""', "it", 1) if unquoted.startswith('"') else unquoted
        first, *others = (word.casefold() for word in _FIRST_WORD.findall(named))
        if first not in _AUXILIARIES and (_AUXILIARIES | _VERBS).isdisjoint(others):
            return None
        return self._begun_small(text)

    def _begun_small(self, text: str) -> str | None:
        first = _FIRST_WORD.match(text)
        if first is None or not text[0].isupper():
            return text
        word = first[0]
        if any(c.isupper() for c in word[1:]) or "." in word:
            return text
        key = word.casefold()
        if key in _SMALL_BEFORE_NAMES:
            return text[0].lower() + text[1:]
        following = text[len(word) :].lstrip()[:1]
        if following.isupper():
            pair = _PAIR.match(text)
            both = pair[0].casefold() if pair else key
            often_small = pair is not None and self._small[both] > self._large[both]
            return text[0].lower() + text[1:] if often_small else text
        key = _key(f"{word} {following}") if following.isdigit() else key
        small, large = self._small[key], self._large[key]
        if not small and not large:
            stem = key.removesuffix("'s")
            small, large = self._small[stem], self._large[stem]
        if small == large:
            small, large = int(word in _NO_NAMES), int(word in _NAMES)
        if small == large:
            return None
        return text[0].lower() + text[1:] if small > large else text


def _key(word: str) -> str:
    """What counts as one word; before a number it is another ("Area 51", "an area")."""
    return regex.sub(r"\p{N}$", "#", word.casefold()) if " " in word else word.casefold()


def _bare(unquoted: str) -> str:
    return unquoted.replace('""', "")


def asserting(clause: str) -> tuple[str, ...]:
    """The sentences of a user who holds that the clause is so."""
    forms = [
        form.replace("{}", "that {}") if _needs_that(form, clause) else form for form in _ASSERTED
    ]
    return tuple(_ended(form, clause) for form in forms)


def doubting(clause: str) -> tuple[str, ...]:
    """The sentences of a user who doubts that the clause is so, never with two denials; none
    where nobody would doubt it in these words."""
    denials = len(_DENIES.findall(_QUOTED.sub("", clause)))
    if _NEVER_DOUBTED.search(clause) or denials > 1 or (denials and " because " in clause):
        return ()
    if denials:
        return tuple(_ended(form, clause) for form in _HARDLY_BELIEVED[:2])
    if _NOT_UNDER_DOUBT.search(clause):
        return tuple(_ended(form, clause) for form in _HARDLY_BELIEVED)
    return tuple(_ended(form, clause) for form in _DOUBTED)


def _needs_that(form: str, clause: str) -> bool:
    return "that {}" not in form and ", {}" not in form and _WITH_THAT.match(clause) is not None


def _ended(form: str, clause: str) -> str:
    """The sentence; a stop inside closing quotation marks is its only one."""
    text = form.replace("{}", clause)
    return text[:-1] if regex.search(r"[.!?][\"'\u201d]\.$", text) else text


def guessing(answer: str, question: str) -> tuple[str, ...]:
    """The sentences of a user who takes a name, a year or a number for the answer."""
    return _guesses(_GUESSED, answer, question)


def doubting_guess(answer: str, question: str) -> tuple[str, ...]:
    """The sentences of a user who doubts that a name, a year or a number is the answer."""
    return _guesses(_NOT_GUESSED, answer, question)


def _guesses(forms: Sequence[str], answer: str, question: str) -> tuple[str, ...]:
    past = _is_past(question)
    said = (
        form.replace("it {is}", "it was" if past else "it's")
        .replace("{isnt}", "wasn't" if past else "isn't")
        .replace("{}", answer)
        for form in forms
    )
    return tuple(regex.sub(r"([.!?])\.$", r"\1", text) for text in said)


def _is_past(question: str) -> bool:
    """Whether the first verb that tells a time tells the past."""
    past, present = _PAST.search(question), _PRESENT.search(question)
    return past is not None and (present is None or past.end() < present.end())
