"""Result of checking files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from digitize.files.validating.baseline import Known
from digitize.files.validating.case_files import CaseFiles
from digitize.files.validating.findings import FileFinding, Findings
from digitize.files.validating.settings import MissingSetting
from digitize.files.validating.sources import TableSource
from validators.finding import Severity
from validators.messages.teller import FindingText, Teller


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of records there are of a year or at a station, and how many of them are rejected."""

    rows: int
    rejected: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Result of a check. rows_checked + rows_unreadable = rows in the files; findings are ordered by file and line.

    other_forms: files, sheets or tables of another form, not checked. rules: number of rules run. years: year -> its
    records; stations: "district, station" -> theirs. unmasked: reason for showing personal data, "" if masked. known:
    findings of an earlier report, not repeated here. case_files: errors by impact, including known ones. not_told:
    missing settings. sources: files read in the import layout.
    """

    form: str
    files: tuple[str, ...]
    rows_checked: int
    rows_unreadable: int
    findings: Findings
    other_forms: tuple[str, ...] = ()
    rules: int = 0
    years: Mapping[str, Tally] = field(default_factory=dict)
    stations: Mapping[str, Tally] = field(default_factory=dict)
    unmasked: str = ""
    known: int = 0
    case_files: CaseFiles = CaseFiles()
    not_told: tuple[MissingSetting, ...] = ()
    sources: tuple[TableSource, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows there are in the files."""
        return self.rows_checked + self.rows_unreadable

    def drop_known(self, known: Known) -> CheckReport:
        """The report without findings of an earlier one."""
        left = self.findings.drop_known(known)
        return replace(self, findings=left, known=len(self.findings) - len(left))

    def count(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return self.findings.count(severity)

    @property
    def teller(self) -> Teller:
        """The texts of the findings, in the language that was chosen."""
        return self.findings.words.teller

    def text(self, finding: FileFinding) -> str:
        """Full text of a finding: what is wrong, what is expected, what to do."""
        return self.teller.join_parts(FindingText(finding.message, finding.expected, finding.example, finding.do))

    def advice(self, finding: FileFinding) -> str:
        """What is expected and what to do, without what is wrong."""
        return self.teller.join_parts(FindingText("", finding.expected, finding.example, finding.do))

    def by_code(self) -> Mapping[str, int]:
        """Rule code -> how many findings, in the order of the codes."""
        return self.findings.by_code()

    def summary(self) -> dict[str, Any]:
        """The report without its findings, as JSON types."""
        counts = {"note": self.count("note"), "review": self.count("review"), "reject": self.count("reject")}
        return {
            "form": self.form,
            "files": list(self.files),
            "other_forms": list(self.other_forms),
            "rows_checked": self.rows_checked,
            "rows_unreadable": self.rows_unreadable,
            "rows_rejected": self.findings.rejected_rows(),
            "rules": self.rules,
            "known": self.known,
            "counts": counts,
            "case_files": self.case_files.to_plain(),
            "language": self.teller.language,
            "not_told": [{"option": n.option, "rules": list(n.rules)} for n in self.not_told],
        }

    def to_plain(self) -> dict[str, Any]:
        """The report as JSON types."""
        return {**self.summary(), "findings": [asdict(f) for f in self.findings]}
