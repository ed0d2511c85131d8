"""Register files: nine kinds that load, and every mistake in one named with its file and key."""

import pytest

from ocr.errors import FormError
from ocr.registers import load_registers, package_registers
from ocr.registers.labels import Heading, columns_in_order, fit_forms

KINDS = {
    "reg_arrest",
    "reg_conviction",
    "reg_crime",
    "reg_fir_index",
    "reg_gd",
    "reg_history",
    "reg_malkhana",
    "reg_missing",
    "reg_vcnb",
}
GOOD = """
id = "reg_x"
title = "X"
row_start = "sl"
[[column]]
id = "sl"
kind = "digits"
[[column]]
id = "name"
"""


def test_the_package_has_nine_registers():
    assert set(package_registers().forms) == KINDS


@pytest.mark.parametrize("form", package_registers().forms.values(), ids=lambda f: f.id)
def test_every_column_has_an_english_label(form):
    registers = package_registers()
    for column in form.columns:
        assert registers.labels_of(column, ("en",)), column.id
    assert form.titles["en"]


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("row_start", "row_begin"), 4, "there is no key row_begin"),
        (('row_start = "sl"\n', ""), None, 'row_start is missing: write row_start = "ID", the id of the column'),
        (('title = "X"', '[titles]\ntitle = "X"'), None, "it is in line 4, below [titles]: move it above"),
        (('row_start = "sl"', 'row_start = "no"'), 4, 'row_start = "no": there is no such column; write one of sl, na'),
        (('row_start = "sl"', 'row_start = "sl"\nspread_from = "x"'), 5, 'spread_from = "x": there is no such column'),
        (('id = "name"', 'id = "sl"'), 9, 'id = "sl" is used twice (column 1, counted from the left, has it, too)'),
        (('id = "name"', 'id = "Name 1"'), 9, 'id = "Name 1": small Latin letters'),
        (('id = "name"', 'id = "name"\nknid = "line"'), 10, "there is no key knid; did you mean kind?"),
        (('title = "X"', 'title = "X"\npaper = 1'), 4, "there is no key paper (known: id, title, row_start"),
        (('kind = "digits"', 'kind = "number"'), 7, "kind = \"number\" is not known (write one of 'line', 'block'"),
        (('kind = "digits"', 'kind = "dates"'), 7, "did you mean date?"),
        (('id = "name"', "width = 3"), 8, 'id is missing: write id = "ID"'),
        (('id = "name"', 'id = "name"\nwidth = 0'), 10, "width: Input should be greater than 0"),
        (("title", "title ="), None, "not valid TOML: Invalid value (at line 3"),
    ],
)
def test_a_mistake_in_a_register_file_is_named_with_its_line_and_what_to_write(tmp_path, change, line, said):
    (tmp_path / "reg_x.toml").write_text(GOOD.replace(*change, 1), encoding="utf-8")
    with pytest.raises(FormError) as caught:
        load_registers(tmp_path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"reg_x.toml, line {line}: " if line else "reg_x.toml: ")


def test_a_register_of_one_column_is_refused_saying_how_columns_are_written(tmp_path):
    (tmp_path / "reg_x.toml").write_text(GOOD.rpartition("[[column]]")[0], encoding="utf-8")
    with pytest.raises(FormError, match=r"column: .*at least 2"):
        load_registers(tmp_path)


def test_two_files_may_not_share_an_id(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(FormError, match="used by another file"):
        load_registers(tmp_path)


@pytest.mark.parametrize("language", ["en", "hi", "bn", "ta"])
@pytest.mark.parametrize("form", package_registers().forms.values(), ids=lambda f: f.id)
def test_a_register_is_known_by_its_labels(form, language):
    registers = package_registers()
    texts = [(registers.labels_of(c, (language,)) or registers.labels_of(c, ("en",)))[0] for c in form.columns]
    heading = Heading(tuple(texts), (), (form.titles.get(language) or form.titles["en"])[0])
    best, second = fit_forms(heading, registers)[:2]
    assert best.form.id == form.id
    assert best.score > second.score
    assert best.columns == form.ids


def test_misread_labels_still_place_their_columns():
    heading = Heading(("Entrv No", "Tirne", "", "Particulors", "Oficer", "Actlon taken"), ())
    best = fit_forms(heading, package_registers())[0]
    assert best.form.id == "reg_gd"
    assert best.columns == ("entry_no", "time", "", "particulars", "officer", "action")


def test_a_repeated_number_column_is_told_from_a_register_of_another_width():
    crime = package_registers().forms["reg_crime"]
    assert columns_in_order(crime, (9, 10)) == crime.ids
    assert columns_in_order(crime, (9, 11))[9] == "_number"
    assert columns_in_order(crime, (5,)) is None
