"""What asks for a step by its name asks PostgreSQL for its number as well, so that it walks the right index."""

import pytest

from digitize.workspace.ledger_db.postgres_sql import by_number

NUMBERS = {"inputs": 7, "load": 8, "review": 9}


@pytest.mark.parametrize(
    ("sql", "values", "wanted"),
    [
        ("SELECT detail FROM events WHERE step = 'inputs' LIMIT 1", (), "(step = 'inputs' AND step_no IN (7))"),
        ("SELECT e.at FROM events e WHERE e.seq > ? AND e.step = ?", (3, "load"), "(e.step = ? AND e.step_no IN (8))"),
        ("SELECT 1 FROM state s WHERE s.step IN ('review', ?)", ("no such",), "s.step_no IN (9, 0))"),
        ("SELECT 1 FROM x JOIN state p ON x.n = p.unit WHERE p.step = 'load'", (), "p.step_no IN (8))"),
        (
            "SELECT e.at FROM events e WHERE e.step = 'load' ORDER BY e.seq DESC LIMIT 9",
            (),
            "step_no IN (8)) ORDER BY e.seq_part DESC, e.seq DESC LIMIT 9",
        ),
        ("SELECT seq FROM state WHERE step = 'load' ORDER BY seq DESC LIMIT 1", (), "(8)) ORDER BY seq DESC LIMIT 1"),
        (
            "SELECT at, COUNT(*) FROM events WHERE step = 'load' GROUP BY at, seq ORDER BY seq DESC LIMIT 1",
            (),
            "ORDER BY seq DESC LIMIT 1",
        ),
        # Of single units the index is quick as it is; and these tables have no such column.
        ("SELECT 1 FROM state WHERE unit = ? AND step = ?", ("p", "load"), None),
        ("SELECT 1 FROM state WHERE unit IN (SELECT page FROM scans) AND step = 'load'", (), None),
        ("SELECT unit FROM leases WHERE step = ?", ("load",), None),
        ("DELETE FROM standing WHERE step = 1", (), None),
    ],
)
def test_a_statement_that_asks_by_step_alone_names_its_number(sql, values, wanted):
    made = by_number(sql, values, lambda name: NUMBERS.get(name, 0))
    assert (made == sql) if wanted is None else (wanted in made and made.count("?") == sql.count("?"))
