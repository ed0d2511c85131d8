"""Compare a source with a target: digests of all records as stored, folded by station and year."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, runtime_checkable

import polars as pl

from digitize.targets.flat import FIELD_END, ROW_END
from digitize.targets.rows import LINE, RECORD_ID, STATION, row_texts

YEAR = "year"
# Of SHA-256, in hex: 128 bits, which no two records share by chance.
DIGITS = 32
Station = tuple[str, str, str]
Spelling = Callable[[list[str]], list[str]]
"""How a target writes values it stores as numbers, dates or times: all distinct texts of a column at once."""


@dataclass(frozen=True, slots=True, order=True)
class RecordGroup:
    """Records of a station in one year; "" for missing values."""

    state: str
    district: str
    police_station: str
    year: str

    @property
    def station(self) -> Station:
        """State, district and station."""
        return (self.state, self.district, self.police_station)


@dataclass(frozen=True, slots=True)
class Fold:
    """All records of a group as one value: their number, and the XOR of their digests, independent of order."""

    count: int = 0
    bits: int = 0

    def and_one(self, digest: str) -> Fold:
        """With one more record."""
        return Fold(self.count + 1, self.bits ^ int(digest, 16))


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A stored record. load: that wrote it, "" if the target's books do not say."""

    record: str
    group: RecordGroup
    load: str
    digest: str


@runtime_checkable
class Compares(Protocol):
    """A target whose tables can be compared with a source by their present content."""

    def spell_rows(self, form: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """Rows as sent, with values as the target writes them once stored."""
        ...

    def present(self, form: str) -> Iterable[tuple[RecordGroup, str, int]]:
        """(group, load, number of records) of everything stored for a form."""
        ...

    def folds(self, form: str, stations: Sequence[Station]) -> Mapping[RecordGroup, Fold]:
        """Records of some stations, hashed in the target, folded by group."""
        ...

    def standing(
        self, form: str, groups: Sequence[RecordGroup], take: Callable[[list[HeldRecord]], object], at_once: int
    ) -> None:
        """Yield records of some groups, a number at a time; after a lost connection the same may come twice."""
        ...


@runtime_checkable
class LeavesOut(Protocol):
    """A target whose tables do not store all of a record, so that not all of it can be compared."""

    def left_out(self) -> list[str]:
        """What all comparisons so far left out on both sides, for people."""
        ...


def record_digests(form: str, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Digest of every source record, computed as the target does for its own rows.

    Returns RECORD_ID, STATION, YEAR and digest. tables: as from `Compares.spelled`; the form's own rows with their
    hash, so that a changed hash is found as well.
    """
    own = tables[form]
    texts = own.select(RECORD_ID, _text=row_texts(form, own))
    for name in sorted(tables.keys() - {form}):
        rows = tables[name].sort(RECORD_ID, LINE)
        # With the line: rows that change places are another content.
        row = pl.concat_str(pl.lit(ROW_END), pl.col(LINE).cast(pl.String), pl.lit(FIELD_END), row_texts(name, rows))
        of_record = rows.select(RECORD_ID, _row=row).group_by(RECORD_ID).agg("_row")
        more = pl.concat_str("_text", pl.col("_row").list.join(""), ignore_nulls=True)
        texts = texts.join(of_record, on=RECORD_ID, how="left", maintain_order="left").select(RECORD_ID, _text=more)
    made = [text_digest(t) for t in texts["_text"].to_list()]
    there = [(pl.col(n) if n in own.columns else pl.lit(None, pl.String)).fill_null("").alias(n) for n in STATION]
    year = (pl.col(YEAR) if YEAR in own.columns else pl.lit(None, pl.String)).fill_null("").alias(YEAR)
    return own.select(RECORD_ID, *there, year).with_columns(digest=pl.Series(made, dtype=pl.String))


def text_digest(text: str) -> str:
    """Digest of a record's text."""
    return sha256(text.encode("utf-8")).hexdigest()[:DIGITS]


def respell(frame: pl.DataFrame, spellings: Mapping[str, Spelling]) -> pl.DataFrame:
    """A frame with some columns respelled; each distinct value is spelled once."""
    made = []
    for name in (n for n in spellings if n in frame.columns):
        old = frame[name].drop_nulls().unique()
        if old.len():
            made.append(frame[name].replace(old, pl.Series(spellings[name](old.to_list()), dtype=pl.String)))
    return frame.with_columns(made)


def as_json(places: Iterable[RecordGroup | Station]) -> str:
    """Stations or groups as one query value: a list of lists."""
    return json.dumps(
        [[p.state, p.district, p.police_station, p.year] if isinstance(p, RecordGroup) else p for p in places]
    )
