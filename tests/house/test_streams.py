"""What a script or a service gives a command as standard output, and settings as Notepad saves them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from digitize.cli.app import run
from digitize.errors import OptionsError
from digitize.files.dataset import read_dataset
from digitize.workspace.options import load_options
from ocr.errors import FormError
from ocr.forms.form import load_form
from validators.policy.policies import read_policy

_COMMAND = (sys.executable, "-m", "digitize.cli", "encodings", "list")


def test_who_stops_reading_is_no_fault_of_the_program():
    gone, out = os.pipe()
    os.close(gone)
    done = subprocess.run(_COMMAND, stdout=out, stderr=subprocess.PIPE, check=False)
    os.close(out)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="no shell of that kind")
def test_a_closed_output_is_no_fault_and_no_file_takes_its_place():
    done = subprocess.run(f"{' '.join(_COMMAND)} >&- <&-", shell=True, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_output_is_utf_8_whatever_the_language_of_the_machine():
    machine = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = (*_COMMAND[:3], "explain", "R001", "--lang", "hi")
    assert "थाने" in subprocess.run(command, env=machine, stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")


def test_a_mark_of_the_byte_order_before_settings_is_passed_over(tmp_path):
    (tmp_path / "digitize.toml").write_text('[workspace]\nstate = "wb"\nsite_id = "x"\n', encoding="utf-8-sig")
    (tmp_path / "dataset.toml").write_text('format = 1\nstate = "wb"\n', encoding="utf-8-sig")
    (tmp_path / "own.toml").write_text('[severity]\nR001 = "note"\n', encoding="utf-8-sig")
    assert load_options(tmp_path).workspace.state == "wb"
    assert read_dataset(tmp_path / "dataset.toml").state == "wb"
    assert read_policy(str(tmp_path / "own.toml")).severity == {"R001": "note"}


def test_settings_that_are_no_utf_8_are_said_by_their_file(tmp_path, capsys):
    for name in ("digitize.toml", "office.toml", "form.toml"):
        (tmp_path / name).write_bytes('# "सेटिंग"\n'.encode("utf-16"))
    with pytest.raises(OptionsError, match=r"digitize\.toml: not valid TOML"):
        load_options(tmp_path)
    with pytest.raises(FormError, match=r"form\.toml: not valid TOML"):
        load_form(tmp_path / "form.toml")
    assert run(["status", str(tmp_path)]) == 4 and "not valid TOML" in capsys.readouterr().err
