"""What an office captures of a record: which fields must be sure, are asked, taken if they pass, or left on the page.

What was not captured says so, so that nobody takes it for blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from mappers.errors import MappingError
from mappers.record import NOT_CAPTURED, FieldValue, Record, Row
from mappers.schema.profiles import KEY, OPERATOR, PICTURE, PROFILES, Moved, captured_fields, load_profiles, parse_asked

Level = Literal["key", "wanted", "if_sure", "picture"]
WANTED, IF_SURE = "wanted", "if_sure"
LEVELS: tuple[Level, ...] = ("key", "wanted", "if_sure", "picture")
"""key: must be sure or settled. wanted: a doubt about it is asked, and the record waits. if_sure: taken when it passes,
never asked. picture: not taken at all; its place on the page stays with the record."""


@dataclass(frozen=True, slots=True)
class CaptureChoice:
    """What an office chose. profile: its name, "" for all that the paper has. moved: single fields at another level."""

    profile: str = ""
    moved: Moved = ()

    def __bool__(self) -> bool:
        return bool(self.profile or self.moved)

    def plain(self) -> list[object]:
        """For keys of work."""
        return [self.profile, [list(m) for m in self.moved]]

    def lay_over(self, other: CaptureChoice) -> CaptureChoice:
        """This choice over a wider one: its profile where it names one, its fields over the other's."""
        named = {(form, text.rstrip("?")) for form, _, text in self.moved}
        kept = tuple(m for m in other.moved if (m[0], m[2].rstrip("?")) not in named)
        return CaptureChoice(self.profile or other.profile, (*kept, *self.moved))


def check_choice(choice: CaptureChoice) -> None:
    """Raise MappingError when there is no such profile, form, level or field."""
    if choice.profile and choice.profile not in PROFILES:
        raise MappingError(f"capture: there is no profile {choice.profile}; known profiles: {', '.join(PROFILES)}")
    for form, level, text in choice.moved:
        if level not in LEVELS:
            raise MappingError(f"capture: there is no level {level}; known levels: {', '.join(LEVELS)}")
        parse_asked(form, text)


@dataclass(frozen=True)
class FormCapture:
    """The levels of one form's fields. named: (child, role, field) -> level; rest: of all others."""

    named: Mapping[tuple[str, str, str], Level]
    rest: Level

    def level(self, child: str, role: str, name: str) -> Level:
        """The level of a field; of the rows of one role before that of all rows."""
        for key in ((child, role, name), (child, "", name), (child, role, ""), (child, "", "")):
            if key in self.named and (key[2] or child):
                return self.named[key]
        return self.rest


@cache
def form_capture(form: str, choice: CaptureChoice) -> FormCapture:
    """What a choice captures of a form. Raises MappingError as `check_choice`."""
    check_choice(choice)
    named: dict[tuple[str, str, str], Level] = {}

    def add_level(level: Level, child: str, role: str, fields: tuple[str, ...]) -> None:
        # Where a row alone is named, all of it is.
        named.update({(child, role, name): level for name in fields or ("",)})

    if choice.profile not in ("", "full"):
        for one in load_profiles()[form, PICTURE]:
            add_level("picture", one.child, one.role, one.fields)
    if choice.profile:
        for one in captured_fields(form, choice.profile):
            add_level("wanted", one.child, one.role, one.fields)
        for one in load_profiles()[form, KEY]:
            add_level("key", one.child, one.role, one.fields)
    for _, level, text in (m for m in choice.moved if m[0] == form):
        one = parse_asked(form, text)
        add_level(next(known for known in LEVELS if known == level), one.child, one.role, one.fields)
    return FormCapture(named, "if_sure" if choice.profile else "wanted")


def capture(record: Record, choice: CaptureChoice) -> Record:
    """The record as it is captured.

    A field that is not to be asked and was not surely read has no value and the note "not-captured"; its raw text and
    its place on the page stay. Zones that no rule of the mapping takes are left out where not all of a page is wanted.
    """
    if not choice:
        return record
    levels = form_capture(record.form, choice)
    fields = {name: _capture_value(v, levels.level("", "", name)) for name, v in record.fields.items()}
    children = {
        child: tuple({n: _capture_value(v, levels.level(child, _role(row), n)) for n, v in row.items()} for row in rows)
        for child, rows in record.children.items()
    }
    made = replace(record, fields=fields, children=children, profile=choice.profile)
    if record.pages and record.left_over and levels.rest != WANTED:
        made = replace(made, left_over={}, ignored=(*made.ignored, *record.left_over))
    return made


def _capture_value(value: FieldValue, level: Level) -> FieldValue:
    if level in (KEY, WANTED) or not (value.origin.zone or value.origin.column):
        return value
    # What a person typed is never thrown away, and what is surely blank is known to be.
    is_known = value.is_sure() and (level == IF_SURE or value.blank or value.by.startswith(OPERATOR))
    if is_known or NOT_CAPTURED in value.notes:
        return value
    return replace(value, value=None, blank=False, notes=(*value.notes, NOT_CAPTURED))


def _role(row: Row) -> str:
    cell = row.get("role") or row.get("address_of")
    return (cell.value or "") if cell else ""


def captured_rows(rows: Sequence[Row]) -> Sequence[Row]:
    """Child rows without the last ones of which nothing was captured: a target would hold persons who are nobody.

    Those between others stay, since rows are counted by their place.
    """
    kept = len(rows)
    while kept and _is_phantom(rows[kept - 1]):
        kept -= 1
    return rows[:kept]


def _is_phantom(row: Row) -> bool:
    own = [v for v in row.values() if v.origin.zone or v.origin.column]
    return bool(own) and not any(v.is_captured for v in own)
