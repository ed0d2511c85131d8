"""Search rows of loaded records: one per record, person, vehicle and thing, with keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl

from digitize.targets.rows import LINE, RECORD_ID
from digitize.targets.search_marks import (
    MARKS,
    THING_WORDS,
    TOLD_IN,
    index_tokens,
    thing_marks,
    told_marks,
    vehicle_marks,
)
from digitize.targets.search_names import SEP as SEP
from mappers.codes.registrations import mark_signs
from mappers.names.keys import KEYS, name_words, near_key, spelt, token
from mappers.text.folding import fold_key, fold_written

ROWS, WORDS, MARK = "search_rows", "search_words", "search"
"""The two tables, and the meta key that records with which keys they were filled."""
FILLED_BY = str(KEYS)
RECORD, PERSON, VEHICLE, PROPERTY, NUMBERED, TOLD = "r", "p", "v", "g", "u", "t"
"""Kinds of rows. Line 0 is the record itself, if its form is about one vehicle or thing; TOLD are vehicle marks in its
free texts."""
NAME, OTHER, STATION = "n", "w", "s"
"""Kinds of words: of names, of places and things, and whole station names."""
STATION_KEY = "="
"""Key of all stations: they are few, and compared as whole names."""
NAMES = ("name", "name_roman", "alias", "alias_roman", "alias_2", "alias_2_roman", "alias_3", "alias_3_roman")
RELATIVES = ("relative_name", "relative_name_roman")
DAYS = ("fir_date", "gd_date", "arrest_date", "occurrence_from", "info_date", "opened_date", "conviction_date")
BORN = ("birth_date", "birth_year", "age", "age_from", "age_to")
_MOST_OTHER = 8
_AGE_SPREAD = 1


class SearchRow(NamedTuple):
    """One row.

    kind: see RECORD and the others. station: folded. day: ISO. born_from, born_to: years, 0 if unknown. lang: language
    of the name's script. said: sound keys of the words; several names are separated by SEP. relative: the same for the
    relative's name. tokens: see `mappers.names.keys.token`.
    """

    kind: str
    record_id: str
    line: int
    form: str
    station: str
    year: int
    day: str
    born_from: int
    born_to: int
    lang: str
    said: str
    relative: str
    tokens: list[int]


class SearchWord(NamedTuple):
    """A word in rows. near: key of similar words. spelt: for patterns."""

    kind: str
    said: str
    lang: str
    near: str
    spelt: str


COLUMNS = SearchRow._fields
_NUMBERS = ("line", "year", "born_from", "born_to")
ROW_TYPES = pl.Schema({
    n: pl.List(pl.Int32) if n == "tokens" else pl.Int64 if n in _NUMBERS else pl.String for n in COLUMNS
})  # fmt: skip
_ITSELF = ("make", "model", "colour", *MARKS, *THING_WORDS, "identification_no", *TOLD_IN)
CHILDREN = ("acts", "persons", "vehicles", "property", "numbered", "legacy_keys")
"""Child tables that have search rows."""


@dataclass
class SearchRows:
    """Search rows of some records, as frames with COLUMNS, and their words: (kind, said, lang)."""

    rows: list[pl.DataFrame] = field(default_factory=list)
    words: dict[tuple[str, str, str], None] = field(default_factory=dict)
    _more: list[pl.DataFrame] = field(default_factory=list)

    def add(self, kind: str, words: pl.DataFrame) -> None:
        """Add words: (word, lang)."""
        self._more.append(words.unique().select(pl.lit(kind).alias("kind"), "word", "lang"))

    def all_rows(self) -> pl.DataFrame:
        """All rows in one frame."""
        return pl.concat(self.rows)

    def all_words(self) -> list[SearchWord]:
        """Each word once, in a fixed order, so that concurrent loads cannot deadlock."""
        found = {row for frame in self._more for row in frame.iter_rows()} | self.words.keys()
        return [_word(*row) for row in sorted(found)]


# The same words come with each batch.
@lru_cache(maxsize=1 << 17)
def _word(kind: str, said: str, lang: str) -> SearchWord:
    return SearchWord(kind, said, lang, STATION_KEY if kind == STATION else near_key(said), spelt(said))


class OfRecord(NamedTuple):
    """Fields of the record shared by its rows."""

    record: str
    form: str
    station: str
    year: int
    day: str


def number_of(value: object) -> int:
    """A number of at most nine digits, 0 for anything else."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def linking_tokens(row: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> list[int]:
    """Tokens of everything by which a record names its case: station, year and number of the FIR, registration number,
    keys of old systems.

    row: fields of the record; keys: its rows of legacy_keys.
    """
    made = []
    for prefix, name in (("", "fir_no"), ("linked_fir_", "linked_fir_no")):
        station = fold_key(str(row.get(f"{prefix}police_station") or ""))
        parts = (station, number_of(row.get(f"{prefix}year")), number_of(row.get(name)))
        made += [token("k", *parts)] if all(parts) else []
    if number := str(row.get("fir_reg_num") or "").strip("0 "):
        made.append(token("reg", number))
    texts = [row.get("legacy_key"), *(one.get("key") for one in keys)]
    return made + [token("l", text) for text in texts if text]


def section_key(text: str) -> str:
    """A section normalised over all spellings: "304-A" and "304 a" are the same."""
    return "".join(c for c in fold_written(text).casefold() if c.isalnum())


def _drop_repeated(tokens: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(tokens))


def born_between(row: Mapping[str, Any], year: int) -> tuple[int, int]:
    """Possible years of birth of a person; (0, 0) if unknown."""
    for name in ("birth_date", "birth_year"):
        if born := number_of(str(row.get(name) or "")[:4]):
            return born, born
    if not year:
        return 0, 0
    low, high = number_of(row.get("age_from")), number_of(row.get("age_to"))
    age = number_of(row.get("age"))
    if not (age or low or high):
        return 0, 0
    low, high = (low or age or high), (high or age or low)
    return year - high - _AGE_SPREAD, year - low + _AGE_SPREAD


_Make = Callable[[OfRecord, Mapping[str, Any], SearchRows], SearchRow | None]


def child_makers() -> dict[str, _Make]:
    """Child tables of vehicles and things, with the function that makes a row of each."""
    return {"vehicles": _vehicle, "property": _thing, "numbered": _make_numbered}


def rows_of_itself(own: pl.DataFrame, made: SearchRows) -> Iterator[SearchRow]:
    """Rows of forms about one vehicle or thing, and marks in free texts of any form.

    own: records with their OfRecord, with a dot before its names.
    """
    if not {*_ITSELF} & {*own.columns}:
        return
    for row in own.iter_rows(named=True):
        of = OfRecord(row[RECORD_ID], row[".form"], row[".station"], row[".year"], row[".day"])
        row[LINE] = 0
        some = [_vehicle(of, row, made), _thing(of, row, made), _make_row(TOLD, of, row, told_marks(row), [])]
        yield from (one for one in some if one is not None)


def _vehicle(of: OfRecord, row: Mapping[str, Any], made: SearchRows) -> SearchRow | None:
    marks = list(dict.fromkeys(mark for _, mark in vehicle_marks(row)))
    return _make_row(
        VEHICLE, of, row, marks, _collect_other_words((row.get("make"), row.get("model"), row.get("colour")), made)
    )


def _thing(of: OfRecord, row: Mapping[str, Any], made: SearchRows) -> SearchRow | None:
    texts = [str(row[n]) for n in THING_WORDS if row.get(n)]
    return _make_row(PROPERTY, of, row, thing_marks(row), _collect_other_words(texts, made))


def _make_numbered(of: OfRecord, row: Mapping[str, Any], made: SearchRows) -> SearchRow | None:
    marks = [str(row["number"])] if row.get("number") else []
    return _make_row(NUMBERED, of, row, marks, _collect_other_words((row.get("make"),), made))


def _make_row(
    kind: str, of: OfRecord, row: Mapping[str, Any], marks: Sequence[str], words: Sequence[str]
) -> SearchRow | None:
    tokens = [*index_tokens(marks), *(token("w", word) for word in words)]
    if not tokens:
        return None
    return SearchRow(
        kind, of.record, row[LINE], of.form, of.station, of.year, of.day, 0, 0, "", SEP.join(map(mark_signs, marks)),
        " ".join(words), _drop_repeated(tokens),
    )  # fmt: skip


def _collect_other_words(texts: Sequence[object], made: SearchRows) -> list[str]:
    """Words of places and things by sound; one-letter words are omitted."""
    found: dict[str, None] = {}
    for word, lang in (pair for text in texts if text for pair in _words(str(text))):
        if len(found) >= _MOST_OTHER:
            break
        found[word] = None
        made.words[OTHER, word, lang] = None
    return list(found)


def _words(text: str) -> Iterator[tuple[str, str]]:
    for part in text.replace("_", " ").replace(",", " ").split():
        words, lang = name_words(part)
        yield from ((word, lang) for word in words if len(word) > 1)
