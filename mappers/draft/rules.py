"""From a column's place to a rule of a mapping file: which cleaner, which parts, which row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mappers.clean import load_cleaners
from mappers.codes import act_list, code_lists
from mappers.draft.content import Content
from mappers.draft.targets import DraftTarget
from mappers.text.folding import fold_written

_BY_NAME = {
    "age": "age", "phone": "phone", "mobile": "phone", "narrative": "block", "gist": "block", "address": "block",
    "gd_no": "reference", "ud_case_no": "reference", "despatch_date": "date_after", "report_date": "date_after",
    "judgment_date": "date_after", "arrest_date": "date_after", "result_date": "date_after",
    "executed_date": "date_after",
}  # fmt: skip
_BY_KIND = {"text": "text", "name": "name", "int": "int", "year": "year", "date": "date", "time": "time",
            "money": "money", "decimal": "money", "code": "code"}  # fmt: skip
# A date column that also holds the time fills this field beside it.
_TIME_OF = {
    "fir_date": "fir_time", "occurrence_from": "occurrence_time_from", "occurrence_to": "occurrence_time_to",
    "info_date": "info_time", "gd_date": "gd_time", "arrest_date": "arrest_time", "despatch_date": "despatch_time",
}  # fmt: skip
_CLOCK = re.compile(r"\d\s*[:.]\s*[0-5]\d|\d\s*(?:hrs?|am|pm|बजे)", re.I)
_WITH_YEAR = re.compile(r"\d\s*[/-]\s*(?:\d\d|\d{4})\s*$|^\s*(?:IV|VI|V|I{1,3})\s*[-/.]\s*\d")
_MIDNIGHT = re.compile(r"\b(?:00|12)[:.]00(?:[:.]00)?(?:\.0+)?\s*(?:am)?\s*$", re.I)


@dataclass(frozen=True)
class DraftRule:
    """A rule to be written. to: a field, or part -> field. into: kind of row. codes: the field's list. unlisted: codes
    of the column that the list does not know, for which a person must say what they stand for. date_format: as a
    mapping names it.
    """

    to: str | Mapping[str, str]
    clean: str
    into: str = ""
    codes: str = ""
    unlisted: tuple[str, ...] = ()
    date_format: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it fills."""
        return (self.to,) if isinstance(self.to, str) else tuple(self.to.values())


def make_rule(target: DraftTarget, content: Content, taken: frozenset[str]) -> DraftRule | None:
    """The rule for a column at its place; None when no cleaner fits the field.

    taken: names of all targets that other columns fill ("accused.age"), so that no part goes to one of them.
    """
    assert target.column is not None
    special = _SPECIAL.get(target.column.name)
    rule = (special(target, content, taken) if special else None) or _plain(target, content)
    is_date = rule is not None and rule.clean.startswith("date") and bool(content.date_format)
    return replace(rule, date_format=content.date_format) if rule is not None and is_date else rule


def _plain(target: DraftTarget, content: Content) -> DraftRule | None:
    column = target.column
    assert column is not None
    usual = "yes_no" if column.codes == "yes_no" else _BY_KIND[column.kind]
    name = _place_cleaner(column.name) or _BY_NAME.get(column.name, usual)
    if column.kind == "date" and (rule := _with_time(target, content)):
        return rule
    cleaner = load_cleaners()[name]
    if (cleaner.kinds and column.kind not in cleaner.kinds) or (name == "code" and not column.codes):
        return None
    codes = column.codes if name == "code" else ""
    return DraftRule(column.name, name, target.row, codes, _find_unlisted(content, codes))


def _number(target: DraftTarget, content: Content, taken: frozenset[str]) -> DraftRule | None:
    """The number of a case, with part and year where they stand in its cell and no other column has them."""
    has_more = content.share(lambda v: bool(_WITH_YEAR.search(fold_written(v))))
    if target.row or has_more < 0.3:
        return None
    fields = {"number": "fir_no", "year": "year", "part": "fir_part"}
    return DraftRule({p: f for p, f in fields.items() if p == "number" or f not in taken}, "crime_number")


def _place_cleaner(name: str) -> str:
    if name.endswith(("police_station", "_ps")):
        return "station"
    return "district" if name.endswith("district") else ""


def _find_unlisted(content: Content, codes: str) -> tuple[str, ...]:
    known = content.context.lists.get(codes) or (act_list() if codes == "act" else code_lists().get(codes))
    return tuple(v for v in content.codes if known is not None and known.find(v) is None)


def _with_time(target: DraftTarget, content: Content) -> DraftRule | None:
    assert target.column is not None
    name = target.column.name
    has_time = content.share(lambda v: bool(_CLOCK.search(_after_day(v))) and not _MIDNIGHT.search(fold_written(v)))
    if name not in _TIME_OF or has_time < 0.2:
        return None
    return DraftRule({"date": name, "time": _TIME_OF[name]}, "date_time", target.row)


def _after_day(text: str) -> str:
    return re.sub(r"^\s*\d{1,4}[-/.]\w{1,9}[-/.]\d{2,4}", "", fold_written(text))


def _sections(target: DraftTarget, content: Content, taken: frozenset[str]) -> DraftRule | None:
    if target.row != "acts" or "acts.act" in taken:
        return None
    parts = {"act": "act", "section": "section", "inferred": "act_is_inferred"}
    return DraftRule(parts, "sections", target.row)


def _person(target: DraftTarget, content: Content, taken: frozenset[str]) -> DraftRule | None:
    """A name alone, or all that stands beside it: several persons where cells list them."""
    if not target.row:
        return _officer(target, content, taken)
    has_others = any(t.startswith(f"{target.row}.") and t != target.name for t in taken)
    if content.many > 0.1 or (not has_others and target.row == "accused"):
        return DraftRule(_free_parts("persons", target, taken), "persons", target.row)
    if content.kin > 0.15:
        return DraftRule(_free_parts("person", target, taken), "person", target.row)
    return None


def _free_parts(cleaner: str, target: DraftTarget, taken: frozenset[str]) -> Mapping[str, str]:
    """The parts of a cleaner that no other column gives; a field bears its part's name."""
    parts = load_cleaners()[cleaner].parts
    free = {p: p for p in parts if f"{target.row}.{p}" not in taken or p == "name"}
    if target.row != "accused":
        free.pop("status", None)
    return free


def _officer(target: DraftTarget, content: Content, taken: frozenset[str]) -> DraftRule | None:
    assert target.column is not None
    stem = target.column.name.removesuffix("_name")
    if target.column.name not in ("io_name", "officer_name") or f"{stem}_rank" in taken:
        return None
    return DraftRule({"name": target.column.name, "rank": f"{stem}_rank"}, "officer")


def _relative(target: DraftTarget, content: Content, taken: frozenset[str]) -> DraftRule | None:
    if content.kin < 0.1 or f"{target.row}.relation" in taken:
        return None
    return DraftRule({"relation": "relation", "relative_name": "relative_name"}, "relative", target.row)


def _property(target: DraftTarget, content: Content, taken: frozenset[str]) -> DraftRule | None:
    has_others = any(t.startswith(f"{target.row}.") and t != target.name for t in taken)
    if target.row not in ("property", "recovered") or has_others:
        return None
    return DraftRule({p: p for p in load_cleaners()["property"].parts}, "property", target.row)


def _direction(target: DraftTarget, content: Content, taken: frozenset[str]) -> DraftRule | None:
    if "place_distance_km" in taken or target.row:
        return None
    cleaner = load_cleaners()["direction_distance"]
    fields = {"direction": "place_direction", "distance_km": "place_distance_km"}
    has_number = content.share(lambda v: any(c.isdigit() for c in fold_written(v)))
    return DraftRule({p: fields[p] for p in cleaner.parts if p in fields}, cleaner.name) if has_number > 0.3 else None


_SPECIAL = {
    "fir_no": _number,
    "section": _sections, "name": _person, "io_name": _officer, "officer_name": _officer, "relative_name": _relative,
    "description": _property, "place_direction": _direction,
}  # fmt: skip
