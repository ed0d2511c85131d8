"""Whether the law, or the doubt about a reading, keeps persons of a record out of copies.

A record is sensitive when one of its sections is (`masking.toml`), when one of its persons is a child, or when anything
that was read hints at either: where sections or ages are doubtful, raw text and candidates count too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from digitize.masking.lists import fold_text, load_lists, numbers_in, texts_of
from mappers.record import FieldValue, Record, Row
from mappers.schema import form_tables

_ADULT = 18
# The BNS is in force since 1 July 2024: an FIR of an earlier year names none of its sections.
_BNS_YEAR = 2024
# Letters that engines give for digits; only used on section text that is not sure.
_LOOKALIKES = str.maketrans("OolI|ZSsbGTgq", "0011125566799")


def is_sensitive(record: Record) -> bool:
    """Whether the law, or the doubt about a reading, keeps persons of this record out of copies, taken by itself."""
    return _has_protected_section(record) or _has_child(record) or _has_hint(record)


def names_sections(record: Record) -> bool:
    """Whether anything is written where the record has its acts and sections."""
    return any(any(texts_of(row.get(name))) for row in _sections(record) for name in ("act", "section"))


def _has_protected_section(record: Record) -> bool:
    return any(_is_protected(record, row) for row in _sections(record))


def _sections(record: Record) -> Iterator[Row]:
    """Every row that names an act or a section, in whatever table of the form."""
    for rows in record.children.values():
        yield from (row for row in rows if "act" in row or "section" in row)


def _is_protected(record: Record, row: Row) -> bool:
    lists = load_lists()
    act, section = row.get("act"), row.get("section")
    if any(_upper(t) in lists.whole_acts for t in texts_of(act)):
        return True
    numbers = {n for t in texts_of(section) for n in numbers_in(t)}
    # Only an act that is sure narrows the numbers down; else they count under every act.
    if act is not None and act.value and act.is_sure() and not _is_inferred(row):
        return bool(numbers & lists.sections.get(act.value, frozenset()))
    known = {n for a, s in lists.sections.items() for n in s if a != "BNS" or not _is_before_bns(record)}
    return bool(numbers & known)


def _upper(text: str) -> str:
    # "P.O.C.S.O." is POCSO: the letters alone are compared.
    return re.sub(r"[^A-Z]", "", text.upper())


def _is_inferred(row: Row) -> bool:
    cell = row.get("act_is_inferred")
    return cell is not None and cell.value == "yes"


def _is_before_bns(record: Record) -> bool:
    """Whether the record is surely older than the BNS."""
    years = [c.value[:4] for c in map(record.fields.get, ("year", "fir_date")) if c and c.value and c.is_sure()]
    return bool(years) and all(y.isdigit() and int(y) < _BNS_YEAR for y in years)


def _has_child(record: Record) -> bool:
    return any(is_child(record, row) for row in record.children.get("persons", ()))


def is_child(record: Record, row: Row) -> bool:
    """Whether a person may be a child, by age or by year of birth."""
    age, birth, year = row.get("age"), row.get("birth_year"), record.fields.get("year")
    if any(n < _ADULT for n in _ages(age)):
        return True
    known = [t.value for t in (birth, year) if t and t.value and t.value.isdigit()]
    # 18 counts, too: by years alone, who turns 18 in that year may still have been 17.
    return len(known) == 2 and int(known[1]) - int(known[0]) <= _ADULT


def _ages(cell: FieldValue | None) -> Iterator[int]:
    """The age, and every number that was read in its place where it is not sure."""
    if cell is None:
        return
    texts = [cell.value or ""] if cell.value and cell.is_sure() else texts_of(cell)
    for text in texts:
        yield from numbers_in(text)


def _has_hint(record: Record) -> bool:
    lists = load_lists()
    acts = [cell for row in _sections(record) for cell in row.values()]
    for cell in acts:
        # 354 that was read as 3S4 must still hide whom it protects.
        doubtful = "" if cell.is_sure() else " ".join(texts_of(cell)).translate(_LOOKALIKES)
        if lists.numbers & {n for t in (*texts_of(cell), doubtful) for n in numbers_in(t)}:
            return True
    if lists.numbers & {n for t in record.left_over.values() if not acts for n in numbers_in(t)}:
        return True
    free = [t for name in _told_in(record.form) for t in texts_of(record.fields.get(name))]
    told = fold_text("\n".join([*free, *(t for c in acts for t in texts_of(c)), *record.left_over.values()]))
    return lists.words.search(told) is not None


@cache
def private_fields(form: str) -> Mapping[tuple[str, str], str]:
    """(child table, field) -> how it is private, for the fields that are."""
    return {(t.child, c.name): c.private for t in form_tables(form).values() for c in t.columns if c.private}


@cache
def _told_in(form: str) -> tuple[str, ...]:
    """The free texts of a form, and what was done, which is told in words as well."""
    return (
        *(name for (child, name), how in private_fields(form).items() if how == "text" and not child),
        "action_taken",
    )
