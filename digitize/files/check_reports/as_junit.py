"""JUnit XML: one test case per rule, never per row; a rule that rejects rows is a failure."""

from __future__ import annotations

import re
from typing import TextIO
from xml.etree import ElementTree as ET

from digitize.files.check_reports.samples import Cap, Sample, describe_omitted, format_place, take_samples
from digitize.files.validating.report import CheckReport
from validators.rulebook.rule import load_rules

ENCODING = "utf-8"
CAP = Cap(most=5000, of_a_rule=10, least=10)
# XML takes no other characters, not even as codes; cells of broken files hold them.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(report: CheckReport, out: TextIO) -> str:
    """See `Writer`. Rules that only note or ask for review have ten examples in the case's output.

    Rejections are listed up to 5,000; the suite's output says what is left out.
    """
    taken = take_samples(report, CAP)
    samples, left = {s.code: s for s in taken}, describe_omitted(taken)
    codes = sorted({*samples, *load_rules(report.form)})
    failed = sum(s.severity == "reject" for s in samples.values())
    counts = {"tests": str(len(codes)), "failures": str(failed), "errors": "0"}
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": f"digitize validate {report.form}", **counts})
    for code in codes:
        case = ET.SubElement(suite, "testcase", {"name": code, "classname": f"digitize.{report.form}"})
        if code in samples:
            _tell(case, samples[code])
    if left:
        ET.SubElement(suite, "system-out").text = left
    ET.indent(suites)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n")
    return left


def _tell(case: ET.Element, sample: Sample) -> None:
    lines = [
        f"{format_place(f)} {f.key} {f.field} {f.value} ({f.expected})".replace("()", "").rstrip()
        for f in sample.findings
    ]
    text = _NOT_XML.sub(
        "�", "\n".join([f"{sample.count} times{', such as' if len(lines) < sample.count else ''}:", *lines])
    )
    if sample.severity == "reject":
        ET.SubElement(case, "failure", {"message": f"{sample.message} {sample.do}", "type": sample.slug}).text = text
    else:
        ET.SubElement(case, "system-out").text = f"{sample.severity}: {sample.message} {sample.do}\n{text}"
