"""PostgreSQL definitions of the exchange tables."""

from __future__ import annotations

from digitize.targets.exchange_columns import EXCHANGE_TABLES, ID, NUMBER, TEXT, TIME
from digitize.targets.postgres.definition import Definition, TableDef

_KINDS = {
    TEXT: "text NOT NULL", ID: 'text COLLATE "C" NOT NULL', NUMBER: "bigint NOT NULL",
    TIME: "timestamptz NOT NULL DEFAULT now()",
}  # fmt: skip
EXCHANGE: Definition = {
    name: TableDef(
        {column: _KINDS[kind] for column, kind in table.columns.items()},
        {f"{name}_pkey": f"PRIMARY KEY ({', '.join(table.key)})"},
        {f"{name}_{index}": f"({', '.join(of)})" for index, of in table.indexes.items()},
        table.comments,
        append_only=table.append_only,
    )
    for name, table in EXCHANGE_TABLES.items()
}
