"""Answer of a service, as it may be shown, as JSON types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from digitize.search.answers import Ground
from digitize.search.holdings import StoreHoldings
from digitize.services.identity import PersonMatch


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One result, as a person may see it.

    record: its id, "" for a list row that is no record; form; child, line: position in it. case: fields of the record;
    values: of the row in its child table; rows: all rows of other tables. says: what this result alone says about the
    query. beside: what it was compared with. match: how sure it is that this is the person asked for by name.
    """

    record: str
    form: str
    child: str
    line: int
    score: float
    why: tuple[Ground, ...] = ()
    case: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    says: str = ""
    beside: tuple[ShownAnswer, ...] = ()
    match: PersonMatch | None = None

    def as_plain(self) -> dict[str, Any]:
        """Convert to JSON types; the keys are an interface."""
        made = {
            "record": self.record, "form": self.form, "child": self.child, "line": self.line, "score": self.score,
            "why": [{"what": g.what, "how": g.how} for g in self.why], "case": dict(self.case),
            "values": dict(self.values), "rows": {n: [dict(r) for r in some] for n, some in self.rows.items()},
            "says": self.says, "beside": [one.as_plain() for one in self.beside],
        }  # fmt: skip
        return made | ({"match": self.match.as_plain()} if self.match else {})


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """Answer of a service.

    verdict: a code of the service, "" for none. found: best first. asked_of: what the target holds, if somebody will
    rely on the verdict: it is valid for these records only.
    """

    service: str
    verdict: str
    found: tuple[ShownAnswer, ...]
    asked_of: StoreHoldings | None = None

    def as_plain(self) -> dict[str, Any]:
        """Convert to JSON types; the keys are an interface."""
        made = {"service": self.service, "verdict": self.verdict, "found": [one.as_plain() for one in self.found]}
        return made | ({"asked_of": self.asked_of.as_plain()} if self.asked_of else {})


def of_list(row: Mapping[str, str]) -> ShownAnswer:
    """Result for a list row that is no record, such as a police station; it has no personal data."""
    return ShownAnswer("", "", "", 0, 1.0, case=row)
