"""Rows of an older version that violate constraints of a newer one: nothing is lost or altered unasked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg import sql

from digitize.errors import TargetRefused
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.definition import Definition, Statement
from digitize.targets.value_checks import DEGREE, DEGREES

LIST = "upgrade_findings"
_FOREIGN = re.compile(r"FOREIGN KEY \((?P<own>[^)]*)\) REFERENCES (?P<table>\w+) \((?P<of>[^)]*)\)")
_NAMED = 10


class Upgrade:
    """See `OldRows`; inside the transaction of `target init`."""

    def __init__(
        self,
        db: psycopg.Connection[Any],
        address: DatabaseAddress,
        new: Definition,
        tell: Callable[[str], None],
        *,
        takes_out: bool,
    ) -> None:
        """tell: is told of rows that violate a constraint.

        takes_out: values that a new type cannot hold are moved to the findings list; otherwise they are refused.
        """
        self._db, self._address, self._new, self._tell, self._takes_out = db, address, new, tell, takes_out

    def holds(self, table: str, name: str, body: str) -> bool:
        """Whether all rows satisfy a constraint. Those that do not are listed and stay as they are."""
        broken = _select_violations(table, body)
        columns = self._new[table].columns
        ids = [sql.Identifier(c) if c in columns else sql.SQL(d) for c, d in (("record_id", "''"), ("line", "0"))]
        query = sql.SQL(
            "INSERT INTO {} (table_name, record_id, line, name, state) SELECT {}, {}, {}, {}, 'kept' "
        ).format(sql.Identifier(LIST), sql.Literal(table), *ids, sql.Literal(name))
        count = self._db.execute(query + broken).rowcount
        if count:
            self._tell(
                f"{table}: {count} rows violate {name} ({body}). They stay as they are, and are listed in "
                f"{self._address.schema}.{LIST}; new rows must comply. Load corrected files, then run target init "
                f"again."
            )
        return not count

    def before_cast(self, table: str, column: str) -> Iterator[Statement]:
        """Move values that are not degrees to the findings list. Raises TargetRefused if that was not requested."""
        odd = _is_odd(column)
        found = self._db.execute(
            sql.SQL("SELECT record_id, line FROM {} WHERE {} ORDER BY 1, 2").format(sql.Identifier(table), odd)
        ).fetchall()
        if not found:
            return
        if not self._takes_out:
            rows = ", ".join(f"{record} line {line}" for record, line in found[:_NAMED])
            more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            raise TargetRefused(
                f"{self._address.name}: table {table}: what stands in {column} is no number from -{DEGREES[column]} to "
                f"{DEGREES[column]}, which it must be from version 2 on: {rows}{more}. Correct these rows, or move the "
                f"values to the table {LIST}: digitize target init URL --take-out. Nothing was changed."
            )
        self._tell(f"{table}: {len(found)} values of {column} were moved to {self._address.schema}.{LIST}.")
        yield sql.SQL(
            "INSERT INTO {} (table_name, record_id, line, name, value, state) "
            "SELECT {}, record_id, line, {}, {}, 'taken out' FROM {} WHERE {}"
        ).format(
            sql.Identifier(LIST),
            sql.Literal(table),
            sql.Literal(column),
            sql.Identifier(column),
            sql.Identifier(table),
            odd,
        )
        yield sql.SQL("UPDATE {} SET {} = NULL WHERE {}").format(sql.Identifier(table), sql.Identifier(column), odd)


def _is_odd(column: str) -> sql.Composed:
    """Whether a text is neither null nor degrees; CASE, since a text might be cast before the check."""
    name, most = sql.Identifier(column), sql.Literal(DEGREES[column])
    return sql.SQL("NOT CASE WHEN {} ~ {} THEN abs({}::numeric) <= {} ELSE {} IS NULL END").format(
        name, sql.Literal(DEGREE), name, most, name
    )


def prove_again(db: psycopg.Connection[Any], ours: Definition, found: dict[str, Any]) -> Iterator[Statement]:
    """Statements that validate constraints which old rows violated, if all rows satisfy them now."""
    for table, definition in ours.items():
        for name, text in found.get(table, {}).get("constraints", {}).items():
            if not text.endswith("NOT VALID") or name not in definition.constraints:
                continue
            rows = (
                sql.SQL("SELECT EXISTS (SELECT 1 ")
                + _select_violations(table, definition.constraints[name])
                + sql.SQL(")")
            )
            if db.execute(rows).fetchone() == (False,):
                yield sql.SQL("ALTER TABLE {} VALIDATE CONSTRAINT {}").format(
                    sql.Identifier(table), sql.Identifier(name)
                )
                yield sql.SQL("DELETE FROM {} WHERE table_name = {} AND name = {}").format(
                    sql.Identifier(LIST), sql.Literal(table), sql.Literal(name)
                )


def _select_violations(table: str, body: str) -> sql.Composed:
    """FROM and WHERE: the rows that violate the constraint."""
    foreign = _FOREIGN.fullmatch(body)
    if foreign is None:
        test = body.removeprefix("CHECK ")
        return sql.SQL("FROM {} t WHERE NOT ").format(sql.Identifier(table)) + sql.SQL(test)  # our own words
    own, of = foreign["own"].split(", "), foreign["of"].split(", ")
    there = sql.SQL(" AND ").join(sql.SQL("t.{} IS NOT NULL").format(sql.Identifier(n)) for n in own)
    same = sql.SQL(" AND ").join(
        sql.SQL("o.{} = t.{}").format(sql.Identifier(b), sql.Identifier(a)) for a, b in zip(own, of, strict=True)
    )
    return sql.SQL("FROM {} t WHERE {} AND NOT EXISTS (SELECT 1 FROM {} o WHERE {})").format(
        sql.Identifier(table), there, sql.Identifier(foreign["table"]), same
    )
