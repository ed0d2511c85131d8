"""Registers that a workspace brings: known beside the package's, read, mapped, and refused when their file is wrong."""

import json
from pathlib import Path

import pytest
from test_digitize_registers import DAYBOOK, book, carried, records_of, run, seen

from ocr.errors import FormError
from ocr.registers import known_registers, package_registers

__all__ = ["book"]
BEAT = """
id = "reg_beat"
title = "Beat book"
row_start = "entry_no"
[titles]
en = ["Beat book of the station"]
"""
COLUMNS = ("entry_no", "time", "subject", "particulars", "officer", "action")
KINDS = {"entry_no": "digits", "time": "time"}
MAPPING = """
format = 1
id = "reg_beat"
version = "1"
title = "Beat book"
form = "gd"
[match]
families = ["reg_beat"]
[[map]]
from = "entry_no"
to = "gd_no"
clean = "reference"
[[map]]
from = "particulars"
to = "particulars"
clean = "block"
"""
MAPPING += "".join(f'[[ignore]]\nfrom = "{c}"\nreason = "not kept"\n' for c in ("time", "subject", "officer", "action"))


@pytest.fixture(autouse=True)
def _anew():
    """Folders are read once a process; each test writes its own."""
    known_registers.cache_clear()


def write_register(folder, text=BEAT, name="reg_beat.toml"):
    columns = "".join(f'[[column]]\nid = "{c}"\nkind = "{KINDS.get(c, "line")}"\n' for c in COLUMNS)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text + columns, encoding="utf-8")


def test_a_folders_registers_stand_beside_the_packages_with_their_labels(tmp_path):
    write_register(tmp_path / "registers")
    labels = '[entry_no]\nen = ["Beat entry"]\n[new_column]\nen = ["Something new"]\n'
    (tmp_path / "registers" / "labels.toml").write_text(labels, encoding="utf-8")
    known, own = known_registers((tmp_path,)), package_registers()
    assert set(known.forms) == {*own.forms, "reg_beat"} and "reg_beat" not in own.forms
    column = known.forms["reg_beat"].column("entry_no")
    assert {"Beat entry", *own.labels_of(column, ("en",))} == set(known.labels_of(column, ("en",)))
    assert known.key(None) != own.key(None) and known.key("reg_crime") == own.key("reg_crime")


@pytest.mark.parametrize(
    ("text", "why"),
    [(BEAT.replace("reg_beat", "reg_gd"), "used in another folder"), (BEAT.replace("entry_no", "no"), "no such column; write one of entry_no"),
     ("colour = 1\n" + BEAT, "colour"), ("id = ", "not valid TOML")],
)  # fmt: skip
def test_a_register_whose_file_is_wrong_is_refused_naming_it(tmp_path, text, why):
    write_register(tmp_path / "registers", text)
    with pytest.raises(FormError, match=why) as told:
        known_registers((tmp_path,))
    assert "registers" in str(told.value) or "reg_beat.toml" in str(told.value)


def test_a_workspaces_own_register_is_read_and_its_rows_are_records(digitize, book, tmp_path):
    pages = [seen(rows, carried("reg_beat"), form="reg_beat") for rows in (DAYBOOK[0], DAYBOOK[2])]
    place, reader = book(*pages)
    write_register(place / "forms" / "registers")
    known_registers.cache_clear()
    (place / "mappings" / "reg_beat.toml").write_text(MAPPING, encoding="utf-8")
    totals = run(digitize, place)["totals"]
    assert (totals["pages_read"], totals["records"]) == (2, 4)
    assert [r.value("gd_no") for r in records_of(place).values()] == ["1", "2", "3", "7"]
    assert run(digitize, place)["todo"] == {"read": 0, "map": 0, "check": 0, "load": 0}


def test_intake_and_the_list_of_forms_know_a_workspaces_own_register(digitize, tmp_path, samples):
    place = tmp_path / "ws"
    digitize("init", "wb", place, "--site", "test")
    scan = samples / "registers" / "reg_vcnb_en_light_5_0.jpg"
    digitize("intake", place, scan, "--kind", "reg_beat", code=4)
    write_register(place / "forms" / "registers")
    known_registers.cache_clear()
    digitize("intake", place, scan, "--kind", "reg_beat")
    listed = digitize.json("forms", "list", "--forms", place / "forms")["registers"]
    assert "reg_beat" in json.dumps(listed)


def test_the_register_in_the_docs_is_one(tmp_path):
    docs = (Path(__file__).parents[2] / "docs" / "forms.md").read_text(encoding="utf-8")
    (text,) = [b for b in docs.split("```") if b.startswith('\nid = "reg_beat"')]
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / "reg_beat.toml").write_text(text, encoding="utf-8")
    assert known_registers((tmp_path,)).forms["reg_beat"].ids == ("entry_no", "beat_visited")
