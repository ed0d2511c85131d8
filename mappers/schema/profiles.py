"""Capture profiles: which fields of a form an office captures, what a record must hold, and what it lacks."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mappers.errors import MappingError
from mappers.record import FieldValue, Record, Row
from mappers.schema import form_tables, load_schemas

PROFILES = ("full", "core", "register-only", "index-only")
KEY, PICTURE = "key", "picture"
OPERATOR = "operator "
_ASKED = re.compile(
    r"((?P<child>[a-z_]+)(\[(?P<role>[a-z_]+)\])?(?P<if>\?)?\.)?(?P<fields>[a-z0-9_]+(\|[a-z0-9_]+)*)(?P<may>\?)?"
    r"|(?P<rows>[a-z_]+)\[(?P<of>[a-z_]+)\]"
)
# What each profile wants: its own list over those of narrower ones.
_LISTS = {
    "index-only": (KEY,),
    "register-only": (KEY, "register-only"),
    "core": (KEY, "register-only", "core"),
    "full": (KEY, "register-only", "core", "full"),
}


Moved = tuple[tuple[str, str, str], ...]
"""Fields that an office has moved: (form, level, field as profiles.toml names it)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a profile captures. child: "" for the form's own field. role: of the rows meant, "" for all.

    fields: of which one must have a value; none where only a row must be there. if_there: only of rows that are there.
    may_be_empty: a doubt about it is asked, and it need not be there.
    """

    child: str
    role: str
    fields: tuple[str, ...]
    if_there: bool = False
    may_be_empty: bool = False

    def __str__(self) -> str:
        """As profiles.toml says it."""
        rows = self.child + f"[{self.role}]" * bool(self.role) + "?" * self.if_there
        return ".".join(part for part in (rows, "|".join(self.fields)) if part) + "?" * self.may_be_empty


@cache
def load_profiles() -> Mapping[tuple[str, str], tuple[Asked, ...]]:
    """(form, list) -> what stands in it; list: "key", "picture", or a profile, which also has what it takes over.

    Raises MappingError when a form has no profile, or one asks for a field that the form has not.
    """
    text = (resources.files("mappers.schema") / "profiles.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    unknown = set(data) - {"format", *load_schemas()}
    if unknown:
        raise MappingError(f"profiles.toml: there is no form {min(unknown)}")
    own = {
        (form, profile): tuple(_read_profile(data, form, profile)) for form in load_schemas() for profile in PROFILES
    }
    for form in load_schemas():
        own |= {(form, n): tuple(parse_asked(form, t) for t in data[form].get(n, ())) for n in (KEY, PICTURE)}
    return own


def captured_fields(form: str, profile: str) -> tuple[Asked, ...]:
    """What a profile names of a form, also what may be empty. Raises MappingError for an unknown profile or form."""
    form_tables(form)
    try:
        return load_profiles()[form, profile]
    except KeyError:
        raise MappingError(f"there is no profile {profile}; known profiles: {', '.join(PROFILES)}") from None


@cache
def required_fields(form: str, profile: str, moved: Moved = ()) -> tuple[Asked, ...]:
    """What must be there of a form under a profile, "" for none.

    moved: fields that an office has moved (`mappers/schema/capture.py`). Raises MappingError when there is no such
    profile, form or field.
    """
    own = [(level, parse_asked(form, text)) for of, level, text in moved if of == form]
    gone = {(one.child, f) for level, one in own for f in one.fields}
    usual = captured_fields(form, profile) if profile else ()
    kept = [one for one in usual if not {(one.child, f) for f in one.fields} & gone]
    added = [one for level, one in own if level in (KEY, "wanted")]
    return tuple(one for one in (*kept, *added) if not one.may_be_empty)


def missing(record: Record, profile: str, moved: Moved = ()) -> tuple[str, ...]:
    """Paths of the fields that a profile asks for and the record does not have, in the profile's order.

    A field with text that was not understood is there, and one that a person has called empty is settled. A row that
    is not there is named by the field that would be its first ("acts[0].act"). Of a page that has no place for a field
    it is missing only if it is a key: nobody can type what the paper does not ask.
    """
    keys = load_profiles()[record.form, KEY]
    asked_of = (
        one for one in required_fields(record.form, profile, moved) if not _is_off_page(record, one) or one in keys
    )
    return tuple(path for one in asked_of for path in _find_lacking(record, one))


def _read_profile(data: Mapping[str, Mapping[str, list[str]]], form: str, profile: str) -> Iterator[Asked]:
    own = form_tables(form)[form]
    marked = [c.name for c in own.columns if c.mandatory] if profile == "full" else []
    try:
        named = [text for name in _LISTS[profile] for text in data[form][name]]
    except KeyError:
        raise MappingError(f"profiles.toml: {form} has no profile {profile}") from None
    yield from (parse_asked(form, text) for text in dict.fromkeys([*marked, *named]))


def parse_asked(form: str, text: str) -> Asked:
    """A field as profiles.toml and [capture] name it. Raises MappingError when the form has no such field."""
    got = _ASKED.fullmatch(text)
    tables = {t.child: t for t in form_tables(form).values()}
    made = Asked("", "", ())
    if got:
        fields = tuple((got["fields"] or "").split("|")) if got["fields"] else ()
        at = got["child"] or got["rows"] or "", got["role"] or got["of"] or ""
        made = Asked(*at, fields, bool(got["if"]), bool(got["may"]))
    # A name alone may be that of a child table, whose rows are asked for then.
    if not made.child and set(made.fields) <= set(tables):
        made = Asked(text.rstrip("?"), "", (), False, made.may_be_empty)
    table = tables.get(made.child)
    if got is None or table is None or not all(map(table.column, made.fields)):
        raise MappingError(f"capture profile: form {form} has no {text}")
    return made


def _is_off_page(record: Record, one: Asked) -> bool:
    """Whether a page has no zone for a field: a blank zone leaves its cell behind."""
    return bool(record.pages) and not one.child and not any(name in record.fields for name in one.fields)


def _find_lacking(record: Record, one: Asked) -> Iterator[str]:
    if not one.child:
        if _is_absent(record.fields, one):
            yield one.fields[0]
        return
    rows = record.children.get(one.child, ())
    meant = [i for i, row in enumerate(rows) if not one.role or _role(row) == one.role]
    first = one.fields[0] if one.fields else _first_field(record.form, one.child)
    if not meant and not one.if_there:
        yield f"{one.child}[{len(rows)}].{first}"
    yield from (f"{one.child}[{i}].{first}" for i in meant if one.fields and _is_absent(rows[i], one))


def _role(row: Row) -> str | None:
    cell = row.get("role") or row.get("address_of")
    return cell.value if cell else None


def _first_field(form: str, child: str) -> str:
    return next(t.columns[0].name for t in form_tables(form).values() if t.child == child)


def _is_absent(row: Row, one: Asked) -> bool:
    return all(_is_empty(row.get(name)) for name in one.fields)


def _is_empty(cell: FieldValue | None) -> bool:
    return cell is None or (cell.blank and cell.value is None and not cell.by.startswith(OPERATOR))
