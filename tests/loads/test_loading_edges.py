"""What a load was checked by is what it is checked by again; a layout or a column that is not there is named."""

from dataclasses import fields, replace

import pytest

from digitize.errors import OptionsError
from digitize.files.loading.settings import import_settings, plain_settings, restore_settings
from digitize.files.loading.target_choice import read_named_layout
from digitize.search.filled_counts import Lack, LoadedRows, _says
from mappers.layouts import package_layouts


def test_settings_that_were_written_down_are_the_same_again():
    made = replace(
        import_settings("iif1"), districts=(("WB", "Nadia"), ("WB", "Howrah")), years=(1990, 2012),
        stations=(("WB", "Nadia", "Kalna"), ("WB", "Howrah", "Bally")), profile="counts", left_out=frozenset({"F041"}),
        beats=(("WB", "Nadia", "Kalna", "7"),),
    )  # fmt: skip
    again = restore_settings("iif1", plain_settings(made))
    for one in fields(made):
        before, after = getattr(made, one.name), getattr(again, one.name)
        if isinstance(before, tuple) and one.name != "years":
            before, after = sorted(before), sorted(after)
        assert before == after, one.name
    assert restore_settings("iif1", None) == import_settings("iif1")


def test_a_layout_is_named_by_its_id_or_its_file():
    assert read_named_layout("") is None
    some = sorted(package_layouts())[0]
    assert read_named_layout(some) == package_layouts()[some]
    with pytest.raises(OptionsError, match=r"There is no layout nowhere.*FILE\.toml"):
        read_named_layout("nowhere")


def test_a_question_of_columns_that_no_table_has_is_a_fault():
    assert _says(LoadedRows("iif1", ""), Lack(("fir_no", "no such"))) == "(r.fir_no IS NOT NULL)"
    with pytest.raises(KeyError, match="iif1: none of no such"):
        _says(LoadedRows("iif1", ""), Lack(("no such",)))
