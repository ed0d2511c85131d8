"""What stands in a state's own tables is written out as import files, one for each table that has rows."""

import pytest

from digitize.errors import OptionsError
from digitize.files.loading.read_back import write_back


class OwnTables:
    """A target that gives back two FIRs in two portions."""

    def read_back(self, form):
        if form == "iif1":
            for n in (1, 2):
                yield {
                    "iif1": [{"record_id": f"r{n}", "fir_no": str(n), "year": "2012"}],
                    "iif1_acts": [{"record_id": f"r{n}", "line": m, "act": "IPC", "section": "379"} for m in (1, 2)],
                }


def test_each_table_is_a_file_with_its_rows_and_their_lines(tmp_path):
    assert write_back(OwnTables(), tmp_path / "out") == {"iif1": 2, "iif1_acts": 4}
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["iif1.csv", "iif1_acts.csv"]
    head, *rows = (tmp_path / "out" / "iif1_acts.csv").read_text(encoding="utf-8").splitlines()
    assert head.startswith("record_id,line,") and {"act", "section"} < set(head.split(","))
    assert [row.split(",")[:2] for row in rows] == [["r1", "1"], ["r1", "2"], ["r2", "1"], ["r2", "2"]]
    own = (tmp_path / "out" / "iif1.csv").read_text(encoding="utf-8")
    assert own.startswith("record_id,") and ",line," not in own.splitlines()[0]


def test_nothing_is_written_over_and_no_other_target_can_give_back(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OptionsError, match="not empty"):
        write_back(OwnTables(), tmp_path)
    with pytest.raises(OptionsError, match="--layout"):
        write_back(object(), tmp_path / "out")
    assert not (tmp_path / "out").exists()
