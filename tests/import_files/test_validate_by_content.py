"""Import files are known by their content: a copy under another name gives the same findings."""

from __future__ import annotations

import polars as pl
import pytest

from digitize.files.validating.readers import kind_of
from digitize.files.validating.sources import table_files

WRITERS = {
    "csv": pl.DataFrame.write_csv,
    "parquet": pl.DataFrame.write_parquet,
    "json lines": pl.DataFrame.write_ndjson,
}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("name", ["iif1.BAK", "iif1.001", "iif1", "iif1.dat"])
def test_a_table_under_another_name_is_checked_as_itself(digitize, tmp_path, kind, name):
    frame = pl.DataFrame({"state": ["wb"] * 4, "fir_no": ["1", "2", "x", "2"], "police_station": ["Kalpanapur"] * 4})
    ending = {"csv": "csv", "parquet": "parquet", "json lines": "jsonl"}[kind]
    reports = []
    for n, own in enumerate((f"iif1.{ending}", name)):
        folder = tmp_path / str(n)
        folder.mkdir()
        WRITERS[kind](frame, folder / own)
        assert kind_of(folder / own) == kind
        for given in (folder / own, folder):
            found = digitize.json("validate", given, "--form", "iif1", code=(0, 3))
            reports.append([(f["code"], f["line"], f["message"]) for f in found["findings"]])
    assert reports[0] and reports == reports[:1] * 4


def test_a_wrong_ending_does_not_stand_before_the_content(tmp_path, samples):
    (tmp_path / "iif1.csv").write_bytes((samples / "legacy" / "FIRMAST.DBF").read_bytes())
    (tmp_path / "b.jsonl").write_bytes(b"PAR1 and more")
    (tmp_path / "c.md").write_bytes(b"# A page\n\nof prose\n")
    assert [kind_of(tmp_path / n) for n in ("iif1.csv", "b.jsonl", "c.md")] == ["dbf", "parquet", ""]


def test_a_backup_beside_its_table_is_not_the_table(tmp_path):
    for name in ("iif1.csv", "iif1.bak", "notes.md"):
        (tmp_path / name).write_text("state,fir_no,year\nwb,1,2019\nwb,2,2019\nwb,3,2019\n", encoding="utf-8")
    assert [p.name for p in table_files(tmp_path)] == ["iif1.csv"]
    (tmp_path / "iif1.csv").unlink()
    assert [p.name for p in table_files(tmp_path)] == ["iif1.bak"]
