"""States of a case and of its persons, as used by rows of the policy table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from digitize.masking.children import is_adult, is_child
from digitize.masking.masks import find_person
from digitize.masking.sensitive import accuses_child, is_sensitive, is_under, names_sections
from digitize.search.cases import FoundCases, text_of
from digitize.services.policy import GraveLaw, load_policy
from mappers.clean.acts import find_acts
from mappers.codes.acts import acts
from mappers.codes.protected import ACCUSED_CHILD
from mappers.names import name_key
from mappers.record import Record, Row
from mappers.text.folding import fold_written

CHILD, ACQUITTED, NOT_CHARGED = "child", "acquitted", "not_charged"
"""States of a person, in addition to the class."""
_CHARGED = "charge_sheet"
_FREED = frozenset({"acquitted", "discharged", "compounded", "withdrawn", "quashed"})
_NOT_OVER = frozenset({"transferred", "committed"})
_SET_ASIDE, _FREED_WRONGLY = "conviction_set_aside", "acquittal_set_aside"
_TRACED = frozenset({"traced_alive", "found_dead", "returned"})
_PROCLAIMED = frozenset({"proclamation", "attachment"})
_LAW_TEXTS = ("other_acts", "narrative", "gist")
_NUMBER = re.compile(r"\d+")
_NO_WORD = re.compile(r"\S{80,}")
_NAMES = ("name", "alias", "alias_2", "alias_3")


@dataclass(frozen=True)
class CaseStates:
    """One record within its case.

    records: all of the case, including this one. asker: name of the person who queries, or "".
    """

    record: Record
    records: Sequence[Record]
    is_in_doubt: bool = False
    asker: str = ""
    _tags: dict[int, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def states(self) -> frozenset[str]:
        """States of the case: sexual, child, accused_child, grave, hinted (anything indicates what the law hides),
        no_sections, in_doubt, closed, names_asker; of the record: traced, identified, not_proclaimed, warrant_over.
        """
        return frozenset(self._states())

    def _states(self) -> Iterator[str]:
        some = self.records
        if any(is_under(r, "sexual") for r in some):
            yield "sexual"
        if any(is_under(r, "child") or _has_child(r, accused=False) for r in some):
            yield "child"
        if self._accuses_child:
            yield "accused_child"
        if any(map(_is_grave, some)):
            yield "grave"
        if not self._accuses_child and any(map(is_sensitive, some)):
            yield "hinted"
        if not any(names_sections(r) for r in some):
            yield "no_sections"
        if self.is_in_doubt:
            yield "in_doubt"
        if _is_closed(some):
            yield "closed"
        accused = (row for r in some for row in _persons(r) if _is_accused(row))
        if (asker := name_key(self.asker)) and any(asker in _keys(row) for row in accused):
            yield "names_asker"
        yield from _own_states(self.record)

    @cached_property
    def _accuses_child(self) -> bool:
        return any(is_under(r, ACCUSED_CHILD) or accuses_child(r) or _has_child(r, accused=True) for r in self.records)

    def tags(self, child: str, row: Row) -> frozenset[str]:
        """Class and states of the person that a row describes or belongs to; of "other" if it names nobody.

        child: "" for the record itself and for tables that belong to nobody, which have none.
        """
        if child not in ("persons", "addresses", "ids"):
            return frozenset()
        person = row if child == "persons" else find_person(self.record, row)
        if person is None:
            return frozenset({"other"})
        if id(person) not in self._tags:
            self._tags[id(person)] = frozenset(self._person(person))
        return self._tags[id(person)]

    def _person(self, row: Row) -> Iterator[str]:
        yield load_policy().person_class(text_of(row.get("role")))
        is_accused = _is_accused(row)
        # Where a child is accused, whoever is not surely an adult may be that child.
        if is_child(self.record, row) or (is_accused and self._accuses_child and not is_adult(row)):
            yield CHILD
        if is_accused:
            yield from self._outcome(row)

    def _outcome(self, row: Row) -> Iterator[str]:
        said = {
            text_of(p.get("court_result")) for r in self._records_of("iif6") for p in _persons(r) if _is_one(p, row)
        }
        appeals = {
            text_of(p.get("appeal_result")) or text_of(r.fields.get("appeal_result"))
            for r in self._records_of("iif7") for p in _persons(r) if _is_one(p, row)
        }  # fmt: skip
        if (said & _FREED or _SET_ASIDE in appeals) and _FREED_WRONGLY not in appeals:
            yield ACQUITTED
        reports = {text_of(r.fields.get("report_type")) for r in self._records_of("iif5")} - {""}
        reasons = (
            p.get("not_charged_reason") for r in self._records_of("iif5") for p in _persons(r) if _is_one(p, row)
        )
        if (reports and _CHARGED not in reports) or any(map(text_of, reasons)):
            yield NOT_CHARGED

    def _records_of(self, form: str) -> list[Record]:
        return [r for r in self.records if r.form == form]


def states_of(cases: FoundCases, record: str, asker: str) -> CaseStates:
    """States of an opened record. asker: name of the person who queries."""
    own = cases.records[record]
    return CaseStates(own, cases.records_of_case(record), is_in_doubt=cases.masks.is_masked(own), asker=asker)


def _persons(record: Record) -> Sequence[Row]:
    return record.children.get("persons", ())


def _has_child(record: Record, *, accused: bool) -> bool:
    """Whether one of the accused, or of all others, may be a child."""
    return any(_is_accused(row) == accused and is_child(record, row) for row in _persons(record))


def _is_accused(row: Row) -> bool:
    return load_policy().person_class(text_of(row.get("role"))) in ("accused", "convict")


def _is_grave(record: Record) -> bool:
    rows = [(text_of(r.get("act")), text_of(r.get("section"))) for r in record.children.get("acts", ())]
    # Acts as somebody wrote them, and those that only a text names.
    texts = {*(act for act, _ in rows if act not in acts()), *(text_of(record.fields.get(n)) for n in _LAW_TEXTS)}
    named = frozenset[str]().union(*map(_acts_in, texts - {""}))
    return any(
        (not law.sections and law.act in named) or any(_holds(law, act, section) for act, section in rows)
        for law in load_policy().grave
    )


@lru_cache(maxsize=1 << 10)
def _acts_in(text: str) -> frozenset[str]:
    """Acts that a text certainly names."""
    # A word as long as a page names nothing, and near names are looked for from each of its letters.
    plain = _NO_WORD.sub(" ", unicodedata.normalize("NFC", fold_written(text)))
    found = find_acts(plain)
    return frozenset(act for one in found if not one.is_near for act in one.ids)


def _holds(law: GraveLaw, act: str, section: str) -> bool:
    # A cell may hold several: "124A, 153A".
    numbers = _NUMBER.findall(fold_written(section))
    return act == law.act and (not law.sections or bool(set(numbers) & set(law.sections)))


def _is_closed(records: Sequence[Record]) -> bool:
    """Whether police or court are finished: a final report without charges, a judgment, or the end of an appeal."""
    reports = {text_of(r.fields.get("report_type")) for r in records if r.form == "iif5"} - {""}
    results = {text_of(p.get("court_result")) for r in records if r.form == "iif6" for p in _persons(r)} - {""}
    appeals = {text_of(r.fields.get("appeal_result")) for r in records if r.form == "iif7"} - {"", "remanded"}
    return bool((reports and _CHARGED not in reports) or results - _NOT_OVER or appeals)


def _own_states(record: Record) -> Iterator[str]:
    if record.form == "missing" and text_of(record.fields.get("trace_status")) in _TRACED:
        yield "traced"
    if record.form == "uidb" and text_of(record.fields.get("identified_date")):
        yield "identified"
    if record.form == "po":
        if text_of(record.fields.get("warrant_kind")) not in _PROCLAIMED:
            yield "not_proclaimed"
        if text_of(record.fields.get("po_status")) not in ("", "pending", "returned"):
            yield "warrant_over"


def _keys(row: Row) -> frozenset[str]:
    """Sound keys of a person's names."""
    return frozenset(name_key(t) for n in _NAMES if (t := text_of(row.get(n)))) - {""}


def _is_one(a: Row, b: Row) -> bool:
    """Whether two rows of a case may be the same person: by the code of the accused, or by name."""
    codes = (text_of(a.get("accused_code")), text_of(b.get("accused_code")))
    return (codes[0] != "" and codes[0] == codes[1]) or bool(_keys(a) & _keys(b))
