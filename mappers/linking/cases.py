"""Case assembly: records of different registers that belong to one FIR, linked by its key, their conflicts shown.

An FIR, its arrests, seizures, final report and court result come from different books and programs. They are linked
by the FIR's key (state, district, station, year, number, part), by the FIR's registration number, or by the key that
their old system had for the FIR.
Nothing is merged and nothing is chosen: where two records say different things of one fact, both statements stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mappers.names import name_key, romanise
from mappers.record import FieldValue, Record
from mappers.text.folding import fold_key

KEY = ("state", "district", "police_station", "year", "fir_no", "fir_part")
_NEEDED = KEY[:5]
_NO_NAME = re.compile(r"(?<!\w)(p\.? ?s\.?|police stations?|thana)(?!\w)")
_FIR = "iif1"
# Facts that all records of one scope must agree on: of the case, of one of its final reports, of one case in court.
_SCOPES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    ((), ("fir_date", "fir_reg_num")),
    (("report_no",), ("report_date",)),
    (("court_case_no", "court_case_year"), ("court", "cnr")),
)
_ACCUSED = "accused"
REGISTRATION, _REGISTERED = "fir_reg_num", "registration-number"
# Days of later forms that cannot lie before the day of the FIR, but for an arrest on the spot.
_LATER_DAYS = {"iif3": "arrest_date", "iif5": "report_date", "iif6": "judgment_date"}
_MORE_SECTIONS = ("iif3", "iif5", "iif6")


@lru_cache(maxsize=1 << 15)
@lru_cache(maxsize=1 << 14)
def place_key(name: str) -> str:
    """A station or district by its letters, in whatever script and however parted; "P.S." and Thana beside it are none
    of its name. Not by its sounds: of two stations that sound alike each has its own FIRs.
    """
    plain = _NO_NAME.sub(" ", romanise(name).casefold())
    return fold_key(plain) or fold_key(name)


@dataclass(frozen=True, slots=True)
class FactStatement:
    """What one record says: its id, the path of the field, and the canonical value."""

    record: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A fact of which records say different things.

    kind: "conflict" where only one can be right; "change" where law allows it and a person should know (sections
    altered, an accused added, an arrest before the FIR). fact: "fir_date", "sections", "accused", "order" of days,
    "fir" (two records of the FIR itself).
    """

    kind: str
    fact: str
    statements: tuple[FactStatement, ...]


@dataclass(frozen=True)
class Case:
    """All records of one FIR. key: values of KEY; linked: record id -> how it was linked ("fir-key",
    "registration-number", "legacy-key").
    """

    key: tuple[str, ...]
    records: tuple[Record, ...]
    linked: Mapping[str, str]
    conflicts: tuple[Conflict, ...] = ()

    @property
    def has_fir(self) -> bool:
        """Whether the FIR itself is among them."""
        return bool(self.of_form(_FIR))

    def of_form(self, form: str) -> list[Record]:
        """Its records of one form."""
        return [r for r in self.records if r.form == form]


@dataclass
class _Pile:
    records: list[Record] = field(default_factory=list)
    linked: dict[str, str] = field(default_factory=dict)


def assemble(records: Iterable[Record]) -> tuple[list[Case], list[Record]]:
    """The cases that records make, by key, and the records that belong to none.

    A record belongs to a case by the FIR's key where all of it is surely known, else by the registration number or a
    key of the old system that a record with the FIR's key states as well.
    """
    piles: dict[tuple[str, ...], _Pile] = {}
    loose: list[Record] = []
    for record in records:
        key = fir_key(record)
        if key is None:
            loose.append(record)
        else:
            _add(piles, key, record, "fir-key")
    owners = _owners(piles)
    apart = []
    for record in loose:
        found = {owners[k] for k in legacy_keys(record) if k in owners}
        if len(found) == 1:
            _add(piles, found.pop(), record, _REGISTERED if _registration(record) in owners else "legacy-key")
        else:
            apart.append(record)
    cases = [Case(k, tuple(p.records), p.linked, tuple(_conflicts(p.records))) for k, p in sorted(piles.items())]
    return cases, apart


def fir_key(record: Record) -> tuple[str, ...] | None:
    """The key of the FIR that a record is, or belongs to; None unless all of it is surely known. The part may be ""."""
    cells = [record.fields.get(name) for name in KEY]
    if any(c is None or not c.value or not c.is_sure() for c in cells[: len(_NEEDED)]):
        return None
    return tuple((c.value or "") if c is not None else "" for c in cells)


def legacy_keys(record: Record) -> Iterator[tuple[str, str, str]]:
    """The keys of old systems that a record states of itself: (system, table, key); the registration number too."""
    if registered := _registration(record):
        yield registered
    for row in record.children.get("legacy_keys", ()):
        key, of_table = _value(row.get("key")), _value(row.get("of_table"))
        if key and not of_table:
            yield _value(row.get("system")), _value(row.get("source_table")), key


def _registration(record: Record) -> tuple[str, str, str] | None:
    cell = record.fields.get(REGISTRATION)
    number = cell.value or "" if cell is not None and cell.is_sure() else ""
    return ("", REGISTRATION, number) if is_registration_number(number) else None


def is_registration_number(text: str) -> bool:
    """Whether a registration number was given: one of zeros alone would make one case of all that bear it."""
    return bool(text.strip("0 "))


def _value(cell: FieldValue | None) -> str:
    return (cell.value or "") if cell is not None else ""


def _add(piles: dict[tuple[str, ...], _Pile], key: tuple[str, ...], record: Record, how: str) -> None:
    pile = piles.setdefault(key, _Pile())
    pile.records.append(record)
    pile.linked[record.id] = how


def _owners(piles: Mapping[tuple[str, ...], _Pile]) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """Key of an old system -> the one case that it stands for; a key that two cases state stands for none."""
    found: dict[tuple[str, str, str], set[tuple[str, ...]]] = {}
    for key, pile in piles.items():
        for record in pile.records:
            for old in legacy_keys(record):
                found.setdefault(old, set()).add(key)
    return {old: next(iter(keys)) for old, keys in found.items() if len(keys) == 1}


def _conflicts(records: Sequence[Record]) -> Iterator[Conflict]:
    firs = [r for r in records if r.form == _FIR]
    if len(firs) > 1:
        yield from _find_repeated_firs(firs)
    for scope, facts in _SCOPES:
        for fact in facts:
            yield from _disagreement(records, scope, fact)
    if firs:
        yield from _find_changed_sections(firs, [r for r in records if r.form in _MORE_SECTIONS])
        yield from _find_disorder(firs, records)
        yield from _find_added_accused(firs, [r for r in records if r.form in ("iif3", "iif5", "iif6")])


def _find_repeated_firs(firs: Sequence[Record]) -> Iterator[Conflict]:
    """Fields on which several records of the FIR itself differ: one case in two systems, or two under one number."""
    apart = {*KEY, *(fact for _, facts in _SCOPES for fact in facts)}
    names = dict.fromkeys(name for r in firs for name in r.fields if name not in apart)
    for name in names:
        said = [FactStatement(r.id, name, v) for r in firs if (v := r.value(name))]
        if len({s.value for s in said}) > 1:
            yield Conflict("conflict", "fir", tuple(said))


def _disagreement(records: Sequence[Record], scope: Sequence[str], fact: str) -> Iterator[Conflict]:
    said: dict[tuple[str, ...], list[FactStatement]] = {}
    for record in records:
        value = record.value(fact)
        within = tuple(record.value(name) or "" for name in scope)
        if value and (not scope or any(within)):
            said.setdefault(within, []).append(FactStatement(record.id, fact, value))
    for statements in said.values():
        # Records that one row made (their ids go on behind a +) say it once.
        is_told = len({r.split("+")[0] for r in (s.record for s in statements)}) > 1
        if is_told and len({s.value for s in statements}) > 1:
            yield Conflict("conflict", fact, tuple(statements))


def _find_changed_sections(firs: Sequence[Record], reports: Sequence[Record]) -> Iterator[Conflict]:
    """Sections that an arrest, the final report or the court has and the FIR has not, or the other way round."""
    first = _sections(firs)
    for report in reports:
        last = _sections([report])
        if first and last and set(first) != set(last):
            yield Conflict("change", "sections", tuple((first | last)[s] for s in sorted(set(first) ^ set(last))))


def _find_disorder(firs: Sequence[Record], records: Sequence[Record]) -> Iterator[Conflict]:
    """Later forms dated before the FIR."""
    days = [FactStatement(r.id, "fir_date", v) for r in firs if (v := r.value("fir_date"))]
    if not days:
        return
    first = min(days, key=lambda s: s.value)
    for record in records:
        name = _LATER_DAYS.get(record.form, "")
        day = record.value(name) if name else None
        if day and day < first.value:
            kind = "change" if record.form == "iif3" else "conflict"
            yield Conflict(kind, "order", (first, FactStatement(record.id, name, day)))


def _sections(records: Sequence[Record]) -> dict[tuple[str, str], FactStatement]:
    found: dict[tuple[str, str], FactStatement] = {}
    for record in records:
        for line, row in enumerate(record.children.get("acts", ())):
            act, section = _value(row.get("act")), _value(row.get("section"))
            if section:
                found.setdefault((act, section), FactStatement(record.id, f"acts[{line}].section", f"{act} {section}"))
    return found


def _find_added_accused(firs: Sequence[Record], later: Sequence[Record]) -> Iterator[Conflict]:
    """Accused of later forms whom the FIR does not name, however their names are spelled."""
    known = {name_key(s.value) for s in _list_accused(firs)}
    for record in later:
        added = tuple(s for s in _list_accused([record]) if name_key(s.value) not in known)
        # Where the FIR names nobody, every accused would be a new one.
        if added and known:
            yield Conflict("change", _ACCUSED, added)


def _list_accused(records: Sequence[Record]) -> Iterator[FactStatement]:
    for record in records:
        for line, row in enumerate(record.children.get("persons", ())):
            name = _value(row.get("name"))
            if name and _value(row.get("role")) == _ACCUSED:
                yield FactStatement(record.id, f"persons[{line}].name", name)
