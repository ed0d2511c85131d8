"""The tests' own PostgreSQL server."""

import psycopg
import pytest


def test_each_test_has_an_empty_database_of_its_own(pg_server, pg_url):
    with psycopg.connect(pg_url) as db:
        assert db.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
        assert db.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    assert int(pg_server.run("SHOW server_version_num")[0][0]) >= 150000


def test_a_server_that_was_stopped_at_once_comes_back_with_what_was_committed(pg_server, pg_url):
    if not pg_server.is_own:
        pytest.skip("DIGITIZE_TEST_PG names a server that is not ours to stop")
    with psycopg.connect(pg_url) as db:
        db.execute("CREATE TABLE kept (n int)")
        db.commit()
        db.execute("INSERT INTO kept VALUES (1)")
        pg_server.stop()
        with pytest.raises(psycopg.OperationalError):
            db.execute("SELECT 1")
    pg_server.start()
    with psycopg.connect(pg_url) as db:
        assert db.execute("SELECT count(*) FROM kept").fetchone() == (0,)
