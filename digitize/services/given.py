"""Check the parameters of a query; no message contains what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from digitize.errors import OptionsError
from digitize.search.query import MOST_TEXT, NOT_SEARCHABLE, is_searchable
from digitize.services.kind import CHOICE, DAY, NUMBER, YEAR, Parameter, RecordService
from mappers.text.folding import fold_digits

_MOST_DIGITS = 9


def check_given(service: RecordService, given: Mapping[str, str]) -> dict[str, str]:
    """Checked parameters by name.

    Empty ones are omitted; digits are 0 to 9 in dates, years and numbers. Raises OptionsError.
    """
    known = {p.name: p for p in service.parameters}
    if set(given) - known.keys():
        raise OptionsError(f"{service.name} accepts: {', '.join(known)}.")
    checked = {n: _check_text(p, given[n].strip()) for n, p in known.items() if given.get(n, "").strip()}
    if lacking := [p.name for p in service.parameters if p.is_needed and p.name not in checked]:
        raise OptionsError(f"{service.name} needs {', '.join(lacking)}.")
    if known and not any(c.isalnum() for text in checked.values() for c in text):
        raise OptionsError(f"Give a value for {service.name}: {', '.join(known)}.")
    return checked


def _check_text(parameter: Parameter, text: str) -> str:
    name = parameter.name
    if len(text) > MOST_TEXT:
        raise OptionsError(f"{name} has at most {MOST_TEXT} letters.")
    if not is_searchable(text):
        raise OptionsError(NOT_SEARCHABLE)
    if parameter.kind == CHOICE and text not in parameter.choices:
        raise OptionsError(f"{name} must be one of: {', '.join(parameter.choices)}.")
    if parameter.kind not in (DAY, YEAR, NUMBER):
        return text
    plain = fold_digits(text)
    if parameter.kind == DAY:
        if not _is_day(plain):
            raise OptionsError(f"{name} must be a date, written as 2012-08-31.")
        return plain
    if not (plain.isascii() and plain.isdigit() and len(plain) <= _MOST_DIGITS):
        raise OptionsError(f"{name} must be a number of at most {_MOST_DIGITS} digits.")
    if parameter.kind == YEAR and not 1800 <= int(plain) <= 2199:
        raise OptionsError(f"{name} must be a year of four digits.")
    return plain


def _is_day(text: str) -> bool:
    try:
        # Python takes more ways of writing a day than one; days are compared as they are written.
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def as_logged(service: RecordService, checked: Mapping[str, str]) -> dict[str, Any]:
    """What the log keeps of a query: only word lengths for anything that may name a person, all else as given."""
    may_name = {p.name for p in service.parameters if p.names_person}
    return {n: [len(w) for w in text.split()] if n in may_name else text for n, text in checked.items()}
