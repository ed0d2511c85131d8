"""Loaded records as they go into a package: the fields of the layout as text, some records at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from typing import Any

from digitize.exchange.books import AT_ONCE, ExchangeBook
from digitize.exchange.layout import SentForm
from digitize.exchange.lines import line_bytes
from mappers.linking.cases import KEY

Line = dict[str, Any]


def each_record(book: ExchangeBook, kind: str, sent: SentForm) -> Iterator[list[Line]]:
    """All records of a form as lines of a kind, in order of their ids, in blocks."""
    last = ""
    query = f"SELECT record_id FROM {sent.form} WHERE record_id > ? ORDER BY record_id LIMIT {AT_ONCE}"
    while found := book.rows(query, last):
        yield read_records(book, kind, sent, [r[0] for r in found])
        last = found[-1][0]


def read_records(book: ExchangeBook, kind: str, sent: SentForm, records: Sequence[str]) -> list[Line]:
    """These records as lines, in order of their ids, without deleted ones."""
    own: dict[str, dict[str, Any]] = {}
    for table, columns in sent.columns().items():
        child = sent.child_of(table)
        order = "record_id, line" if child else "record_id"
        query = f"SELECT record_id, {', '.join(columns)} FROM {table} WHERE record_id {book.one_of} ORDER BY {order}"
        for record, *values in book.rows(query, book.as_list(records)):
            cells = {n: text for n, v in zip(columns, values, strict=True) if (text := _text(v)) is not None}
            if not child:
                own[record] = cells
            # Taken out between the two statements: the next package tells of it.
            elif record in own:
                own[record].setdefault(child, []).append(cells)
    return [_line(kind, record, own[record]) for record in sorted(own)]


def _line(kind: str, record: str, cells: dict[str, Any]) -> Line:
    fir = {n: cells[n] for n in KEY if cells.get(n)}
    named = {"fir": fir} if set(KEY[:5]) <= set(fir) and _is_key(fir) else {}
    return {"op": "put", "kind": kind, "id": record, **named, "record": cells}


def _is_key(fir: Mapping[str, str]) -> bool:
    """Whether year and number are valid and printable; an invalid key would name no case."""
    numbers = fir["year"], fir["fir_no"]
    are_such = all(n.isascii() and n.isdigit() for n in numbers) and len(numbers[0]) == 4 and len(numbers[1]) <= 18
    return are_such and all(v.isprintable() for v in fir.values())


def _text(value: object) -> str | None:
    if isinstance(value, time):
        # As the schema writes it, whatever the database keeps.
        return value.isoformat("minutes" if not value.second else "seconds")
    return None if value is None else str(value)


def content_of(line: Mapping[str, Any]) -> str:
    """Hash of a line's content, used to detect changes."""
    return hashlib.sha256(line_bytes(line)).hexdigest()
