"""The word lists that the reference judge reads by."""

from __future__ import annotations

__all__ = [
    "DENYING_WORDS",
    "FUNCTION_WORDS",
    "NO_WORDS",
    "OPINING_WORDS",
    "POLITE_AFTER_NO",
    "QUESTION_WORDS",
    "SOCIAL_WORDS",
    "YES_WORDS",
    "listed",
]


def listed(words: str) -> tuple[str, ...]:
    """Return the words of a list written as one text."""
    return tuple(words.split())


FUNCTION_WORDS = frozenset(
    listed(
        """
        a an the this that these those it its he him his she her hers they them their theirs we us
        our you your i me my mine who whom whose which what when where why how there here is are was
        were be been being am do does did done doing have has had having will would shall should can
        could may might must ought of in on at by for with from to into onto over under as about
        between through during before after than then so if or and but nor not no yes also just only
        very too more most much many some any all both each such own same other another s d ll re ve
        ever myself yourself himself herself itself ourselves themselves up down out off again once
        because while until since per via called known name named actually really usually generally
        commonly typically often sometimes probably likely
        """
    )
)
"""Words that carry no content of their own."""

QUESTION_WORDS = frozenset(listed("who whom whose what which when where why how"))
"""Words that ask, or lead a clause: "the one who did it" names no band."""

DENYING_WORDS = frozenset(
    listed(
        """
        no not never nothing none nobody nowhere neither nor without unlikely myth misconception
        false untrue fictional superstition unknown unclear impossible legend folklore few little
        rarely debunked
        """
    )
)
"""Words that make a sentence a denial."""

SOCIAL_WORDS = frozenset(
    listed(
        """
        question answer response ask asking wonder wondering curious think know mean means thing
        help helpful happy glad sorry thank thanks please good great lovely wonderful sweet
        sweetheart sweetie dear friend honey love hug feel feeling hear hard tough day today time
        moment need hope trust care support let sure matter heart gentle kind honest honestly right
        here now doing understand totally get got give take waste fine basic simple everything
        anything hesitate worry worries problem interesting fascinating amazing beautiful brave
        proud send sending big oh aww well okay ok hi hello hey guess so further assistance
        information
        """
    )
)
"""Words of greeting, comfort and service: they put no sentence on the matter, and claim nothing."""

OPINING_WORDS = frozenset(listed("think believe so really course"))
"""Words beside which a denial is still only a denial: "I don't think so"."""

YES_WORDS = frozenset(
    listed("yes yeah yep yup indeed correct true absolutely definitely certainly")
)
NO_WORDS = frozenset(listed("no nope nah not never false"))
POLITE_AFTER_NO = frozenset(listed("worries worry problem doubt need wonder matter pressure rush"))
"""What follows a "no" that answers nothing: "No worries"."""
