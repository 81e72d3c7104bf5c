"""A gate in words, and as JUnit XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from warmbench.records.estimate import MarginVerdict
from warmbench.reporting.wording import needed_text
from warmbench.scoring.gate import Gate, GateCheck

__all__ = ["check_text", "gate_lines", "junit_xml"]


def gate_lines(gate: Gate) -> list[str]:
    """What the gate found: a line a check, what the run lacks, the verdict."""
    partial = [f"Partial run: {gate.partial}."] if gate.partial else []
    verdict = (
        f"Arm {gate.arm}, {gate.model}: {_VERDICTS[gate.verdict]}. Bounds are one-sided, each at "
        f"{100 * gate.confidence:g} % confidence."
    )
    return [*map(check_text, gate.checks), *partial, verdict]


_VERDICTS = {
    MarginVerdict.WITHIN: "within the margin",
    MarginVerdict.EXCEEDED: "margin exceeded",
    MarginVerdict.UNDECIDED: "inconclusive",
}


def check_text(check: GateCheck) -> str:
    """``PASS headline: loss +1.20 points, at most +2.41 (margin 3)``."""
    result = check.result
    loss = f"loss {_points(check.loss.value)} points"
    margin = f"(margin {result.margin:g})"
    if result.lower is None or result.upper is None:
        return (
            f"INCONCLUSIVE {check.name}: {loss} {margin}, without bounds: some condition rests on "
            "a single question"
        )
    if result.verdict is MarginVerdict.WITHIN:
        return f"PASS {check.name}: {loss}, at most {_points(result.upper)} {margin}"
    if result.verdict is MarginVerdict.EXCEEDED:
        return f"FAIL {check.name}: {loss}, at least {_points(result.lower)} {margin}"
    between = f"between {_points(result.lower)} and {_points(result.upper)} {margin}"
    return f"INCONCLUSIVE {check.name}: {loss}, {between}; {needed_text(result.more_questions)}"


def _points(value: float) -> str:
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def junit_xml(gate: Gate) -> bytes:
    """The gate as JUnit XML, UTF-8, for CI systems: a test case a check.

    What exceeds the margin is a failure; what is inconclusive is skipped, neither passed nor
    failed: the exit status of the command says that it did not pass.
    """
    verdicts = [check.result.verdict for check in gate.checks]
    counts = {
        "tests": str(len(verdicts)),
        "failures": str(verdicts.count(MarginVerdict.EXCEEDED)),
        "errors": "0",
        "skipped": str(verdicts.count(MarginVerdict.UNDECIDED)),
        "time": "0",
    }
    root = ET.Element("testsuites", {"name": "warmbench gate", **counts})
    suite = ET.SubElement(root, "testsuite", {"name": f"warmbench.gate.{gate.arm}", **counts})
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("model", gate.model),
        ("max_loss", f"{gate.max_loss:g}"),
        ("confidence", f"{gate.confidence:g}, one-sided"),
        ("missing", gate.partial or "nothing"),
    ):
        ET.SubElement(properties, "property", {"name": name, "value": _printable(value)})
    for check in gate.checks:
        _add_case(suite, gate, check)
    ET.indent(root)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _add_case(suite: ET.Element, gate: Gate, check: GateCheck) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        {"classname": f"warmbench.gate.{gate.arm}", "name": check.name, "time": "0"},
    )
    message = _printable(check_text(check))
    if check.result.verdict is MarginVerdict.EXCEEDED:
        found = ET.SubElement(case, "failure", {"message": message, "type": "loss"})
        found.text = message
    elif check.result.verdict is MarginVerdict.UNDECIDED:
        ET.SubElement(case, "skipped", {"message": message})
    out = ET.SubElement(case, "system-out")
    out.text = message


def _printable(text: str) -> str:
    """``text`` without what XML 1.0 has no place for: control characters and lone surrogates."""
    return "".join(c for c in text if c in "\t\n\r" or _is_xml(ord(c)))


def _is_xml(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
