"""The closing exam question, asked openly and in plain words."""

from __future__ import annotations

import regex

from warmbench_builders.questions.lay.dropped import Dropped, DropReason
from warmbench_builders.questions.lay.patient import Patient
from warmbench_builders.questions.lay.rules import apply_rules, make_rules

__all__ = ["ask_openly"]

# Only options bound the answer: many findings are "likely", many statements are "true".
_NEEDS_OPTIONS = regex.compile(
    r"\b(?:NOT|not|below|above|concerning|alternative|drug X|EXCEPT|except|least|true|false"
    r"|correct|incorrect|accurate\w*|statements?"
    r"|expect(?:ed)?|contraindicated|avoided|similar|also|characteri\w+|features?|findings?\b"
    r"(?! is most likely the cause)|changes?|additional (?:finding|feature|symptom)"
    r"|risk factors?|(?:increased|higher|elevated) risk|associated|options"
    r"|consistent (?!with which (?:of the following )?(?:\w+ )?(?:diagnosis|defense))|choices"
    r"|set of|values?"
    r"|examples?|would most likely be (?:seen|found|present|observed)|function of|functions"
    r"|following manner|histor(?:y|ies)|symptoms below|properties|prognos\w+|outcomes?|decreased"
    r"|increase[ds]?|elevated|side effects?|adverse effects?|(?<!most common )complications?(?! of)"
    r"|(?<!these )results?|sequence|combination|pair|factors? (?:most|has|about)"
    r"|responsible for the difference"
    r"|advice|counsel\w*|abnormalit(?:y|ies) is|bias|predict\w*|shows?n?|reveal|demonstrate"
    r"|most likely to be (?:seen|found|present|observed|elevated|decreased|increased))\b"
    r"|\bdescribes? (?:the (?:organism|component)|this class)|decrease after|decreases"
    # "What could be an appropriate treatment" has many good answers.
    r"|\b(?:[Ww]hat|following) (?:is|are|was|would be|could be|could|may|can) (?:an? |explain)"
)
# What to do next has several good answers, and the best of them changes with the guidelines.
_NEXT_STEP = regex.compile(
    r"\b(?:next|steps?|management|manag(?:e|ed|ing)|recommend\w*|approach|course of action"
    r"|(?:should|could|can|must) be (?:performed|ordered|obtained|done|conducted|included"
    r"|considered|discontinued|sought|added)"
    r"|(?:initial|first|screening|diagnostic|preventative) (?:\w+ )?"
    r"(?:test|study|evaluation|imaging|workup|intervention|measure)s?)\b",
    regex.IGNORECASE,
)
_PLAIN_STEMS = tuple(
    (regex.compile(pattern), plain)
    for pattern, plain in (
        (r"^Which of the following is most consistent with (?:this patient's presentation"
         r"|these findings|(?:his|her) behavior)(?=\?)",
         "Which of the following is the most likely diagnosis"),
        (r"^The findings are most consistent with which diagnosis",
         "Which of the following is the most likely diagnosis"),
        (r"\bpathology to be found in this patient\b", "diagnosis"),
        (r"^Which of the following could explain",
         "Which of the following is the most likely explanation for"),
        (r"\bthis fetus's\b", "this patient's"),
        (r"^Which of the following accurately describes (?=his|her)",
         "Which of the following is the most likely explanation for "),
        (r"^Of the following options, which is", "Which of the following is"),
        (r"^Which of the following is consistent with the mechanism",
         "What is the mechanism"),
        (r"\bis also found to have\b", "has"),
        (r"^Which of the following would you expect to be abnormally accumulated",
         "Which of the following most likely accumulates"),
        (r"\bThe expected beneficial effect\b", "The beneficial effect"),
        (r"^Angiography of the brain will most likely show a lesion in which",
         "The lesion is most likely in which"),
        (r"^Genetic analysis of this patient's cancer cells is most likely to show overexpression"
         r" of which of the following genes",
         "Which of the following genes is most likely overactive in this patient's cancer cells"),
        (r"^Further examination of this patient is most likely to show weakness of which of the"
         r" following actions", "Which movement is most likely affected"),
        (r"^Which of the following lesions would result in the syndrome described",
         "Which of the following lesions is most likely"),
        (r"^Deposition of which of the following is associated with the most likely underlying",
         "Deposits of which of the following underlie the most likely"),
        (r"^Which of the following acid-base disturbances is most likely associated with this"
         r" patient's condition", "Which of the following acid-base disturbances is most likely"),
        (r"^Which of the following antibodies would most likely be found",
         "Which of the following antibodies is most likely"),
        (r"^Which of the following enzymes is most likely to show increased activity",
         "Which of the following enzymes is most likely overactive"),
        (r"^Which of the following is the strongest risk factor for suicide in this patient",
         "What puts this patient at the highest risk of suicide"),
        (r"^With this presentation which is", "Which of the following is"),
        (r"(?:,? in this case| in this scenario)(?=\?)", ""),
    )
)  # fmt: skip
_GREATEST_RISK = regex.compile(
    r"\b(?:greatest|highest|most at) risk (?:for|of)(?: developing)? which of the following"
    r"(?: conditions?| complications?)?(?=\?)"
)
_FINDINGS_ARE_MEANT = regex.compile(
    r"\b(?:explain\w*|explanation (?:for|of)|account for|cause[sd]?(?: of| for)?|etiology of"
    r"|mechanism of|underl\w+|responsible for)\b.{0,45}?\b(?:findings?|results?|abnormalit\w+"
    r"|values?|changes?|history)\b"
)
_DOCTOR_SPEAKS = regex.compile(
    r"\b(?:respon(?:se|d|ses) (?:by|to|from)|best response|appropriate response|statements?"
    r" (?:by|to)|tell|say|reply|ethical\w*|disclos\w+|consent)\b"
)
_ANSWERABLE = regex.compile(
    r"\b(?:diagnos[ie]s|disorder|disease|condition|syndrome|cause[sd]?|etiolog\w+|explain\w*"
    r"|explanation|accounts?|responsible|mechanisms?|pathogenesis|pathophysiology|pathogen|organism"
    r"|microorganism|virus|bacteri\w+|agent|treat(?:ment|ed)?|therap\w+|course of"
    r"|pharmacotherapy|drugs?|medications?|medicines?|antibiotics?|vaccin\w+|tests?|stud(?:y|ies)"
    r"|procedure|interventions?|deficien\w+|defects?|defective|mutation"
    r"|enzymes?|genes?|chromosomes?|nerves?|arter(?:y|ies)|veins?|vessels?|muscles?|structures?"
    r"|ligaments?|hormones?|receptors?|cells?|toxin|vitamins?|inheritance|prevent\w*|prophyla\w+"
    r"|intoxication|overdose|tumor|exposure|injured|damaged|affected|impaired|confirm|administered"
    r"|prescribed|given|risk|measure|lesion|deficit|defense mechanisms?|precipitat\w+|predispos\w+"
    r"|origin|derived|electrolyte|imbalance|location|used|reabsorbed|modality"
    r"|dysfunctional|classification|administration|sensation|testing|category|disturbances?|antibod\w+"
    r"|movement|overactive|accumulates?|deposits)\b",
    regex.IGNORECASE,
)

_SINGULAR = {
    "diagnoses": "diagnosis", "studies": "study", "arteries": "artery", "biopsies": "biopsy",
    "etiologies": "etiology", "anomalies": "anomaly", "therapies": "therapy",
    "bacteria": "bacterium",
    "viruses": "virus", "processes": "process", "injuries": "injury", "deficiencies": "deficiency",
    "pathologies": "pathology", "modalities": "modality", "abnormalities": "abnormality",
    "biases": "bias", "vertebrae": "vertebra", "nuclei": "nucleus", "strategies": "strategy",
    "fungi": "fungus", "approaches": "approach", "viscera": "viscera",
    "pathogenesis": "pathogenesis",
    "antibodies": "antibody", "classes": "class", "branches": "branch", "pregnancies": "pregnancy",
    "illnesses": "illness", "masses": "mass", "species": "species",
}  # fmt: skip
_ONE_DOES = {"are": "is", "were": "was", "have": "has"}
_PLURAL = regex.compile(r"\b(?P<noun>[a-z-]+)$")

_IS = (
    r"(?:is|are|was|were|will be|would be|should be|will|would|should|can|could|may|must|has"
    r"|have|did)"
)
_OWN = r"(?:patient|man|woman|boy|girl|infant|newborn|child|baby|neonate|gentleman|individual)"

_FOLLOWING = r"(?:one )?of (?:the )?following(?: options| choices)?"
_PREDICATE = (
    rf"(?:{_IS}|best|most|would|likely|explains?|represents?|describes?|account\w*|confirms?"
    r"|caused?|\w+ally|led|contributed|accurately|played|predisposed|precipitated|underlies)\b"
)
_STILL_OF_AN_EXAM = regex.compile(r"\bfollowing\b|\byou\b")


def ask_openly(stem: str, patient: Patient) -> str | Dropped:
    """ "Which of the following is the most likely cause of this patient's symptoms?" ->
    "What is the most likely cause of his symptoms?"
    """
    if _DOCTOR_SPEAKS.search(stem):
        return Dropped(DropReason.DOCTOR_SPEAKS)
    if _NEXT_STEP.search(stem):
        return Dropped(DropReason.NEXT_STEP)
    for pattern, plain in _PLAIN_STEMS:
        stem = pattern.sub(plain, stem)
    if _NEEDS_OPTIONS.search(_FINDINGS_ARE_MEANT.sub(" ", _GREATEST_RISK.sub(" ", stem))):
        return Dropped(DropReason.NEEDS_OPTIONS)
    question = _without_options(_about(stem.strip(" .:?\"'"), patient))
    if question is None or not _ANSWERABLE.search(question):
        return Dropped(DropReason.UNCLEAR_QUESTION)
    question = apply_rules(_POLISH, question, patient)
    if _STILL_OF_AN_EXAM.search(question):
        return Dropped(DropReason.UNCLEAR_QUESTION)
    return question[0].upper() + question[1:] + "?"


_OWN_POSSESSIVE = regex.compile(rf"\b[Tt]h(?:e|is) {_OWN}'s\b")
_OWN_CONDITION = regex.compile(rf"\b[Tt]h(?:e|is) {_OWN} (?=condition\b|underlying\b)")
_OWN_SUBJECT = regex.compile(
    rf"(?:^[Tt]h(?:e|is) {_OWN}|(?<=\b{_IS} )th(?:e|is) {_OWN}"
    rf"|(?<!\b(?:for|in|of|to|with|by) )th(?:e|is) {_OWN}(?= (?:{_IS}|does|takes"
    rf"|receives)\b))\b"
)
_OWN_ANYWHERE = regex.compile(rf"\b[Tt]h(?:e|is) {_OWN}\b")
_YOUR_DIAGNOSIS = regex.compile(r"\byour (?=\w*\s?diagnosis)")


def _about(stem: str, patient: Patient) -> str:
    """The patient as a pronoun, wherever the question names him."""
    text = _OWN_POSSESSIVE.sub(patient.his, stem)
    text = _OWN_CONDITION.sub(patient.his + " ", text)
    text = _OWN_SUBJECT.sub(patient.he, text)
    text = _OWN_ANYWHERE.sub(patient.him, text)
    return _YOUR_DIAGNOSIS.sub("the ", text)


_LEAD_AND_CORE = regex.compile(
    r"^(?P<lead>(?:According|In|At|After|Given|Assuming|If|To|Based|Considering|Until|While|Upon|Besides"
    r"|Aside|For|With|Following|Before|Apart) [^?]*?, )?(?P<core>.+)$"
)
_OF_THE_FOLLOWING = regex.compile(
    r"\bwhich (?:one )?the following\b|^Of the following(?: options)?, which\b", regex.IGNORECASE
)


def _without_options(stem: str) -> str | None:
    """The question with no list to choose from; None where its shape is not known."""
    lead = _LEAD_AND_CORE.match(stem)
    if lead is None:
        return None
    core = _OF_THE_FOLLOWING.sub("which of the following", lead["core"])
    asked = _asked_first(core) or _asked_inside(core)
    if asked is None:
        return None
    return (lead["lead"] or "") + (asked[0].lower() + asked[1:] if lead["lead"] else asked)


def _asked_first(core: str) -> str | None:
    """ "Which of the following (drugs) is ..." and questions that have no list anyway."""
    match = regex.match(rf"^[Ww]hich {_FOLLOWING},?(?: (?P<rest>.+))$", core)
    if match is None:
        return core if regex.match(r"^(?:[Ww]hat|[Ww]hich|[Hh]ow|[Ww]here)\b", core) else None
    rest = match["rest"]
    if rest.startswith("the "):  # the verb was forgotten
        return f"What is {rest}"
    if regex.match(_PREDICATE, rest):
        return "What " + regex.sub(r"^are\b", "is", rest)
    noun = regex.match(
        rf"^(?P<noun>(?:(?!{_PREDICATE})[\w'-]+ ){{1,6}}?)(?P<rest>{_PREDICATE}.*)$", rest
    )
    if noun is None:
        return None
    verb = regex.sub(r"^(?:are|were|have)\b", lambda verb: _ONE_DOES[verb[0]], noun["rest"])
    return f"Which {_singular(noun['noun'].strip())} {verb}"


_INSIDE = regex.compile(
    rf"^(?P<before>.*?)\b[Ww]hich {_FOLLOWING}(?P<noun>(?: (?!{_IS}\b|best\b|most\b)[\w'-]+)*?)"
    rf"(?P<after>(?: (?:{_IS}|best|most)\b.*)?)$"
)
_FRONTED = regex.compile(
    r"^(?P<subject>[^,]+?) (?P<verb>is|was|are|were|will|would|should|can|could|may) (?P<rest>.+)$"
)
_LONGEST_TURNED = 4  # words; "His disorder is caused by a mutation in which gene" stays as it is


def _asked_inside(core: str) -> str | None:
    """ "A deficiency of which of the following enzymes is ..." keeps its order; "He was most
    likely treated with which of the following drugs" is turned round.
    """
    match = _INSIDE.match(core)
    if match is None:
        return None
    noun = match["noun"].strip()
    if regex.match(r"(?:as|in|to|for|at|by|from|on|during|of)\b", noun):
        asked = f"what {noun}"
    else:
        asked = f"which {_singular(noun)}" if noun else "what"
    if match["after"]:
        return f"{match['before']}{asked}{match['after']}"
    before = match["before"].strip()
    if not before:
        return None
    if equated := regex.match(r"^(?P<subject>.+) (?P<verb>is|are|was)$", before):
        return f"What {equated['verb']} {_uncapitalized(equated['subject'])}"
    turned = _FRONTED.match(before)
    if turned is None or any(
        len(turned[part].split()) > _LONGEST_TURNED for part in ("subject", "rest")
    ):
        return f"{before} {asked}"
    return f"{asked} {turned['verb']} {_uncapitalized(turned['subject'])} {turned['rest']}"


def _uncapitalized(subject: str) -> str:
    return subject if subject[:2].isupper() else subject[0].lower() + subject[1:]


def _singular(noun: str) -> str:
    """ "laboratory studies" -> "laboratory study", "types of cells" -> "type of cell"."""
    parts = regex.split(r"( (?:of|in|on|to|for) )", noun, maxsplit=1)
    return "".join(
        part if index % 2 else _PLURAL.sub(lambda match: _one(match["noun"]), part)
        for index, part in enumerate(parts)
    )


def _one(noun: str) -> str:
    if noun in _SINGULAR:
        return _SINGULAR[noun]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun


_POLISH = make_rules(
    (r"^What describes\b", "What best describes"),
    (r"\b[Ww]hat is (?=best |most appropriate (?:\w+ )?(?:treatment|therapy|test|medication))",
     "what is the "),
    (r"\bwhat is the most likely (?=to |responsible)", "what is most likely "),
    (r"\bWhat is the most likely (?=to |responsible)", "What is most likely "),
    (r"\bdiagnosis (?:in|of|for) (?:him|her)$", "diagnosis"),
    (r"\b(?:in|for) (?:the )?treatment (?:of|for|in) (him|her)$", r"to treat \1"),
    (r"\b(appropriate|indicated|suitable|best|safest|effective) in (?=him|her)", r"\1 for "),
    (r"\b(treatment|therapy|intervention|pharmacotherapy|medication|antibiotic|drug) (?:in|of)"
     r" (?:him|her)\b", r"\1 for {him}"),
    (r"\b(treatment|treatment option|therapy|intervention|pharmacotherapy|measure)$",
     r"\1 for {him}"),
    (r"\b(treatment|pharmacotherapy|therapy|intervention) at this (?:time|point)$",
     r"\1 for {him} at this time"),
    (r"\bthe cells of (?:him|her)\b", "{his} cells"),
    (r"\bpharmacotherapy\b", "medicine"),
    (r"\b(?:etiology|aetiology)\b", "cause"),
    (r"\betiologic agent\b", "germ or agent behind it"),
    (r"\b(?:causal|causative) (?:organism|microorganism|agent|pathogen)\b(?! of)",
     "germ causing this"),
    (r"\b(?:causal|causative) (?:organism|microorganism|agent|pathogen) of\b", "germ behind"),
    (r"\bclinical presentation\b", "symptoms"),
    (r"\b(his|her) (?:current )?presentation\b", r"\1 symptoms"),
    (r"\bmedications\b", "medicines"),
    (r"\bmedication\b", "medicine"),
    (r"\bpathogen\b", "germ"),
    (r"\binitial\b", "first"),
    (r"\bat this (?:time|point)\b", "now"),
    (r"\b(the (?:\w+ ){0,4}(?:cause|explanation|mechanism))$", r"\1 of this"),
    (r"\bthe (?:condition|disease)$", "this condition"),
    (r"\bgerm causing this in (his|her) symptoms\b", r"germ causing \1 symptoms"),
    # Whose it is, is clear.
    (r"(?<=\w) in (?:him|her)$", ""),
)  # fmt: skip
