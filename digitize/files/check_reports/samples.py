"""Per rule of a report: number of findings, severity, and some of the findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from digitize.files.validating.findings import FileFinding
from digitize.files.validating.report import CheckReport
from validators.checking.reference import RuleRow, rules_table
from validators.finding import Severity
from validators.messages.texts import HINDI

_ORDER: dict[Severity, int] = {"reject": 0, "review": 1, "note": 2}


@dataclass
class Sample:
    """One rule in a report. findings: the first ones; count: all. message, do: in the language of the report; other:
    the message in Hindi, or in English for a Hindi report.
    """

    code: str
    slug: str
    severity: Severity
    message: str
    other: str
    do: str
    why: str
    count: int
    findings: list[FileFinding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cap:
    """How many findings a report lists. most: in all; of_a_rule: of one that rejects nothing; least: of every rule."""

    most: int
    of_a_rule: int
    least: int = 0


def take_samples(report: CheckReport, cap: Cap) -> list[Sample]:
    """Rules with findings, most severe and frequent first. Rejections are left out last."""
    rows = {row["code"]: row for row in rules_table()}
    severities = report.findings.words.severities
    found = {code: _sample(rows[code], severities[code], report, count) for code, count in report.by_code().items()}
    kept = _share_places(list(found.values()), cap)
    for finding in report.findings:
        sample = found[finding.code]
        if len(sample.findings) < kept[finding.code]:
            sample.findings.append(finding)
    return sorted(found.values(), key=lambda s: (_ORDER[s.severity], -s.count, s.code))


def _share_places(samples: list[Sample], cap: Cap) -> dict[str, int]:
    """Rule code -> how many of its findings are listed."""
    kept, left = {}, cap.most
    for severity in _ORDER:
        of_severity = sorted((s for s in samples if s.severity == severity), key=lambda s: s.count)
        for at, sample in enumerate(of_severity):
            # What a rare rule does not need is left to the frequent ones; one broken a million times hides no other.
            share = max(cap.least, left // (len(of_severity) - at))
            wanted = sample.count if severity == "reject" else min(sample.count, cap.of_a_rule)
            kept[sample.code] = min(wanted, share)
            left = max(0, left - kept[sample.code])
    return kept


def describe_omitted(samples: list[Sample]) -> str:
    """What a report leaves out, by severity; "" when it holds all."""
    left = {word: sum(s.count - len(s.findings) for s in samples if s.severity == word) for word in _ORDER}
    if not any(left.values()):
        return ""
    told = ", ".join(f"{count:,} {word}" for word, count in left.items())
    return f"{sum(left.values()):,} findings are left out ({told}); the formats json, jsonl and csv hold all."


def _sample(row: RuleRow, severity: Severity, report: CheckReport, count: int) -> Sample:
    told = report.teller.tell(row["code"])
    other = row["english" if report.teller.language == HINDI else "hindi"]
    return Sample(row["code"], row["slug"], severity, told.message, other, told.do, row["why"], count)


def format_place(finding: FileFinding) -> str:
    """File and line, as editors take it."""
    return f"{finding.file}:{finding.line}"


def in_order(samples: list[Sample]) -> Iterator[FileFinding]:
    """Kept findings of all rules: by severity, file and line."""
    yield from sorted((f for s in samples for f in s.findings), key=lambda f: (_ORDER[f.severity], f))
