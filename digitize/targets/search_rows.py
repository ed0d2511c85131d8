"""What is searched of records that are loaded: a row for each record, person, vehicle and thing, with its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

from digitize.targets.rows import LINE, RECORD_ID
from digitize.targets.search_marks import THING_WORDS, index_tokens, thing_marks, told_marks
from mappers.codes.registrations import mark_signs
from mappers.names.keys import KEYS, name_words, near_key, romanised, spelt, token
from mappers.schema import form_tables
from mappers.text.folding import fold_digits, fold_key

ROWS, WORDS, MARK = "search_rows", "search_words", "search"
"""The two tables, and the key of meta under which stands by which keys they were filled."""
FILLED_BY = str(KEYS)
RECORD, PERSON, VEHICLE, PROPERTY, NUMBERED, TOLD = "r", "p", "v", "g", "u", "t"
"""Kinds of rows. Line 0 is the record itself, where its form tells of one vehicle or thing; TOLD are the marks of
vehicles in its free texts.
"""
NAME, OTHER, STATION = "n", "w", "s"
"""Kinds of words: of names, of places and things, and whole names of stations."""
STATION_KEY = "="
"""The key under which all stations stand: they are few, and compared as whole names."""
NAMES = ("name", "name_roman", "alias", "alias_roman", "alias_2", "alias_2_roman", "alias_3", "alias_3_roman")
RELATIVES = ("relative_name", "relative_name_roman")
MARKS = ("registration_no", "chassis_no", "engine_no")
DAYS = ("fir_date", "gd_date", "arrest_date", "occurrence_from", "info_date", "opened_date", "conviction_date")
_MOST_OTHER = 8
_AGE_SPREAD = 1
SEP = "|"
"""Between several names of one row."""


class SearchRow(NamedTuple):
    """One row. kind: see RECORD and the others. station: folded. day: ISO. born_from, born_to: years, 0 for unknown.

    lang: in whose script the name is. said: the words by their sounds; several names are parted by SEP. relative: the
    same of the relative's name. tokens: see `mappers.names.keys.token`.
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
    """A word that stands in rows. near: the key of words that are nearly alike. spelt: for patterns."""

    kind: str
    said: str
    lang: str
    near: str
    spelt: str


COLUMNS = SearchRow._fields
CHILDREN = ("acts", "persons", "vehicles", "property", "numbered", "legacy_keys")
"""The child tables that rows are made of."""


@dataclass
class SearchRows:
    """The rows of some records, and the words that stand in them."""

    rows: list[SearchRow] = field(default_factory=list)
    words: dict[tuple[str, str, str], None] = field(default_factory=dict)

    def all_words(self) -> list[SearchWord]:
        """Each word once, in one order, so that two loads at once do not wait for each other in circles."""
        return [
            SearchWord(kind, said, lang, STATION_KEY if kind == STATION else near_key(said), spelt(said))
            for kind, said, lang in sorted(self.words)
        ]


class _Of(NamedTuple):
    """What rows of one record have of the record itself."""

    record: str
    form: str
    station: str
    year: int
    day: str


def search_rows(form: str, tables: Mapping[str, pl.DataFrame]) -> SearchRows:
    """The rows of a form's records. tables: as `digitize.targets.rows.FormRows` has them."""
    made = SearchRows()
    known: dict[str, _Of] = {}
    law, keys = _rows_of(form, "acts", tables), _rows_of(form, "legacy_keys", tables)
    for row in tables[form].iter_rows(named=True):
        of = _of(form, row)
        known[of.record] = of
        made.rows.append(_record(of, row, law.get(of.record, ()), keys.get(of.record, ()), made))
        made.rows += _of_itself(of, row, made)
    children = (("persons", _person), ("vehicles", _vehicle), ("property", _thing), ("numbered", _numbered))
    for child, make in children:
        for record, rows in _rows_of(form, child, tables).items():
            if record in known:
                made.rows += (one for row in rows if (one := make(known[record], row, made)) is not None)
    return made


def _of_itself(of: _Of, row: Mapping[str, Any], made: SearchRows) -> Iterator[SearchRow]:
    """Of a form that tells of one vehicle or thing, and the marks in the free texts of any."""
    own = {**row, LINE: 0}
    for make in (_vehicle, _thing):
        if (one := make(of, own, made)) is not None:
            yield one
    if marks := told_marks(row):
        yield _marked(TOLD, of, own, marks, [])


def _rows_of(form: str, child: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, table in form_tables(form).items():
        if table.child == child and name in tables:
            for row in tables[name].iter_rows(named=True):
                found.setdefault(row[RECORD_ID], []).append(row)
    return found


def _of(form: str, row: Mapping[str, Any]) -> _Of:
    day = next((str(row[n]) for n in DAYS if row.get(n)), "")
    year = _number(row.get("year")) or _number(day[:4])
    return _Of(row[RECORD_ID], form, fold_key(str(row.get("police_station") or "")), year, day)


def _number(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def linking_tokens(row: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> list[int]:
    """Tokens of all by which a record states its case: station, year and number of the FIR, its registration number,
    keys of old systems. row: the record's own fields; keys: its rows of legacy_keys.
    """
    made = []
    for prefix in ("", "linked_fir_"):
        station = fold_key(str(row.get(f"{prefix}police_station") or ""))
        parts = (station, _number(row.get(f"{prefix}year")), _number(row.get(f"{prefix}fir_no")))
        made += [token("k", *parts)] if all(parts) else []
    if number := str(row.get("fir_reg_num") or "").strip("0 "):
        made.append(token("reg", number))
    texts = [row.get("legacy_key"), *(one.get("key") for one in keys)]
    return made + [token("l", text) for text in texts if text]


def _record(
    of: _Of,
    row: Mapping[str, Any],
    law: Sequence[Mapping[str, Any]],
    keys: Sequence[Mapping[str, Any]],
    made: SearchRows,
) -> SearchRow:
    number = _number(row.get("fir_no"))
    tokens = [token("s", of.station), token("y", of.year), token("sy", of.station, of.year), token("form", of.form)]
    tokens += linking_tokens(row, keys)
    if number:
        tokens += [token("no", number, of.year)]
    if row.get("district"):
        tokens += [token("d", fold_key(str(row["district"])))]
    for one in law:
        section = section_key(str(one.get("section") or ""))
        tokens += [token("c", section), token("ca", one.get("act") or "", section)] if section else []
        tokens += [token("a", one["act"])] if one.get("act") else []
    words = _others((row.get("place"),), made)
    tokens += (token("w", word) for word in words)
    if of.station:
        made.words[STATION, str(row["police_station"]), ""] = None
    return SearchRow(
        RECORD, of.record, 0, of.form, of.station, of.year, of.day, 0, 0, "", " ".join(words), "", _once(tokens)
    )


def section_key(text: str) -> str:
    """A section by what all spellings of it have: "304-A" and "304 a" are one."""
    return "".join(c for c in fold_digits(text).casefold() if c.isalnum())


def _once(tokens: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(tokens))


def _said(names: Sequence[object]) -> tuple[list[str], str]:
    """The sounds of several names, each once, and the language whose script the first one is in."""
    found: dict[str, None] = {}
    language = ""
    spelled = ""
    for name in names:
        # What is only the spelling of the name before it says nothing more.
        if not name or name == spelled:
            continue
        words, lang = name_words(str(name))
        language = language or lang
        spelled = romanised(str(name)) if lang else ""
        if words:
            found[" ".join(words)] = None
    return list(found), language


def _person(of: _Of, row: Mapping[str, Any], made: SearchRows) -> SearchRow | None:
    said, lang = _said([row.get(n) for n in NAMES])
    relative, other = _said([row.get(n) for n in RELATIVES])
    if not said and not relative:
        return None
    words = list(dict.fromkeys(w for name in said for w in name.split(" ")))
    kin = list(dict.fromkeys(w for name in relative for w in name.split(" ")))
    made.words.update(dict.fromkeys([*((NAME, w, lang) for w in words), *((NAME, w, other) for w in kin)]))
    tokens = [token("n", w) for w in words] + [token("f", w) for w in kin]
    # A name with its year, and with its station: what is asked most, found by one look.
    tokens += [token("ny", w, of.year) for w in words if of.year] + [token("ns", w, of.station) for w in words]
    tokens += [token("w", w) for w in _others((row.get("address"),), made)]
    numbers = (fold_digits(str(row.get(n) or "")) for n in ("phone", "mobile"))
    tokens += [token("m", n[-10:]) for n in numbers if len(n) >= 6]
    born = born_between(row, of.year)
    return SearchRow(
        PERSON, of.record, row[LINE], of.form, of.station, of.year, of.day, *born, lang or other,
        SEP.join(said), SEP.join(relative), _once(tokens),
    )  # fmt: skip


def born_between(row: Mapping[str, Any], year: int) -> tuple[int, int]:
    """Between which years a person was born; (0, 0) where nothing tells."""
    for name in ("birth_date", "birth_year"):
        if born := _number(str(row.get(name) or "")[:4]):
            return born, born
    if not year:
        return 0, 0
    low, high = _number(row.get("age_from")), _number(row.get("age_to"))
    age = _number(row.get("age"))
    if not (age or low or high):
        return 0, 0
    low, high = (low or age or high), (high or age or low)
    return year - high - _AGE_SPREAD, year - low + _AGE_SPREAD


def _vehicle(of: _Of, row: Mapping[str, Any], made: SearchRows) -> SearchRow | None:
    marks = [str(row[n]) for n in MARKS if row.get(n)]
    return _marked(VEHICLE, of, row, marks, _others((row.get("make"), row.get("model"), row.get("colour")), made))


def _thing(of: _Of, row: Mapping[str, Any], made: SearchRows) -> SearchRow | None:
    texts = [str(row[n]) for n in THING_WORDS if row.get(n)]
    return _marked(PROPERTY, of, row, thing_marks(row), _others(texts, made))


def _numbered(of: _Of, row: Mapping[str, Any], made: SearchRows) -> SearchRow | None:
    marks = [str(row["number"])] if row.get("number") else []
    return _marked(NUMBERED, of, row, marks, _others((row.get("make"),), made))


def _marked(kind: str, of: _Of, row: Mapping[str, Any], marks: Sequence[str], words: Sequence[str]) -> SearchRow | None:
    tokens = [*index_tokens(marks), *(token("w", word) for word in words)]
    if not tokens:
        return None
    return SearchRow(
        kind, of.record, row[LINE], of.form, of.station, of.year, of.day, 0, 0, "", SEP.join(map(mark_signs, marks)),
        " ".join(words), _once(tokens),
    )  # fmt: skip


def _others(texts: Sequence[object], made: SearchRows) -> list[str]:
    """The words of places and things by their sounds; those of one letter are left out."""
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
