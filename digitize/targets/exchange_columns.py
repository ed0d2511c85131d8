"""Tables for the exchange with courts, prisons, prosecution and laboratories, next to the loaded records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PACKAGES, SENT, STATEMENTS = "exchange_packages", "exchange_sent", "exchange_statements"
LINKS, KEYS, EVENTS = "exchange_links", "exchange_keys", "exchange_events"
TEXT, ID, NUMBER, TIME = "text", "id", "number", "time"
"""Column kinds: any text, text compared byte by byte, an integer, the time of writing."""


@dataclass(frozen=True, slots=True)
class BookTable:
    """One table.

    columns: name -> kind; nothing is null. comments: column, or "" for the table -> meaning. append_only: rows are
    added, never changed or deleted.
    """

    columns: Mapping[str, str]
    key: tuple[str, ...]
    indexes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    append_only: bool = False


_STATEMENT = {"sender": ID, "kind": ID, "statement": ID}
EXCHANGE_TABLES: Mapping[str, BookTable] = {
    PACKAGES: BookTable(
        {
            **{"way": ID, "partner": ID, "sequence": NUMBER, "pillar": TEXT, "manifest": ID, "previous": TEXT},
            **{"base": TEXT, "day": TEXT, "file": TEXT, "sha256": TEXT, "counts": TEXT, "answers": NUMBER},
            **{"is_placed": NUMBER, "operator": TEXT, "at": TIME},
        },
        ("way", "partner", "sequence"),
        {"manifest": ("manifest",)},
        {
            "": "Packages that were sent (forward) and taken in (backward), one row each.",
            "manifest": "SHA-256 of the manifest.",
            "previous": "That of the package before, empty for the first.",
            "answers": "Of one taken in: the package of ours that its sender had then, 0 where it does not say.",
            "is_placed": "Of one sent: 1 when the file stood under its name.",
        },
    ),
    SENT: BookTable(
        {"partner": ID, "kind": ID, "item": ID, "content": TEXT, "sequence": NUMBER},
        ("partner", "kind", "item"),
        {"sequence": ("partner", "sequence")},
        {
            "": "What each receiver holds of each record.",
            "content": "Hash of what was sent; empty: it was told that the record is no more.",
            "sequence": "The package in which that was told.",
        },
    ),
    STATEMENTS: BookTable(
        {
            **_STATEMENT, "sequence": NUMBER, "content": TEXT, "said": TEXT, "fir": ID, "cnr": ID, "prisoner": ID,
            "is_gone": NUMBER, "at": TIME,
        },
        ("sender", "kind", "statement", "sequence"),
        {"cnr": ("cnr",), "prisoner": ("prisoner",), "fir": ("fir",)},
        {
            "": "What others state of cases. The newest of one name stands; police records are never changed by it.",
            "said": "The statement as JSON; empty where it was withdrawn.",
            "fir": "The FIR that it names, as JSON.",
            "is_gone": "1: the sender withdrew it.",
        },
        append_only=True,
    ),
    LINKS: BookTable(
        {**_STATEMENT, "form": TEXT, "record": ID, "how": TEXT},
        ("sender", "kind", "statement"),
        {"record": ("record",)},
        {"": "To which loaded record a statement belongs; one that has none waits."},
    ),
    KEYS: BookTable(
        {"number": NUMBER, "time": TEXT, "reporter": TEXT, "public": TEXT, "act": TEXT, "note": TEXT},
        ("number",),
        {},
        {"": "Whose key is whose; nothing is ever removed."},
        append_only=True,
    ),
    EVENTS: BookTable(
        {
            **{"number": NUMBER, "act": TEXT, "subject": ID, "operator": TEXT, "account": TEXT, "reason": TEXT},
            **{"detail": TEXT, "at": TIME},
        },
        ("number",),
        {"subject": ("subject",)},
        {"": "What people decided of conflicts, and who looked at what a statement says."},
        append_only=True,
    ),
}  # fmt: skip


def sqlite_script() -> str:
    """Statements that create the tables in a SQLite file if missing."""
    kinds = {TEXT: "TEXT NOT NULL", ID: "TEXT NOT NULL", NUMBER: "INTEGER NOT NULL"}
    kinds[TIME] = "TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP"
    made = []
    for name, table in EXCHANGE_TABLES.items():
        columns = ", ".join(f"{c} {kinds[k]}" for c, k in table.columns.items())
        made.append(f"CREATE TABLE IF NOT EXISTS {name} ({columns}, PRIMARY KEY ({', '.join(table.key)}))")
        for index, of in table.indexes.items():
            made.append(f"CREATE INDEX IF NOT EXISTS {name}_{index} ON {name} ({', '.join(of)})")
        for word, act in (("stays", "UPDATE"), ("grows", "DELETE")) if table.append_only else ():
            body = f"BEGIN SELECT RAISE(ABORT, '{name} only grows'); END"
            made.append(f"CREATE TRIGGER IF NOT EXISTS {name}_{word} BEFORE {act} ON {name} {body}")
    return ";\n".join(made) + ";\n"
