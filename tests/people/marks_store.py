"""A store of a few invented records, given as rows of its tables."""

import polars as pl

from digitize.search.stores import open_store
from digitize.services.kind import MATCH, SAYS
from digitize.targets.rows import LINE, FormRows, RowBatch, with_hash
from digitize.targets.sqlite import SqliteTarget
from digitize.targets.value_checks import REFUSED
from mappers.schema import load_schemas

STATION = {"state": "wb", "district": "Howrah", "police_station": "Kalpanapur"}


def batch(tables, name="books"):
    """tables: table -> rows. Lines of child tables are counted where they are not given."""
    forms = {}
    for form, schema in load_schemas().items():
        some = {n: _frame(n, tables[n], bool(t.child)) for n, t in schema.items() if tables.get(n)}
        if form in some:
            forms[form] = FormRows({**some, form: with_hash(form, some)}, pl.DataFrame(schema=REFUSED))
    return RowBatch(f"{abs(hash(name)):032x}"[:32], name, forms)


def _frame(name, rows, is_child):
    seen = {}
    made = []
    for row in rows:
        line = seen[row["record_id"]] = seen.get(row["record_id"], 0) + 1
        made.append({**({LINE: line} if is_child else {}), **row})
    frame = pl.DataFrame(made, infer_schema_length=None)
    return frame.with_columns(pl.col(LINE).cast(pl.Int32)) if is_child else frame


def fir(record, number, year="2012", **more):
    """A row of iif1; other forms take the same key."""
    return {"record_id": record, **STATION, "year": year, "fir_no": str(number), "fir_date": f"{year}-03-05", **more}


def open_sqlite(path, *tables):
    """A store in a file with these tables, each loaded as a batch of its own."""
    target = SqliteTarget(path)
    for n, some in enumerate(tables):
        target.take(batch(some, f"books {n}"))
    return target, open_store(target)


def asked(service, store, **given):
    """The verdict and what was found, as whoever may see all would be told: [(record, child, line, says)]."""
    found = service.find(store, {n.replace("_", "-"): v for n, v in given.items()})
    rows = [{SAYS: one.says, MATCH: one.match.how if one.match else ""} for one in found]
    verdict = service.verdict(rows) if rows else service.unfound(given)
    return verdict, [(one.record, one.child, one.line, one.says) for one in found]
