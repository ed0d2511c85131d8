"""Encodings of whole tables: found by column, settled with the mapping, asked where they are not clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappers.encodings import encode, encodings
from mappers.errors import EncodingUnclear, MappingError
from mappers.legacy import LegacyRow, LegacyTable
from mappers.mapping.column_encodings import WantedEncoding, peek, settle, settle_mapping
from mappers.mapping.load import FormMapping, load_mappings, map_rows
from mappers.sources.values import MapContext, RowValues
from sample_data.legacy_bench import writable

HINDI = writable("krutidev-010")
MAPPING = """
format = 1
id = "own_list"
version = "1"
title = "A list of our own"
form = "iif1"
encoding = "{encoding}"
{more}
[match]
columns = ["NO", "PLACE"]
[[map]]
from = "NO"
to = "fir_no"
clean = "int"
encoding = ""
[[map]]
from = "PLACE"
to = "place"
"""


def table(cells: list[bytes | str]) -> LegacyTable:
    rows = (LegacyRow(n, -1, (str(n), cell)) for n, cell in enumerate(cells, 1))
    return LegacyTable("list", ("NO", "PLACE"), rows)


def mapping(folder: Path, encoding: str, more: str = "") -> FormMapping:
    (folder / "own_list.toml").write_text(MAPPING.format(encoding=encoding, more=more), encoding="utf-8")
    return load_mappings([folder])["own_list"]


def test_an_auto_column_is_decoded_by_what_is_found(tmp_path: Path) -> None:
    known = mapping(tmp_path, "auto")
    settled, again = settle_mapping(known, table([encode("krutidev-010", w) for w in HINDI]), encodings(), ())
    assert settled.encodings["PLACE"].info.name == "krutidev-010"
    rows = [RowValues("f", "list", r.number, dict(zip(again.columns, r.cells, strict=True))) for r in again.rows]
    records = map_rows(settled, rows, MapContext("r"))
    assert [r.value("place") for r in records] == HINDI


def test_a_named_encoding_that_the_column_contradicts_stops_the_table(tmp_path: Path) -> None:
    cells: list[bytes | str] = [encode("bamini", w) for w in writable("bamini")]
    with pytest.raises(EncodingUnclear, match="PLACE looks like bamini, not like krutidev-010"):
        settle_mapping(mapping(tmp_path, "krutidev-010"), table(cells), encodings(), ())
    with pytest.raises(EncodingUnclear, match="not like plain text"):
        settle_mapping(mapping(tmp_path, ""), table(cells), encodings(), ())


def test_a_person_may_vouch_for_an_encoding(tmp_path: Path) -> None:
    known = mapping(tmp_path, "krutidev-010", "encoding_checked = true")
    cells: list[bytes | str] = [encode("bamini", w) for w in writable("bamini")]
    settled, _ = settle_mapping(known, table(cells), encodings(), ())
    assert settled.encodings["PLACE"].info.name == "krutidev-010"


def test_a_column_that_could_be_several_is_asked(tmp_path: Path) -> None:
    with pytest.raises(EncodingUnclear, match="which encoding PLACE has"):
        settle_mapping(mapping(tmp_path, "auto"), table([b"\xc8\xe3"]), encodings(), ())


def test_plain_columns_of_an_auto_mapping_stay_plain(tmp_path: Path) -> None:
    cells: list[bytes | str] = ["Kalpanapur bus stand", "Namuna bazar", "In front of the house", "Railway gate"]
    settled, _ = settle_mapping(mapping(tmp_path, "auto"), table(cells), encodings(), ())
    assert "PLACE" not in settled.encodings


def test_looking_ahead_loses_no_row() -> None:
    looked, sample = peek(table([b"a", b"b", b"a"]))
    assert sample == [["1", "2", "3"], [b"a", b"b"]]
    assert [r.number for r in looked.rows] == [1, 2, 3]


def test_an_unsure_column_takes_what_its_neighbours_have() -> None:
    long = [encode("krutidev-010", w) for w in HINDI]
    rows = [LegacyRow(n, -1, (cell, b"jke" if n == 1 else b"")) for n, cell in enumerate(long, 1)]
    both = LegacyTable("list", ("LONG", "SHORT"), iter(rows))
    looked, sample = peek(both)
    columns = settle(looked, sample, WantedEncoding(encodings()))
    assert [c.encoding.info.name for c in columns if c.encoding] == ["krutidev-010", "krutidev-010"]


def test_an_unknown_encoding_is_refused_with_a_near_miss() -> None:
    with pytest.raises(MappingError, match="did you mean krutidev-010"):
        WantedEncoding(encodings(), "krutidev")
