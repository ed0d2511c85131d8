"""Compare a layout with a database before there is a book and before anything is loaded."""

from __future__ import annotations

import psycopg

from digitize.targets.own_tables.comparing import TableComparison, compare_layout
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.connect import connect, refusal
from mappers.layouts import TableLayout


def check_layout(address: DatabaseAddress, layout: TableLayout) -> TableComparison:
    """List everything that does not fit. Raises TargetRefused if the database cannot be reached."""
    with connect(address) as db:
        try:
            with db.transaction():
                return compare_layout(db, layout)
        except psycopg.Error as e:
            raise refusal(e, address) from None
