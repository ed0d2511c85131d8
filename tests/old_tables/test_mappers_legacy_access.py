"""Access databases: every row as its table counts them, and programs that go astray are stopped and told."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.errors import TableError
from mappers.legacy import LegacyTable, open_tables
from mappers.legacy.access_head import is_access, read_access_head
from mappers.legacy.programs import HelperProgram, ProgramLimits
from sample_data.jet_tables import BOOLEAN, DATE, LONG, TEXT, database

has_mdbtools = pytest.mark.skipif(shutil.which("mdb-export") is None, reason="MDB Tools are not installed")
COLUMNS = [("FIRNO", LONG), ("NAME", TEXT), ("REGDT", DATE), ("SENT", BOOLEAN)]
ROWS: list[list[Any]] = [[i, f"name {i}", 35900.0 + i, i % 2] for i in range(60)]


def opened(folder: Path, data: bytes, name: str = "t.mdb") -> tuple[LegacyTable, list[Any]]:
    (folder / name).write_bytes(data)
    tables = [(table, list(table.rows)) for table in open_tables(folder / name)]
    assert len(tables) == 1
    return tables[0]


@has_mdbtools
@pytest.mark.parametrize("version", [3, 4])
def test_every_row_of_a_sound_database_is_delivered(tmp_path: Path, version: int) -> None:
    table, rows = opened(tmp_path, database(COLUMNS, ROWS, version=version))
    assert (table.name, table.columns, table.counted, table.notes) == (
        "FIRMAST",
        ("FIRNO", "NAME", "REGDT", "SENT"),
        60,
        [],
    )
    assert table.encoding == ("cp1252" if version == 3 else "")
    name = b"name 59" if version == 3 else "name 59"
    assert rows[59].cells == ("59", name, "1998-06-13", "1")
    assert [r.number for r in rows] == list(range(1, 61))


@has_mdbtools
@pytest.mark.parametrize("version", [2, 3, 5])
def test_databases_of_access_2007_and_later_are_read_and_locked_ones_refused(tmp_path: Path, version: int) -> None:
    data = database(COLUMNS, ROWS)
    later = data[:4] + b"Standard ACE DB\0" + bytes([version]) + data[21:]
    table, rows = opened(tmp_path, later, "t.accdb")
    assert (len(rows), table.encoding) == (60, "")
    locked = database(COLUMNS, ROWS, key=b"\1\2\3\4")
    with pytest.raises(TableError) as refused:
        opened(tmp_path, locked[:4] + b"Standard ACE DB\0" + bytes([version]) + locked[21:], "t.accdb")
    assert refused.value.kind == "encrypted"


@has_mdbtools
def test_bytes_of_access_97_come_out_as_they_are_stored(tmp_path: Path) -> None:
    stored = [bytes([n]) + b"a" for n in range(1, 256)] + [b'a"b""c', b"a\\nb\\\\", b"x\r\ny\tz"]
    _, rows = opened(tmp_path, database([("NAME", TEXT)], [[b] for b in stored], version=3))
    assert [r.cells[0] for r in rows] == stored


@has_mdbtools
def test_characters_of_later_versions_come_out_as_they_are_stored(tmp_path: Path) -> None:
    stored = ["jke \u2022\u0152\x81", "राम", 'a"b\\c', "x\r\ny\tz"]
    _, rows = opened(tmp_path, database([("NAME", TEXT)], [[s] for s in stored]))
    assert [r.cells[0] for r in rows] == stored


@has_mdbtools
def test_a_time_alone_and_a_day_with_its_time_are_told_apart(tmp_path: Path) -> None:
    _, rows = opened(tmp_path, database([("AT", DATE)], [[0.4375], [36000.4375], [36000.0], [None]]))
    assert [r.cells[0] for r in rows] == ["10:30", "1998-07-24 10:30", "1998-07-24", ""]


@has_mdbtools
@pytest.mark.parametrize(("count", "problems"), [(70, [""] * 60), (55, [""] * 55 + ["more-than-counted"] * 5)])
def test_a_count_that_is_not_that_of_the_rows_is_told(tmp_path: Path, count: int, problems: list[str]) -> None:
    table, rows = opened(tmp_path, database(COLUMNS, ROWS, count=count))
    assert [r.problem for r in rows] == problems
    assert f"declares {count} rows, but 60 could be read" in table.notes[-1]


@has_mdbtools
@pytest.mark.parametrize("version", [3, 4])
def test_a_cut_database_gives_what_is_left_and_says_so(tmp_path: Path, version: int) -> None:
    data = database(COLUMNS, ROWS, version=version)
    page = 2048 if version == 3 else 4096
    delivered = set()
    for size in (len(data) - 7, len(data) - page, 5 * page + page // 2, 4 * page + 9, 3 * page, 700):
        (tmp_path / "t.mdb").write_bytes(data[:size])
        try:
            for table in open_tables(tmp_path / "t.mdb"):
                delivered.add(len(list(table.rows)))
                assert table.notes
        except TableError as refused:
            assert refused.kind in {"unreadable", "encrypted"}
    assert 0 in delivered
    assert any(20 < n < 60 for n in delivered)


@has_mdbtools
def test_a_scrambled_database_is_refused_as_encrypted(tmp_path: Path) -> None:
    with pytest.raises(TableError) as refused:
        opened(tmp_path, database(COLUMNS, ROWS, key=b"\1\2\3\4"))
    assert refused.value.kind == "encrypted"


@has_mdbtools
def test_a_password_that_locks_only_the_program_is_told_and_the_rows_are_read(tmp_path: Path) -> None:
    table, rows = opened(tmp_path, database(COLUMNS, ROWS, version=3, password=b"secret"))
    assert len(rows) == 60
    assert "password" in table.notes[0]


def test_the_head_of_each_version_is_told() -> None:
    for version in (3, 4):
        head = database([("A", LONG)], [], version=version)[:4096]
        found = read_access_head(head)
        assert is_access(head)
        assert (found.version, found.is_8_bit, found.code_page, found.has_key) == (
            version - 3,
            version == 3,
            1252,
            False,
        )
        assert not found.has_password


@given(st.binary(max_size=300))
def test_no_head_at_all_is_a_stumbling_block(data: bytes) -> None:
    read_access_head(data.ljust(4096, b"\0"))
    assert not is_access(data[:10])


@has_mdbtools
def test_tables_that_lie_in_another_database_are_told(tmp_path: Path) -> None:
    table, rows = opened(tmp_path, database(COLUMNS, ROWS, links=["ACCUSED", "WITNESS"]))
    assert table.notes == ["2 tables are links to tables in other files or servers; their rows are not in this file"]
    assert len(rows) == 60


# Stand-ins for the programs: what each prints, as a script of the shell.
SOUND = {
    "mdb-tables": r"printf 'T\036'",
    "mdb-count": '[ "$3" = MSysObjects ] && echo 1 || echo 2',
    "mdb-schema": r"""printf 'CREATE TABLE [T]\n (\n\t[A]\t\t\tText (20), \n\t[B]\t\t\tLong Integer\n);\n'""",
    "mdb-export": r"""case "$*" in *MSysObjects) printf 'Type\n1\n';; *) printf 'A\tB\n"x"\t1\n"y"\t2\n';; esac""",
}
Fake = Callable[..., list[tuple[LegacyTable, list[Any]]]]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Open a database with these programs in place of MDB Tools."""

    def open_with(**scripts: str) -> list[tuple[LegacyTable, list[Any]]]:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name, script in {**SOUND, **{k.replace("_", "-"): v for k, v in scripts.items()}}.items():
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        (tmp_path / "t.mdb").write_bytes(database([("A", LONG)], []))
        return [(t, list(t.rows)) for t in open_tables(tmp_path / "t.mdb")]

    return open_with


def test_programs_that_do_well_are_believed(fake: Fake) -> None:
    ((table, rows),) = fake()
    assert (table.columns, table.counted, table.notes) == (("A", "B"), 2, [])
    assert [r.cells for r in rows] == [("x", "1"), ("y", "2")]


def test_rows_that_are_missing_are_counted(fake: Fake) -> None:
    ((table, rows),) = fake(mdb_export=r"""printf 'A\tB\n"x"\t1\n'""")
    assert len(rows) == 1
    assert "the table declares 2 rows, but 1 could be read; 1 are missing" in table.notes


def test_a_program_that_breaks_off_in_a_row_is_told(fake: Fake) -> None:
    ((table, rows),) = fake(mdb_export=r"""printf 'A\tB\n"x"\t1\n"y'; echo lost >&2; exit 3""")
    assert [r.problem for r in rows][0] == ""
    assert rows[1].problem
    assert "the table could not be read to its end: mdb-export ended with code 3 (lost)" in table.notes


def test_output_without_end_is_stopped_and_told(fake: Fake) -> None:
    ((table, rows),) = fake(mdb_export=r"""printf 'A\tB\n'; exec yes "$(printf '"x"\t1')" """)
    assert len(rows) < 10_000
    assert {r.problem for r in rows[2:]} == {"more-than-counted"}
    assert any("does not end" in n for n in table.notes)


def test_one_row_without_end_is_stopped_and_told(fake: Fake) -> None:
    ((table, _),) = fake(mdb_export=r"""printf 'A\tB\n'; exec tr '\0' 'x' < /dev/zero""")
    assert any("it printed more than" in n for n in table.notes)


def test_complaints_without_end_are_stopped_and_told(fake: Fake) -> None:
    ((table, _),) = fake(mdb_export=r"""printf 'A\tB\n'; exec yes "offset beyond EOF" >&2""")
    assert any("printed too many errors (offset beyond EOF)" in n for n in table.notes)


def test_a_list_of_tables_that_repeats_itself_is_read_once(fake: Fake) -> None:
    tables = fake(mdb_tables=r"""exec yes "$(printf 'T\036')" | tr -d '\n'""")
    assert len(tables) == 1
    assert any("the list of tables is damaged" in n for n in tables[0][0].notes)


def test_a_table_without_its_definition_is_delivered_empty_and_told(fake: Fake) -> None:
    ((table, rows),) = fake(mdb_count='[ "$3" = MSysObjects ] && echo 1 || exit 1')
    assert (table.columns, rows) == ((), [])
    assert "the definition of the table is lost" in table.notes[0]


def test_entries_missing_in_the_list_of_tables_are_told(fake: Fake) -> None:
    ((table, _),) = fake(mdb_count='[ "$3" = MSysObjects ] && echo 7 || echo 2')
    assert "it declares 7 entries but has 1" in table.notes[0]


def test_a_machine_without_the_programs_is_told_which_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "t.mdb").write_bytes(database([("A", LONG)], []))
    with pytest.raises(TableError) as refused:
        list(open_tables(tmp_path / "t.mdb"))
    assert refused.value.kind == "missing-program"
    assert "apt-get install mdbtools" in str(refused.value)


def run(code: str, **limits: Any) -> tuple[bytes, str]:
    program = HelperProgram([sys.executable, "-c", code], ProgramLimits(**limits), {"MARK": "x"})
    return program.read_all(), program.trouble.replace(sys.executable, "python")


def test_a_program_that_ends_well_is_no_trouble() -> None:
    assert run("import os; print(os.environ['MARK'])") == (b"x\n", "")


def test_a_silent_program_is_stopped() -> None:
    assert run("import time; time.sleep(60)", silent_s=0.3) == (b"", "python was stopped: it printed nothing for 0 s")


def test_a_program_that_says_it_is_done_and_stays_is_stopped() -> None:
    code = "import os, time; os.close(1); os.close(2); time.sleep(60)"
    assert run(code, silent_s=0.3) == (b"", "python was stopped: it did not end")


def test_a_greedy_program_is_ended_by_its_limit_of_memory() -> None:
    _, trouble = run("x = bytearray(900 << 20)", memory_mb=400)
    assert trouble.startswith("python ended with code")


def test_a_busy_program_is_ended_by_its_limit_of_time() -> None:
    _, trouble = run("while True: pass", cpu_s=1)
    assert trouble.startswith("python ended with code")


def test_a_program_left_early_is_ended() -> None:
    program = HelperProgram(["yes"], ProgramLimits(), {})
    for chunk in program:
        assert chunk
        break
    assert program.trouble == ""


def test_a_machine_without_the_programs_is_warned_and_is_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from digitize.machine.doctor import examine

    monkeypatch.setenv("PATH", str(tmp_path))
    (look,) = [x for x in examine(tmp_path) if x.name == "MDB Tools"]
    assert (look.state, look.mend) == ("warn", "sudo apt-get install mdbtools")


@has_mdbtools
def test_the_rows_of_a_cut_database_can_be_read_when_its_other_tables_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / "t.mdb").write_bytes(database(COLUMNS, ROWS)[:-9])
    table = next(open_tables(tmp_path / "t.mdb"))
    gc.collect()
    assert len(list(table.rows)) == 60
