"""A state's own tables in PostgreSQL: what is written there, what is refused by name, and that nothing else is touched."""

import csv
import re
import threading
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from digitize.errors import OptionsError, TargetRefused
from digitize.targets.base import Load
from digitize.targets.comparing import record_digests
from digitize.targets.from_records import as_batch
from digitize.targets.open import open_target
from digitize.targets.own_tables.book import book_address, init_book
from digitize.targets.own_tables.checking import check_layout
from digitize.targets.own_tables.target import OwnTablesTarget
from digitize.targets.postgres.address import parse_address
from digitize.targets.sqlite import SqliteTarget
from mappers.errors import MappingError
from mappers.layouts import bind_layout, read_layout
from mappers.layouts.model import LayoutFile
from mappers.record import FieldValue, Record
from sample_data.makers.own_tables import write_cases
from tools.rigs.own_tables import kill_and_finish

SAMPLE = Path(__file__).parents[2] / "sample_data" / "own_tables"
LAYOUT = read_layout(SAMPLE / "state_tables.toml")
L1, L2, L3 = "1" * 32, "2" * 32, "3" * 32


def state_tables(url):
    with psycopg.connect(url) as db:
        db.execute((SAMPLE / "state_tables.sql").read_text(encoding="utf-8"))


def tables_and_book(url):
    state_tables(url)
    init_book(book_address(parse_address(url)), LAYOUT)


@pytest.fixture
def pg_url(pg_copy, request):
    """A database with a state's own tables, and beside them our book for whoever asks for its address."""
    return pg_copy(tables_and_book if "address" in request.fixturenames else state_tables)


@pytest.fixture
def ask(pg_server, pg_url):
    """Runs one statement as the owner of everything."""
    return lambda statement: pg_server.run(statement, pg_url.rsplit("/", 1)[1])


@pytest.fixture
def address(pg_url):
    return parse_address(pg_url)


@pytest.fixture
def target(address):
    made = OwnTablesTarget(address, layout=LAYOUT)
    yield made
    made.close()


def values(cells):
    return {name: FieldValue(value, value) for name, value in cells.items()}


def record(n, persons=("complainant", "accused"), **more):
    fields = {"state": "wb", "district": "Howrah", "police_station": "Station 3", "year": "2001", "fir_no": str(n)}
    fields |= {"fir_date": "2001-02-03", "info_type": "written", "property_value": "1200.50", "gd_date": "2001-02-03"}
    people = [values({"role": role, "name": f"Name {i}", "sex": "male"}) for i, role in enumerate(persons)]
    children = {
        "acts": (values({"act": "IPC", "section": "379"}),),
        "persons": tuple(people),
        "addresses": (values({"person_line": "2", "address": "Lane 4"}),) if len(persons) > 1 else (),
    }
    fields = {k: v for k, v in {**fields, **more}.items() if v is not None}
    return Record(f"wb-{n}", "iif1", values(fields), children)


def load(*records, id=L1, batch="b1"):
    return Load(id, batch, records, (), 0)


def held(target, form="iif1"):
    """Digests of what stands in their tables, by record."""
    found = []
    target.standing(form, sorted({group for group, *_ in target.present(form)}), found.extend, 10)
    return {one.record: one.digest for one in found}


def wanted(target, *records):
    """Digests of what should stand there."""
    tables = as_batch(load(*records)).forms["iif1"].tables
    return {r: digest for r, *_, digest in record_digests("iif1", target.spell_rows("iif1", tables)).iter_rows()}


def firs(ask):
    return ask("SELECT fir_id, fir_srno, occ_place FROM crime.t_fir ORDER BY fir_id")


def rejects(ask):
    rows = ask("SELECT record_id, findings FROM cctns_book.rejects WHERE state = 'open' ORDER BY record_id")
    return [(record, findings[0]["code"], findings[0]["field"], findings[0]["message"]) for record, findings in rows]


def everything(ask):
    """All rows of theirs, without what their own database makes up."""
    tables = ("t_fir_act_section", "t_person", "t_person_address", "t_person_identity", "t_property", "t_vehicle")
    found = {t: ask(f"SELECT to_jsonb(t) - '{{}}'::text[] FROM crime.{t} t ORDER BY 1") for t in tables}
    return {**found, "t_fir": ask("SELECT to_jsonb(t) - 'entered_on' FROM crime.t_fir t ORDER BY 1")}


def test_a_record_stands_in_their_tables_with_their_keys_and_codes(target, ask):
    receipt = target.load(load(record(1)))
    assert (receipt.inserted, receipt.rejected) == (1, 0)
    fir = ask("SELECT fir_id, ps_cd, reg_dt::text, gd_dt, info_type_cd, record_status FROM crime.t_fir")
    assert fir == [(900001, 71030, "2001-02-03", "03/02/2001", "W", "N")]
    people = ask("SELECT person_id, fir_id, person_type, gender_cd FROM crime.t_person ORDER BY srno")
    assert people == [(700001, 900001, "C", 1), (700002, 900001, "A", 1)]
    assert ask("SELECT person_id, address_type FROM crime.t_person_address") == [(700002, "NK")]
    assert target.load(load(record(1))).repeated
    assert held(target) == wanted(target, record(1))


REFUSED = {
    "station": ({"police_station": "Nowhere"}, "D005", "police_station", "t_fir.ps_cd"),
    "long": ({"beat": "B" * 11}, "D001", "beat", "character varying(10)"),
    "lacking": ({"fir_date": None}, "D006", "fir_date", "t_fir.reg_dt"),
    "rounded": ({"property_value": "10.005"}, "D001", "property_value", "numeric(12,2)"),
    "elsewhere": ({"state": "br"}, "D005", "state", "database"),
    "code": ({"info_type": "telepathy"}, "D005", "info_type", "t_fir.info_type_cd"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_value_that_does_not_fit_is_a_reject_of_that_record_alone(target, ask, why):
    fields, *wanted = REFUSED[why]
    receipt = target.load(load(record(1), record(2, **fields), record(3)))
    assert (receipt.read, receipt.inserted, receipt.rejected) == (3, 2, 1)
    (found,) = rejects(ask)
    assert found[:3] == ("wb-2", *wanted[:2])
    assert wanted[2] in found[3]


def test_a_value_without_a_code_in_a_column_that_may_be_empty_is_a_gap_that_is_listed(target, ask):
    odd = record(1)
    odd = odd.with_value("persons[0].sex", FieldValue("unknown", "unknown"))
    odd = odd.with_value("persons[2].role", FieldValue("panch", "panch"))
    assert target.load(load(record(2), id=L2, batch="b2")).inserted == 1
    assert target.load(load(odd)).rejected == 1  # the role must have a code
    odd = odd.with_value("persons[2].role", FieldValue("victim", "victim")).with_value(
        "persons[2].name", FieldValue("Name 9", "Name 9")
    )
    assert target.load(load(odd, id=L3)).inserted == 1
    assert ask("SELECT * FROM cctns_book.layout_gaps") == [("wb-1", "t_person", "gender_cd", "persons[0].sex")]
    assert any("t_person.gender_cd 1" in line for line in target.list_remarks())
    # What the layout has no column for, or no code, is whole in the book.
    assert '"unknown"' in ask("SELECT record::text FROM cctns_book.record_index WHERE record_id = 'wb-1'")[0][0]


RAISES = """
CREATE FUNCTION crime.no_thirteen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.fir_srno = 13 THEN {} END IF; RETURN NEW; END $$;
CREATE TRIGGER no_thirteen BEFORE INSERT ON crime.t_fir FOR EACH ROW EXECUTE FUNCTION crime.no_thirteen();
"""


@pytest.mark.parametrize(
    "how", ["RAISE EXCEPTION 'number % is unlucky', NEW.fir_srno;", "RETURN NULL;"], ids=["says", "swallows"]
)
def test_a_row_that_their_trigger_refuses_or_swallows_is_a_reject_by_name(target, ask, how):
    ask(RAISES.format(how))
    receipt = target.load(load(*(record(n) for n in range(1, 31))))
    assert (receipt.inserted, receipt.rejected) == (29, 1)
    (found,) = rejects(ask)
    assert found[:2] == ("wb-13", "D007")
    assert "unlucky" not in found[3]
    assert ask("SELECT count(*) FROM crime.t_fir") == [(29,)]
    assert ask("SELECT count(*) FROM crime.t_person") == [(58,)]


def test_their_trigger_finds_its_own_tables_and_is_named_by_the_trial(target, ask, pg_url):
    ask(
        "CREATE TABLE crime.audit (what text); "
        + RAISES.format("NULL;").replace("IF NEW", "INSERT INTO audit VALUES ('x'); IF NEW")
    )
    assert target.load(load(record(1))).inserted == 1
    assert ask("SELECT count(*) FROM crime.audit") == [(1,)]
    assert any("trigger no_thirteen" in line for line in check_layout(parse_address(pg_url), LAYOUT).remarks)


def test_a_later_version_is_altered_in_place_and_undone(target, ask):
    target.load(load(record(1), record(2)))
    before, digests = everything(ask), held(target)
    # A column of theirs that we know nothing of.
    ask("UPDATE crime.t_fir SET remarks_of_sp = 'seen' WHERE fir_srno = 1")
    fewer = record(1, persons=("accused",), place="market")
    assert target.load(load(fewer, record(2), id=L2)).updated == 1
    assert firs(ask)[0] == (900001, 1, "market")
    assert ask("SELECT remarks_of_sp FROM crime.t_fir WHERE fir_srno = 1") == [("seen",)]
    assert ask("SELECT count(*) FROM crime.t_person WHERE fir_id = 900001") == [(1,)]
    assert target.undo(L2, "wrong file").restored == 1
    assert held(target) == digests
    ask("UPDATE crime.t_fir SET remarks_of_sp = NULL")
    assert everything(ask)["t_fir"] == before["t_fir"]
    assert target.undo(L1, "all wrong").removed == 2
    assert not any(everything(ask).values())
    assert ask("SELECT count(*) FROM cctns_book.laid_rows") == [(0,)]


def test_two_records_swap_their_numbers_there_and_back(target, ask):
    target.load(load(record(1), record(2)))
    swapped = [Record(a.id, "iif1", {**a.fields, "fir_no": b.fields["fir_no"]}, a.children) for a, b in
               ((record(1), record(2)), (record(2), record(1)))]  # fmt: skip
    digests = held(target)
    assert target.load(load(*swapped, id=L2)).updated == 2
    assert target.undo(L2, "").restored == 2
    assert held(target) == digests


def test_a_withdrawn_record_goes_and_comes_back(target, ask):
    target.load(load(record(1), record(2)))
    assert target.load(load(record(2), id=L2)).withdrawn == 1
    assert [number for _, number, _ in firs(ask)] == [2]
    assert target.undo(L2, "").restored == 1
    assert sorted(number for _, number, _ in firs(ask)) == [1, 2]


def test_what_they_wrote_themselves_is_never_touched(target, ask):
    ask("INSERT INTO crime.t_fir (ps_cd, fir_year, fir_srno, reg_dt) VALUES (71030, 2001, 7, '2001-01-01')")
    own = ask("SELECT to_jsonb(t) FROM crime.t_fir t")
    receipt = target.load(load(record(1), record(7)))
    assert (receipt.inserted, receipt.rejected) == (1, 1)
    assert rejects(ask)[0][:2] == ("wb-7", "D002")
    # Rows of theirs that refer to ours keep it: it cannot be taken out from under them.
    ask("INSERT INTO crime.t_vehicle (fir_id, reg_no) SELECT fir_id, 'WB1' FROM crime.t_fir WHERE fir_srno = 1")
    with pytest.raises(TargetRefused, match="their rows may refer"):
        target.undo(L1, "")
    ask("DELETE FROM crime.t_vehicle")
    target.undo(L1, "")
    assert ask("SELECT to_jsonb(t) FROM crime.t_fir t") == own


ALTERED = {
    "UPDATE crime.t_person SET first_name = 'X' WHERE srno = 2": "different",
    "DELETE FROM crime.t_person_address": "different",
    "DELETE FROM crime.t_fir_act_section; DELETE FROM crime.t_person_address; DELETE FROM crime.t_person; DELETE FROM crime.t_fir": "missing",
}


@pytest.mark.parametrize("statement", ALTERED, ids=range(len(ALTERED)))
def test_what_somebody_altered_in_their_tables_is_told(target, ask, statement):
    target.load(load(record(1)))
    ask(statement)
    found = held(target)
    if ALTERED[statement] == "missing":
        assert found == {}
    else:
        assert found["wb-1"] != wanted(target, record(1))["wb-1"]


MISFITS = {
    "ALTER TABLE crime.t_fir RENAME beat_no TO beat": "t_fir: there is no column beat_no",
    "DROP TABLE crime.t_vehicle": "t_vehicle: there is no such table",
    "ALTER TABLE crime.t_fir ADD court_cd integer NOT NULL DEFAULT 0; ALTER TABLE crime.t_fir ALTER court_cd DROP DEFAULT": "t_fir.court_cd: integer NOT NULL without a default",
    "ALTER TABLE crime.t_fir ALTER record_status DROP DEFAULT, ALTER record_status TYPE smallint USING 1": "t_fir.record_status: 'N' does not fit into smallint",
    "ALTER TABLE crime.t_fir ALTER reg_dt TYPE integer USING 1": "t_fir.reg_dt: a field of kind date cannot be stored in integer",
    "UPDATE mst.m_gender SET gender_name = 'HIJRA' WHERE gender_cd = 3": "codes.sex.transgender: 'TRANSGENDER' has no row",
    "ALTER TABLE mst.m_act DROP COLUMN in_force": "mst.m_act has no column in_force",
    "ALTER TABLE crime.t_property DROP CONSTRAINT t_property_pkey": "t_property: nothing prevents two rows",
    "DROP SEQUENCE crime.person_seq": "crime.person_seq: there is no such sequence",
}


@pytest.mark.parametrize("statement", MISFITS, ids=range(len(MISFITS)))
def test_a_table_that_does_not_fit_is_told_before_a_row_is_sent(target, ask, pg_url, statement):
    target.load(load(record(1)))
    ask(statement)
    assert any(MISFITS[statement] in line for line in check_layout(parse_address(pg_url), LAYOUT).problems)
    # Altered between two batches: nothing of the second one.
    with pytest.raises(TargetRefused, match=re.escape(MISFITS[statement])):
        target.load(load(record(2), id=L2, batch="b2"))
    assert ask("SELECT count(*) FROM crime.t_fir") == [(1,)]


def test_rights_that_lack_are_told_with_the_statement_that_gives_them(address, ask, pg_server):
    role = f"r_{uuid4().hex[:12]}"
    ask(f"CREATE ROLE {role} LOGIN")
    try:
        init_book(book_address(address), LAYOUT, role)
        own = parse_address(pg_server.database_url(address.url.rsplit("/", 1)[1], role))
        assert f"GRANT USAGE ON SCHEMA crime TO {role};" in " ".join(check_layout(own, LAYOUT).problems)
        for _ in range(4):
            for line in check_layout(own, LAYOUT).problems:
                ask(line[line.index("GRANT") :])
        assert not check_layout(own, LAYOUT).problems
        target = OwnTablesTarget(own, layout=LAYOUT)
        assert target.load(load(record(1))).inserted == 1
        target.undo(L1, "")
        target.close()
    finally:
        ask(f"DROP OWNED BY {role}")
        ask(f"DROP ROLE {role}")


def test_two_loads_at_once_come_to_what_one_after_the_other_does(address, ask):
    def one(number):
        own = OwnTablesTarget(address, layout=LAYOUT)
        receipts.append(own.load(load(*(record(n) for n in range(1, 20)), id=str(number) * 32, batch=f"b{number}")))
        own.close()

    receipts = []
    threads = [threading.Thread(target=one, args=(n,)) for n in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(r.inserted for r in receipts) == [0, 0, 19]
    assert ask("SELECT count(*) FROM crime.t_fir") == [(19,)]


def changed(**tables):
    """The layout with columns of some tables changed, as a file of another version."""
    data = LAYOUT.file.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for table in data["table"]:
        table["columns"] |= tables.get(table["name"], {})
    return bind_layout("state_tables.toml", LayoutFile.model_validate(data))


def test_another_layout_is_loaded_anew_once_the_owner_agreed(target, address, ask):
    target.load(load(record(1)))
    more = changed(t_fir={"remarks_of_sp": {"field": "result"}, "record_status": {"constant": "M"}})
    with pytest.raises(TargetRefused, match="this book has another layout"):
        OwnTablesTarget(address, layout=more)
    init_book(book_address(address), more)
    again = OwnTablesTarget(address, layout=more)
    assert again.load(load(record(1))).updated == 1
    assert ask("SELECT fir_id, record_status FROM crime.t_fir") == [(900001, "M")]
    assert held(again) == wanted(again, record(1))
    assert ask("SELECT count(*) FROM cctns_book.record_history") == [(0,)]
    again.undo(L1, "")
    again.close()
    assert firs(ask) == []


WRONG = {
    "key_of = \"t_fir\"": ("key_of = \"t_firs\"", "t_firs is not a table before this one.*did you mean t_fir"),
    "lookup = \"station\"": ("lookup = \"stations\"", "no .lookups.stations.*did you mean station"),
    "line = \"person_line\"": ("line = \"person\"", "no field person; did you mean person_line"),
    "key = \"act_section_id\"": ("", "key: which column"),
    "[database]\nschema = \"crime\"\nfields = { state = \"wb\" }": ("", "need .database."),
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_a_layout_that_cannot_be_meant_is_refused_naming_file_and_key(tmp_path, text):
    file = tmp_path / "state_tables.toml"
    whole = (SAMPLE / "state_tables.toml").read_text(encoding="utf-8")
    file.write_text(whole.replace(text, WRONG[text][0], 1), encoding="utf-8")
    with pytest.raises(MappingError, match=f"state_tables.toml: .*{WRONG[text][1]}"):
        read_layout(file)


def test_the_whole_way_by_command(digitize, ask, pg_url, tmp_path):
    """Trial, book, load, again, reconcile, files back, the quarantine, and the load taken back."""
    files, back, layout = tmp_path / "files", tmp_path / "back", SAMPLE / "state_tables.toml"
    write_cases(files, 40)
    named = ("--target", pg_url, "--layout", layout)
    assert "0 problems" in digitize("target", "check", pg_url, "--layout", layout)
    assert "CREATE SCHEMA" in digitize("target", "init", pg_url, "--layout", layout, "--dry-run")
    digitize("target", "init", pg_url, "--layout", layout)
    said = digitize("load", files, *named, "--ignore", "L001", "--dry-run")
    assert "not carried: iif1_legacy_keys" in said
    assert "Would load 40 records" in said
    assert "Loaded 40 records" in digitize("load", files, *named, "--ignore", "L001")
    assert "Nothing to do" in digitize("load", files, *named, "--ignore", "L001")
    assert digitize.json("reconcile", files, *named)["unequal"] == []
    # The book knows its layout: what asks it needs no file.
    assert digitize.json("quarantine", "list", "--target", pg_url, "--schema", "cctns_book")["rejects"] == []
    digitize("unload", "--to", back, *named)
    for name in ("iif1", "iif1_acts", "iif1_persons", "iif1_addresses", "iif1_property", "iif1_vehicles", "iif1_ids"):
        assert rows(back / f"{name}.csv") == rows(files / f"{name}.csv"), name
    ask("UPDATE crime.t_fir SET fir_contents = 'x' WHERE fir_id = (SELECT min(fir_id) FROM crime.t_fir)")
    assert len(digitize.json("reconcile", files, *named, code=3)["unequal"]) == 1
    batch = digitize.json("receipts", "--target", pg_url, "--schema", "cctns_book")["receipts"][0]["receipt"]["batch"]
    assert digitize.json("unload", batch, *named, "--dry-run")["by_hand"]["changed"] == ["wb-000000"]
    digitize("unload", batch, *named, "--reason", "trial", code=8)
    digitize("unload", batch, *named, "--reason", "trial", "--force", "--operator", "Asha")


def rows(path):
    """The cells of a file in which something stands."""
    with path.open(encoding="utf-8-sig", newline="") as f:
        return [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(f)]


def test_files_are_written_of_a_states_tables_alone(digitize, tmp_path):
    SqliteTarget(tmp_path / "t.sqlite").close()
    digitize("unload", "--to", tmp_path / "x", "--target", tmp_path / "t.sqlite", code=4)
    assert not (tmp_path / "x").exists()


def test_a_layout_of_their_tables_is_not_for_a_file(tmp_path):
    with pytest.raises(OptionsError, match="PostgreSQL"):
        open_target(str(tmp_path / "t.sqlite"), layout=LAYOUT)


def test_a_load_that_is_killed_ends_as_one_that_was_not(pg_server, tmp_path):
    write_cases(tmp_path / "files", 300)
    wanted = kill_and_finish(pg_server, tmp_path / "files", None)
    assert kill_and_finish(pg_server, tmp_path / "files", 0.6) == wanted
