"""Import files of every kind and size: the same rows give the same findings, whole, in blocks and in parts."""

from __future__ import annotations

import csv
import json
import sqlite3
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.errors import DiskFull, InputError
from digitize.files.validating.block import LINE
from digitize.files.validating.csv_table import open_csv
from digitize.files.validating.validate import CheckOptions, CheckReport, validate_file, validate_files
from mappers.record import Record
from mappers.schema import flat_header, form_tables, load_schemas
from sample_data.makers.rule_examples import make_record
from validators.checking.settings import make_settings
from validators.rulebook.rule import load_rules

SETTINGS = make_settings(date(2026, 1, 31), policy="import")
HEAD = ["record_id", "state", "district", "police_station", "year", "fir_no", "fir_date", "narrative"]
ROWS = [
    ["a", "wb", "Howrah", "Bally", "2009", "78", "2009-03-12", "A cow was lost"],
    ["b", "wb", "Howrah", "Bally", "2009", "80", "2009-02-31", "गाय खो गई"],
    ["b", "wb", "Hooghly", "Chanditala", "2009", "1", "2009-02-03", ""],
]


def said(report: CheckReport) -> list[tuple[int, str, str, str]]:
    return [(f.line, f.key, f.field, f.code) for f in report.findings]


def csv_file(folder: Path, rows: list[list[str]] = ROWS, name: str = "iif1.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(",".join(r) for r in [HEAD, *rows]), encoding="utf-8")
    return path


def of_kind(folder: Path, suffix: str) -> Path:
    path = folder / f"iif1{suffix}"
    if suffix == ".parquet":
        typed = pl.DataFrame(ROWS, schema=HEAD, orient="row").with_columns(pl.col("year", "fir_no").cast(pl.Int64))
        typed.write_parquet(path)
    elif suffix == ".jsonl":
        rows = [dict(zip(HEAD, r, strict=True)) | {"year": int(r[4])} for r in ROWS]
        path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    else:
        with sqlite3.connect(path) as db:
            db.execute(f"CREATE TABLE iif1 ({', '.join(HEAD)})")
            db.executemany(f"INSERT INTO iif1 VALUES ({', '.join('?' * len(HEAD))})", ROWS)
            db.execute("CREATE TABLE iif3 (x)")
        db.close()
    return path


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".sqlite"])
def test_a_zero_byte_is_told_in_every_kind_of_file(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Parquet it passed, and PostgreSQL would have refused the whole batch."""
    rows = [[*ROWS[0]], ["c", *ROWS[0][1:5], "79", "2009-03-14", "A c\0w"]]
    monkeypatch.setitem(globals(), "ROWS", rows)
    report = validate_file(of_kind(tmp_path, suffix), "iif1", SETTINGS)
    assert said(report) == [(2, "", "", "S003")]
    assert (report.rows_checked, report.rows_unreadable) == (1, 1)


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".sqlite"])
def test_every_kind_of_file_gives_the_findings_of_the_csv(tmp_path: Path, suffix: str) -> None:
    whole = said(validate_file(csv_file(tmp_path), "iif1", SETTINGS))
    report = validate_file(of_kind(tmp_path, suffix), "iif1", SETTINGS)
    assert said(report) == [(line - 1, *rest) for line, *rest in whole]
    assert {code for _, _, _, code in said(report)} >= {"F008", "T025"}


def dbf_file(path: Path, rows: list[list[str]]) -> None:
    """A dBase III file of character columns, whose names are cut to ten letters."""
    width = 40
    head = bytes([3, 126, 1, 1]) + len(rows).to_bytes(4, "little")
    head += (32 + 32 * len(HEAD) + 1).to_bytes(2, "little") + (1 + width * len(HEAD)).to_bytes(2, "little") + bytes(20)
    for name in HEAD:
        head += name.upper()[:10].encode().ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
    cells = [b" " + b"".join(c.encode().ljust(width) for c in row) for row in rows]
    path.write_bytes(head + b"\r" + b"".join(cells) + b"\x1a")


def test_a_dbf_whose_names_are_cut_gives_the_findings_of_the_csv(tmp_path: Path) -> None:
    whole = said(validate_file(csv_file(tmp_path), "iif1", SETTINGS))
    dbf_file(tmp_path / "iif1.dbf", ROWS)
    report = validate_file(tmp_path / "iif1.dbf", "iif1", SETTINGS)
    assert said(report) == [(line - 1, *rest) for line, *rest in whole]


def test_tables_of_a_database_that_are_of_another_form_are_named(tmp_path: Path) -> None:
    report = validate_file(of_kind(tmp_path, ".sqlite"), "iif1", SETTINGS)
    assert report.other_forms == ("iif1.sqlite: iif3",)


@pytest.mark.parametrize("suffix", [".parquet", ".sqlite", ".dbf", ".jsonl", ".xlsx"])
def test_files_that_are_not_what_they_are_called(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"iif1{suffix}"
    path.write_bytes(b"nothing of the kind\n" * 100)
    with pytest.raises(InputError, match="iif1"):
        validate_file(path, "iif1", SETTINGS)


def test_lines_that_are_no_flat_object_are_told(tmp_path: Path) -> None:
    path = tmp_path / "iif1.jsonl"
    good = json.dumps(dict(zip(HEAD, ROWS[0], strict=True)))
    path.write_bytes(b"\n".join([good.encode(), b"[1]", b"{broken", b'{"year": {"x": 1}}', b'{"place": "\xe9"}', b""]))
    report = validate_file(path, "iif1", SETTINGS)
    assert (report.rows_checked, report.rows_unreadable) == (1, 4)
    told = [(f.line, f.code) for f in report.findings if f.severity == "reject"]
    assert told == [(2, "S010"), (3, "S010"), (4, "S010"), (5, "S001")]


def test_several_files_are_checked_together(tmp_path: Path) -> None:
    first = csv_file(tmp_path, ROWS[:1], "first.csv")
    second = csv_file(tmp_path, [["a", *ROWS[1][1:6], "2009-02-03", "x"]], "second.csv")
    report = validate_files([second, first], "iif1", SETTINGS, CheckOptions())
    twice = [(f.file, f.line) for f in report.findings if f.code == "T025"]
    assert twice == [("first.csv", 2), ("second.csv", 2)]
    assert report.rows_checked == 2


CELL = st.text(st.sampled_from('ab7,";\n\r\x00 क'), max_size=6)
LINES = st.lists(st.lists(CELL, min_size=7, max_size=9).map(",".join), min_size=1, max_size=12)
QUOTED = st.text(st.sampled_from("ab7,;\n क'"), max_size=6).map(lambda s: f'"{s}"')
CLEAN = st.lists(st.lists(QUOTED, min_size=8, max_size=8).map(",".join), min_size=1, max_size=12)


def rows_of(path: Path, block: int, *, whole: bool) -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
    reader = open_csv(path, block)
    if not whole:
        reader._parse_whole = lambda raw, wanted: None  # type: ignore[method-assign]
    blocks = list(reader.blocks({n: i for i, n in enumerate(reader.names)}))
    rows = [r for b in blocks for r in b.frame.select(LINE, *[pl.col(n).fill_null("") for n in reader.names]).rows()]
    return rows, [f for b in blocks for f in b.faults]


@settings(max_examples=200, deadline=None)
@given(rows=LINES | CLEAN, block=st.sampled_from([5, 64, 1 << 20]), end=st.sampled_from(["\n", "\r\n"]))
def test_blocks_parsed_as_a_whole_hold_what_single_rows_do(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str], block: int, end: str
) -> None:
    path = tmp_path_factory.mktemp("blocks") / "iif1.csv"
    path.write_bytes(end.join([",".join(HEAD), *rows]).encode())
    assert rows_of(path, block, whole=True) == rows_of(path, 1 << 20, whole=False)


def related(folder: Path, records: list[tuple[int, int, int, int]]) -> Path:
    """Records of few stations and numbers with two child rows each, so that every rule across rows has work."""
    stations = ["Bally", "Lake Town", "Chanditala"]
    firs, acts, persons = [], ["record_id,line,act,section"], ["record_id,line,role,name,relative_name,address,age"]
    for i, (station, year, number, text) in enumerate(records):
        day = f"200{year}-03-{number + 1:02}"
        firs.append(
            [f"r{i}", "wb", "Howrah", stations[station], f"200{year}", str(number), day, "A long story " * text]
        )
        acts.append(f"r{i if number else 'x'},1,IPC,{379 + number}")
        persons.append(f"r{i},1,accused,Qarla {text},Vintobhe,Lane {number},{30 + year}")
    csv_file(folder, firs)
    (folder / "iif1_acts.csv").write_text("\n".join(acts), encoding="utf-8")
    (folder / "iif1_persons.csv").write_text("\n".join(persons), encoding="utf-8")
    return folder


RECORD = st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 8), st.integers(0, 9))


@settings(max_examples=12, deadline=None)
@given(records=st.lists(RECORD, min_size=1, max_size=30), parts=st.integers(2, 9))
def test_a_file_in_parts_gives_the_findings_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[int, int, int, int]], parts: int
) -> None:
    folder = related(tmp_path_factory.mktemp("parts"), records)
    whole = validate_files([folder], "iif1", SETTINGS, CheckOptions(parts=1))
    parted = validate_files([folder], "iif1", SETTINGS, CheckOptions(parts=parts))
    assert list(parted.findings) == list(whole.findings)
    assert (parted.rows_checked, parted.years, parted.stations) == (whole.rows_checked, whole.years, whole.stations)


def examples(form: str) -> dict[str, list[Record]]:
    """The examples of all rules of a form, those that pass and those that fail, as records of their forms."""
    found: dict[str, list[Record]] = {form: []}
    for rule in load_rules(form).values():
        for one in (rule.passes, rule.fails):
            for plain in [one] if isinstance(one, dict) else one:
                of = str(plain.get("form", form))
                known = {t.child for t in form_tables(of).values()} | {c.name for c in form_tables(of)[of].columns}
                kept = {name: v for name, v in plain.items() if name in known}
                found.setdefault(of, []).append(make_record(f"{of}-{len(found.get(of, []))}", kept, of))
    return found


def write_records(folder: Path, form: str, records: list[Record]) -> None:
    for table in form_tables(form).values():
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as f:
            rows = csv.DictWriter(f, flat_header(table), extrasaction="ignore")
            rows.writeheader()
            for record in records:
                for i, row in enumerate(record.children[table.child] if table.child else (record.fields,), 1):
                    line = {"line": str(i)} if table.child else {}
                    rows.writerow({"record_id": record.id, **line, **{n: c.value or "" for n, c in row.items()}})


@pytest.mark.parametrize("form", sorted(load_schemas()))
def test_the_examples_of_all_rules_give_the_same_findings_in_parts(tmp_path: Path, form: str) -> None:
    for other, records in examples(form).items():
        write_records(tmp_path, other, records)
    whole = validate_files([tmp_path], form, SETTINGS, CheckOptions(parts=1))
    parted = validate_files([tmp_path], form, SETTINGS, CheckOptions(parts=4))
    assert list(parted.findings) == list(whole.findings)
    assert len(whole.findings)


def test_every_rule_across_records_that_is_known_to_the_parts_exists() -> None:
    from digitize.files.validating.deferred_rules import _ALIKE, _AT_A_STATION
    from validators.rulebook.rule import every_rule

    across = {code for code, made in every_rule().items() if made.across}
    assert across >= _AT_A_STATION | _ALIKE.keys()
    assert not _AT_A_STATION & _ALIKE.keys()


def test_values_of_persons_are_masked_unless_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "iif1_persons.csv"
    path.write_text("record_id,role,name,age\na,accused,Qarla 7,Vintobhe\nb,accused,Qarla 8,7O", encoding="utf-8")
    shown = {(f.field, f.value) for f in validate_file(path, "iif1", SETTINGS).findings}
    assert ("age", "[masked]") in shown
    assert ("age", "7O") in shown
    asked = validate_files([path], "iif1", SETTINGS, CheckOptions(unmasked="to find the rows")).findings
    assert ("age", "Vintobhe") in {(f.field, f.value) for f in asked}


def test_one_cell_of_a_hundred_megabytes_is_told_and_the_next_row_is_checked(tmp_path: Path) -> None:
    path = csv_file(tmp_path, ROWS[:1])
    with path.open("ab") as f:
        f.write(b"\nz," + b"x" * (100 << 20) + b"\n" + ",".join(ROWS[1]).encode())
    report = validate_file(path, "iif1", SETTINGS)
    assert (report.rows_checked, report.rows_unreadable) == (2, 1)
    told = [(f.line, f.code) for f in report.findings if f.severity == "reject"]
    assert told == [(3, "S008"), (4, "F008")]


@pytest.mark.parametrize("parts", [1, 3])
def test_child_rows_beside_an_unreadable_record_are_orphans(tmp_path: Path, parts: int) -> None:
    csv_file(tmp_path, [["a", "too", "short"]])
    (tmp_path / "iif1_acts.csv").write_text("record_id,line,act,section\na,1,IPC,379", encoding="utf-8")
    report = validate_files([tmp_path], "iif1", SETTINGS, CheckOptions(parts=parts))
    assert [(f.file, f.line, f.code) for f in report.findings] == [
        ("iif1.csv", 2, "S002"),
        ("iif1_acts.csv", 2, "T019"),
    ]


def test_utf_16_that_breaks_off_is_an_error(tmp_path: Path) -> None:
    path = csv_file(tmp_path)
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16")[:-1])
    with pytest.raises(InputError, match="UTF-16"):
        validate_file(path, "iif1", SETTINGS)


def test_no_room_for_the_parts_is_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv_file(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(path))
    with pytest.raises(DiskFull, match="TMPDIR"):
        validate_files([path], "iif1", SETTINGS, CheckOptions(parts=2))


@pytest.mark.parametrize(
    "bad", ['z,wb,"Howrah" x,Bally,2009,1,,', "z,too,short", "", 'z,wb,"open,Bally,2009,1,,', "z\x00"]
)
def test_a_bad_row_in_a_large_block_leaves_the_others_as_they_are(tmp_path: Path, bad: str) -> None:
    rows = [f'r{i},wb,"Howrah, old",Bally,2009,{i},2009-03-12,"A cow\nwas lost {"x" * (i % 90)}"' for i in range(9000)]
    rows[4000:4000] = [bad]
    path = tmp_path / "iif1.csv"
    path.write_bytes("\n".join([",".join(HEAD), *rows]).encode())
    assert rows_of(path, 1 << 20, whole=True) == rows_of(path, 1 << 20, whole=False)
