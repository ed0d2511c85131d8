"""Intake asks what is in a file: under any name each sample gives the same tables and pages, or a true reason."""

from __future__ import annotations

import shutil
from pathlib import Path

from binary_tables import biff5, biff8, ods, ole, xlsb

from digitize.workspace.intake.probing import Probed, probe_all
from digitize.workspace.intake.store import how_to_read
from mappers.legacy import find_reader, is_guess, open_tables
from ocr.scans.scan import media_of

SAMPLES = Path(__file__).parents[2] / "sample_data"
ENDINGS = (".BAK", ".001", "", ".jpg", ".csv", ".fpt", ".pdf", ".log")
_FOLDERS = (
    "legacy",
    "legacy_bench/legacy-files",
    "formats",
    "systems",
    "own_tables",
    "fir_book_2025",
    "garbage",
    "lines",
)
_ASIDE = (".toml", ".dbt", ".fpt", ".md")


def sample_files():
    """Every table of an old system among the samples, and every scan."""
    found = (p for folder in _FOLDERS for p in sorted((SAMPLES / folder).rglob("*")))
    return [p for p in found if p.is_file() and p.suffix.lower() not in _ASIDE and "expected" not in p.name]


def made_files(folder: Path):
    """Small tables of the kinds that no sample is of."""
    table = [("PSNAME", "FIRNO", "YEAR"), *(("Kalpanapur", str(n), "1998") for n in range(12))]
    cells = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in table)
    edges = "".join(f"\\cellx{1000 * n}" for n in range(1, 4))
    lines = "".join(f"\\trowd{edges}\\intbl {''.join(c + chr(92) + 'cell ' for c in r)}\\row\n" for r in table)
    made = {
        "a.xls": ole("Workbook", biff8({"Sheet1": table})),
        "b.xls": ole("Book", biff5([tuple(c.encode() for c in row) for row in table])),
        "c.ods": ods({"Sheet1": table}),
        "d.xlsb": xlsb("Sheet1", table),
        "e.html": f"<html><body><table>{cells}</table></body></html>".encode(),
        "f.rtf": f"{{\\rtf1\\ansi\\ansicpg1252 {lines}\\pard end\\par}}".encode(),
    }
    folder.mkdir()
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in made]


def lay(path: Path, folder: Path, ending: str) -> Path:
    """A sample in a folder of its own under another ending, with what lies beside it."""
    folder.mkdir(parents=True)
    for beside in path.parent.iterdir():
        if beside.stem == path.stem and beside.suffix.lower() in (".dbt", ".fpt"):
            shutil.copy(beside, folder / f"sample{beside.suffix}")
    if (path.parent / "layout.toml").is_file():
        shutil.copy(path.parent / "layout.toml", folder)
    return Path(shutil.copy(path, folder / f"sample{ending}"))


def probed(paths: list[Path]) -> list[Probed]:
    found = dict(probe_all(paths))
    return [found[n] for n in range(len(paths))]


def rows(path: Path):
    return [
        (t.columns, [(r.number, r.cells, r.deleted, r.problem) for r in t.rows])
        for t in open_tables(path, how_to_read(path))
    ]


def test_a_sample_gives_the_same_under_any_name(tmp_path):
    samples = [*sample_files(), *made_files(tmp_path / "made")]
    kinds = {find_reader(p) for p in samples} | {media_of(p) for p in samples}
    assert kinds >= {"dbf", "access", "xlsx", "sql", "xml", "json", "fixed", "delimited", "jpeg", "png", "tiff", "pdf"}
    assert kinds >= {"xls", "ods", "xlsb", "html_table", "rtf"}
    before = probed([lay(p, tmp_path / f"s{n}" / "own", p.suffix) for n, p in enumerate(samples)])
    assert sum(b.media == "table" for b in before) >= 60 and sum(bool(b.pages) for b in before) >= 20
    made = [(n, lay(p, tmp_path / f"s{n}" / f"e{k}", e)) for n, p in enumerate(samples) for k, e in enumerate(ENDINGS)]
    for (n, path), now in zip(made, probed([p for _, p in made]), strict=True):
        was, of = before[n], (samples[n].name, path.suffix)
        if (now.media, now.pages, len(now.tables)) != (was.media, was.pages, len(was.tables)):
            assert now.problem and not now.pages and not now.tables, of
            # Without its name only a text whose columns may be chance, and a table whose head is destroyed, are refused.
            own = find_reader(path)
            assert (
                (is_guess(own) and "may or may not be a table" in now.problem)
                if own
                else was.problem or "damaged" in samples[n].name
            ), of
        elif now.media == "table":
            assert rows(path) == rows(tmp_path / f"s{n}" / "own" / f"sample{samples[n].suffix}"), of


def test_a_backup_of_a_table_is_run_as_the_table_is(digitize, tmp_path):
    loaded = []
    source = SAMPLES / "formats" / "up_firmast_krutidev"
    for name in ("FIRMAST.DBF", "FIRMAST.BAK", "FIRMAST"):
        place, folder = tmp_path / f"ws {name}", tmp_path / f"of {name}"
        digitize("init", "up", place, "--site", "test")
        folder.mkdir()
        shutil.copy(source / "source.DBF", folder / name)
        shutil.copy(source / "source.DBT", folder / "FIRMAST.DBT")
        report = digitize.json("intake", place, folder, "--district", "Lucknow")
        assert (report["taken"], report["tables"], report["refused"], report["doubtful"]) == (1, 1, [], [])
        digitize("run", place)
        loaded.append(digitize.json("status", place)["totals"])
    assert loaded[0]["loaded"] == 11 and loaded == loaded[:1] * 3


def test_texts_that_are_no_table_are_refused_whatever_they_are_called(digitize, tmp_path):
    place = tmp_path / "ws"
    digitize("init", "up", place, "--site", "test")
    folder = tmp_path / "in"
    folder.mkdir()
    prose = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for n, name in enumerate(("README.md", "README.txt", "README", "notes.log")):
        (folder / name).write_text(f"{prose}\n{n}\n", encoding="utf-8")
    lines = [f"Jan 01 12:00:{n % 60:02d} host app[{n}]: took {n}, then, that\n" for n in range(90)]
    (folder / "syslog").write_text("".join(lines), encoding="utf-8")
    report = digitize.json("intake", place, folder, code=3)
    assert (report["taken"], len(report["refused"])) == (0, 5)
    assert all("nor a table" in why or "may not be a table" in why for _, why in report["refused"])
    assert "name it .csv or .txt" in dict(report["refused"])["in/syslog"]


def test_what_is_called_as_the_parts_of_a_table_is_taken_where_it_is_a_table(digitize, tmp_path):
    place = tmp_path / "ws"
    digitize("init", "up", place, "--site", "test")
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(SAMPLES / "legacy_bench/legacy-files/fir_bamini.dbf", folder / "FIR.IDX")
    shutil.copy(SAMPLES / "fir_book_2025/en_2019_211.jpg", folder / "page.fpt")
    (folder / "FIR.CDX").write_bytes(b"\x00\x04\x00\x00" + bytes(2000))
    (folder / "Thumbs.db").write_bytes(bytes(20))
    report = digitize.json("intake", place, folder)
    assert (report["files"], report["tables"], report["pages"]) == (2, 1, 1)


def test_a_layout_of_the_folder_is_of_the_texts_whose_rows_fit_it(tmp_path):
    fixed = "".join(f"{n:<4}{'Kalpanapur':<12}1998\n" for n in range(1, 9))
    (tmp_path / "FIR.BAK").write_text(fixed, encoding="ascii")
    (tmp_path / "other.list").write_text("a,b,c,d,e\n" + "1,2,3,4,5\n" * 5, encoding="ascii")
    shutil.copy(SAMPLES / "legacy" / "FIRMAST.DBF", tmp_path / "FIRMAST.BAK")
    columns = (("no", 4), ("station", 12), ("year", 4))
    layout = "".join(f'[[column]]\nname = "{n}"\nwidth = {w}\n' for n, w in columns)
    (tmp_path / "layout.toml").write_text(layout, encoding="utf-8")
    assert rows(tmp_path / "FIR.BAK")[0][0] == ("no", "station", "year")
    assert rows(tmp_path / "other.list")[0][0] == ("a", "b", "c", "d", "e")
    assert "FIR_NUM" in rows(tmp_path / "FIRMAST.BAK")[0][0] or len(rows(tmp_path / "FIRMAST.BAK")[0][0]) > 3
    (tmp_path / "other.layout.toml").write_text(layout, encoding="utf-8")
    assert rows(tmp_path / "other.list")[0][0] == ("no", "station", "year")


def test_a_scan_is_known_by_its_first_bytes_alone(tmp_path, monkeypatch):
    """Thousands of scans are not looked at as tables."""
    import mappers.legacy
    from digitize.workspace.intake.probing import _probe

    monkeypatch.setattr(mappers.legacy, "find_reader", None)
    path = Path(shutil.copy(SAMPLES / "fir_book_2025/en_2019_211.jpg", tmp_path / "page.csv"))
    assert _probe((0, path)) == Probed(media="jpeg", pages=1)
