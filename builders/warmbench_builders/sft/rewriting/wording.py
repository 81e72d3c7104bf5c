"""Prose: the parts of a reply whose wording may change, and the parts that are left alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = [
    "Line",
    "change_prose",
    "contract",
    "drop_closing",
    "drop_opening",
    "drop_softener",
    "expand",
    "is_fact_free",
    "read_lines",
]

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_FIXED_LINE = re.compile(
    r"[ \t]*(?:[-*+\u2022>|#]|\\[\[\]]|\$\$)"  # items, quotations, tables, headings, formulas
    r"|[ \t]*\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,4}|[IVX]{1,4})[.)][ \t]"  # numbered items
    r"|[ \t]{4,}|\t"  # indented: code, or what belongs to an item
    r"|[ \t]*[\[{<]"  # markup and data
)
_FIXED_SPAN = re.compile(
    r"`[^`\n]*`"
    r"|\"[^\"\n]*\"|\u201c[^\u201c\u201d\n]*\u201d|\u00ab[^\u00ab\u00bb\n]*\u00bb"  # quotations
    r"|\$[^$\n]*\$|\\\([^\n]{0,500}?\\\)"
    r"|(?<!\S)\S*?(?:://|www\.|@|\\|/)\S*"
    r"|\*{1,2}[^*\n]+\*{1,2}|_[^_\n]+_"
)
_ENDS_SENTENCE = re.compile(r"[.!?:][\"')*_\u201d]*$")
_FACT = re.compile(r"[\d`\"@/\\<>{}=*_\u201c$%]|(?<!^)\b(?!I\b)[A-Z]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a reply; ``free`` says whether it is a sentence, whose wording may change."""

    text: str
    free: bool

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def read_lines(text: str) -> list[Line]:
    """The lines of a reply. Code blocks, list items, tables, headings, quotations, markup and
    formulas are not free; nor is a line that does not end as a sentence: it may be a verse."""
    lines: list[Line] = []
    fence = ""
    for raw in text.split("\n"):
        mark = _FENCE.match(raw)
        inside = bool(fence)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not raw[mark.end() :].strip():
            fence = ""
        free = not inside and not mark and not _FIXED_LINE.match(raw)
        lines.append(Line(raw, free and _ENDS_SENTENCE.search(raw.rstrip()) is not None))
    return lines


def change_prose(text: str, change: Callable[[str], str]) -> str:
    """``text`` with ``change`` made to each piece of prose between inline code, links, quoted
    and emphasised words and formulas; ``text`` is one line or a few sentences."""
    return "".join(change(piece) if free else piece for piece, free in _pieces(text))


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    start = 0
    for match in _FIXED_SPAN.finditer(text):
        yield text[start : match.start()], True
        yield match[0], False
        start = match.end()
    yield text[start:], True


def is_fact_free(sentence: str) -> bool:
    """Whether nothing in a sentence looks like a fact: no digit, name, quotation or code."""
    return _FACT.search(sentence.strip()) is None


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


_ASSENT = r"(?:sure(?: thing)?|certainly|of course|absolutely|definitely|great|okay|ok|alright)"
_OPENING = re.compile(
    rf"{_ASSENT}"
    rf"|(?:{_ASSENT},? )?i(?:'d| would) (?:be|love to be) (?:happy|glad|delighted) to"
    r" (?:help|assist)(?: you)?(?: with (?:that|this))?"
    rf"|(?:{_ASSENT},? )?i can (?:help|assist)(?: you)?(?: with (?:that|this))?"
    r"|(?:hello|hi|hey|greetings|good (?:morning|afternoon|evening))(?: there)?"
    r"|(?:hello|hi|hey)(?: there)?,? (?:how are you|it's nice to meet you)"
    r"|(?:that's |that is |what )?an? (?:really |very |such a )?"
    r"(?:great|good|excellent|interesting|wonderful|fantastic|lovely) (?:question|idea|choice)"
    r"|(?:great|good|excellent|interesting|nice) (?:question|idea|choice)"
    r"|thank(?:s| you)(?: so much| very much)?(?: for (?:asking|sharing(?: that| this)?"
    r"|reaching out|your (?:question|message|patience)))?"
    r"|(?:i'm|i am) (?:so |really |very |truly )*sorry to hear (?:that|this)"
    r"(?: you(?:'re| are) (?:feeling|going through|having|struggling)[^.!?,;:]{0,60})?"
    r"|(?:i'm|i am) (?:so |really |very |truly )*sorry(?: about that| for the confusion)?"
    r"|(?:i |my )?apologi[sz]es?(?: for (?:the|any) (?:confusion|inconvenience|misunderstanding))?"
    r"|i(?: completely| totally| fully)? understand(?: how you feel| your (?:frustration|concern))"
    r"|congratulations|you(?:'re| are) welcome|welcome|no problem|my pleasure",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:i )?hope (?:that )?(?:this|that|it) helps?(?: you)?(?: out)?"
    r"|(?:please )?(?:feel free|do(?:n't| not) hesitate) to (?:ask|reach out|contact me"
    r"|let me know)[^.!?]{0,80}"
    r"|(?:please )?let me know (?:if|how|what|whether)\b[^.!?]{0,100}"
    r"|if you (?:have|need|would like) (?:any )?(?:more|other|further|additional)?"
    r" ?(?:questions?|help|assistance|information|details|clarification)[^.!?]{0,80}"
    r"(?:ask|reach out|know|here|help|assist)[^.!?]{0,30}"
    r"|(?:good luck|best of luck|best wishes|all the best|take care|have fun|enjoy|cheers)"
    r"(?: (?:with|on|and|to) [^.!?]{1,50})?"
    r"|(?:enjoy|have) (?:your|a (?:great|good|nice|lovely|wonderful)) [a-z ]{2,30}"
    r"|happy [a-z]+ing|you(?:'ve| have) got this|you can do (?:it|this)"
    r"|(?:i'm|i am) (?:always )?(?:here|happy) (?:to help|for you|if you need)[^.!?]{0,40}"
    r"|thank(?:s| you)(?: so much| very much)?(?: again)?"
    r"(?: for (?:asking|your (?:question|time)))?",
    re.IGNORECASE,
)
_FIRST = re.compile(r"([^.!?\n]{1,160})([.!?]+)(?:[ \t]+|$)")
_LAST = re.compile(r"(?:(?<=[.!?])[ \t]+|^)([^.!?\n]{1,160})([.!?]+)[ \t]*$")
_SOFTENER = re.compile(
    r"^(?:(?:i'm|i am) (?:so |really |very |truly )*(?:sorry|afraid),? but |unfortunately, "
    r"|i(?:'m| am) afraid |i apologi[sz]e,? but |(?:well|oh|ah|hmm|okay|alright|sure|certainly"
    r"|of course|absolutely), |please (?=(?:note|keep|be|make|remember|consult)\b))",
    re.IGNORECASE,
)
_TAIL = 200


def drop_opening(line: str) -> str:
    """The line without the courtesies it begins with; empty when it was nothing else."""
    start = 0
    while match := _FIRST.match(line, start):
        if "?" in match[2] or not _is_courtesy(_OPENING, match[1]):
            break
        start = match.end()
    return line[start:]


def drop_closing(line: str) -> str:
    """The line without the courtesies it ends with; empty when it was nothing else."""
    end = len(line)
    while match := _LAST.search(line, max(0, end - _TAIL), end):
        if "?" in match[2] or not _is_courtesy(_CLOSING, match[1]):
            break
        end = match.start()
    return line[:end]


def drop_softener(line: str) -> str:
    """ "I'm sorry, but I can't" -> "I can't"."""
    match = _SOFTENER.match(line)
    if not match or match.end() >= len(line):
        return line
    rest = line[match.end() :]
    return rest[0].upper() + rest[1:]


def _is_courtesy(pattern: re.Pattern[str], sentence: str) -> bool:
    plain = sentence.strip().replace("\u2019", "'")
    return pattern.fullmatch(plain) is not None and is_fact_free(plain)
