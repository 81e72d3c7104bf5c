"""Contractions, put in and taken out again, where both forms surely mean the same."""

from __future__ import annotations

import re

__all__ = ["contract", "expand"]

_NEGATED = (
    *("do", "does", "did", "is", "are", "was", "were"),
    *("could", "should", "would", "have", "has", "had"),
)
_SUBJECTS = {"it is": "it's", "that is": "that's", "there is": "there's", "here is": "here's"}
_SUBJECTS |= {"you are": "you're", "we are": "we're", "they are": "they're", "i am": "I'm"}
_SUBJECTS |= {
    f"{subject} will": f"{subject if subject != 'i' else 'I'}'ll"
    for subject in ("you", "we", "they", "it", "i")
}
_SHORT = {f"{verb} not": f"{verb}n't" for verb in _NEGATED}
_SHORT |= {"cannot": "can't", "will not": "won't", **_SUBJECTS}
_LONG = {short: long for long, short in _SHORT.items()}

_ALTERNATIVES = "|".join(sorted(map(re.escape, _SHORT), key=len, reverse=True))
# Not before the end of a clause ("that is how it is."), nor after a word that a stressed verb
# follows ("where it is in the list", "as you are now"), nor beside "not" or "only".
_LONG_FORM = re.compile(
    r"(?<!\bwhat )(?<!\bwhere )(?<!\bhow )(?<!\bwho )(?<!\bwhen )(?<!\bas )(?<!\bthan )"
    r"(?<!\bwhatever )(?<!\bwherever )(?<!\bor )(?<!['\u2019-])"
    rf"\b({_ALTERNATIVES})(?= (?!(?:not|only|just|merely|is|are|to)\b)[a-z])",
    re.IGNORECASE,
)
_SHORT_ALTERNATIVES = "|".join(re.escape(short).replace("'", "['\u2019]") for short in _LONG)
# Not in questions ("Don't you", "isn't it"), nor where 's may be "has" ("it's been").
_SHORT_FORM = re.compile(
    rf"\b({_SHORT_ALTERNATIVES})(?![\w'\u2019])(?= [a-z])"
    r"(?!(?<=t) (?:you|we|they|he|she|it|i|there|this|that|these|those|everyone)\b)"
    r"(?!(?<=s) (?:been|got|had|become|gone|taken|made|done|come|grown|\w{3,}ed)\b)",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"(?!Don|Can|Won)[A-Z]\w*n['\u2019]t")


def contract(text: str) -> str:
    """ "It is late and you do not know" -> "It's late and you don't know"."""
    return _LONG_FORM.sub(lambda match: _replaced(match[1], _SHORT), text)


def expand(text: str) -> str:
    """ "It's late and you don't know" -> "It is late and you do not know"."""
    return _SHORT_FORM.sub(lambda match: _replaced(match[1], _LONG), text)


def _replaced(found: str, forms: dict[str, str]) -> str:
    """The other form, with the capital of this one; a shouted "DO NOT" stays as it is."""
    key = found.lower().replace("\u2019", "'")
    keys = {form.lower(): other for form, other in forms.items()}
    other = keys[key]
    if found[1:] != found[1:].lower() or _QUESTION.fullmatch(found):
        return found
    return other[0].upper() + other[1:] if found[0].isupper() else other
