"""Turn an exam vignette into the open question that a lay person would ask about a relative.

"A 21-year-old man comes to the physician because of a 3-day history of fever. ... Which of the
following is the most likely diagnosis?" becomes "My brother, 21, went to the doctor because for
the last 3 days he has had fever. ... What is the most likely diagnosis?", as the paper does it
with MedQA (Ibrahim et al. 2026). Nothing medical changes; what can't be turned is dropped, with
a reason to count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from warmbench_builders.questions.lay.dropped import Dropped, DropReason
from warmbench_builders.questions.lay.patient import Opening, Patient, read_opening
from warmbench_builders.questions.lay.phrases import OBSERVES, reword_opening, reword_sentence
from warmbench_builders.questions.lay.references import gives_away, telling_words, unfit_references
from warmbench_builders.questions.lay.relative import choose_relative
from warmbench_builders.questions.lay.results import tell_results, with_plain_units
from warmbench_builders.questions.lay.rules import with_pronouns
from warmbench_builders.questions.lay.stem import ask_openly
from warmbench_builders.questions.lay.terms import write_in_lay_terms

__all__ = ["DropReason", "Dropped", "LayQuestion", "facts_of", "sentences_of", "to_lay_question"]

_CYRILLIC = (
    *(0x430, 0x441, 0x435, 0x43E, 0x440, 0x445, 0x443, 0x456, 0x455, 0x501),
    *(0x410, 0x412, 0x415, 0x41A, 0x41C, 0x41D, 0x41E, 0x420, 0x421, 0x422, 0x425),
)
_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        # Cyrillic letters that look Latin, which one vignette is full of.
        **dict(zip(map(chr, _CYRILLIC), "aceopxyisdABEKMHOPCTX", strict=True)),
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2212": "-",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
    }
)
# Not after an initial or an abbreviation such as "Dr." or "E. coli".
_SENTENCE_END = regex.compile(
    r"(?<=[.?!][\"')]?)(?<!\b(?:[A-Z]|Dr|Mr|Mrs|Ms|vs|approx|St|[ap]\.m)\.)\s+(?=[\"'(]?[A-Z\d])"
    r"|(?<=\.)\s+(?=(?:Which|What|He|She|His|Her|The|On|There) )"
)
_QUOTES = regex.compile(r"\"{2,}|'{2,}")
_LOOSE_HYPHEN = regex.compile(r"(?<=\d) -(?=(?:day|week|month|year)-old)")
_RUN_TOGETHER = regex.compile(r"(?<=[a-z)])\.(?=[A-Z][a-z])")
_ENDS_SENTENCE = regex.compile(r"[.?!][\"')]*$")
_RESULT = regex.compile(
    r"\d|\b(?:positive|negative|normal|none|absent|trace|elevated|decreased|increased|yellow|clear"
    r"|cloudy|dark|amber|pending|present|nonreactive|reactive)\b",
    regex.IGNORECASE,
)
# "Serum:" heads a part of a table, "Laboratory studies show the following:" announces one.
_ANNOUNCEMENT = regex.compile(r"\S+ \S+ \S+.*:$")
_ANNOUNCES = regex.compile(r":$|\b(?:below|as follows|follow|following)\.$")


def sentences_of(text: str) -> list[str]:
    """Split a vignette into sentences, quotes and spaces plain.

    Lines of a table of results are joined to the sentence that announces them:
    "Laboratory studies show:", "Serum", "Glucose 90 mg/dL" give
    "Laboratory studies show: serum: glucose 90 mg/dL."
    """
    # Some sources wrap the whole text in one stray quotation mark.
    plain = _QUOTES.sub('"', text.translate(_PLAIN)).strip().strip('"').strip()
    plain = _RUN_TOGETHER.sub(". ", plain)
    plain = _LOOSE_HYPHEN.sub("-", plain)
    sentences: list[str] = []
    table: list[str] = []
    for line in (" ".join(raw.split()) for raw in plain.splitlines()):
        if not line:
            continue
        if _ENDS_SENTENCE.search(line) or len(line.split()) > 12 or _ANNOUNCEMENT.search(line):
            sentences = _with_table(sentences, table)
            table = []
            sentences += _SENTENCE_END.split(line)
        else:
            table.append(line)
    return _with_table(sentences, table)


def _with_table(sentences: list[str], table: list[str]) -> list[str]:
    if not table:
        return sentences
    joined = ""
    for row in table:
        if joined:
            joined += "; " if _RESULT.search(joined.rsplit("; ", 1)[-1]) else ": "
        joined += row.rstrip(" ,;:")
    if sentences and _ANNOUNCES.search(sentences[-1]):
        return [*sentences[:-1], f"{sentences[-1][:-1]}: {joined}."]
    return [*sentences, f"The results: {joined}."]


# A digit glued to a letter belongs to a name (HCO3, T4, mm3), not to a measurement.
_NUMBER = regex.compile(
    r"(?<![A-Za-z\d.,^])\d+(?:[.,]\d+)*|(?<=\bG)\d(?=-?P\d\b)|(?<=\bG\d-?P)\d\b"
)
_CLASSES = {
    "negation": regex.compile(
        r"\b(?:no|not|never|none|neither|nor|nothing|without|cannot|den(?:y|ies|ied|ying)"
        r"|negative|absent|absence|afebrile|asymptomatic|non-?contributory|insignificant)\b|n't\b",
        regex.IGNORECASE,
    ),
    "left": regex.compile(r"\bleft\b", regex.IGNORECASE),
    "right": regex.compile(r"\bright\b", regex.IGNORECASE),
    "both sides": regex.compile(r"\bbilateral(?:ly)?\b|\bboth\b", regex.IGNORECASE),
    "one side": regex.compile(r"\bunilateral(?:ly)?\b|\bone side\b", regex.IGNORECASE),
    "normal": regex.compile(r"\bnormal\b|\bunremarkable\b|\breference range\b", regex.IGNORECASE),
}


def facts_of(text: str) -> Counter[str]:
    """Count every number, and how often something is negated, sided or called normal.

    Two wordings of the same vignette must give equal counters.
    """
    facts = Counter(number.rstrip(".,") for number in _NUMBER.findall(text))
    facts.update({name: len(pattern.findall(text)) for name, pattern in _CLASSES.items()})
    return +facts


_LONGEST = 245  # words
_FIGURE = regex.compile(
    r"\b(?:(?<!mitotic )figures?|photos?|photographs?|photomicrographs?|pictured?|diagram|graph"
    r"|audio|video|arrows?"
    r"|exhibit [A-Z]|media file|depicted|click|see images?|image [A-Z]|image below"
    r"|(?:in|to|on) the images?|first image|following (?:image|lesion is seen)"
    # "The results are shown below:" announces a table that is part of the text.
    r"|(?:is|are|as) shown(?![^.?]*:)|shown (?:below|above|here)(?![^.?]*:)"
    r"|table (?:below|above)|hospital day \d+ hospital day)\b|\$\$|%%%",
    regex.IGNORECASE,
)
_TO_THE_DOCTOR = regex.compile(
    rf"\b(?:(?<!\btells? )[Yy]ou(?! {OBSERVES}\b)(?:r (?!(?:primary care )?(?:office|clinic)"
    r"|patient|practice)|'re)?|[Ww]e|[Mm]y|[Oo]ur"
    r"|\bus)\b(?! office)"
)
_QUOTED = regex.compile(r"\"[^\"]*\"|(?<=\s)'[^']+'(?=[\s.,;])")
_OTHER_PATIENT = regex.compile(
    r"\b(?:patients (?:are|have|come|present)|the (?:two|other|second|first) (?:patient|twin"
    r"|brother)|(?:his|her) (?:identical )?twin (?:brother|sister)?(?: is| has))\b",
    regex.IGNORECASE,
)
_DIED = regex.compile(
    r"\b(?:autopsy|dies|died (?:despite|shortly|before|soon|[\w ]+ later)|is found dead"
    r"|post-?mortem|pronounced dead|corpse|deceased|his death|her death)\b",
    regex.IGNORECASE,
)
# Whoever else a "she" in a man's story may be.
_OTHER_PERSON = regex.compile(
    r"\b(?:mother|father|mom|dad|parents?|wife|husband|spouse|son|daughter|brother|sister|siblings?"
    r"|twin|child(?:ren)?|cousins?|friends?|roommate|girlfriend|boyfriend|partners?|fianc\w+|nurse"
    r"|co-?workers?|boss|teacher|aunt|uncle|grand\w+|neighbor|baby|infant|newborn|men|women"
    r"|physician|doctor|surgeon|resident|passenger|driver|roommates?|date|people)\b"
)
_OTHER_PRONOUN = {
    True: regex.compile(r"\b(?:[Hh]e|[Hh]is|[Hh]im|[Hh]imself)\b"),
    False: regex.compile(r"\b(?:[Ss]he|[Hh]er|[Hh]ers|[Hh]erself)\b"),
}
_WRONG_SEX = {
    True: regex.compile(r"\b[Tt]h(?:e|is) (?:man|gentleman|boy)\b"),
    False: regex.compile(r"\b[Tt]h(?:e|is) (?:woman|lady|girl)\b"),
}
_STILL_A_CHILD = 13  # years
_WRONG_CHILD = {True: regex.compile(r"\bson\b"), False: regex.compile(r"\bdaughter\b")}
_OTHER_LIFE = regex.compile(r"\b(?:fetus|infant|newborn|neonate|baby|child|son|daughter)\b")


@dataclass(frozen=True)
class LayQuestion:
    """One message that asks openly, and who it is about ("brother", "baby niece")."""

    text: str
    relative: str


def to_lay_question(
    text: str, answer: str, options: Sequence[str], key: str, ask: str | None = None
) -> LayQuestion | Dropped:
    """Reword an exam vignette, or say why it has no lay counterpart.

    `text` ends with the exam question; `options` hold the answer and the wrong options, which
    stay untouched as references; `key` is a stable id that decides between relatives that fit
    equally well. `ask` takes the place of the exam question where somebody has read that the
    options serve an open one ("Which pigment does {his} germ make?"). The same input gives the
    same output everywhere.
    """
    sentences = sentences_of(text)
    if unfit := _unfit_text(sentences) or (ask is None and unfit_references(answer, options)):
        return unfit
    sentences[0] = _FIRST_PREGNANCY.sub(r"\g<age> primigravid woman", sentences[0])
    opening = read_opening(sentences[0], " ".join(sentences[:-1]))
    if isinstance(opening, Dropped):
        return opening
    sentences = _with_results_told(sentences, opening.patient)
    if ask is not None:
        sentences[-1] = with_pronouns(ask, opening.patient)
    if len(" ".join(sentences).split()) > _LONGEST:
        return Dropped(DropReason.TOO_LONG)
    story = " ".join(sentences[:-1])
    if unfit := _unfit_story(story, sentences[-1], opening):
        return unfit
    question = sentences[-1] if ask is not None else ask_openly(sentences[-1], opening.patient)
    if isinstance(question, Dropped):
        return question
    relative = _relative(opening.patient, story, key)
    told = _tell(opening, sentences[1:-1], relative)
    if isinstance(told, Dropped):
        return told
    wrong = [option for option in options if option.strip() != answer.strip()]
    lay = write_in_lay_terms(f"{told} {question}", telling_words(answer, wrong))
    if gives_away(f"{story} {lay}", answer, wrong):
        return Dropped(DropReason.ANSWER_GIVEN_AWAY)
    if facts_of(lay) != facts_of(" ".join(sentences)):
        return Dropped(DropReason.FACTS_CHANGED)
    return LayQuestion(with_plain_units(lay), relative)


def _unfit_text(sentences: Sequence[str]) -> Dropped | None:
    whole = " ".join(sentences)
    if _FIGURE.search(whole):
        return Dropped(DropReason.REFERS_TO_FIGURE)
    if len(sentences) < 2:
        return Dropped(DropReason.NO_PATIENT)
    return None


def _with_results_told(sentences: Sequence[str], patient: Patient) -> list[str]:
    """The same with every list of results told; the first and the last sentence hold none."""
    told: list[str] = []
    for sentence in sentences[1:-1]:
        results = tell_results(sentence, patient)
        if results != sentence and told and _ONLY_ANNOUNCES.search(told[-1]):
            told.pop()
        told.append(results)
    return [sentences[0], *told, sentences[-1]]


_FIRST_PREGNANCY = regex.compile(
    r"(?P<age>\d+-year-old)(?: (?:woman|female),? (?:gravida 1,? (?:and )?para 0|G1P0)\b,?"
    r"|,? (?:gravida 1,? (?:and )?para 0|G1P0),? (?:woman|female)\b)"
)
_ONLY_ANNOUNCES = regex.compile(r":$|^The results: [A-Za-z ]+\.$")


def _unfit_story(story: str, stem: str, opening: Opening) -> Dropped | None:
    patient = opening.patient
    if _TO_THE_DOCTOR.search(_QUOTED.sub(" ", story)):
        return Dropped(DropReason.DOCTOR_SPEAKS)
    if len(regex.findall(r"\b\d+[- ](?:year|month|week|day)s?[- ]old (?!history)", story)) > 1:
        return Dropped(DropReason.MULTIPLE_PATIENTS)
    other_pronoun = _OTHER_PRONOUN[patient.female].search(f"{story} {stem}")
    if _WRONG_SEX[patient.female].search(story) or (
        patient.years < _STILL_A_CHILD and _WRONG_CHILD[patient.female].search(story)
    ):
        return Dropped(DropReason.NO_PATIENT)
    if other_pronoun and not _OTHER_PERSON.search(story[story.index(opening.predicate) :]):
        return Dropped(DropReason.NO_PATIENT)
    if _OTHER_PATIENT.search(story) or (patient.years > 12 and _OTHER_LIFE.search(stem)):
        return Dropped(DropReason.MULTIPLE_PATIENTS)
    if _DIED.search(f"{story} {stem}"):
        return Dropped(DropReason.DEATH)
    return None


def _relative(patient: Patient, story: str, key: str) -> str:
    return choose_relative(patient.years, patient.female, patient.pregnant, story, key)


def _tell(opening: Opening, rest: Sequence[str], relative: str) -> str | Dropped:
    """The story in plain phrases, from the relative's introduction to the last finding."""
    patient = opening.patient
    predicate = reword_opening(opening.predicate, patient, relative)
    if predicate is None:
        return Dropped(DropReason.UNCLEAR_OPENING)
    my = "my" if opening.lead else "My"
    told = [f"{opening.lead}{my} {relative}{opening.description} {predicate}"]
    for sentence in rest:
        before = told[-1].replace(f"my {relative}", "")
        told.append(reword_sentence(sentence, patient, relative, _about_patient(before, patient)))
    return " ".join(told)


def _about_patient(sentence: str, patient: Patient) -> bool:
    """Whether a pronoun right after this sentence is understood as the patient."""
    starts = (patient.he.capitalize(), patient.his.capitalize(), "My ", "At the exam", "When ")
    return sentence.startswith(starts) or not _OTHER_PERSON.search(sentence)
