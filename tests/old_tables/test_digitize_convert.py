"""`digitize convert`, `inspect` and `encodings list` on invented files, without a workspace."""

import csv
import io

import pytest
from openpyxl import Workbook

from mappers.encodings import encode, names
from sample_data.legacy_bench import build, words

KRUTI = "krutidev-010"
LINES = ["उदाहरण कल्पनाप्रसाद", "", "धारा 379/411 भा.द.वि.", "नमूनाखेड़ा"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The invented legacy files of the benchmark, made anew."""
    folder = tmp_path_factory.mktemp("legacy")
    build(folder)
    return folder / "legacy-files"


def legacy(lines, encoding=KRUTI):
    return b"\r\n".join(encode(encoding, line) for line in lines) + b"\r\n"


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_each_line_in_is_a_line_out(digitize):
    out = digitize("convert", "-", "--from", KRUTI, "--to", "unicode", stdin=legacy(LINES))
    assert out == "".join(f"{line}\n" for line in LINES)


@pytest.mark.parametrize("text", [b"", b"\n", b"d", b"d\n\n\nd", b"\xff\xfed\x00\n\x00d\x00"])
def test_no_line_is_lost_or_added(digitize, text):
    plain = text.decode("utf-16") if text[:2] == b"\xff\xfe" else text.decode()
    out = digitize("convert", "-", "--from", KRUTI, stdin=text)
    assert out.splitlines() == plain.replace("d", "क").splitlines()


def test_a_text_file_is_converted_into_a_file_that_is_whole(digitize, tmp_path):
    source, out = tmp_path / "list.txt", tmp_path / "out.txt"
    source.write_bytes(legacy(LINES))
    assert digitize("convert", source, "--from", KRUTI, "--out", out) == ""
    assert out.read_text(encoding="utf-8").splitlines() == LINES
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.txt", "out.txt"]


def test_the_encoding_of_a_text_is_found(digitize):
    lines = words()["hi"]
    out = digitize("convert", "-", stdin=legacy(lines))
    assert out.splitlines() == lines


def test_english_is_left_as_it_is(digitize):
    text = "The complainant reported the theft of a bicycle\nCase No. 12/98 under section 379 IPC\n"
    assert digitize("convert", "-", stdin=text.encode()) == text


def test_nothing_is_written_where_the_encoding_is_not_clear(digitize, tmp_path):
    source, out = tmp_path / "short.txt", tmp_path / "out.txt"
    source.write_bytes(b"\xc8\xe3\n")
    digitize("convert", source, "--out", out, code=3)
    assert not out.exists()


def test_a_table_becomes_csv_without_its_deleted_rows(digitize, made):
    found = rows(digitize("convert", made / f"fir_{KRUTI}.dbf", "--from", KRUTI))
    with (made / f"fir_{KRUTI}.expected.tsv").open(encoding="utf-8", newline="") as f:
        expected = [r for r in csv.DictReader(f, delimiter="\t") if not r.pop("state")]
    assert [{k.lower(): v for k, v in r.items()} for r in found] == expected


def test_all_rows_come_with_their_origin(digitize, made):
    found = rows(digitize("convert", made / f"fir_{KRUTI}.dbf", "--from", KRUTI, "--all-rows"))
    assert [r["_row"] for r in found] == [str(n) for n in range(1, 21)]
    assert [r["_row"] for r in found if r["_deleted"]] == ["3", "11"]
    offsets = [int(r["_offset"]) for r in found]
    assert {b - a for a, b in zip(offsets, offsets[1:], strict=False)} == {294}


def test_damaged_rows_are_left_out_reported_and_can_be_had(digitize, made):
    kept = rows(digitize("convert", made / "damaged_truncated.dbf", "--from", KRUTI, code=3))
    everything = rows(digitize("convert", made / "damaged_truncated.dbf", "--from", KRUTI, "--all-rows"))
    assert [r["_problem"] for r in everything if r["_problem"]]
    deleted = sum(r["_deleted"] == "yes" and not r["_problem"] for r in everything)
    damaged = sum(bool(r["_problem"]) for r in everything)
    assert len(kept) + deleted + damaged == len(everything)


def test_text_of_fixed_width_is_cut_before_it_is_decoded(digitize, made):
    path = made / f"fir_{KRUTI}.fixed.txt"
    found = rows(digitize("convert", path, "--from", KRUTI, "--widths", "12,8,60,60,150,3"))
    assert len(found) == 18
    assert found[0]["COLUMN_1"] == "1/1999"


@pytest.mark.parametrize("name", ["list.csv", "server.sql", "postgres.sql", "list.jsonl", "exchange.xml"])
def test_tables_in_text_of_every_kind_say_the_same(digitize, made, name):
    found = rows(digitize("convert", made / name))
    expected = rows(digitize("convert", made / "list.csv"))
    assert len(found) == 18
    assert [list(r.values()) for r in found] == [list(r.values()) for r in expected]


def test_parquet_holds_what_csv_holds(digitize, made, tmp_path):
    import polars

    out = tmp_path / "out.parquet"
    digitize("convert", made / "list.csv", "--out", out, "--format", "parquet")
    found = polars.read_parquet(out)
    assert found.to_dicts() == rows(digitize("convert", made / "list.csv"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.parquet"]


def test_one_column_may_have_another_encoding(digitize, tmp_path):
    path = tmp_path / "two.csv"
    path.write_bytes(b"A,B\n" + encode(KRUTI, "उदाहरण") + b"," + encode("bamini", "உதாரணம்") + b"\n")
    (found,) = rows(digitize("convert", path, "--from", KRUTI, "--column", "B=bamini"))
    assert found == {"A": "उदाहरण", "B": "உதாரணம்"}


def test_a_font_map_of_ones_own_is_used(digitize, tmp_path):
    (tmp_path / "own-font.tsv").write_text("//! script: Deva\na\tक\nb\tि\tpre\n", encoding="utf-8")
    assert digitize("convert", "-", "--from", "own-font", "--fonts", tmp_path, stdin=b"baa\n") == "किक\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--from", "krutidve-010"), 4), (("--to", "ascii"), 4), (("--state", "zz"), 4), (("--widths", "a"), 4)],
)
def test_wrong_words_are_refused(digitize, arguments, code):
    digitize("convert", "-", *arguments, code=code, stdin=b"x")


def test_a_missing_or_broken_file_is_named(digitize, tmp_path):
    digitize("convert", tmp_path / "not-there.txt", code=5)
    digitize("convert", tmp_path / "not-there.dbf", code=5)
    digitize("inspect", tmp_path / "not-there.dbf", code=5)


def test_sheets_of_like_names_become_files_of_their_own(digitize, tmp_path):
    book = Workbook()
    book.remove(book.active)
    for name in ("सीता", "सोता", "थाना 1", "थाना.1"):
        sheet = book.create_sheet(name)
        for row in (("No", "Name"), (1, name), (2, "Sample")):
            sheet.append(row)
    book.save(tmp_path / "list.xlsx")
    (tmp_path / "out").mkdir()
    digitize("convert", tmp_path / "list.xlsx", "--out", tmp_path / "out")
    written = [p.read_text(encoding="utf-8").split(",")[2].split("\n")[0] for p in sorted((tmp_path / "out").iterdir())]
    assert len(written) == 4
    assert "list.सीता.csv" in {p.name for p in (tmp_path / "out").iterdir()}


def test_later_values_are_looked_at_to_the_end_of_the_table(digitize, tmp_path):
    name = encode(KRUTI, "कल्पना उदाहरणवाल").decode("cp1252")
    lines = [f"{n},Sample {n}" for n in range(2_305)] + [f"{n},{name} {n}" for n in range(2_305, 2_590)]
    (tmp_path / "list.csv").write_text("ID,NAME\n" + "\n".join(lines) + "\n", encoding="cp1252")
    digitize("convert", tmp_path / "list.csv", "--out", tmp_path / "out.csv", code=3)


@pytest.mark.parametrize("early", ["", "Sample Exampleson"])
def test_a_font_that_comes_after_the_first_rows_is_not_passed_over(digitize, tmp_path, early):
    name = encode(KRUTI, "कल्पना उदाहरणवाल").decode("cp1252")
    lines = [f"{n},{early and f'{early} {n}'}" for n in range(2_000)] + [f"{n},{name} {n}" for n in range(60)]
    (tmp_path / "list.csv").write_text("ID,NAME\n" + "\n".join(lines) + "\n", encoding="cp1252")
    out = tmp_path / "out.csv"
    digitize("convert", tmp_path / "list.csv", "--out", out, code=3)
    assert not out.exists()
    (table,) = digitize.json("inspect", tmp_path / "list.csv")["tables"]
    assert table["rows"] == 2_060 and "later ones like krutidev-010" in table["notes"][-1]
    digitize("convert", tmp_path / "list.csv", "--out", out, "--column", f"NAME={KRUTI}")
    assert "कल्पना" in out.read_text(encoding="utf-8")
    assert f"7,{early}" in out.read_text(encoding="utf-8")


def test_a_table_under_the_name_of_a_text_is_not_torn_up(digitize, made, tmp_path):
    (tmp_path / "list.txt").write_text("ID,NAME,FATHER\n1,jke dqekj,eksgu yky\n2,lhrk nsoh,vfer flag\n")
    digitize("convert", tmp_path / "list.txt", "--from", KRUTI, code=3)
    assert "1,राम कुमार,मोहन लाल" in digitize("convert", tmp_path / "list.txt", "--as", "table", "--from", KRUTI)
    assert len(digitize("convert", tmp_path / "list.txt", "--as", "text", "--from", KRUTI).splitlines()) == 3
    (tmp_path / "old.txt").write_bytes((made / f"fir_{KRUTI}.dbf").read_bytes())
    assert digitize("convert", tmp_path / "old.txt").startswith("FIRNO,")


def test_what_stands_behind_the_last_column_is_written_with_all_rows(digitize, tmp_path):
    (tmp_path / "list.csv").write_text("FIRNO,NAME,DIST\n1,a,x\n2,b,c,d,e\n3,f,y\n")
    digitize("convert", tmp_path / "list.csv", code=3)
    found = rows(digitize("convert", tmp_path / "list.csv", "--all-rows"))
    assert [(r["FIRNO"], r["_problem"], r["_more"]) for r in found][1] == ("2", "too-many-cells", '["d", "e"]')


def test_a_carriage_return_in_a_cell_does_not_end_its_row(digitize, tmp_path):
    (tmp_path / "list.csv").write_bytes(b'A,B,C\r\n1,"x\ry",2\r\n3,z,4\r\n')
    out = tmp_path / "out.csv"
    digitize("convert", tmp_path / "list.csv", "--out", out, "--from", "plain")
    with out.open(encoding="utf-8", newline="") as f:
        assert [r["B"] for r in csv.DictReader(f)] == ["x\ry", "z"]


def test_what_cannot_be_meant_is_refused_with_the_reason(digitize, made, tmp_path):
    table = made / f"fir_{KRUTI}.dbf"
    digitize("convert", table, "--column", "NAME", code=4)
    digitize("convert", table, "--column", f"NAMES={KRUTI}", "--out", tmp_path / "x.csv", code=4)
    digitize("convert", table, "--out", tmp_path / "not-there" / "x.csv", code=5)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_utf_16_is_read_by_lines_with_a_mark_and_without(digitize, encoding):
    text = "\r\n".join(LINES) + "\r\n"
    assert digitize("convert", "-", stdin=text.encode(encoding)).split("\n") == [*LINES, ""]
    assert digitize("convert", "-", stdin=b"\xff\xfe") == ""


def test_inspect_tells_rows_encoding_and_examples(digitize, made):
    (table,) = digitize.json("inspect", made / f"fir_{KRUTI}.dbf")["tables"]
    assert (table["rows"], table["deleted"], table["problems"]) == (20, 2, {})
    columns = {c["name"]: c for c in table["columns"]}
    assert columns["BRIEF"]["encoding"] == KRUTI
    assert columns["FIRNO"]["encoding"] == "plain"
    assert columns["BRIEF"]["examples"][0]["stored"] != columns["BRIEF"]["examples"][0]["text"]


def test_inspect_says_in_words_what_spoke_for_an_encoding(digitize, made):
    shown = digitize("inspect", made / f"fir_{KRUTI}.dbf", "--state", "up")
    assert "reads as words" in shown and "usual in the" in shown and "99%" in shown
    assert "named by you" in digitize("inspect", made / f"fir_{KRUTI}.dbf", "--from", KRUTI)


def test_inspect_says_what_is_damaged(digitize, made):
    (table,) = digitize.json("inspect", made / "damaged_count.dbf")["tables"]
    assert table["rows_claimed"] == 999_999
    assert any("999" in note for note in table["notes"])


def test_inspect_reads_plain_text_as_one_column(digitize, tmp_path):
    path = tmp_path / "list.txt"
    path.write_bytes(legacy(words()["hi"]))
    (table,) = digitize.json("inspect", path)["tables"]
    assert [c["encoding"] for c in table["columns"]] == [KRUTI]


def test_the_list_of_encodings_names_all_with_their_standing(digitize):
    listed = digitize.json("encodings", "list")["encodings"]
    assert [e["name"] for e in listed] == list(names())
    assert all(e["confirmed"] is not e["name"].startswith("unconfirmed-") for e in listed)
    assert KRUTI in digitize("encodings", "list")
