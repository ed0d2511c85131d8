"""A target that was restored elsewhere is what it was; what a DBA did to it on purpose is taken over, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from targets_pg import execute, restore_elsewhere, rows, run
from test_digitize_targets import L1, L2, load, record
from test_targets_postgres import address, refused, roles  # noqa: F401  # fixtures

from digitize.errors import TargetRefused
from digitize.files.loading.load import LoadOptions, load_files
from digitize.files.loading.settings import import_settings
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.constraint_parser import means_the_same
from digitize.targets.postgres.setup import check_target, init_target
from digitize.targets.postgres.target import PostgresTarget
from sample_data.makers.load_files import write_files


def load_folder(folder, url, **options):
    target = PostgresTarget(parse_address(url))
    receipts = load_files([folder], "iif1", target, import_settings("iif1", ignore=["L001"]), LoadOptions(**options))
    target.close()
    return receipts


def test_a_restored_target_goes_on_as_before(address, pg_server, tmp_path):  # noqa: F811
    """Brackets of checks are others after a restore. Nothing is done twice, and other files are loaded."""
    write_files(tmp_path / "a", 60, 3)
    write_files(tmp_path / "b", 90, 4)
    load_folder(tmp_path / "a", address.url)
    before = rows(address.url, "SELECT count(*), count(DISTINCT load_id) FROM iif1")
    other = restore_elsewhere(pg_server, address.url, tmp_path)
    checks = "SELECT string_agg(pg_get_constraintdef(oid), ';' ORDER BY conname) FROM pg_constraint WHERE contype = 'c'"
    assert rows(other, checks) != rows(address.url, checks), "this version restores checks as they were"
    state = check_target(parse_address(other))
    assert (state.is_current, list(state.altered)) == (True, [])
    load_folder(tmp_path / "a", other)
    assert rows(other, "SELECT count(*), count(DISTINCT load_id) FROM iif1") == before
    load_folder(tmp_path / "b", other)
    assert rows(other, "SELECT count(*) FROM iif1")[0][0] == 90
    assert init_target(parse_address(other)) == []
    pg_server.drop_database(other)


def test_a_target_restored_twice_is_still_the_same(address, pg_server, tmp_path):  # noqa: F811
    once = restore_elsewhere(pg_server, address.url, tmp_path)
    twice = restore_elsewhere(pg_server, once, tmp_path)
    PostgresTarget(parse_address(twice)).close()
    for url in (once, twice):
        pg_server.drop_database(url)


SAME = [
    ("CHECK (year BETWEEN 1 AND 9999)", "CHECK (((year >= 1) AND (year <= 9999)))"),
    ("CHECK (((a >= 0) AND (b >= 0)) AND (c >= 0))", "CHECK ((a >= 0) AND ((b >= 0) AND (c >= 0)))"),
    ("CHECK (why IN ('b', 'a'))", "CHECK ((why = ANY (ARRAY['a'::text, 'b'::text])))"),
    ("CHECK (why IN ('a'))", "CHECK ((why = ANY ((ARRAY['a'::character varying])::text[])))"),
    ("CHECK (latitude >= -90)", "CHECK ((latitude >= ('-90'::integer)::numeric))"),
    ("CHECK (record_id <> '')", "CHECK ((record_id <> ''::text))"),
    ("CHECK (a IS NOT NULL AND b IS NOT NULL)", "CHECK (((a IS NOT NULL) AND (b IS NOT NULL)))"),
    ("PRIMARY KEY (a,  b)", "PRIMARY KEY (a, b)"),
    ("FOREIGN KEY (a) REFERENCES t(b) NOT VALID", "FOREIGN KEY (a) REFERENCES t(b)"),
]
OTHER = [
    ("CHECK (year BETWEEN 1 AND 9999)", "CHECK (((year >= 1) OR (year <= 9999)))"),
    ("CHECK (a >= 0 AND b >= 0)", "CHECK (a >= 0)"),
    ("CHECK (a >= 0 AND b >= 0 OR c >= 0)", "CHECK (a >= 0 AND (b >= 0 OR c >= 0))"),
    ("CHECK (why IN ('a', 'b'))", "CHECK ((why = ANY (ARRAY['a'::text, 'b'::text, 'c'::text])))"),
    ("CHECK (a > 0)", "CHECK (lower(a) > 0)"),
    ("CHECK (a = 'X')", "CHECK (a = 'x')"),
    ("CHECK (a >= 0)", "CHECK (a >= 0) NOT VALID"),
    ("CHECK (a >= 0)", "CHECK (a >= 0) NO INHERIT"),
    ("FOREIGN KEY (a) REFERENCES t(b)", "FOREIGN KEY (a) REFERENCES t(b) ON DELETE CASCADE"),
    ("CHECK (f(a) > 0)", "CHECK (f(b) > 0)"),
]


@pytest.mark.parametrize(("made", "found"), SAME)
def test_another_spelling_is_no_other_meaning(made, found):
    assert means_the_same(made, found)


@pytest.mark.parametrize(("made", "found"), OTHER)
def test_another_meaning_is_seen(made, found):
    assert not means_the_same(made, found)


PART = st.recursive(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["=", "<", ">=", "<>"]), st.integers(-1, 1)),
    lambda inner: st.tuples(st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)),
    max_leaves=6,
)


def written(part):
    if len(part) == 3:
        return f"({part[0]} {part[1]} {part[2]})"
    return "(" + f" {part[0]} ".join(written(p) for p in part[1]) + ")"


def holds(part, values):
    if len(part) == 3:
        left, right = values[part[0]], part[2]
        return {"=": left == right, "<": left < right, ">=": left >= right, "<>": left != right}[part[1]]
    return (all if part[0] == "AND" else any)(holds(p, values) for p in part[1])


@given(PART, PART, st.fixed_dictionaries(dict.fromkeys("abc", st.integers(-1, 1))))
def test_checks_that_are_taken_for_the_same_accept_the_same_rows(one, other, values):
    if means_the_same(f"CHECK {written(one)}", f"CHECK {written(other)}"):
        assert holds(one, values) == holds(other, values)


ADOPTED = {
    "CREATE INDEX mine ON iif1 (place)": "table iif1: index mine was added: kept",
    "ALTER TABLE iif1 ADD more text": "table iif1: column more was added: kept",
    "ALTER TABLE iif1 ADD more text NOT NULL DEFAULT 'x'": "table iif1: column more was added: kept",
    "COMMENT ON COLUMN iif1.place IS 'where'": "table iif1: the comment on place was changed: kept",
    "ALTER TABLE loads ALTER at SET DEFAULT clock_timestamp()": "column at has the default clock_timestamp()",
}


@pytest.mark.parametrize("statement", ADOPTED, ids=range(len(ADOPTED)))
def test_what_a_dba_did_on_purpose_is_taken_over(address, digitize, statement):  # noqa: F811
    execute(address.url, statement)
    assert ADOPTED[statement] in digitize("target", "adopt", address.url, "--dry-run")
    assert rows(address.url, "SELECT 1 FROM meta WHERE key = 'adopted'") == []
    assert ADOPTED[statement] in digitize("target", "adopt", address.url, "--yes")
    ((note,),) = rows(address.url, "SELECT value -> 0 FROM meta WHERE key = 'adopted'")
    assert note["role"] and note["at"] and ADOPTED[statement] in note["what"][0]
    target = PostgresTarget(address)
    assert target.load(load(record(1))).inserted == 1
    target.close()
    assert init_target(address) == []
    assert digitize.json("target", "adopt", address.url, "--yes")["taken"] == []


def test_parts_of_a_table_are_taken_over_and_loaded_into(address, digitize, tmp_path):  # noqa: F811
    """By the record's id all keys stay possible."""
    keys = rows(
        address.url,
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'iif1_acts'::regclass",
    )
    parts = "; ".join(
        f"CREATE TABLE iif1_acts_{n} PARTITION OF iif1_acts FOR VALUES WITH (MODULUS 2, REMAINDER {n})" for n in (0, 1)
    )
    execute(address.url, "CREATE TABLE whole (LIKE iif1_acts INCLUDING DEFAULTS) PARTITION BY HASH (record_id)")
    execute(address.url, "DROP TABLE iif1_acts; ALTER TABLE whole RENAME TO iif1_acts")
    for name, body in keys:
        execute(address.url, f"ALTER TABLE iif1_acts ADD CONSTRAINT {name} {body}")
    execute(address.url, parts)
    assert "partitioned by HASH (record_id)" in digitize("target", "adopt", address.url, "--yes")
    write_files(tmp_path / "a", 20, 3)
    load_folder(tmp_path / "a", address.url, is_first=True)
    assert rows(address.url, "SELECT count(*) FROM iif1") == [(20,)]
    execute(
        address.url,
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
        "CREATE TRIGGER eats BEFORE INSERT ON iif1_acts_0 FOR EACH ROW EXECUTE FUNCTION no()",
    )
    with pytest.raises(TargetRefused, match=r"iif1_acts_0\.eats was added"):
        PostgresTarget(address)


REFUSED = {
    "ALTER TABLE iif1 DROP COLUMN place": "Restore it",
    "ALTER TABLE iif1 ADD more text NOT NULL": "Give it a default",
    "ALTER TABLE iif1 ADD CHECK (fir_no < 9)": "may refuse rows",
    "CREATE UNIQUE INDEX mine ON iif1 (fir_no)": "may refuse rows",
    "ALTER TABLE iif1 ALTER place SET DEFAULT 'x'": "would fill in values",
    "CREATE RULE quiet AS ON INSERT TO iif1 DO INSTEAD NOTHING": "without notice",
    "ALTER TABLE iif1 ENABLE ROW LEVEL SECURITY": "without notice",
}


@pytest.mark.parametrize("statement", REFUSED, ids=range(len(REFUSED)))
def test_what_could_lose_rows_is_never_taken_over(address, digitize, statement):  # noqa: F811
    execute(address.url, f"CREATE INDEX mine_too ON iif1 (place); {statement}")
    assert REFUSED[statement] in digitize("target", "adopt", address.url, "--dry-run")
    assert REFUSED[statement] in str(refused(digitize, "target", "adopt", address.url, "--yes"))
    assert rows(address.url, "SELECT 1 FROM meta WHERE key = 'adopted'") == []


def test_nothing_is_taken_over_without_a_yes(address, digitize):  # noqa: F811
    execute(address.url, "CREATE INDEX mine ON iif1 (place)")
    digitize("target", "adopt", address.url, code=1)
    assert rows(address.url, "SELECT 1 FROM meta WHERE key = 'adopted'") == []


def test_only_the_owner_takes_over_and_not_from_a_newer_version(address, digitize, pg_server, roles):  # noqa: F811
    execute(address.url, "CREATE INDEX mine ON iif1 (place)")
    loader = roles()
    init_target(address, loader)
    own = pg_server.database_url(address.url.rsplit("/", 1)[1], loader)
    assert "must be owner" in str(refused(digitize, "target", "adopt", own, "--yes"))
    execute(address.url, "UPDATE meta SET value = '99' WHERE key = 'version'")
    assert "version 99" in str(refused(digitize, "target", "adopt", address.url, "--yes"))
    execute(address.url, f"DROP OWNED BY {loader}")


def test_a_printed_script_makes_what_init_makes(pg_server, digitize, tmp_path):
    path = tmp_path / "target.sql"
    path.write_text(digitize("target", "init", "--print"), encoding="utf-8")
    url = pg_server.create_database()
    run("psql", "-q", "-X", "-f", str(path), url)
    made = parse_address(url)
    assert init_target(made) == []
    target = PostgresTarget(made)
    assert target.load(load(record(1), id=L1)).inserted == 1
    assert target.load(load(record(1, place="X"), id=L2)).updated == 1
    target.close()
    other = pg_server.create_database()
    init_target(parse_address(other))
    for what in ("version", "definition", "catalogue", "masters", "server"):
        query = f"SELECT value FROM meta WHERE key = '{what}'"
        assert rows(url, query) == rows(other, query)
    assert rows(url, "SELECT count(*) FROM master_districts") == rows(other, "SELECT count(*) FROM master_districts")
    for one in (url, other):
        pg_server.drop_database(one)


def test_a_printed_script_gives_the_loading_role_its_rights(pg_server, digitize, tmp_path, roles):  # noqa: F811
    loader, path, url = roles(), tmp_path / "target.sql", pg_server.create_database()
    path.write_text(digitize("target", "init", "--print", "--loader", loader), encoding="utf-8")
    run("psql", "-q", "-X", "-f", str(path), url)
    target = PostgresTarget(parse_address(pg_server.database_url(url.rsplit("/", 1)[1], loader)))
    assert target.load(load(record(1))).inserted == 1
    target.close()
    pg_server.drop_database(url)
