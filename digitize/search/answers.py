"""Search results: hits, scores and reasons, as JSON types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from digitize.masking.masks import MASK
from digitize.search.cases import FoundCases, text_of
from digitize.search.store_queries import FoundRow
from digitize.targets.search_rows import PERSON, PROPERTY, RECORD, VEHICLE
from mappers.record import Record, Row

WORDS = {PERSON: "person", RECORD: "fir", VEHICLE: "vehicle", PROPERTY: "property"}
CHILDREN = {PERSON: "persons", VEHICLE: "vehicles", PROPERTY: "property"}
_CASE = ("state", "district", "police_station", "year", "fir_no", "fir_date", "gd_no", "place")
_SHOWN = {
    PERSON: ("role", "name", "name_roman", "alias", "relation", "relative_name", "sex", "age", "birth_year", "address"),
    VEHICLE: ("vehicle_type", "make", "model", "colour", "registration_no", "chassis_no", "engine_no"),
    PROPERTY: ("property_type", "category", "description", "quantity", "unit", "value", "property_status"),
}
# By which fields something was found, for each ground; a place is its record's, see `digitize.search.visibility`.
_BY = {
    "name": ("name", "name_roman", "alias", "alias_roman", "alias_2", "alias_2_roman", "alias_3", "alias_3_roman"),
    "relative": ("relative_name", "relative_name_roman"),
    "age": ("age", "age_from", "age_to", "birth_year", "birth_date"),
    "number": ("registration_no", "chassis_no", "engine_no", "description", "phone", "mobile"),
    "words": ("description", "make", "model", "colour", "property_type", "category"),
}
SAME, ALIKE = 0.97, 0.8


@dataclass(frozen=True, slots=True)
class Ground:
    """Reason for a hit. what: name, relative, number, station, year, period, section, place, words or age.

    how: same, alike or nearly; for compared descriptions also differs and unknown.
    """

    what: str
    how: str


@dataclass(frozen=True, slots=True)
class RankedRow:
    """A row with its score, 0 to 1, and the grounds."""

    row: FoundRow
    score: float
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One hit. record, form, line: its location. case, values: fields by name."""

    kind: str
    record: str
    form: str
    line: int
    score: float
    why: tuple[Ground, ...]
    case: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    sections: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """As JSON types; keys are an interface."""
        return {
            "kind": self.kind, "record": self.record, "form": self.form, "line": self.line, "score": self.score,
            "why": [{"what": g.what, "how": g.how} for g in self.why], "case": self.case, "values": self.values,
            "sections": list(self.sections),
        }  # fmt: skip


def how_alike(score: float) -> str:
    """A similarity in a word."""
    return "same" if score >= SAME else "alike" if score >= ALIKE else "nearly"


def rank_rows(found: list[RankedRow]) -> list[RankedRow]:
    """Sort by score; ties by what is public in every book: year, record, line."""
    return sorted(found, key=lambda c: (-round(c.score, 3), -c.row.year, c.row.record_id, c.row.line))


def make_hit(found: RankedRow, record: Record, cases: FoundCases) -> SearchHit | None:
    """Displayed data of a candidate. record: masked as required. None if it is gone."""
    row = found.row
    values: dict[str, str] = {}
    if row.kind in CHILDREN:
        own = _own_row(row, record, cases)
        if own is None:
            return None
        values = {n: text_of(own[n]) for n in _SHOWN[row.kind] if n in own}
    case = {n: text_of(record.fields[n]) for n in _CASE if n in record.fields}
    law = record.children.get("acts", ())
    sections = tuple(" ".join(filter(None, (text_of(a.get("act")), text_of(a.get("section"))))) for a in law)
    score = round(found.score, 3)
    return SearchHit(WORDS[row.kind], row.record_id, row.form, row.line, score, found.grounds, case, values, sections)


def is_found_by_hidden(found: RankedRow, record: Record, cases: FoundCases) -> bool:
    """Whether a field that caused the hit is masked or hidden: then the hit itself is not shown.

    record: masked as required.
    """
    row = found.row
    names = {name for ground in found.grounds for name in _BY.get(ground.what, ())}
    whole = cases.records[row.record_id]
    own, shown = whole.fields, record.fields
    if row.kind in CHILDREN:
        own, shown = (_own_row(row, one, cases) or {} for one in (whole, record))
    return any(n not in shown or MASK in (shown[n].raw, shown[n].value) for n in names if n in own)


def _own_row(row: FoundRow, record: Record, cases: FoundCases) -> Row | None:
    """Row of the record that was found; None if it is gone."""
    # Line 0: a form that tells of one vehicle or thing.
    if not row.line:
        return record.fields
    at = cases.place(row.record_id, CHILDREN[row.kind], row.line)
    return None if at is None else record.children[CHILDREN[row.kind]][at]
