"""Whether the law, or doubt about a reading, keeps persons of a record out of copies.

A record is sensitive if one of its sections or acts is (`mappers/codes/protected_sections.csv`), if one of its persons
is a child, or if anything read suggests either: if sections or ages are doubtful, raw text and candidates count as
well, and free text is searched for words and ages in all languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from digitize.masking.children import is_child
from digitize.masking.law import names_protected_section, names_whole_act
from digitize.masking.lists import find_numbers, list_texts, load_lists
from digitize.masking.record_cache import cache_per_record
from digitize.masking.words import (
    fold_words,
    tells_of_accused_child,
    tells_of_child,
    tells_of_minor,
    tells_of_offence,
)
from mappers.codes.protected import ACCUSED_CHILD, is_protected, whole_acts
from mappers.record import FieldValue, Record, Row
from mappers.schema import form_tables

# Letters that engines give for digits; only used on section text that is not sure.
_LOOKALIKES = str.maketrans("OolI|ZSsbGTgq", "0011125566799")


@cache_per_record
def is_sensitive(record: Record) -> bool:
    """Whether the law, or doubt about a reading, keeps persons of this record, taken alone, out of copies."""
    return _has_protected_section(record) or _has_child(record) or _has_hint(record)


def is_under_protected_section(record: Record) -> bool | None:
    """Whether it certainly falls under such a section or act; None if acts or sections are uncertain.

    For counts: masking for safety covers more.
    """
    rows, is_known = list(_list_section_rows(record)), True
    for row in rows:
        act, section = row.get("act"), row.get("section")
        if act is None or not act.value or not act.is_sure() or _is_inferred(row):
            is_known = False
        elif act.value in whole_acts():
            return True
        elif section is None or not section.value or not section.is_sure():
            is_known = False
        elif is_protected((act.value,), (section.value,)):
            return True
    return False if rows and is_known else None


@cache_per_record
def names_sections(record: Record) -> bool:
    """Whether acts and sections are filled in."""
    return any(any(list_texts(row.get(name))) for row in _list_section_rows(record) for name in ("act", "section"))


@cache_per_record
def accuses_child(record: Record) -> bool:
    """Whether it accuses a child (in conflict with the law); an accused of unknown age may then be that child."""
    if any(_is_protected(record, row, concerns=ACCUSED_CHILD) for row in _list_section_rows(record)):
        return True
    return any(tells_of_accused_child(text) for text in (*_list_free_texts(record), *_list_short_texts(record)))


def _has_protected_section(record: Record) -> bool:
    return any(_is_protected(record, row) for row in _list_section_rows(record))


@cache_per_record
def is_under(record: Record, concerns: str) -> bool:
    """Whether one of its sections is protected for this reason: "sexual", "child" or "accused child"."""
    return any(_is_protected(record, row, concerns=concerns) for row in _list_section_rows(record))


@cache_per_record
def hints_at_victim(record: Record) -> bool:
    """Whether it is, or may be, of an offence whose victim is protected: by sections, or by anything that was read."""
    if is_under(record, "sexual") or is_under(record, "child"):
        return True
    acts = [t for row in _list_section_rows(record) for cell in row.values() for t in list_texts(cell)]
    if any(load_lists().numbers & set(find_numbers(t.translate(_LOOKALIKES))) for t in acts):
        return True
    texts = (*(fold_words(t) for t in acts), *_list_free_texts(record), *_list_short_texts(record))
    return any(tells_of_offence(t) or names_whole_act(t) or names_protected_section(t) for t in texts)


def _list_section_rows(record: Record) -> Iterator[Row]:
    """Rows that name an act or section, in any table of the form."""
    for rows in record.children.values():
        yield from (row for row in rows if "act" in row or "section" in row)


def _is_protected(record: Record, row: Row, *, concerns: str = "") -> bool:
    act, section = row.get("act"), row.get("section")
    sections = list(list_texts(section))
    # A raw cell may hold a whole list; numbers that were read in it count by themselves.
    numbers = [*sections, *(str(n) for t in sections for n in find_numbers(t))]
    # Only an act that is sure narrows the numbers down; else they count under every act.
    if act is not None and act.value and act.is_sure() and not _is_inferred(row):
        return is_protected((act.value,), numbers, concerns=concerns)
    if any(is_protected((w,), numbers, concerns=concerns) for w in whole_acts() if w in set(list_texts(act))):
        return True
    return is_protected(("",), numbers, year=_find_sure_year(record), concerns=concerns)


def _is_inferred(row: Row) -> bool:
    cell = row.get("act_is_inferred")
    return cell is not None and cell.value == "yes"


def _find_sure_year(record: Record) -> str:
    """Year of the record; "" if uncertain. Later acts cannot apply."""
    years = [c.value[:4] for c in map(record.fields.get, ("year", "fir_date")) if c and c.value and c.is_sure()]
    return max(years) if years and all(y.isdigit() for y in years) else ""


def _has_child(record: Record) -> bool:
    return any(is_child(record, row) for row in record.children.get("persons", ()))


def _has_hint(record: Record) -> bool:
    acts = [cell for row in _list_section_rows(record) for cell in row.values()]
    for cell in acts:
        # 354 that was read as 3S4 must still hide whom it protects.
        doubtful = "" if cell.is_sure() else " ".join(list_texts(cell)).translate(_LOOKALIKES)
        if load_lists().numbers & {n for t in (*list_texts(cell), doubtful) for n in find_numbers(t)}:
            return True
    if load_lists().numbers & {n for t in record.left_over.values() if not acts for n in find_numbers(t)}:
        return True
    if any(_names_law(t) for t in {t for c in acts for t in list_texts(c)}):
        return True
    return any(_hints_in_free_text(t) for t in _list_free_texts(record)) or any(
        _hints_in_short_text(t) for t in _list_short_texts(record)
    )


def _names_law(text: str) -> bool:
    return _hints_in_short_text(fold_words(text)) or names_protected_section(text)


# Names, ranks and stations come again and again.
@lru_cache(maxsize=1 << 14)
def _hints_in_short_text(folded: str) -> bool:
    return tells_of_offence(folded) or tells_of_minor(folded) or names_whole_act(folded)


def _hints_in_free_text(folded: str) -> bool:
    return _hints_in_short_text(folded) or tells_of_child(folded) or names_protected_section(folded)


def _list_free_texts(record: Record) -> Iterator[str]:
    """Folded free texts of the record and its rows, and left-over cells with their column names."""
    names = _list_free_fields(record.form)
    for (child, name), rows in _group_cells(record):
        if (child, name) in names and name not in load_lists().places:
            yield from (fold_words(t) for cell in rows for t in list_texts(cell))
    yield from (fold_words(f"{name}: {text}") for name, text in record.left_over.items())


def _list_short_texts(record: Record) -> Iterator[str]:
    """Folded other texts, including names and places, without the record's key, acts and sections."""
    names = _list_free_fields(record.form)
    for (child, name), rows in _group_cells(record):
        is_place = name in load_lists().places
        is_law = child.endswith("acts")
        if not is_law and name not in load_lists().never and (is_place or (child, name) not in names):
            yield from (fold_words(t) for cell in rows for t in list_texts(cell) if not t.isascii() or not t.isdigit())


def _group_cells(record: Record) -> Iterator[tuple[tuple[str, str], tuple[FieldValue, ...]]]:
    """((child table, field), cells) of everything in a record."""
    for name, cell in record.fields.items():
        yield ("", name), (cell,)
    for child, rows in record.children.items():
        for row in rows:
            for name, cell in row.items():
                yield (child, name), (cell,)


@cache
def load_private_fields(form: str) -> Mapping[tuple[str, str], str]:
    """(child table, field) -> how it is private, for the fields that are."""
    return {(t.child, c.name): c.private for t in form_tables(form).values() for c in t.columns if c.private}


@cache
def _list_free_fields(form: str) -> frozenset[tuple[str, str]]:
    """Free text fields of a form, and what was done, which is also described in words."""
    free = {place for place, how in load_private_fields(form).items() if how == "text"}
    return frozenset({*free, ("", "action_taken")})
