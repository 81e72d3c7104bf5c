"""Courtesies: the sentences that open and close a reply and say nothing of the matter."""

from __future__ import annotations

import re

from warmbench_builders.sft.rewriting.prose import is_fact_free

__all__ = ["drop_closing", "drop_opening", "drop_softener"]

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
