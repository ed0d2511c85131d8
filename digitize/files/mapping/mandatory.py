"""Mandatory dates of a form that a table does not provide, reported before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digitize.files.mapping.coverage import MappingCoverage
from mappers.binding.bound import FormMapping
from mappers.schema import form_tables
from mappers.schema.profiles import required_fields

# What the line of a register has; a table without it is no register.
_PROFILE = "register-only"


def dates_asked(form: str) -> tuple[str, ...]:
    """The dates of a form that a record of any register has."""
    own = form_tables(form)[form].by_name
    names = (name for one in required_fields(form, _PROFILE) if not one.child for name in one.fields)
    return tuple(name for name in names if name in own and own[name].kind == "date")


def missing_dates(covered: Iterable[MappingCoverage], mapping: FormMapping | None = None) -> Iterator[str]:
    """One sentence per date missing in all records, with the reason. mapping: used for the records; parts are
    excluded.
    """
    if mapping is not None and mapping.part:
        return
    for one in covered:
        fields = {f.field: f for f in one.fields if not f.table}
        for name in dates_asked(one.form) if one.records else ():
            found = fields.get(name)
            if found is not None and found.filled:
                continue
            sources = _sources(mapping, one.form, name)
            if not sources:
                why = "no rule fills it"
            elif found is not None and found.unread:
                why = (
                    f"{found.unread} cells of {', '.join(sources)} have text that cannot be read as a date: name the "
                    f"date_format, or the encoding"
                )
            else:
                why = f"{', '.join(sources)} is empty"
            yield f"{one.form}: every record must have {name}, and none of {one.records} has it: {why}."


def _sources(mapping: FormMapping | None, form: str, name: str) -> list[str]:
    forms = [] if mapping is None else [m for m in (mapping, *mapping.also.values()) if m.form == form]
    return [r.source for m in forms for r in m.rules if not r.row and any(f == name for _, f in r.targets)]
