"""The quarantine: out as a spreadsheet, corrected, replayed by the same rules, with a trail."""

import json
from datetime import datetime

import pytest
from openpyxl import load_workbook
from test_loading import firs

from digitize.errors import InputError
from digitize.masking.masks import MASK
from digitize.quarantine.rejects import Reject
from digitize.quarantine.sheet import read_sheet, write_sheet
from mappers.record import FieldValue, Record
from validators.messages.teller import Teller

# A record that waits, in no target.
WAITING = Reject(
    1, "b", "iif1", "reject", "f.csv", 2, "open", Record("a", "iif1", {"fir_no": FieldValue("8", "8")}), (), ()
)

BAD = [
    ("a", {}),
    ("b", {"fir_date": "2009-02-31", "place": "=cmd|x"}),
    ("c", {"place": "Zorabine", "state": "jk", "district": "Srinagar"}),
    ("d", {"fir_no": "1", "place": "Bridge"}),
]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, digitize, tmp_path):
    """A target into which one good record and three bad ones were loaded."""
    is_sqlite = request.param == "sqlite"
    made = tmp_path / "t.sqlite" if is_sqlite else request.getfixturevalue("postgres_target")
    found = digitize.json("load", firs(tmp_path / "in", *BAD), "--target", made, "--max-rejects", "100%")
    assert (found["inserted"], found["rejected"], found["held"]) == (0, 3, 1)
    return made


def rejects(digitize, url, *more):
    return {r["record"]: r for r in digitize.json("quarantine", "list", "--target", url, *more)["rejects"]}


def fill(path, answers):
    """Fill in a sheet. answers: (record, field) -> (right value, verdict)."""
    book = load_workbook(path)
    sheet = book["quarantine"]
    head = [c.value for c in sheet[1]]
    left = dict(answers)
    for row in sheet.iter_rows(min_row=2):
        cells = dict(zip(head, row, strict=True))
        if answer := left.pop((cells["record"].value, cells["field"].value), None):
            cells["right value"].value, cells["verdict"].value = answer
    book.save(path)
    assert not left


def test_what_waits_is_listed_without_values(digitize, url):
    found = rejects(digitize, url)
    assert {r: (f["word"], tuple(f["codes"])) for r, f in found.items()} == {
        "a": ("reject", ("R001",)),
        "b": ("reject", ("F008",)),
        "c": ("review", ("L009",)),
        "d": ("reject", ("R001",)),
    }
    assert found["b"]["line"] == 3
    assert "Zorabine" not in digitize("quarantine", "list", "--target", url)
    assert set(rejects(digitize, url, "--code", "F008")) == {"b"}


def test_corrected_and_confirmed_records_are_loaded_and_the_trail_tells_how(digitize, url, tmp_path):
    sheet = tmp_path / "q.xlsx"
    digitize("quarantine", "export", sheet, "--target", url)
    field = next(f["field"] for f in findings(digitize, url, "c"))
    fill(
        sheet, {("b", "fir_date"): ("2009-02-28", None), ("c", field): (None, "confirm"), ("d", "fir_no"): ("9", None)}
    )
    taken = digitize.json("quarantine", "import", sheet, "--target", url, "--operator", "Asha")
    assert (taken["corrected"], taken["dropped"], taken["values"]) == (3, 0, 2)
    assert digitize.json("quarantine", "replay", "--target", url) == {"schema": 1, "loaded": 3, "stay": 0}
    assert set(rejects(digitize, url)) == {"a"}
    assert digitize.json("quarantine", "replay", "--target", url, "--all")["loaded"] == 1
    states = {r: f["state"] for r, f in rejects(digitize, url, "--all").items()}
    assert states == dict.fromkeys("abcd", "replayed")
    (trail,) = column(digitize, url, "trail", "b")
    assert [step["did"] for step in trail] == ["corrected", "replayed"]
    assert (trail[0]["by"], trail[0]["changed"]) == ("Asha", [{"field": "fir_date", "before": "2009-02-31"}])
    assert digitize.json("quarantine", "replay", "--target", url, "--all")["loaded"] == 0


def opened(url):
    from digitize.targets.open import open_target

    return open_target(str(url))


def column(digitize, url, name, record):
    target = opened(url)
    rows = target.run(f"SELECT CAST({name} AS text) FROM rejects WHERE record_id = ?", [record])
    target.close()
    return [json.loads(text) for (text,) in rows]


def findings(digitize, url, record):
    return column(digitize, url, "findings", record)[0]


def test_values_of_persons_are_masked_unless_a_reason_is_given(digitize, url, tmp_path):
    sheet = tmp_path / "q.xlsx"
    digitize("quarantine", "export", sheet, "--target", url)
    values = {c.value for row in load_workbook(sheet)["quarantine"].iter_rows() for c in row}
    assert "Zorabine" not in values and MASK in values
    digitize("quarantine", "export", sheet, "--target", url, "--unmask", code=4)
    digitize(
        "quarantine",
        "export",
        sheet,
        "--target",
        url,
        "--unmask",
        "--reason",
        "to correct them",
        "--operator",
        "A. Rao",
    )
    cells = [c for row in load_workbook(sheet)["quarantine"].iter_rows() for c in row]
    assert "Zorabine" in {c.value for c in cells}
    assert [c.data_type for c in cells if str(c.value).startswith("=")] == ["s"]
    assert column(digitize, url, "trail", "c")[0][-1]["reason"] == "to correct them"


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_sheet_tells_what_is_expected_in_a_language(digitize, url, tmp_path, language):
    sheet = tmp_path / "q.xlsx"
    digitize("quarantine", "export", sheet, "--target", url, "--lang", language)
    rows = [[c.value for c in row] for row in load_workbook(sheet)["quarantine"].iter_rows()]
    (said,) = [r[5] for r in rows if r[1] == "fir_date" and r[5]]
    teller = Teller(language)
    assert said == f"F008 reject: {teller.join_parts(teller.tell('F008', 'iif1', 'fir_date'))}"
    assert "YYYY-MM-DD" in said and "2009-03-12" in said
    # What is stored stays as it was.
    assert findings(digitize, url, "b")[0]["message"] == Teller().message("F008")
    digitize("quarantine", "export", sheet, "--target", url, "--lang", "xx", code=4)


def test_a_correction_that_does_not_mend_it_leaves_the_record_waiting(digitize, url, tmp_path):
    sheet = tmp_path / "q.xlsx"
    digitize("quarantine", "export", sheet, "--target", url, "--code", "F008")
    fill(sheet, {("b", "fir_date"): ("2009-02-30", None)})
    digitize("quarantine", "import", sheet, "--target", url, "--operator", "Asha")
    assert digitize.json("quarantine", "replay", "--target", url) == {"schema": 1, "loaded": 0, "stay": 1}
    assert rejects(digitize, url)["b"]["state"] == "open"
    assert findings(digitize, url, "b")[0]["code"] == "F008"


def test_a_key_that_another_record_has_by_now_is_found_at_replay(digitize, url, tmp_path):
    other = firs(tmp_path / "other", ("x", {"fir_no": "2"}))
    assert digitize.json("load", other, "--target", url)["inserted"] == 1
    sheet = tmp_path / "q.xlsx"
    digitize("quarantine", "export", sheet, "--target", url, "--code", "F008")
    fill(sheet, {("b", "fir_date"): ("2009-02-28", None)})
    digitize("quarantine", "import", sheet, "--target", url, "--operator", "Asha")
    assert digitize.json("quarantine", "replay", "--target", url) == {"schema": 1, "loaded": 0, "stay": 1}
    assert rejects(digitize, url)["b"]["codes"] == ["D002"]
    assert len(rejects(digitize, url)) == 4


@pytest.mark.parametrize(
    "answer",
    [("2009-02-28", "blank"), (None, "perhaps"), (None, "confirm")],
    ids=["both", "unknown", "a-rejection-confirmed"],
)
def test_a_sheet_that_cannot_be_meant_changes_nothing(digitize, url, tmp_path, answer):
    sheet = tmp_path / "q.xlsx"
    digitize("quarantine", "export", sheet, "--target", url)
    fill(sheet, {("d", "fir_no"): ("9", None), ("b", "fir_date"): answer})
    digitize("quarantine", "import", sheet, "--target", url, "--operator", "Asha", code=5)
    assert {r["state"] for r in rejects(digitize, url).values()} == {"open"}


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("=1+8", "'right value' contains a formula"),
        (datetime(2009, 3, 12), "into a date"),
        (1.5, "into a decimal number"),
    ],
    ids=["formula", "day", "number"],
)
def test_what_a_spreadsheet_worked_out_is_not_taken_for_what_was_typed(tmp_path, made, said):
    sheet = tmp_path / "q.xlsx"
    write_sheet(sheet, [WAITING], unmask=False)
    fill(sheet, {("a", "fir_no"): (made, None)})
    with pytest.raises(InputError, match=f"^q.xlsx: line 2: .*{said}"):
        read_sheet(sheet)
    write_sheet(sheet, [WAITING], unmask=False)
    fill(sheet, {("a", "fir_no"): (9.0, None)})
    assert [(row.reject, row.field, row.value) for row in read_sheet(sheet)] == [(1, "fir_no", "9")]


def test_a_workbook_that_is_no_sheet_of_the_quarantine_names_what_it_lacks(tmp_path):
    sheet = tmp_path / "q.xlsx"
    write_sheet(sheet, [WAITING], unmask=False)
    book = load_workbook(sheet)
    book["quarantine"]["A1"].value = "number"
    book.save(sheet)
    with pytest.raises(InputError, match=r"q\.xlsx is not a quarantine sheet: the column 'reject' is missing"):
        read_sheet(sheet)


def test_a_row_that_is_no_record_is_dropped_and_stays_on_the_books(digitize, url, tmp_path):
    sheet = tmp_path / "q.xlsx"
    digitize("quarantine", "export", sheet, "--target", url)
    fill(sheet, {("d", "fir_no"): (None, "drop")})
    digitize("quarantine", "import", sheet, "--target", url, "--operator", "Asha")
    assert "d" not in rejects(digitize, url)
    assert rejects(digitize, url, "--all")["d"]["state"] == "dropped"
