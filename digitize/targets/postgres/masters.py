"""Master tables of a PostgreSQL target: states, districts, stations, acts, sections and code lists of the package.

They are for joins. No column of a record has a foreign key to them: a person may confirm a value against each list
rule, or the rule passes unknown values with a note, and a target may not refuse what the rules accept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from psycopg import sql

from digitize.targets.postgres.definition import Definition, Statement, TableDef
from mappers.codes import acts, code_lists, crime_heads, districts, sections, shipped_stations, states

Row = tuple[str | None, ...]
_TEXT = "text NOT NULL"
_TIMES = {"valid_from": "date", "valid_to": "date"}


def _master(columns: Mapping[str, str], key: str, comment: str, name: str, **keys: str) -> TableDef:
    constraints = {f"{name}_pkey": f"PRIMARY KEY ({key})", **{f"{name}_{k}": v for k, v in keys.items()}}
    return TableDef(columns, constraints, comments={"": comment}, owner_only=True)


MASTERS: Definition = {
    "master_states": _master(
        {"state": _TEXT, "lgd_code": _TEXT, "name": _TEXT, "valid_from": "date", "predecessor": "text"},
        "state", "States and union territories: the codes in the column state.", "master_states",
    ),
    "master_districts": _master(
        {"state": _TEXT, "district": _TEXT, "lgd_code": "text", **_TIMES, "predecessor": "text"},
        "state, district", "Districts, revenue and police, that the package knows; never complete.", "master_districts",
        state="FOREIGN KEY (state) REFERENCES master_states (state)",
    ),
    "master_stations": _master(
        {"state": _TEXT, "district": _TEXT, "police_station": _TEXT, "code": "text", **_TIMES},
        "state, district, police_station", "Police stations that the package knows; of most states none.",
        "master_stations", state="FOREIGN KEY (state) REFERENCES master_states (state)",
    ),
    "master_acts": _master(
        {"act": _TEXT, "short_name": _TEXT, "full_name": _TEXT, "year": "smallint", **_TIMES, "scope": "text"},
        "act", "Acts: the codes in the columns act.", "master_acts",
    ),
    "master_sections": _master(
        {"act": _TEXT, "section": _TEXT, "title": _TEXT, **_TIMES},
        "act, section", "Sections of the codes of law.", "master_sections",
        act="FOREIGN KEY (act) REFERENCES master_acts (act)",
    ),
    "master_lists": _master(
        {"list": _TEXT, "is_open": "boolean NOT NULL", "note": "text"},
        "list", "Code lists. is_open: never complete, names that are not in it are values, too.", "master_lists",
    ),
    "master_codes": _master(
        {"list": _TEXT, "code": _TEXT, **_TIMES},
        "list, code", "The codes of each list.", "master_codes",
        list="FOREIGN KEY (list) REFERENCES master_lists (list)",
    ),
    "master_crime_heads": _master(
        {"minor_head": _TEXT, "major_head": _TEXT, "minor_name": _TEXT, "major_name": _TEXT},
        "minor_head", "Crime heads.", "master_crime_heads",
    ),
}  # fmt: skip


@cache
def master_rows() -> Mapping[str, Sequence[Row]]:
    """Rows of each master table, in column order; "" means null."""
    lists = code_lists()
    stations = [(code, s) for code in states() for s in shipped_stations(code)]
    known = acts()
    made: dict[str, list[Row]] = {
        "master_states": [(s.code, s.lgd, s.name, s.valid_from, s.predecessor) for s in states().values()],
        "master_districts": [
            (d.state, d.name, d.lgd, d.valid_from, d.valid_to, d.predecessor)
            for code in states()
            for d in districts(code)
        ],
        "master_stations": [(c, s.district, s.name, s.code, s.valid_from, s.valid_to) for c, s in stations],
        "master_acts": [
            (a.id, a.short_name, a.full_name, a.year, a.in_force_from, a.in_force_to, a.scope) for a in known.values()
        ],
        "master_sections": [
            (s.act, s.number, s.title, s.valid_from, s.valid_to) for s in sections().values() if s.act in known
        ],
        "master_lists": [(n, str(c.is_open).lower(), c.note) for n, c in lists.items()],
        "master_codes": [(n, v, *c.valid.get(v, ("", ""))) for n, c in lists.items() for v in c.values],
        "master_crime_heads": [(h.minor, h.major, h.minor_title, h.major_title) for h in crime_heads().values()],
    }
    keys = {n: len(t.constraints[f"{n}_pkey"].split(",")) for n, t in MASTERS.items()}
    # The last of equal keys counts: a station that moved back, a district that is listed twice. "" only in keys.
    last = {n: {row[: keys[n]]: row for row in rows} for n, rows in made.items()}
    return {n: [_blank_later(row, keys[n]) for row in rows.values()] for n, rows in last.items()}


def _blank_later(row: Row, key: int) -> Row:
    return tuple(v if v or n < key else None for n, v in enumerate(row))


def fill_masters() -> Iterator[Statement]:
    """Statements that replace the existing rows by those of the package."""
    names = list(MASTERS)
    for name in reversed(names):
        yield sql.SQL("DELETE FROM {}").format(sql.Identifier(name))
    for name in names:
        rows = master_rows()[name]
        columns = sql.SQL(", ").join(sql.Identifier(c) for c in MASTERS[name].columns)
        values = sql.SQL(",\n").join(
            sql.SQL("({})").format(sql.SQL(", ").join(sql.SQL("NULL") if v is None else sql.Literal(v) for v in row))
            for row in rows
        )
        yield sql.SQL("INSERT INTO {} ({}) VALUES\n").format(sql.Identifier(name), columns) + values
