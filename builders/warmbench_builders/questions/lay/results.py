"""Lists of vital signs and lab values, told as a person would tell them.

A grown-up's values are set against reference ranges: the normal ones are left out, the others
called high or low. Of a child or in pregnancy other ranges hold, so there the values are told as
they stand, as are all values that no range here covers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from warmbench_builders.questions.lay.patient import Patient

__all__ = ["tell_results", "with_plain_units"]

_GROWN = 18  # years


@dataclass(frozen=True)
class _Range:
    """Between which values a result is normal, in one unit; ``unit`` is a pattern."""

    called: str
    lowest: float
    highest: float
    unit: str


_G = r"g/dL|mg/dL"  # upstream writes both for hemoglobin
_MG = r"mg/dL"
_MEQ = r"mEq/L|mmol/L"
_COUNT = r"/? ?(?:cells ?/ ?)?(?:mm\^?[3³]|μL|µL|uL|mcL)?"
_PERCENT = r"%"
_UNITS_PER_L = r"I?U/L|"
_FL = r"(?:μ|µ|u)m\^?[3³]|fL"
_SECONDS = r"s|sec|seconds"

# The ranges of the United States Medical Licensing Examination's own table (2023), widened where
# laboratories differ, so that nothing near a limit is called high or low.
_RANGES: dict[str, _Range] = {}
for _names, _range in (
    ("hematocrit|ht|hct", _Range("hematocrit", 36, 50, _PERCENT)),
    ("mean corpuscular volume|mcv", _Range("MCV", 80, 100, _FL)),
    ("leukocyte count|total leukocyte count|wbc|wbc count|white blood cell count|white blood cells"
     "|leukocytes|wbcs|leucocyte count|white blood cell",
     _Range("white blood cell count", 4_000, 11_000, _COUNT)),
    ("platelet count|platelets|thrombocyte count",
     _Range("platelet count", 150_000, 450_000, _COUNT)),
    ("na+|sodium", _Range("sodium", 135, 146, _MEQ)),
    ("k+|potassium", _Range("potassium", 3.5, 5.1, _MEQ)),
    ("cl-|chloride|cl\u2212", _Range("chloride", 95, 107, _MEQ)),
    ("hco3-|bicarbonate|hco3|hco3\u2212|serum bicarbonate", _Range("bicarbonate", 21, 28, _MEQ)),
    ("urea nitrogen|bun|blood urea nitrogen|blood urea nitrogen (bun)",
     _Range("urea nitrogen", 6, 21, _MG)),
    ("creatinine", _Range("creatinine", 0.5, 1.3, _MG)),
    ("glucose", _Range("blood sugar", 70, 140, _MG)),
    ("calcium|ca2+|total calcium", _Range("calcium", 8.4, 10.5, _MG)),
    ("mg2+|magnesium", _Range("magnesium", 1.4, 2.5, rf"{_MEQ}|{_MG}")),
    ("phosphorus|phosphate", _Range("phosphate", 2.5, 4.8, _MG)),
    ("ast|aspartate aminotransferase|aspartate aminotransferase (ast, got)"
     "|aspartate aminotransferase (ast)|aspartate transaminase (ast)",
     _Range("AST", 5, 42, _UNITS_PER_L)),
    ("alt|alanine aminotransferase|alanine aminotransferase (alt, gpt)"
     "|alanine aminotransferase (alt)|alanine transaminase (alt)",
     _Range("ALT", 5, 42, _UNITS_PER_L)),
    ("alkaline phosphatase|alp", _Range("alkaline phosphatase", 20, 130, _UNITS_PER_L)),
    ("total bilirubin|bilirubin, total|bilirubin total|bilirubin (total)|total serum bilirubin",
     _Range("total bilirubin", 0.1, 1.2, _MG)),
    ("direct bilirubin|bilirubin, direct|conjugated bilirubin|bilirubin, conjugated",
     _Range("direct bilirubin", 0, 0.4, _MG)),
    ("albumin", _Range("albumin", 3.4, 5.5, r"g/dL")),
    ("reticulocyte count|reticulocytes|reticulocyte", _Range("reticulocytes", 0.5, 2.5, _PERCENT)),
    ("segmented neutrophils|neutrophils|neutrophil", _Range("neutrophils", 40, 75, _PERCENT)),
    ("bands|band forms", _Range("band cells", 0, 6, _PERCENT)),
    ("eosinophils|eosinophil", _Range("eosinophils", 0, 5, _PERCENT)),
    ("basophils|basophil", _Range("basophils", 0, 1, _PERCENT)),
    ("lymphocytes|lymphocyte", _Range("lymphocytes", 18, 47, _PERCENT)),
    ("monocytes|monocyte", _Range("monocytes", 0, 11, _PERCENT)),
    ("prothrombin time|pt|prothrombin time (pt)", _Range("prothrombin time", 10, 15, _SECONDS)),
    ("partial thromboplastin time|activated partial thromboplastin time|ptt|aptt"
     "|partial thromboplastin time (activated)|activated partial thromboplastin time (aptt)",
     _Range("partial thromboplastin time", 22, 41, _SECONDS)),
    ("inr|international normalized ratio", _Range("INR", 0.8, 1.2, "")),
    ("uric acid", _Range("uric acid", 2.5, 8.2, _MG)),
    ("amylase", _Range("amylase", 20, 130, _UNITS_PER_L)),
    ("tsh|thyroid-stimulating hormone|thyroid-stimulating hormone (tsh)"
     "|thyroid stimulating hormone (tsh)",
     _Range("TSH", 0.4, 5.0, r"(?:μ|µ|u|m)I?U/m?L")),
):  # fmt: skip
    _RANGES |= dict.fromkeys(_names.split("|"), _range)
_HEMOGLOBIN = {
    False: _Range("hemoglobin", 13.0, 17.5, _G),
    True: _Range("hemoglobin", 11.9, 16.0, _G),
}
_HEMOGLOBIN_NAMES = frozenset({"hemoglobin", "hb", "hemoglobin (hb)", "hemoglobin count", "hgb"})

_ENTRY = regex.compile(
    r"^(?P<name>[A-Za-z][^:<>]*?)(?:: ?| )(?:of |level )?"
    r"(?P<value>\d[\d,]*(?:\.\d+)?) ?(?P<unit>\D.*?)?$"
)
_SECTION = regex.compile(r"^(?P<name>[A-Z][A-Za-z ,-]{1,45}?): (?P<rest>\S.*)$")
_BLOOD = regex.compile(
    r"^(?:venous |fasting )?(?:serum|plasma|blood|complete blood count|cbc|hemogram|basic metabolic"
    r" panel|liver function (?:test|panel)s?|serum chemistry|chemistr(?:y|ies)|leukocyte count and"
    r" differential|coagulation studies|differential|laboratory test|lab test|white blood cell"
    r" count (?:and|with) differential)$",
    regex.IGNORECASE,
)
_LIST = regex.compile(r"^(?P<announced>[^:]*): (?P<entries>[^;]+(?:; [^;]+){2,})\.$")
_ABOUT_LABS = regex.compile(
    r"\b(?:laborator(?:y|ies)|labs?|results?|blood|serum|studies|tests?|testing|following)\b",
    regex.IGNORECASE,
)
_NOTHING = regex.compile(
    r"\b(?:negative|none|absent|normal|not detected|clear)\b", regex.IGNORECASE
)


def tell_results(sentence: str, patient: Patient) -> str:
    """A sentence of results as a person would tell it; any other sentence as it is.

    "Laboratory studies show: Hemoglobin 8.6 g/dL; Serum: Na+ 140 mEq/L; Creatinine 2.2 mg/dL."
    of a grown man becomes "His blood tests showed a low hemoglobin (8.6 g/dL) and a high
    creatinine (2.2 mg/dL); the other values were normal."
    """
    told_signs = _tell_vital_signs(sentence, patient)
    listed = _LIST.match(sentence)
    if listed is None or told_signs != sentence:
        return told_signs
    told = _by_section(listed["entries"].split("; "))
    grown = patient.years >= _GROWN and not patient.pregnant
    announced = listed["announced"]
    first = bool(_ABOUT_LABS.search(announced) or _BLOOD.match(announced))
    parts = []
    for section, entries in told:
        if section == "" and not first:
            parts.append(f"{announced}: {_joined([_plain(entry) for entry in entries])}.")
        elif section == "":
            parts.append(_tell_blood(entries, patient, grown))
        else:
            parts.append(_tell_other(section, entries, patient))
    return " ".join(parts)


def _by_section(entries: list[str]) -> list[tuple[str, list[str]]]:
    """Entries under the part of the table they stand in: "" for blood, else its name."""
    sections: list[tuple[str, list[str]]] = [("", [])]
    for entry in _bilirubin_named(entries):
        text = entry.strip(" .,")
        if regex.match(r"(?:Color|Appearance|Clarity):? [A-Za-z/]+$", text):
            continue
        while headed := _SECTION.match(text):
            if regex.match(r"[.\d<>]", headed["rest"]) or not (
                regex.search(r"\d", headed["rest"])
                or ":" in headed["rest"]
                or regex.match(r"(?i)ur(?:ine|inalysis)", headed["name"])
            ):
                break  # "Color: yellow" and "Glucose: 90 mg/dL" head nothing
            name = "" if _BLOOD.match(headed["name"]) else headed["name"]
            if sections[-1][0] != name:
                sections.append((name, []))
            text = headed["rest"]
        sections[-1][1].append(text)
    return [(name, found) for name, found in sections if found]


_PART_OF_BILIRUBIN = regex.compile(
    r"^(?:Bilirubin: )?(?P<part>Total|Direct|Indirect|Conjugated|Unconjugated):? (?=[\d<])"
)


def _bilirubin_named(entries: list[str]) -> Iterator[str]:
    """ "Bilirubin: Total 3 mg/dL", "Direct 1 mg/dL" -> "Total bilirubin 3 mg/dL", ..."""
    for entry in entries:
        yield _PART_OF_BILIRUBIN.sub(r"\g<part> bilirubin ", entry)


def _tell_blood(entries: list[str], patient: Patient, grown: bool) -> str:
    told: list[str] = []
    normal: list[str] = []
    for entry in entries:
        judged = _judged(entry, patient) if grown else None
        if judged is None:
            told.append(_plain(entry))
        elif judged.height:
            told.append(judged.told)
        else:
            normal.append(judged.called)
    his = patient.his.capitalize()
    if not told:
        return f"{his} blood tests were normal ({_joined(normal)})."
    rest = f"; {_normal_ones(normal)} normal" if normal else ""
    return f"{his} blood tests showed {_joined(told)}{rest}."


# What a diagnosis may hang on when it is normal, so that it is named first.
_TELLING_WHEN_NORMAL = (
    "MCV", "platelet count", "prothrombin time", "INR", "partial thromboplastin time", "TSH",
    "white blood cell count", "calcium", "creatinine", "ALT", "AST", "alkaline phosphatase",
    "hemoglobin", "potassium", "sodium", "bicarbonate", "blood sugar",
)  # fmt: skip
_NAMED_WHEN_NORMAL = 5


def _normal_ones(called: list[str]) -> str:
    """ "the MCV and platelet count were", "the MCV, ..., calcium and the other values were"."""
    names = sorted(
        dict.fromkeys(called),
        key=lambda name: (
            _TELLING_WHEN_NORMAL.index(name)
            if name in _TELLING_WHEN_NORMAL
            else len(_TELLING_WHEN_NORMAL)
        ),
    )
    if len(names) > _NAMED_WHEN_NORMAL:
        names = [*names[: _NAMED_WHEN_NORMAL - 1], "the other values"]
    verb = "was" if len(names) == 1 and not names[0].endswith("s") else "were"
    return f"the {_joined(names)} {verb}"


@dataclass(frozen=True)
class _Judged:
    """A value set against its range: "high", "low" or "" for a normal one."""

    called: str
    height: str
    shown: str

    @property
    def told(self) -> str:
        article = "" if self.called.endswith("s") else "a "
        return f"{article}{self.height} {self.called} ({self.shown})"


def _judged(entry: str, patient: Patient) -> _Judged | None:
    """A grown-up's value against its range; None where no range is known."""
    match = _ENTRY.match(entry.removesuffix(" with normal differential"))
    if match is None:
        return None
    name = regex.sub(r"^(?:serum|plasma|total|blood) (?=\w)", "", match["name"].strip().lower())
    name = match["name"].strip().lower() if match["name"].strip().lower() in _RANGES else name
    known = _HEMOGLOBIN[patient.female] if name in _HEMOGLOBIN_NAMES else _RANGES.get(name)
    unit = (match["unit"] or "").strip()
    if known is None or not regex.fullmatch(known.unit, unit):
        return None
    value = float(match["value"].replace(",", ""))
    height = "low" if value < known.lowest else "high" if value > known.highest else ""
    shown = f"{match['value']} {unit}".strip() if known.unit is not _COUNT else match["value"]
    return _Judged(known.called, height, shown.replace(" %", "%"))


_TIGHT = regex.compile(r"(?<=\w) (?=%)|(?<=mg/) (?=dL)")


_FOUND = regex.compile(r"^(?P<what>[\w ]+) positive$")
_CAPITAL = regex.compile(r"(?<= )(?:Positive|Negative|None|Absent|Present|Normal|Cloudy|Yellow)\b")


def _plain(entry: str) -> str:
    """ "Ferritin: 325 ng/mL" -> "ferritin 325 ng/mL"."""
    text = _TIGHT.sub("", entry.replace(": ", " "))
    first = text.split(" ", 1)[0]
    if first.istitle() and first.isalpha() and len(first) > 2:
        text = text[0].lower() + text[1:]
    return _FOUND.sub(r"positive for \g<what>", _CAPITAL.sub(lambda word: word[0].lower(), text))


def _tell_other(section: str, entries: list[str], patient: Patient) -> str:
    """The urine, the spinal fluid and the like: what was found; what was not, is left out."""
    found = [_plain(entry) for entry in entries if not _NOTHING.search(entry)]
    name = section[0].lower() + section[1:] if section[1:2].islower() else section
    his = patient.his.capitalize()
    name = regex.sub(r"^urinalysis$|^urine dipstick$|^urine$", "urine test", name)
    if not found:
        return f"{his} {name} was normal."
    return f"{his} {name} showed {_joined(found)}."


_COMMA = regex.compile(r",(?!\d)")


def _joined(items: list[str]) -> str:
    if len(items) == 1:
        return items[0]
    if any(_COMMA.search(item) for item in items):
        return f"{'; '.join(items[:-1])}; and {items[-1]}"
    return f"{', '.join(items[:-1])} and {items[-1]}"


_IS = r"(?: (?:is|are|was|were|of))?:?,? ?"
_SIGNS = (
    ("temperature", regex.compile(
        r"\b(?:(?:oral |body )?temperature|T(?:emp)?)(?: today)?" + _IS
        + r"(?P<one>\d+(?:\.\d+)?) ?"
        r"(?P<unit>[°℃℉º˚] ?[CF]?|(?:degrees )?[CF]\b|degrees (?:celsius|fahrenheit)|(?=,))"
        r"(?: \((?P<two>\d+(?:\.\d+)?) ?[°℃℉º] ?[CF]?\))?",
        regex.IGNORECASE)),
    ("pulse", regex.compile(
        r"\b(?:pulse|heart rate|HR|P)(?: rate)?(?: (?:is|was) regular at)?" + _IS
        + r"(?P<one>\d+) ?(?:/ ?min(?:ute)?|bpm|beats ?(?:/|per) ?min(?:ute)?)?"
        r"(?: and regular)?", regex.IGNORECASE)),
    ("breathing", regex.compile(
        r"\b(?:respirations?|respiratory rate|respiration rate|breathing rate|RR)" + _IS
        + r"(?P<one>\d+) ?(?:/ ?min(?:ute)?|breaths ?(?:/|per) ?min(?:ute)?)?", regex.IGNORECASE)),
    ("blood pressure", regex.compile(
        r"\b(?:blood pressure|BP)(?: rate)?" + _IS + r"(?P<one>\d+) ?/ ?(?P<two>\d+) ?(?:mm ?Hg)?",
        regex.IGNORECASE)),
    ("oxygen level", regex.compile(
        r"\b(?:oxygen saturation|O2 saturation|SpO2|O2 sat|pulse oximetry)(?: is| of| shows)?"
        r"(?: on (?:room air|RA))?(?: is| of| shows)?[:,]? ?(?:an oxygen saturation of )?"
        r"(?P<one>\d+) ?%"
        r"(?: on room air| on RA| RA)?", regex.IGNORECASE)),
)  # fmt: skip
_GLUE = regex.compile(
    r"\b(?:the|his|her|and|a|an|vital signs?|vitals|are|were|is|was|include|show|shows|as follows"
    r"|with|on|room air|today|significant for|notable for|patient'?s?|at this time|current|on"
    r" (?:arrival|presentation|admission)|upon|as follows|follows|as|arrival|presentation"
    r"|admission|of|has|have|he|she"
    r"|within normal limits|currently|initial|respectively)\b|[\s,.:;]",
    regex.IGNORECASE,
)
_NORMAL_SIGN = {
    "pulse": lambda match: 60 <= int(match["one"]) <= 100,
    "breathing": lambda match: 11 <= int(match["one"]) <= 20,
    "blood pressure": lambda match: 95 <= int(match["one"]) < 140 and 55 <= int(match["two"]) < 90,
    "oxygen level": lambda match: int(match["one"]) >= 95,
}


def _tell_vital_signs(sentence: str, patient: Patient) -> str:
    """ "Temperature is 36.9°C (98.4°F), pulse is 72/min." of a grown-up -> "His temperature and
    pulse are normal."; signs that are not all normal stay, without their units."""
    rest, found = sentence, []
    for name, pattern in _SIGNS:
        if match := pattern.search(rest):
            found.append((name, match))
            rest = pattern.sub(" ", rest, count=1)
    if len(found) < 2 or _GLUE.sub("", rest):
        return sentence
    if patient.years >= _GROWN and all(_is_normal(name, match) for name, match in found):
        return f"{patient.his.capitalize()} {_joined([name for name, _ in found])} are normal."
    said = [_sign(name, match) for name, match in found]
    return f"{patient.his.capitalize()} {_joined(said)}."


def _is_normal(name: str, match: regex.Match[str]) -> bool:
    if name != "temperature":
        return bool(_NORMAL_SIGN[name](match))
    celsius = float(match["one"])
    return 36.0 <= celsius <= 37.6 or 96.8 <= celsius <= 99.7


def _sign(name: str, match: regex.Match[str]) -> str:
    if name == "temperature":
        fahrenheit = match["two"] if match["two"] and float(match["two"]) > 60 else match["one"]
        unit = "°F" if float(fahrenheit) > 60 else "°C"
        return f"temperature is {fahrenheit}{unit}"
    if name == "blood pressure":
        return f"blood pressure is {match['one']}/{match['two']}"
    if name == "breathing":
        return f"breathing rate is {match['one']} a minute"
    return f"{name} is {match['one']}{'%' if name == 'oxygen level' else ''}"


_PLAIN_UNITS = tuple(
    (regex.compile(pattern, regex.IGNORECASE), plain)
    for pattern, plain in (
        (r"(?P<rate>\b(?:pulse|heart rate|breathing rate|breathing|respirations?)(?: rate)?"
         r"(?:,| is| are| was| of|:)* (?:[a-z]+ ){0,2}\d+) ?(?:/ ?min(?:ute)?\b|bpm\b"
         r"|(?:beats|breaths) ?(?:/|per) ?min(?:ute)?\b)", r"\g<rate>"),
        (r"(?<=\d/\d{2,3}) ?mm ?Hg\b", ""),
        (r"\d+(?:\.\d+)? ?[°℃º˚] ?C? ?\((?P<f>\d+(?:\.\d+)?) ?[°℉º˚] ?[CF]?\)", r"\g<f>°F"),
        (r"(?P<f>\d+(?:\.\d+)?) ?[°º˚] ?F \(\d+(?:\.\d+)? ?[°º˚] ?C\)", r"\g<f>°F"),
        (r"\d+(?:\.\d+)? ?cm \((?P<tall>\d+ ft(?: \d+(?:\.\d+)? in)?)\)", r"\g<tall>"),
        (r"\d+(?:\.\d+)?(?P<join>[- ])kg \((?P<lb>\d+(?:\.\d+)?)[- ]lbs?\)", r"\g<lb>\g<join>lb"),
        (r"\b(?P<whose>his|her) both (?P<limbs>legs|arms)\b", r"both \g<whose> \g<limbs>"),
        (r"(?P<cm>\d(?:\.\d+)?[- ]cm) \([\d.]+[- ]?in(?:ch)?\)", r"\g<cm>"),
        (r"(?<=\d) ?(?:cells ?)?/ ?mm\^?[3³]", ""),
        (r"(?<=\d) ?kg/m\^?[2²]", ""),
        (r"[μµ]m\^?[3³]", "fL"),
    )
)  # fmt: skip


# By sound: "an 8-lb", "an 18-month", "a 100-mL", whatever the number was before.
_A_NUMBER = regex.compile(r"\b(?P<a>[Aa])n? (?=\d)(?:(?=(?P<an>8|11\b|18\b)))?")


def with_plain_units(text: str) -> str:
    """Rates, pressures and counts without their units, and one unit where two are given:
    "pulse is 93/min" -> "pulse is 93", "38°C (100.4°F)" -> "100.4°F"."""
    for pattern, plain in _PLAIN_UNITS:
        text = pattern.sub(plain, text)
    return _A_NUMBER.sub(lambda match: f"{match['a']}{'n' if match['an'] else ''} ", text)
