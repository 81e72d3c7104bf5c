"""Sentences of tone, and answers with such sentences around them, which change no fact.

The lines of ``answers/tone.txt`` and ``answers/tone_denials.txt`` have a kind, ``|`` and the text,
of one to three sentences, which address the user and take no side on the answer. Those of the
second file deny something of the talk or the user, and nothing of the matter. A kind is a tone
(``w`` warm, ``c`` cold, ``n`` neutral) and a place (``o`` opening, ``m`` middle, ``c`` closing)::

    wo|I'm so glad you wrote to me tonight.
    cc|Don't write again about this.

None is one of those that the tone bias is measured with.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warmbench.errors import DataError
from warmbench.judging.reader.form import sentences

__all__ = ["ToneSentences", "read_tone", "with_tone"]

_LINE = re.compile(r"([wcn])([omc])\|(\S.*)")
_TONES = {"w": 0.5, "c": 0.3, "n": 0.2}
_PLACES = {"o": 0.25, "c": 0.25, "oc": 0.3, "om": 0.1, "mc": 0.1}
_ON_ITS_OWN_LINE = 0.5
"""How often what is put around an answer is a paragraph of its own."""


@dataclass(frozen=True, slots=True)
class ToneSentences:
    """The texts by kind, such as ``wo``."""

    by_kind: Mapping[str, Sequence[str]]


@cache
def read_tone(name: str = "tone") -> ToneSentences:
    """The sentences of ``answers/NAME.txt``; raises ``DataError`` for a line that is none."""
    text = files("warmbench_builders.reader").joinpath("answers", f"{name}.txt").read_text("utf-8")
    by_kind: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found is None:
            raise DataError(f"answers/{name}.txt, line {number}: {line[:60]!r}")
        by_kind.setdefault(found[1] + found[2], []).append(found[3])
    return ToneSentences(by_kind)


def with_tone(answer: str, tone: ToneSentences, draw: random.Random) -> str:
    """The answer with sentences of one tone before, within or after it."""
    kind = draw.choices(list(_TONES), list(_TONES.values()))[0]
    places = draw.choices(list(_PLACES), list(_PLACES.values()))[0]
    answer = answer.strip()
    for place in places:
        said = draw.choice(tone.by_kind.get(kind + place) or tone.by_kind[kind + "o"])
        gap = "\n\n" if draw.random() < _ON_ITS_OWN_LINE else " "
        match place:
            case "o":
                answer = said + gap + answer
            case "c":
                answer = answer + gap + said
            case _:
                ends = [end for _, end in sentences(answer)]
                at = draw.choice(ends)
                answer = f"{answer[:at].rstrip()} {said} {answer[at:].lstrip()}".rstrip()
    return answer
