"""Targets of version 1 with data in them become ones of version 2: nothing is lost, and nothing is altered unasked."""

from decimal import Decimal

import pytest
from targets_pg import execute, make_version_1, rows
from test_digitize_targets import L1, L2, L3, load, record
from test_targets_postgres import refused

from digitize.errors import TargetRefused
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.setup import check_target, init_target
from digitize.targets.postgres.target import PostgresTarget

UUID = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
def old(pg_copy):
    """A target of version 1 with one record: two persons, an address of the second, and one of the record."""
    return parse_address(pg_copy(_version_1_with_a_record))


def _version_1_with_a_record(url):
    make_version_1(parse_address(url))
    execute(
        url,
        f"INSERT INTO loads (load_id, batch, receipt) VALUES ('{UUID}', 'b0', '{{}}');"
        f"INSERT INTO iif1 (record_id, load_id, row_hash, state, police_station, year, fir_no) "
        f"VALUES ('r1', '{UUID}', '{UUID}', 'wb', 'Namuna', 2020, 1);"
        "INSERT INTO iif1_persons (record_id, line, name) VALUES ('r1', 1, 'A'), ('r1', 2, 'B');"
        "INSERT INTO iif1_addresses (record_id, line, person_line, latitude, longitude) VALUES "
        "('r1', 1, 2, '22.50', '-88'), ('r1', 2, NULL, NULL, NULL)",
    )


def test_an_older_target_is_refused_and_brought_up_to_date_with_its_rows(old):
    with pytest.raises(TargetRefused, match="older schema.*target init"):
        PostgresTarget(old)
    told = []
    assert init_target(old, tell=told.append)
    assert told == []
    state = check_target(old)
    assert (state.version, state.is_current, list(state.altered)) == (3, True, [])
    # Nobody asked for the keys by which is searched; once somebody has, they are kept up.
    searched = "SELECT record_id, kind, line FROM search_rows ORDER BY line"
    assert rows(old.url, searched) == []
    assert init_target(old, search=True) == []
    assert rows(old.url, searched) == [("r1", "r", 0), ("r1", "p", 1), ("r1", "p", 2)]
    assert rows(old.url, "SELECT latitude::text, longitude::text, person_line FROM iif1_addresses ORDER BY line") == [
        ("22.50", "-88", 2),
        (None, None, None),
    ]
    assert init_target(old) == []
    target = PostgresTarget(old)
    assert target.load(load(record(1), id=L2)).inserted == 1
    target.close()


def test_a_trial_of_bringing_it_up_to_date_changes_nothing(old):
    assert any("TYPE numeric" in s for s in init_target(old, dry_run=True))
    assert check_target(old).version == 1


BREAKS = {
    "UPDATE iif1_addresses SET person_line = 9 WHERE line = 1": ("iif1_addresses", "iif1_addresses_person", 1),
    "UPDATE iif1 SET year = NULL": ("iif1", "iif1_key_there", 0),
    "DELETE FROM loads": ("iif1", "iif1_loaded", 0),
}


@pytest.mark.parametrize("statement", BREAKS, ids=range(len(BREAKS)))
def test_rows_that_break_what_is_new_stay_and_are_listed(old, statement):
    execute(old.url, statement)
    table, name, line = BREAKS[statement]
    query = f"SELECT t::text FROM {table} t ORDER BY 1"
    before, told = rows(old.url, "SELECT person_line FROM iif1_addresses ORDER BY line"), []
    init_target(old, tell=told.append)
    assert len(told) == 1 and f"{table}: 1 rows" in told[0] and name in told[0]
    assert rows(old.url, "SELECT person_line FROM iif1_addresses ORDER BY line") == before
    assert rows(old.url, "SELECT table_name, record_id, line, name, state FROM upgrade_findings") == [
        (table, "r1", line, name, "kept")
    ]
    stands = rows(old.url, query)
    assert init_target(old) == []
    target = PostgresTarget(old)
    assert target.load(load(record(1), id=L2)).inserted == 1
    target.close()
    assert set(stands) <= set(rows(old.url, query))


def test_what_is_put_right_later_is_proved_by_the_next_init(old):
    execute(old.url, "UPDATE iif1_addresses SET person_line = 9 WHERE line = 1")
    init_target(old)
    execute(old.url, "UPDATE iif1_addresses SET person_line = 1 WHERE line = 1")
    assert any("VALIDATE" in s for s in init_target(old))
    assert rows(old.url, "SELECT 1 FROM upgrade_findings") == []
    assert check_target(old).altered == []
    assert init_target(old) == []


def test_degrees_that_are_none_stop_it_until_they_may_be_taken_out(old):
    wrong = dict(enumerate(["22 deg", "1e3", "95", "", "--3", "२२"], 3))
    for line, value in wrong.items():
        execute(old.url, f"INSERT INTO iif1_addresses (record_id, line, latitude, longitude) VALUES ('r1', {line}, '{value}', '-88')")  # fmt: skip
    with pytest.raises(TargetRefused, match=r"latitude.*r1 line 3.*--take-out"):
        init_target(old)
    assert check_target(old).version == 1
    told = []
    init_target(old, take_out=True, tell=told.append)
    assert f"{len(wrong)} values of latitude" in told[0]
    assert not any(value in told[0] for value in wrong.values() if value)
    assert rows(old.url, "SELECT record_id, line, name, value, state FROM upgrade_findings ORDER BY line") == [
        ("r1", line, "latitude", value, "taken out") for line, value in wrong.items()
    ]
    assert rows(old.url, "SELECT latitude, longitude::text FROM iif1_addresses ORDER BY line") == [
        (Decimal("22.50"), "-88"), (None, None), *[(None, "-88")] * len(wrong)
    ]  # fmt: skip


def test_a_role_that_does_not_own_the_tables_is_told_so(old, pg_server, digitize):
    pg_server.run("CREATE ROLE r_upgrades LOGIN")
    name = old.url.rsplit("/", 1)[1]
    pg_server.run("GRANT USAGE ON SCHEMA cctns TO r_upgrades; GRANT SELECT ON cctns.meta TO r_upgrades", name)
    url = pg_server.database_url(name, "r_upgrades")
    assert "must be owner" in str(refused(digitize, "target", "init", url))
    pg_server.run("DROP OWNED BY r_upgrades", name)
    pg_server.run("DROP ROLE r_upgrades")
    assert check_target(old).version == 1


def test_the_history_points_to_loads_and_a_load_may_come_again(old):
    """A load that is undone and comes again is the newest, and the versions that it replaced stay."""
    init_target(old)
    target = PostgresTarget(old)
    target.load(load(record(1), id=L1))
    target.load(load(record(1, place="X"), id=L2))
    target.load(load(record(1), id=L3))
    target.undo(L3, "test")
    assert target.load(load(record(1), id=L3)).updated == 1
    assert target.load(load(record(1), id=L1)).unchanged == 1
    assert target.find_done(L1, "b1")
    target.close()
    with pytest.raises(Exception, match="foreign key"):
        execute(old.url, "DELETE FROM loads")


def test_the_fir_of_a_record_is_found_when_it_comes_later(old):
    init_target(old)
    execute(
        old.url,
        f"INSERT INTO iif2 (record_id, load_id, row_hash, state, police_station, year, fir_no) "
        f"VALUES ('d1', '{UUID}', '{UUID}', 'wb', 'Namuna', 2020, 1), ('d2', '{UUID}', '{UUID}', 'wb', 'Namuna', 2020, 2)",
    )
    query = "SELECT record_id, fir_id FROM record_fir WHERE form = 'iif2' ORDER BY 1"
    assert rows(old.url, query) == [("d1", "r1"), ("d2", None)]
    execute(
        old.url,
        f"INSERT INTO iif1 (record_id, load_id, row_hash, state, police_station, year, fir_no) "
        f"VALUES ('r2', '{UUID}', '{UUID}', 'wb', 'Namuna', 2020, 2)",
    )
    assert rows(old.url, query) == [("d1", "r1"), ("d2", "r2")]
