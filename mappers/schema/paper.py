"""The fields that the printed forms have, and where each of them is kept: `iif_fields.csv` beside this file."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mappers.errors import MappingError

_AT = re.compile(r"(?P<table>[a-z0-9_]+)(\[(?P<role>[a-z_]+)\])?\.(?P<column>[a-z0-9_]+)")


@dataclass(frozen=True, slots=True)
class KeptField:
    """A column in which a printed field is kept. role: of the person row, or what the address is of; "" for any."""

    table: str
    role: str
    column: str


@dataclass(frozen=True, slots=True)
class PaperField:
    """One field of a printed form. number: its item; sub: the part of it; need: mandatory, conditional or optional."""

    form: str
    number: str
    name: str
    sub: str
    need: str
    at: tuple[KeptField, ...]


@cache
def paper_fields() -> tuple[PaperField, ...]:
    """All fields of the printed forms in their order. Raises MappingError when one says badly where it is kept."""
    text = (resources.files("mappers.schema") / "iif_fields.csv").read_text(encoding="utf-8")
    return tuple(
        PaperField(r["form"], r["field_no"], r["field_name"], r["sub_field"], r["mandatory"], _parse_kept(r["at"]))
        for r in csv.DictReader(text.splitlines())
    )


def _parse_kept(text: str) -> tuple[KeptField, ...]:
    found = [_AT.fullmatch(word) for word in text.split()]
    if not found or None in found:
        raise MappingError(f"iif_fields.csv: {text!r} does not say in which columns a field is kept")
    return tuple(KeptField(m["table"], m["role"] or "", m["column"]) for m in found if m)
