"""A gate as JUnit XML, for CI systems: a test case a check.

What exceeds the margin is a failure. What the data can't tell is skipped: neither passed nor
failed; the exit status of the command says that it did not pass.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from warmbench.records.non_inferiority import MarginVerdict
from warmbench.scoring.gate import Gate, GateCheck

__all__ = ["junit_xml"]


def junit_xml(gate: Gate, sentences: dict[str, str]) -> bytes:
    """The XML of a gate, UTF-8. ``sentences``: what to say of each check, by its name."""
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
        _add_case(suite, gate, check, sentences[check.name])
    ET.indent(root)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _add_case(suite: ET.Element, gate: Gate, check: GateCheck, sentence: str) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        {"classname": f"warmbench.gate.{gate.arm}", "name": check.name, "time": "0"},
    )
    message = _printable(sentence)
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
