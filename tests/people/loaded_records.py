"""A few records in a SQLite target, each told as plain values: what attacks on search and services are tried at."""

import polars as pl

from digitize.search.log import Searcher
from digitize.services import registry
from digitize.services.asker import ServiceAsker
from digitize.services.query_service import ServiceDesk
from digitize.targets.rows import FormRows, RowBatch, with_hash
from digitize.targets.sqlite import SqliteTarget
from digitize.targets.value_checks import REFUSED

_SHARED = {"state": "wb", "district": "Howrah", "police_station": "Kalpanapur", "year": "2013"}
THEFT = {"acts": [{"act": "IPC", "section": "379"}]}


def loaded(path, *records):
    """A target with records: (form, id, fields, child tables)."""
    tables = {}
    for form, name, fields, children in records:
        own = tables.setdefault(form, {})
        own.setdefault(form, []).append({"record_id": name, **_SHARED, **fields})
        for child, rows in children.items():
            own.setdefault(f"{form}_{child}", []).extend(
                {"record_id": name, "line": n, **row} for n, row in enumerate(rows, 1)
            )
    forms = {}
    for form, own in tables.items():
        frames = {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in own.items()}
        frames = {n: f.with_columns(pl.col("line").cast(pl.Int32)) if n != form else f for n, f in frames.items()}
        forms[form] = FormRows({**frames, form: with_hash(form, frames)}, pl.DataFrame(schema=REFUSED))
    target = SqliteTarget(path)
    target.take(RowBatch("0" * 31 + "1", "books", forms))
    return target


def fir(name, number, *persons, children=None, **fields):
    """An FIR of theft. persons: (role, name, more)."""
    rows = [{"role": role, "name": who, **more} for role, who, more in persons]
    return "iif1", name, {"fir_no": number, **fields}, {**THEFT, "persons": rows, **(children or {})}


def missing(name, number, who, age, relative=None, **fields):
    """A report of somebody missing. who: None for a name that nobody knows."""
    row = {"role": "missing", "name": who, "relative_name": relative, "sex": "female", "age": age}
    days = {"reported_date": "2013-05-01", "missing_from_date": "2013-05-01"}
    return "missing", name, {"report_no": number, **days, **fields}, {"persons": [row]}


def warrant(name, number, who, relative="Karim Sheikh", kind="proclamation"):
    """A warrant that is pending."""
    row = {"role": "accused", "name": who, "relative_name": relative, "age": "30"}
    fields = {"fir_no": number, "warrant_date": "2013-06-01", "warrant_kind": kind, "po_status": "pending"}
    return "po", name, fields, {**THEFT, "persons": [row]}


def asks(role="public", who="Asha", unmasking=None):
    """Who asks."""
    return ServiceAsker(Searcher(who, "office", "case 12", unmasking), role)


def told(target, service, role="public", limit=10, **asked):
    """The verdict of a service, and (record, what is said) of each that was found."""
    answer = ServiceDesk(target).answer(registry.find_service(service), asked, asks(role), limit)
    return answer.verdict, [(one.record, one.says) for one in answer.found]
