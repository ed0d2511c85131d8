"""Whether a report of any format leaves out a rejection; part `reports` of benchmarks/validate.py.

Each report is written and read back as its reader would: objects of JSON, rows of CSV, results of SARIF, failures of
JUnit, the table's rows in HTML, and the rules' sheets in a workbook.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

FIRS = 20_000
"""With these some 2,100 rejections stand among so many notes that every capped format leaves some out."""
Place = tuple[str, str]
"""The rule, and FILE:LINE. A workbook has one row for all findings of a rule in a row, so fields are not told apart."""
_AT_START = re.compile(r"^([^\s:]+:[0-9]+) ", re.MULTILINE)
_HTML_ROW = re.compile(r'<tr class="reject"><td data-of="where">(.*?)</td>.*?<a href="#(\w+)">')


def measure_left_out(folder: Path, form: str = "iif1") -> dict[str, Any]:
    """`rejects_left_out`: rejections that a report does not hold, summed over all formats; in which, and of how many.

    A rejection that a report invents counts as well.
    """
    from benchmarks.parts.validate.settings import settings_of
    from digitize.files.check_reports import formats, load_writer, write_report
    from digitize.files.validating.validate import CheckOptions, validate_files

    report = validate_files([folder], form, settings_of(), CheckOptions())
    rejects = {(f.code, f"{f.file}:{f.line}") for f in report.findings if f.severity == "reject"}
    missing: dict[str, int] = {}
    told: dict[str, str] = {}
    for name in formats():
        path = folder.parent / f"report.{name}"
        told[name] = write_report(report, load_writer(name), path)
        missing[name] = len(rejects ^ set(READERS[name](path)))
    return {
        "rejects_reported": len(rejects),
        "formats_that_left_something_out": sum(map(bool, told.values())),
        "rejects_left_out": sum(missing.values()),
        "rejects_left_out_in": {name: count for name, count in missing.items() if count},
    }


def _rejects_of(findings: Iterable[Mapping[str, Any]]) -> Iterable[Place]:
    return ((f["code"], f"{f['file']}:{f['line']}") for f in findings if f["severity"] == "reject")


def _read_json(path: Path) -> Iterable[Place]:
    return _rejects_of(json.loads(path.read_text(encoding="utf-8"))["findings"])


def _read_lines(path: Path) -> Iterable[Place]:
    return _rejects_of(map(json.loads, path.read_text(encoding="utf-8").split("\n")[:-1]))


def _read_csv(path: Path) -> Iterable[Place]:
    with path.open(encoding="utf-8-sig", newline="") as f:
        return list(_rejects_of(csv.DictReader(f)))


def _read_sarif(path: Path) -> Iterable[Place]:
    (run,) = json.loads(path.read_text(encoding="utf-8"))["runs"]
    for result in run["results"]:
        where = result["locations"][0]["physicalLocation"]
        if result["level"] == "error":
            yield result["ruleId"], f"{where['artifactLocation']['uri']}:{where['region']['startLine']}"


def _read_junit(path: Path) -> Iterable[Place]:
    for case in ET.parse(path).getroot().iter("testcase"):
        for place in _AT_START.findall(case.findtext("failure") or ""):
            yield case.attrib["name"], place


def _read_html(path: Path) -> Iterable[Place]:
    return ((code, place) for place, code in _HTML_ROW.findall(path.read_text(encoding="utf-8")))


def _read_sheets(path: Path) -> Iterable[Place]:
    from openpyxl import load_workbook

    overview, *sheets = load_workbook(path, read_only=True).worksheets
    severities = {str(name): severity for name, severity in overview.iter_rows(min_row=2, max_col=2, values_only=True)}
    for sheet in sheets:
        rows = sheet.iter_rows(min_row=2, max_col=2, values_only=True)
        if severities[sheet.title] == "reject":
            yield from ((sheet.title.split()[0], f"{file}:{line}") for file, line in rows if line is not None)


READERS: dict[str, Callable[[Path], Iterable[Place]]] = {
    "csv": _read_csv,
    "html": _read_html,
    "json": _read_json,
    "jsonl": _read_lines,
    "junit": _read_junit,
    "sarif": _read_sarif,
    "xlsx": _read_sheets,
}
