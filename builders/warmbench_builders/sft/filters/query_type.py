"""Labelling by query type: what the user wants, by regular expressions, as the paper does it."""

from __future__ import annotations

import regex

from warmbench.judging.refusals import is_refusal
from warmbench.records.conversation import QueryType
from warmbench_builders.sft.readers.chat import Chat

__all__ = ["query_type_of"]

_READ_CHARACTERS = 2_000

_CREATIVE = (
    r"\b(?:write|compose|create|make up|invent|generate|tell|give|come up with|craft|draft)\b"
    r"[^.?!\n]{0,60}\b(?:poem|haiku|limerick|song|lyrics|rap|sonnet|verse|story|stories|tale"
    r"|fiction|novel|script|screenplay|scene|dialogue|monologue|joke|riddle|slogan|tagline|name"
    r"|names|title|titles|toast|speech|character|plot|metaphor|lullaby|fable|essay|blog|post"
    r"|tweet|caption|advert|ad)\b"
    r"|\b(?:brainstorm|role-?play|pretend (?:to be|you are|you're)|act as|imagine (?:that )?you)\b"
    r"|\bin the style of\b"
)
_TECHNICAL = (
    r"```|[{};]\s*$|\b(?:code|coding|python|java|javascript|typescript|html|css|sql|php|ruby|rust"
    r"|golang|c\+\+|c#|kotlin|swift|bash|shell|linux|ubuntu|windows|docker|kubernetes|git|github"
    r"|regex|regular expression|api|json|xml|yaml|csv|database|query|server|http|function|variable"
    r"|array|loop|class|compiler?|debug|error message|exception|stack trace|traceback|algorithm"
    r"|excel|spreadsheet|formula|vlookup|matrix|equation|integral|derivative|calculate|router"
    r"|wi-?fi|install|config(?:ure|uration)?|script|terminal|command line|react|django|flask"
    r"|pandas|numpy|tensorflow|pytorch|machine learning|neural network|dataset|regression)\b"
)
_ADVICE = (
    r"\b(?:should i|shall i|what (?:can|should|would|do) (?:i|you|we)(?: \w+){0,2} (?:do|say"
    r"|suggest|recommend)|how (?:can|do|should|could|would) i|how to (?:deal|cope|get over|improve"
    r"|stop|start|be(?:come)?|talk|tell|ask|make|find|prepare|learn|stay|lose|gain|save|choose|handle)"
    r"|any (?:tips|advice|ideas|suggestions)|tips (?:for|on)|advice|recommend(?:ation)?s?"
    r"|suggest(?:ion)?s?|help me (?:decide|choose|with my|deal|plan)|is it (?:ok|okay|a good idea"
    r"|worth|normal|wrong)|best way to|i(?:'m| am) (?:feeling|worried|stressed|struggling|nervous"
    r"|afraid|torn)|my (?:boss|friend|wife|husband|partner|boyfriend|girlfriend|mother|mum|mom"
    r"|father|dad|son|daughter|sister|brother|neighbou?r|colleague|roommate|flatmate))\b"
)
_FACTUAL = (
    r"^\W*(?:(?:hi|hello|hey|please|so|ok|and|but)\W+)*(?:what(?:'s| is| are| was| were| does| do"
    r"| did| happens?| year| kind| type| causes?)|who(?:'s| is| was| were| invented| wrote| are)?"
    r"|when|where|why|which|how (?:many|much|long|far|old|big|tall|deep|fast|often|does|do|did|is"
    r"|are|was|were|come)|is|are|was|were|does|do|did|can|has|have|explain|define|describe|tell me"
    r" (?:about|more|what|why|how|who)|give me (?:information|facts|an overview)|list|name)\b"
    r"|\b(?:explain|define|difference between|history of|meaning of|capital of|what is|what are"
    r"|who (?:is|was))\b"
)

_BY_WORDS = (
    (QueryType.CREATIVE, regex.compile(_CREATIVE, regex.IGNORECASE)),
    (QueryType.TECHNICAL, regex.compile(_TECHNICAL, regex.IGNORECASE | regex.MULTILINE)),
    (QueryType.ADVICE, regex.compile(_ADVICE, regex.IGNORECASE)),
    (QueryType.FACTUAL, regex.compile(_FACTUAL, regex.IGNORECASE)),
)
"""Tried in this order on the user's first message."""


def query_type_of(chat: Chat) -> QueryType:
    """The query type of a chat: a refusal by the first reply, all else by the first message."""
    question, reply = chat.messages[0].content, chat.messages[1].content
    if is_refusal(reply[:_READ_CHARACTERS]):
        return QueryType.REFUSAL
    text = question[:_READ_CHARACTERS]
    for query_type, pattern in _BY_WORDS:
        if pattern.search(text):
            return query_type
    return QueryType.OTHER
