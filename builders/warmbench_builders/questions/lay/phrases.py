"""The set phrases of exam vignettes and how people say the same at home."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex

from warmbench_builders.questions.lay.patient import Patient
from warmbench_builders.questions.lay.rules import apply_rules, make_rules

__all__ = ["OBSERVES", "reword_opening", "reword_sentence"]

_WHOSE = (
    r"(?<!\b(?:another|other|different|new|previous|same|first|second) )"
    r"(?:(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|your|their|my) )?"
)
_PLACES = make_rules(
    (r"\bAt (?:the|his|her) (?:physician|doctor|pediatrician)'s (?:office|clinic)\b",
     "At the doctor's office"),
    (
        rf"\b{_WHOSE}(?:local |outpatient )?(?:(?i:emergency (?:department|room|ward))|ED|ER)\b",
        "the emergency room",
    ),
    (
        rf"\b{_WHOSE}(?:local |new )?(?:primary[ -]care|primary|family|general|family medicine"
        r"|regular|internal medicine)[ -](?:care )?"
        r"(?:physician|provider|practitioner|doctor|clinician)(?:'s office|'s clinic| office)?\b",
        "the doctor",
    ),
    (rf"\b{_WHOSE}(?:physician|PCP|healthcare provider|clinician|internist)(?:'s)?"
     r"(?: office| clinic)?(?= (?:because|for|with|due|to|by|at|in|after|complaining|today)\b"
     r"|[.,;?])", "the doctor"),
    (r"\b(?:the|your|our) (?:outpatient |primary care )?(?:office|clinic)\b", "the clinic"),
    (r"(?<=(?<![\w-])(?:to|in|at) )(?:clinic|office)\b", "the clinic"),
    (r"\b(?:the|his|her|a|an) pediatrician'?s? (?:office|clinic)\b", "the pediatrician"),
    (r"\bthe primary care (?:clinic|office)\b", "the clinic"),
    (r"\b(?:physician|provider|doctor)'s office\b", "doctor's office"),
)  # fmt: skip

_OPENINGS = make_rules(
    (r"^(?:comes|presents|presented|reports|goes|came)(?: back)? (?:in )?(?:today )?(?:to|into"
     r"|in|at) (?=(?:the|an?|his|her|your|our|their)\b|(?:[\w-]+ ){0,4}(?:clinic|office|hospital"
     r"|department|center|ward|unit|room|care)\b)", "went to "),
    (r"^(?:comes|presents|presented) (?:today |in )?(?=to |with |for |because|due|complaining"
     r"|after|following|at |secondary|on |concerned|during|from|in )", "went to the doctor "),
    (r"^returns to\b", "went back to"),
    (r"^returns (?=for|with|because)", "went back to the doctor "),
    (r"^(?:visits|sees|consults)\b", "went to see"),
    (r"^schedules an appointment with\b", "made an appointment with"),
    (r"^makes an appointment with\b", "made an appointment with"),
    (r"^is seen (?=in|at)", "was seen "),
    (r"^is seen by\b", "was seen by"),
    (r"^(?:is|was) (?:immediately |quickly |urgently )?brought (?:in )?(?:to|into)\b",
     "was taken to"),
    (r"^(?:is|was) brought in\b", "was taken in"),
    (r"^(?:is|was) brought by (?P<who>an? \w+|his \w+|her \w+|the \w+) (?=to )",
     "was taken by \\g<who> "),
    (r"^complains (?=of|that)", "has been complaining "),
    (r"^presents (?=following|after)", "went to the doctor "),
    (r"^seeks (?:an )?(?:evaluation|care|help|treatment) (?:in|at) ", "went to "),
    (r"^seeks (?:an )?(?:evaluation|care|help|treatment|medical attention)\b", "went for advice"),
    (r"^is (?=(?:urgently |emergently )?(?:admitted|taken|transferred|referred|rushed|hospitalized"
     r"|transported|found|noted|seen|evaluated|diagnosed|involved|started|sent|discovered|escorted"
     r"|delivered)\b)", "was "),
    (r"^arrives (?:at|to) (?:the )?doctor\b", "went to the doctor"),
    (r"^arrives (?:at|to)\b", "arrived at"),
    (r"^develops\b", "developed"),
    (r"^suddenly develops\b", "suddenly developed"),
    (r"^undergoes\b", "had"),
    (r"^underwent\b", "had"),
    (r"^begins\b", "began"),
    (r"^collapses\b", "collapsed"),
    (r"^sustains\b", "suffered"),
    (r"^ingests\b", "swallowed"),
    (r"^delivers\b", "gave birth to"),
    (r"^calls\b", "called"),
    (r"^visits\b", "went to see"),
)  # fmt: skip
_WALKS_IN_ALONE = 8  # years; younger patients are taken to the doctor
_LIVES_AT_HOME = 18  # years; "the mother" of an older woman's story may be she herself
_WENT = regex.compile(r"^(?:went|was (?:taken|seen|admitted|rushed|referred)|made an) ")

_UNITS = r"(?P<unit>minute|hour|day|week|month|year)s?"
_COUNT = (
    r"(?P<count>\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|few)"
)
_REASON = (
    r"(?:because of|due to|for (?:the )?evaluation of|for|with complaints of|complaining of"
    r"|with (?:a |the )?(?:chief )?complaints? of|with)"
)
_HISTORY = regex.compile(
    rf" ?{_REASON} (?:an?|the|his|her) (?:(?:approximately|about) )?{_COUNT}[- ]{_UNITS}'?s? "
    r"(?:history|course) of (?!not |being |having |feeling |experiencing )"
)
_REASONS = make_rules(
    (r"\b(?:with|due to|for|because of) (?:a |the |his |her )?(?:chief |main |primary )?"
     r"(?:complaints?|concerns?) (?:of|about)\b",
     "because of"),
    (r"\bcomplaining (?:of|about)\b", "because of"),
    (r"\bcomplaining that\b", "because"),
    (r"\bfor (?:the |an |further )?(?:urgent )?(?:evaluation|assessment|workup) of\b",
     "because of"),
    (r"\bconcerned (?:about|regarding|with)\b", "worried about"),
    (r"\bconcerned (?=that|for)", "worried "),
    (r"\bfor (?:a |an |her |his )?(?:routine |annual |regular |yearly )?"
     r"(?:health maintenance examination|health maintenance exam|wellness (?:visit|exam\w*"
     r"|check-up)"
     r"|health check-up|health (?:maintenance )?visit|well-child (?:visit|examination|exam)"
     r"|routine (?:examination|physical examination|evaluation|visit))\b",
     "for a routine check-up"),
    (r"\bfor (?:a |her |his )?(?:routine )?follow[- ]?up (?:examination|evaluation|visit"
     r"|appointment)\b", "for a follow-up visit"),
    (r"\bwith (?:a )?sudden[- ]onset(?: of)?\b", "with sudden"),
    (r"(?<!\b(?:the|an?|of) )\b(?:acute|sudden)[- ]onset(?: of)? ", "sudden "),
    (r"\bprenatal (?:visit|examination|appointment)\b", "pregnancy check-up"),
    (r"\bfor (?:a )?pre-?employment (?:physical |medical )?exam(?:ination)?\b",
     "for the exam before a new job"),
    (r"^went to (?:his|her|the) (?:doctor|physician) that\b", "told {his} doctor that"),
    (r"\bto establish care\b", "to register as a new patient"),
)  # fmt: skip

_EXAM = r"(?:examination|exam)"
_SHOWS = (
    r"(?:shows?|reveals?|demonstrates?|is (?:significant|notable|remarkable|positive|pertinent) for"
    r"|was (?:significant|notable|remarkable) for|yields|discloses|confirms)"
)
# What an exam tells its reader to have done, and a relative tells of the doctor.
OBSERVES = (
    r"(?:suspect|notice|note|prescribe|observe|order|recommend|decide|perform|find|obtain|learn"
    r"|appreciate|elicit|start|administer|initiate|ask|diagnose|examine)"
)
_EXAM_NAMES = {
    "Abdominal": "belly",
    "Cardiac": "heart",
    "Cardiovascular": "heart and circulation",
    "Cardiopulmonary": "heart and lung",
    "Pulmonary": "lung",
    "Respiratory": "lung",
    "Dermatologic": "skin",
    "Ophthalmologic": "eye",
    "Ophthalmic": "eye",
    "Ocular": "eye",
    "Oral": "mouth",
    "Otoscopic": "ear",
    "Genitourinary": "genital and urinary",
    "Genital": "genital",
    "Musculoskeletal": "muscle and joint",
    "Neurologic": "neurological",
    "Neurological": "neurological",
    "Pelvic": "pelvic",
    "Rectal": "rectal",
    "Skin": "skin",
    "Lung": "lung",
    "Chest": "chest",
    "Breast": "breast",
    "Eye": "eye",
    "Mental status": "mental",
    "Speculum": "pelvic (speculum)",
    "Vaginal": "vaginal",
}
_FOLDED_EXAM_NAMES = {exam.casefold(): lay for exam, lay in _EXAM_NAMES.items()}
_ANY_EXAM_NAME = "|".join(_EXAM_NAMES)
_NAMED_EXAMS = (
    (regex.compile(rf"(?P<exam>{_ANY_EXAM_NAME}) {_EXAM} {_SHOWS}\b"), "The {} exam shows"),
    (regex.compile(rf"(?:The )?(?P<exam>(?i:{_ANY_EXAM_NAME})) {_EXAM} (?:is|was)"
                   r" (?:unremarkable|within normal limits)"), "The {} exam is normal"),
    (regex.compile(rf"On (?P<exam>(?i:{_ANY_EXAM_NAME})) {_EXAM},"), "At the {} exam,"),
)  # fmt: skip
_SENTENCES = make_rules(
    (rf"^(?:On|Upon|During) (?:further |initial |general )?(?:physical )?{_EXAM},",
     "At the exam,"),
    (r"^On physical,", "At the exam,"),
    (rf"\b[Oo]n (?:physical )?{_EXAM}\b", "at the exam"),
    (rf"^(?:His |Her |The )?(?:general )?[Pp]hysical {_EXAM} {_SHOWS}", "The exam shows"),
    (rf"^Examination {_SHOWS}", "The exam shows"),
    (rf"^(?:His |Her |The )?[Pp]hysical {_EXAM} (?:is|was) (?:otherwise )?"
     r"(?:unremarkable|normal|within normal limits)", "The physical exam is normal"),
    (rf"^Physical {_EXAM}", "The exam"),
    (rf"\b[Pp]hysical {_EXAM} (?=is|was|shows)", "physical exam "),
    (r"^Examination (?=of |is |was )", "The exam "),
    (r"\bexamination(?P<plural>s?)\b", "exam\\g<plural>"),
    (r"^(?:Her |His |The )?(?:[Ll]aboratory|[Ll]ab) (?:studies|tests?|testing|findings|values"
     rf"|evaluation|results|analysis|investigations|workup)(?: on admission)? (?:{_SHOWS}"
     r"|are (?:significant|notable|remarkable|positive) for|are as follows|are(?! (?:presented"
     r"|ordered|obtained|drawn|given|provided|pending|normal|sent)|:)|is as follows"
     r"|were as follows|include)",
     "The lab results show"),
    (r"^(?:[Ss]ubsequent |[Ii]nitial |[Bb]asic |[Rr]outine |[Hh]is |[Hh]er "
     r"|[Tt]he )?(?:[Ll]aboratory|[Ll]ab|[Bb]lood|[Ss]erum)"
     r"(?: (?:studies|tests?|values|work|results))*,? (?:are|is|were|was)"
     r" (?:ordered|obtained|drawn|performed|collected|sent|done|conducted|presented|given|provided)"
     r"(?: and)?(?: the)?(?: results)?(?: are| is| were)?(?: as)?"
     r"(?: seen| shown| noted| follows| reported| listed)+(?: below)?(?=[:.])",
     "The lab results"),
    (r"^Labs are (?:drawn|ordered|obtained)(?: and|,)?(?: as| are)? shown below(?=[:.])",
     "The lab results"),
    (r"^(?:His |Her |The )?(?:[Ll]aboratory|[Ll]ab) (?:studies|tests?|values|findings|results)"
     r"(?: are| is| were)?(?: as)?(?: seen| shown| noted| listed| reported)+(?: below)?(?=[:.])",
     "The lab results"),
    (r"^The lab results\.$", "There are lab results."),
    (r"^The lab results show the following(?: results)?:", "The lab results show:"),
    (r"\b(?P<whose>his|her) sclerae?\b", "the whites of \\g<whose> eyes"),
    (r"\b(?P<since>since|at|before|after) menarche\b", "\\g<since> {his} first period"),
    (r"^Menarche\b", "{His} first period"),
    (r"^Menses\b", "{His} periods"),
    (r"^Serum studies show", "Blood tests show"),
    (r"^Pulse oximetry (?:on|is|in|while breathing) room air (?:shows|indicates|reads|is)? ?"
     r"(?:an |a )?(?:oxygen saturation of |O2 saturation of )?(?=\d)",
     "{His} oxygen level on room air is "),
    (r"^Pulse oximetry (?:on|while breathing) room air shows an oxygen saturation of",
     "{His} oxygen level on room air is"),
    (r"\boxygen saturation\b", "oxygen level"),
    (r"^Respirations? (?:are|is|were) (?=\d)", "{His} breathing rate is "),
    (r"\brespirations? (?:are|is) (?=\d)", "breathing rate is "),
    (r"\b(?:(?:The|the|His|her|Her|his) )?[Mm]ucous membranes (?:are|appear) dry\b",
     "{his} mouth is dry"),
    (r"\b(?:[Tt]he |[Aa] )?(?:physical |general )?exam(?:ination)? (?:shows|demonstrates"
     r"|reveals) an? (?P<look>(?:[\w-]+,? ){0,3}?[\w-]+),?(?: (?:young|elderly|middle[- ]aged?))?"
     r" (?:patient|man|woman|boy|girl|male|female|infant|child|newborn)\b(?= with |[.,])",
     "the exam shows that {he} is \\g<look>"),
    (r"\bpresents (?=\d+ \w+ later|again)", "comes back "),
    (r"\b(?P<now>then|now|again|also|subsequently) presents\b", "\\g<now> comes in"),
    (r"\bhas presented to\b", "has been to"),
    (r"(?<!\b(?:when|is|was|were|are|be|being|been) )\bpresented (?=to |with )", "came in "),
    (r"\bpresents (?=to |with )", "comes in "),
    (r"\brespiratory rate\b", "breathing rate"),
    # Elsewhere RR is an interval of the ECG, and BP a disease of the skin.
    (r"\bRR(?=:? ?(?:is |of )?\d)", "breathing rate"),
    (r"\bHR(?=:? ?(?:is |of )?\d)", "heart rate"),
    (r"\bBP(?=:? ?(?:is |of )?\d)", "blood pressure"),
    (r"\brespirations (?:of )?(?=\d)", "breathing rate "),
    (r"\brespirations,? (?=and|are)", "breathing "),
    (r"^(?:The )?(?:[Tt]emperature) (?=is|was)", "{His} temperature "),
    (r"^(?:The )?[Bb]lood pressure (?=is|was)", "{His} blood pressure "),
    (r"^(?:The )?[Pp]ulse (?=is|was)", "{His} pulse "),
    (r"^(?:The )?(?:[Vv]itals|[Vv]ital signs)(?: signs)? (?:are|were) (?:all )?"
     r"(?:within (?:the )?normal (?:limits|range)|unremarkable|normal)",
     "{His} vital signs are normal"),
    (r"^(?:The )?(?:[Vv]itals|[Vv]ital signs) (?=are|were|show|include|reveal|on|at|:|taken)",
     "{His} vital signs "),
    (r"\bis within (?:the )?normal (?:limits|range)\b", "is normal"),
    (r"\bare (?:all )?within (?:the )?normal (?:limits|range)\b", "are normal"),
    (r"\bwithin (?:the )?normal (?:limits|range)\b", "normal"),
    (r"\b(?:in|within) the reference range\b", "normal"),
    (r"\bunremarkable\b", "normal"),
    (r"\bpast medical history\b", "medical history"),
    (r"^(?:The |Past |The past )?[Mm]edical history\b", "{His} medical history"),
    (r"^(?:Family history|The family history)\b", "{His} family history"),
    (r"^Past (?=surgical|obstetric)", "{His} past "),
    (r"^(?:Current medications|Medications|The patient's medications) (?:include|are)\b",
     "{He} takes"),
    (r"^(?:His|Her) (?:current |home |only )?medications? (?:include|are|is|includes)\b",
     "{He} takes"),
    (r"^(?:Current medications|Medications|Home medications|Daily medications) include\b",
     "{He} takes"),
    (r"\bhistory (?:is|was) (?:otherwise )?(?:significant|notable|remarkable|pertinent|positive)"
     r"(?: only)? for\b", "history includes"),
    (r"\bhistory is (?:non-?contributory|otherwise insignificant|insignificant)\b",
     "history has nothing of note"),
    (r"\bis (?:significant|notable|remarkable) for\b", "shows"),
    (r"\bare (?:significant|notable|remarkable) for\b", "show"),
    (r"\bis afebrile\b", "has no fever"),
    (r"\bis febrile\b", "has a fever"),
    (r"\bis (tachycardic)\b", "has a fast heartbeat"),
    (r"\bis hypotensive\b", "has low blood pressure"),
    (r"\bis hypertensive\b", "has high blood pressure"),
    (r"\bdenie(?P<d>s|d) (?:any |having any |having (?:had )?|experiencing )?(?:recent )?"
     r"(?=(?:fever|chill|nausea|vomiting|headache|chest|pain|abdominal|cough|weight|night|shortness"
     r"|dyspnea|diarrhea|trauma|vaginal|dysuria|numbness|weakness|vision|visual|change|symptom"
     r"|other|dizziness|history|family|fatigue|hematuria|bleeding|loss|injur|sick|joint|rash"
     r"|blood|allerg|constipation|discharge|palpitation|sore|muscle|urinary|swelling|itching"
     r"|insect|hallucination|suicidal|photophobia|illness|head |bowel|burning|back|sputum|syncope"
     r"|heartburn|radiation|tinnitus|breast|discomfort)\w*)", "says {he} has had no "),
    (r"\bdenies\b(?= that)", "says it is not true"),
    (r"\bdenies (?:any )?(?:recent )?use of\b", "says {he} does not use"),
    (r"\bdenies (?:(?:any )?(?:other )?recent )?travel(?: history)?\b",
     "says {he} has not traveled recently"),
    (r"\bdenies any (?P<what>(?:known |previous |prior |other |current |personal |significant )*"
     r"[a-z]+)\b", "says {he} has had no \\g<what>"),
    (r"\bdenies (?P<what>(?:alcohol|tobacco|drug|illicit drug|illegal drug|recreational drug) use)",
     "says there is no \\g<what>"),
    (r"\bdenies (?=(?:smoking|drinking|using)\b[^.;]*(?:, | or | and ))", "says no to "),
    (r"\bdenies smoking\b", "says {he} does not smoke"),
    (r"\bdenies drinking\b", "says {he} does not drink"),
    (r"\bdenies using\b", "says {he} does not use"),
    (r"\bdenies being\b", "says {he} has not been"),
    (r"\bdenies having\b", "says {he} has not had"),
    (r"\bdenies taking\b", "says {he} has not taken"),
    (r"\bdenies eating\b", "says {he} has not eaten"),
    (r"\bis (?:alert and )?(?:fully )?oriented to person, place,? and time\b",
     "knows who and where {he} is and what day it is"),
    (r"\bis oriented only to person\b", "knows only who {he} is"),
    (r"\bweeks'? gestation\b", "weeks of pregnancy"),
    (r"\bvia (?:an? )?(?:spontaneous )?(?P<how>normal |uncomplicated )?(?:spontaneous )?"
     r"vaginal delivery\b", "in a \\g<how>vaginal birth"),
    (r"\b(?:acute|sudden)-onset,? (?:of )?", "sudden "),
    (r"^No significant (?P<what>past |medical |family |surgical )",
     "{He} has no significant \\g<what>"),
    (r"\bsays (?:he|she) has had no history of\b", "says {he} has no history of"),
    (r"\bendorses\b", "mentions"),
    (r"\bis compliant with (?:all )?(?:his|her) (?P<what>medications?|medicines?)\b",
     "takes {his} \\g<what> as told"),
    (r"\b(?:is|was) (?:significant|notable|remarkable) only for\b", "shows only"),
    (r"\bThe lab results show normal(?=[.,])", "The lab results are normal"),
    (r"\b(?:reports|states|says) that\b", "says that"),
    (r"\bstates (?=he|she|they|his|her|it)", "says "),
    (r"\bambulat(?:es|ing) with\b", "walks with"),
    (r"\bbilaterally(?=[.,;)]|$| (?:and|with|on|but|at|without|in|to|or|that|is|are)\b)",
     "on both sides"),
    (r"\bstatus[- ]post\b", "after"),
    (r"\bsecondary to\b", "due to"),
    (r"\bprior to\b", "before"),
    (r"\bPrior to\b", "Before"),
    (r"\bsubsequent to\b", "after"),
    (r"\bunderwent\b", "had"),
    (r"\bin no acute distress\b", "in no obvious distress"),
    (r"\bis brought (?:in )?to\b", "was taken to"),
    (r"\btobacco products\b", "tobacco"),
    (r"\bNo (?:other )?abnormalities (?:are|were) (?:noted|found|seen|observed|identified)\b",
     "Nothing else abnormal was found"),
    (r"^Upon (?:further )?questioning,", "When asked,"),
    (r"^On (?:further )?questioning,", "When asked,"),
    (r"^(?:Upon|On) presentation,", "When {he} arrived,"),
    (r"^(?:Upon|On) arrival,", "When {he} arrived,"),
    (r"\b(?P<tell>tells?) you\b", "\\g<tell> the doctor"),
    (rf"\bYou (?P<verb>{OBSERVES})\b", "The doctor \\g<verb>s"),
    (rf"\byou (?P<verb>{OBSERVES})\b", "the doctor \\g<verb>s"),
    (r"\bworkup\b", "testing"),
    (r"^Auscultation of the (?:lungs|chest) (?:shows|reveals|discloses)",
     "Listening to the lungs, they hear"),
    (r"^Auscultation of the heart (?:shows|reveals)", "Listening to the heart, they hear"),
    (r"^(?:Heart|Cardiac) auscultation (?:shows|reveals|demonstrates)",
     "Listening to the heart, they hear"),
    (r"^(?:Lung|Chest|Pulmonary) auscultation (?:shows|reveals|demonstrates)",
     "Listening to the lungs, they hear"),
    (r"\b(?:heard|noted) on (?:cardiac |heart |lung |chest |pulmonary )?auscultation\b",
     "heard through the stethoscope"),
    (r"\bon (?:cardiac |heart |lung |chest )?auscultation\b", "on listening"),
    (r"\b(?P<what>mass|nodule|lump|liver|spleen|node|nodes|edge|margin) (?:is|was) palpated\b",
     "\\g<what> can be felt"),
    (r"(?<!\b(?:when|as|that) [^.,;]{0,60})\b(?:is|was|are|were) palpated\b", "can be felt"),
    (r"\b(?P<be>is|was|are|were) palpated\b", "\\g<be> touched"),
    (r"\bto percussion\b", "when tapped"),
    (r"\bcostovertebral (?:angle )?tenderness\b", "tenderness over the kidneys"),
    (r"\bThe remainder of the (?:physical )?(?:exam|examination) shows no abnormalities\b",
     "The rest of the exam shows no abnormalities"),
    (r"\bThe remainder of (?:the|his|her) exam\b", "The rest of the exam"),
    (r"\bclear to auscultation\b", "clear on listening"),
    (r"^(?P<when>When (?:he|she) arrived|On arrival), (?P<rest>[^.]*?)\bis (?=\d)",
     "\\g<when>, \\g<rest>was "),
    (r"^(?P<when>When (?P<who>he|she) arrived), (?P=who) is\b", "\\g<when>, \\g<who> was"),
)  # fmt: skip

_CLAUSE = r"(?<=(?:, |\b(?:[Ww]hen|while|because|after|before|that|and|as|if|since|until|which) ))"
_VERB_FOLLOWS = r"(?= (?:\w+ly )?(?:\w+s|had|did|could|would|will|can)\b)"
_THEIR = regex.compile(r"\btheir\b")
_WENT_ALONE = regex.compile(r"^went (?=to )")
_ANYBODY = (
    r"parents?|friends?|roommates?|partner|nurse|co-?workers?|teacher|police|neighbor|children"
    r"|patients|cousins?|siblings?|twin"
)
# Beside whom a pronoun would be in doubt: "his wife says that he" is clear.
_COMPANY = {
    female: regex.compile(rf"\b(?:{same_sex}|{_ANYBODY})\b")
    for female, same_sex in (
        (False, "father|husband|son|brother|boyfriend|uncle|grandfather|stepfather"),
        (True, "mother|wife|daughter|sister|girlfriend|aunt|grandmother|stepmother"),
    )
}


def reword_opening(predicate: str, patient: Patient, relative: str) -> str | None:
    """The predicate of the opening: "comes to the physician because of a 3-day history of
    fever." -> "went to the doctor because for the last 3 days he has had fever."

    None where the opening verb has no plain counterpart here.
    """
    text = apply_rules(_PLACES, _name_patient(predicate, patient, relative, False), patient)
    text = apply_rules(_OPENINGS, text, patient)
    if text.startswith(("presents ", "presented ")):
        return None
    if patient.years < _WALKS_IN_ALONE:
        text = _WENT_ALONE.sub("was taken ", text)
    if _WENT.match(text):
        text = _HISTORY.sub(lambda match: _lasting(match, patient), text, count=1)
        text = apply_rules(_REASONS, text, patient)
    return _plain_sentence(text, patient)


def reword_sentence(sentence: str, patient: Patient, relative: str, after_patient: bool) -> str:
    """A later sentence in plain words.

    `after_patient`: the sentence before was about the patient, so that "The patient" may
    become a pronoun; otherwise it becomes the relative.
    """
    text = _name_patient(sentence, patient, relative, after_patient)
    text = _plain_sentence(apply_rules(_PLACES, text, patient), patient)
    return text[:1].upper() + text[1:]


def _plain_sentence(text: str, patient: Patient) -> str:
    for pattern, plain in _NAMED_EXAMS:
        if match := pattern.match(text):
            lay = _FOLDED_EXAM_NAMES[match["exam"].casefold()]
            text = plain.format(lay) + text[match.end() :]
    return apply_rules(_SENTENCES, text, patient)


_EXAM_OF_THE_PATIENT = regex.compile(
    r"\b(?P<exam>[Ee]xam(?:ination)?) of (?:the|this) (?:patient|man|woman|boy|girl)\b(?!'s)"
)


def _name_patient(sentence: str, patient: Patient, relative: str, after_patient: bool) -> str:
    """ "The patient" as a pronoun where that is clear, else as "my brother"."""
    names = _names_of(patient.called)
    text = _EXAM_OF_THE_PATIENT.sub(r"\g<exam>", sentence)
    text = names.possessive.sub(lambda match: _cased(patient.his, match), text)
    if patient.years < _LIVES_AT_HOME:
        text = names.parent.sub(lambda match: _cased(f"{patient.his} {match['who']}", match), text)
    if not _COMPANY[patient.female].search(text):
        # "When the patient is asked ...": with nobody else about, a pronoun is clear and lighter.
        text, pronouns = names.in_clause.subn(patient.he, text)
        if pronouns:
            text = _THEIR.sub(patient.his, text)
        text = names.after_preposition.sub(patient.him, text)
    return names.anywhere.sub(
        lambda match: _cased(patient.he if match.start() == 0 and after_patient
                             else f"my {relative}", match),
        text,
    )  # fmt: skip


@dataclass(frozen=True)
class _Names:
    """Where a vignette names the patient: "the woman's", "because the woman is", "The woman"."""

    possessive: regex.Pattern[str]
    parent: regex.Pattern[str]
    in_clause: regex.Pattern[str]
    after_preposition: regex.Pattern[str]
    anywhere: regex.Pattern[str]


@cache
def _names_of(called: str) -> _Names:
    """``called``: ``Patient.called``."""
    named = rf"\b[Tt]h(?:e|is) {called}\b"
    return _Names(
        regex.compile(rf"{named}'s\b"),
        regex.compile(r"\b[Tt]he (?P<who>mother|father|parents)\b(?! of| and)"),
        regex.compile(rf"{_CLAUSE}{named}{_VERB_FOLLOWS}"),
        regex.compile(rf"(?<=\b(?:of|to|in|for|with|on|by) ){named}(?=[ .,;](?!to ))"),
        regex.compile(named),
    )


def _cased(word: str, match: regex.Match[str]) -> str:
    return word[0].upper() + word[1:] if match[0][0].isupper() else word


def _lasting(match: regex.Match[str], patient: Patient) -> str:
    if match["count"] in ("1", "one"):
        time = f"{match['count']} {match['unit']} now"
    else:
        time = f"the last {match['count']} {match['unit']}s"
    return f" because for {time} {patient.he} has had "
