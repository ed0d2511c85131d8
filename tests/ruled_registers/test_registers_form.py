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
    ("change", "said"),
    [
        (("row_start", "row_begin"), "row_start"),
        (('row_start = "sl"', 'row_start = "no"'), "there is no column no"),
        (('id = "name"', 'id = "sl"'), "used twice: sl"),
        (('kind = "digits"', 'kind = "number"'), "kind"),
        (("title", "title ="), "not valid TOML"),
    ],
)
def test_a_mistake_in_a_register_file_is_named(tmp_path, change, said):
    (tmp_path / "reg_x.toml").write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(FormError, match=r"reg_x\.toml") as caught:
        load_registers(tmp_path)
    assert said in str(caught.value)


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
