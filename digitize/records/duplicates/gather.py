"""Persons and cases out of import files, or out of a workspace, as frames that can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

import polars as pl

from digitize.errors import InputError, OptionsError
from digitize.files.validating.block import LINE as BLOCK_LINE
from digitize.files.validating.readers import open_reader
from digitize.files.validating.sources import TableSource, find_sources
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from mappers.record import Record
from mappers.schema import form_tables
from validators.checking.evaluate import asked_frames
from validators.checking.frames import record_frames
from validators.checking.settings import make_settings
from validators.doubles.known import CASE_FIELDS, PERSON_FIELDS, case_columns, person_columns
from validators.rulebook.columns import LINE, RECORD, Fields
from validators.rulebook.rule import every_rule, load_rules

PERSONS, CASES = "P001", "P002"
KINDS: Mapping[str, str] = {"person": PERSONS, "case": CASES}
Texts = Mapping[str, pl.DataFrame]
_RECORDS = 2000


def load_file_texts(paths: Sequence[Path], form: str) -> dict[str, pl.DataFrame]:
    """The text frames of files in the flat layout, or of folders of them, by table. Raises InputError."""
    found: dict[str, list[pl.DataFrame]] = {}
    for number, source in enumerate(find_sources(paths, form).sources):
        wanted = _list_columns(form, source.table.name)
        if wanted:
            found.setdefault(source.table.name, []).extend(_read_blocks(source, wanted, number))
    # Files need not have the same columns.
    texts = {name: pl.concat(frames, how="diagonal") for name, frames in found.items() if frames}
    if not any(frame.height for frame in texts.values()):
        raise InputError(f"{paths[0].name}: it has no row with a person or case to compare")
    return texts


def load_record_texts(ledger: Ledger, form: str) -> dict[str, pl.DataFrame]:
    """The text frames of a workspace's records of a form, by table."""
    found: dict[str, list[pl.DataFrame]] = {}
    records = (s.record for s in Records(ledger).all() if s.record.form == form)
    while batch := list(islice(records, _RECORDS)):
        for name, frame in _make_frames(batch, form):
            found.setdefault(name, []).append(frame)
    return {name: pl.concat(frames) for name, frames in found.items()}


def build_comparison_frame(kind: str, form: str, texts: Texts) -> pl.DataFrame:
    """Comparison frame for persons or cases: columns of the duplicate rule, which itself is not run.

    Raises OptionsError if the form has none.
    """
    code = KINDS[kind]
    if code not in load_rules(form):
        raise OptionsError(f"form {form} has no fields by which {kind}s are compared.")
    # Any day will do: the rule's frame is taken, and what it asks of days is not.
    settings = make_settings(date(2000, 1, 1), policy="import", left_out=every_rule().keys() - {code})
    for frame, questions in asked_frames(form, texts, settings):
        for question in questions:
            table = question.bound.table
            owner = form_tables(form)[form] if table.child else None
            fields = Fields(table, settings, question.bound.fields[0], owner, f"{code}.{table.name}")
            return frame.select(person_columns(fields) if kind == "person" else case_columns(fields))
    return pl.DataFrame()


def _list_columns(form: str, table: str) -> set[str]:
    """The columns of a table that either comparison reads."""
    child = form_tables(form)[table].child
    names: set[str] = set()
    for name in (*PERSON_FIELDS, *CASE_FIELDS):
        above, _, last = name.rpartition(".")
        if child == (above if above != "parent" else "") or (
            child == "persons" and not above and name in PERSON_FIELDS
        ):
            names.add(last)
    return {n for n in names if form_tables(form)[table].column(n)}


def _read_blocks(source: TableSource, wanted: set[str], number: int) -> Iterator[pl.DataFrame]:
    """Rows of a table in blocks; a row without an id is its own record. number: of the file."""
    reader = open_reader(source.path, source.name, source.table)
    # Turned round, so that of two columns of one name the first counts.
    places = {n: i for i, n in reversed(list(enumerate(reader.names))) if n in wanted or n == "record_id"}
    for block in reader.blocks(places):
        line = pl.col(BLOCK_LINE)
        given = pl.col("record_id") if "record_id" in places else pl.lit(None, dtype=pl.String)
        # No id of a file begins with NUL, so what is made up never meets a real one.
        record = pl.when(given != "").then(given).otherwise(pl.concat_str(pl.lit(f"\x00{number}:"), line))
        texts = (pl.when(pl.col(n) != "").then(pl.col(n)).alias(n) for n in places if n != "record_id")
        yield block.frame.select(record.alias(RECORD), line.alias(LINE), *texts)


def _make_frames(batch: Sequence[Record], form: str) -> Iterator[tuple[str, pl.DataFrame]]:
    ids = pl.Series([r.id for r in batch], dtype=pl.String)
    for name, frame in record_frames(form, batch).items():
        wanted = _list_columns(form, name)
        if wanted:
            own = [c for c in frame.columns if c in wanted]
            texts = [pl.col(c) if c in own else pl.lit(None, dtype=pl.String).alias(c) for c in sorted(wanted)]
            yield name, frame.select(ids.gather(frame[RECORD]).alias(RECORD), pl.col(LINE) + 1, *texts)
