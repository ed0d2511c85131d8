"""Whether a person of a record may be a child: by age, birth date, or words in the person's own cells."""

from __future__ import annotations

from collections.abc import Iterator

from digitize.masking.lists import find_numbers, list_texts
from digitize.masking.record_cache import cache_per_record
from digitize.masking.words import fold_words, is_child_age_told, tells_of_accused_child, tells_of_minor
from mappers.record import FieldValue, Record, Row

_ADULT = 18
_AGES = ("age", "age_from", "age_to")


@cache_per_record
def is_child(record: Record, row: Row) -> bool:
    """Whether a person may be a child."""
    if any(n < _ADULT for name in _AGES for n in _list_ages(row.get(name))) or _is_months_old(row):
        return True
    if any(is_child_age_told(fold_words(t)) for name in _AGES for t in _list_unsure_texts(row.get(name))):
        return True
    # 18 counts, too: by years alone, who turns 18 in that year may still have been 17.
    if any(year - born <= _ADULT for born in _list_births(row) for year in _list_years(record)):
        return True
    told = (fold_words(t) for name, cell in row.items() if name not in _AGES for t in list_texts(cell))
    return any(tells_of_minor(t) or tells_of_accused_child(t) for t in told)


def is_adult(row: Row) -> bool:
    """Whether a person is certainly an adult, by an age read without doubt."""
    age = row.get("age")
    return bool(age and age.value and age.value.isdigit() and age.is_sure() and int(age.value) >= _ADULT)


def _list_ages(cell: FieldValue | None) -> Iterator[int]:
    """The age, and if unsure every number read for it."""
    if cell is None:
        return
    texts = [cell.value or ""] if cell.value and cell.is_sure() else list_texts(cell)
    for text in texts:
        yield from find_numbers(text)


def _list_unsure_texts(cell: FieldValue | None) -> Iterator[str]:
    """Texts of an age without a sure value."""
    if cell is not None and not (cell.value and cell.is_sure()):
        yield from list_texts(cell)


def _is_months_old(row: Row) -> bool:
    """Whether an age is given in months only."""
    months, years = row.get("age_months"), row.get("age")
    return bool(months and months.value) and (years is None or (years.value or "0") == "0")


def _list_births(row: Row) -> Iterator[int]:
    for cell in map(row.get, ("birth_year", "birth_date")):
        if cell and cell.value and cell.value[:4].isdigit():
            yield int(cell.value[:4])


def _list_years(record: Record) -> Iterator[int]:
    """Years of the record's case."""
    for cell in map(record.fields.get, ("year", "fir_date", "occurrence_from")):
        if cell and cell.value and cell.value[:4].isdigit():
            yield int(cell.value[:4])
