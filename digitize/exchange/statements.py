"""Current statements in blocks, each with its linked record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from digitize.exchange.books import AT_ONCE, LINKS, STATEMENTS, ExchangeBook
from mappers.linking.cases import KEY

Name = tuple[str, str, str]
"""Sender, kind and the sender's own id of a statement."""
_SHOWN = "s.sender, s.kind, s.statement, s.content, s.said, s.fir, s.cnr, s.prisoner"


@dataclass(frozen=True, slots=True)
class OtherStatement:
    """A statement by another pillar. fir: the FIR it names, {} for none. form, record: its link, "" if it waits."""

    sender: str
    kind: str
    statement: str
    content: str
    said: Mapping[str, str] = field(repr=False)
    fir: Mapping[str, str]
    cnr: str
    prisoner: str
    form: str = ""
    record: str = ""

    @property
    def name(self) -> Name:
        """Its name."""
        return self.sender, self.kind, self.statement


def each_statement(book: ExchangeBook) -> Iterator[list[OtherStatement]]:
    """All current statements in order of their names, in blocks."""
    last: Name = ("", "", "")
    # Row values are compared in this order by both databases, so that each block begins behind the last one.
    query = f"""
      SELECT {_SHOWN}, COALESCE(l.form, ''), COALESCE(l.record, '') FROM {STATEMENTS} s
      LEFT JOIN {LINKS} l ON l.sender = s.sender AND l.kind = s.kind AND l.statement = s.statement
      WHERE s.is_gone = 0 AND (s.sender, s.kind, s.statement) > (?, ?, ?) AND {_newest("s")}
      ORDER BY s.sender, s.kind, s.statement LIMIT {AT_ONCE}"""
    while found := book.rows(query, *last):
        yield [_statement(row) for row in found]
        last = found[-1][:3]


def statements_by(book: ExchangeBook, column: str, values: list[str]) -> list[OtherStatement]:
    """Current statements with one of some values in a column: fir, cnr, prisoner or record (their link)."""
    where = "l.record" if column == "record" else f"s.{column}"
    query = f"""
      SELECT {_SHOWN}, COALESCE(l.form, ''), COALESCE(l.record, '') FROM {STATEMENTS} s
      LEFT JOIN {LINKS} l ON l.sender = s.sender AND l.kind = s.kind AND l.statement = s.statement
      WHERE s.is_gone = 0 AND {where} {book.one_of} AND {_newest("s")}
      ORDER BY s.sender, s.kind, s.statement"""
    return [_statement(row) for row in book.rows(query, book.as_list(values))]


def _newest(of: str) -> str:
    return (
        f"NOT EXISTS (SELECT 1 FROM {STATEMENTS} n WHERE n.sender = {of}.sender AND n.kind = {of}.kind "
        f"AND n.statement = {of}.statement AND n.sequence > {of}.sequence)"
    )


def _statement(row: tuple[str, ...]) -> OtherStatement:
    sender, kind, statement, content, said, fir, cnr, prisoner, form, record = row
    return OtherStatement(
        sender, kind, statement, content, json.loads(said), _key(fir), cnr, prisoner, form, record
    )  # fmt: skip


def _key(text: str) -> Mapping[str, str]:
    made = json.loads(text) if text else {}
    return {n: made[n] for n in KEY if made.get(n)}
