"""The view that links any record of a case to its FIR."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import sql

from digitize.targets.postgres.definition import Statement
from mappers.schema import load_schemas

FIR_OF = "record_fir"
_BOOK = ("police_station", "year", "fir_no")
_MEANS = (
    "The FIR of each record of another form, null while it is not there: FIRs may be loaded later, so this is no key."
)


def fir_forms() -> list[str]:
    """Forms whose key contains that of an FIR."""
    return [f for f, tables in load_schemas().items() if f != "iif1" and {*_BOOK} <= {*tables[f].key}]


def make_views() -> Iterator[Statement]:
    """Statements that recreate the view."""
    one = (
        "SELECT {}::text AS form, r.record_id, f.record_id AS fir_id FROM {} r LEFT JOIN iif1 f ON "
        + " AND ".join(f"f.{n} = r.{n}" for n in _BOOK)
        # A place that is not known on either side is no other place.
        + " AND f.district IS NOT DISTINCT FROM r.district AND f.state IS NOT DISTINCT FROM r.state"
    )
    parts = [sql.SQL(one).format(sql.Literal(form), sql.Identifier(form)) for form in fir_forms()]
    yield drop_view()
    yield sql.SQL("CREATE VIEW {} AS ").format(sql.Identifier(FIR_OF)) + sql.SQL(" UNION ALL ").join(parts)
    yield sql.SQL("COMMENT ON VIEW {} IS {}").format(sql.Identifier(FIR_OF), sql.Literal(_MEANS))


def drop_view() -> Statement:
    """Statement that drops the view, so that its columns may change."""
    return sql.SQL("DROP VIEW IF EXISTS {}").format(sql.Identifier(FIR_OF))
