"""A cut fitted on one print and hand is believed in the workspace that measured it, and nowhere else."""

import pytest

from digitize.errors import OptionsError
from digitize.reading.calibration import NEVER, load_calibration, threshold
from ocr.forms.form import load_forms


def write(folder, text):
    (folder / "calibration.toml").write_text(text, encoding="utf-8")
    return folder


def test_no_form_of_the_package_passes_by_itself():
    for form in load_forms().values():
        assert threshold(form, {}) == NEVER


def test_a_workspaces_own_measurement_counts(tmp_path):
    text = 'format = 1\n[form.iif1_en]\ncalibrated = true\naccept = 0.97\nsource = "our own books"\n'
    measured = load_calibration(write(tmp_path, text))
    forms = load_forms()
    assert threshold(forms["iif1_en"], measured) == 0.97
    assert threshold(forms["iif1_hi"], measured) == NEVER
    assert threshold(None, measured) == NEVER


@pytest.mark.parametrize(
    "text", ["format = 1\n[form.x]\naccept = 7\n", "format = 1\n[form.x]\ncut = 0.9\n", "= broken"]
)
def test_a_wrong_file_is_named(tmp_path, text):
    with pytest.raises(OptionsError, match="calibration.toml"):
        load_calibration(write(tmp_path, text))
