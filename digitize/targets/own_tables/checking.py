"""A layout compared with a database by itself: before there is a book, and before anything is loaded."""

from __future__ import annotations

import psycopg

from digitize.targets.own_tables.comparing import TableComparison, compare_layout
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.connect import connect, refusal
from mappers.layouts import TableLayout


def check_layout(address: DatabaseAddress, layout: TableLayout) -> TableComparison:
    """All that does not fit, of a database that is reached. Raises TargetRefused when it is not."""
    with connect(address) as db:
        try:
            with db.transaction():
                return compare_layout(db, layout)
        except psycopg.Error as e:
            raise refusal(e, address) from None
