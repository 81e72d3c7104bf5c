"""Proper names: those of the original stay, and none comes in.

A name is a word with a capital where another word would have none, or with capitals inside. At the
start of a sentence, line or quotation any word has a capital: there only a changed subject is seen
("Lisbon is" to "Porto is"). That a name is *present* needs less: the word in any letters, anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from warmbench.judging.text.vocabulary import FUNCTION_WORDS, listed
from warmbench_builders.sft.faithfulness.mismatch import Mismatch, Pair
from warmbench_builders.sft.faithfulness.reply import Reply, Words
from warmbench_builders.sft.faithfulness.units import UNITS

__all__ = ["check_names"]

_TALK = listed(
    """
    oh ooh aw aww ah ha haha hey hi hello wow yay phew ugh argh gosh hooray hurray bravo congrats
    congratulations thanks thank sorry please ok okay ps tl dr etc eg ie yes no dear darling love
    sweetheart honey friend buddy pal champ mum mom mama mummy mommy dad daddy papa grandma granny
    gran grandpa auntie aunt uncle god goodness lord heavens mr mrs ms sir madam
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    mondays tuesdays wednesdays thursdays fridays saturdays sundays am pm
    """
)
_NO_NAMES = FUNCTION_WORDS | frozenset(_TALK)
"""Words that may have a capital without being a name; days and months have their own check."""

_NUMBER_ENDINGS = frozenset(["st", "nd", "rd", "th", "s", "k", "x", "am", "pm"])

# Finite verbs that tell a subject: "Porto is", where "Stir the" has none.
_AFTER_SUBJECT = frozenset(listed("is was has had will can does did lies became gives"))


def check_names(pair: Pair) -> Iterator[Mismatch]:
    """One mismatch for each name that is missing, and each that neither original nor user has."""
    original, rewrite = pair.original, pair.rewrite
    for name, shown in _names(original).items():
        if not _stands_in(name, rewrite):
            yield Mismatch("names", f"the name '{shown}' is missing or changed")
    for name, shown in _names(rewrite).items():
        if not _stands_in(name, original) and not _stands_in(name, pair.prompt):
            yield Mismatch("names", f"the name '{shown}' is new")
    yield from _changed_subjects(pair)


def _names(reply: Reply) -> dict[str, str]:
    """Each name word in small letters, to the word as written, in order."""
    words = reply.words
    found: dict[str, str] = {}
    for at, form in enumerate(words.forms):
        if form[0].islower() or (form.isdecimal()) or not _is_name(words, at):
            continue
        low = words.lows[at]
        found.setdefault(low, form.removesuffix("'s"))
    return found


def _is_name(words: Words, at: int) -> bool:
    form, low = words.forms[at], words.lows[at]
    if (
        low in _NO_NAMES
        or (low in UNITS and len(low) > 1)
        or "'" in low
        or (form.isupper() and len(form) == 1 and form in "AIO")
    ):
        return False
    if form[0].isdigit():
        return not form.isdecimal() and _is_code_name(form)
    if any(map(str.isupper, form[1:])):
        return not form.isupper() or len(form) > 1
    if not form[0].isupper():
        return False
    if words.opens[at]:
        return False
    if len(form) == 1:  # a letter that is a unit follows a number: 180 C
        return not (at and words.forms[at - 1][-1:].isdigit())
    return True


def _is_code_name(form: str) -> bool:
    """5G, 3D or 737-like; a number with its unit, an ordinal or a decade is none."""
    letters = form.lstrip("0123456789").lower()
    return bool(letters) and letters not in UNITS and letters not in _NUMBER_ENDINGS


def _stands_in(name: str, reply: Reply) -> bool:
    lows = reply.lows
    return (
        name in lows
        or name + "s" in lows
        or (name.endswith("s") and name[:-1] in lows)
        or (name.endswith("es") and name[:-2] in lows)
        or (not name.isalpha() and name in reply.text.lower())
    )


def _changed_subjects(pair: Pair) -> Iterator[Mismatch]:
    """A word at a start, changed before the same verb: "Lisbon is ..." to "Porto is ..."."""
    before, after = _subjects(pair.original, pair.rewrite), _subjects(pair.rewrite, pair.original)
    for follows, form in before.items():
        other = after.get(follows)
        if other:
            yield Mismatch("names", f"'{form} {follows[0]}' has become '{other} {follows[0]}'")


def _subjects(reply: Reply, other: Reply) -> dict[tuple[str, ...], str]:
    """What follows each word at a start that the other text does not have, to that word."""
    words = reply.words
    return {
        words.lows[at + 1 : at + 3]: words.forms[at]
        for at in range(len(words.forms) - 2)
        if words.opens[at]
        and words.lows[at + 1] in _AFTER_SUBJECT
        and words.stems[at]
        and words.forms[at][0].isupper()
        and words.lows[at] not in _NO_NAMES
        and not _stands_in(words.lows[at], other)
    }
