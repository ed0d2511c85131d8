"""`make demo`'s script on some of the samples: it ends well, says what the tutorial says, and does no work twice."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.engine, pytest.mark.slow]
if shutil.which("tesseract") is None or shutil.which("bash") is None:
    pytestmark.append(pytest.mark.skip(reason="tesseract or bash is not installed; make setup installs tesseract"))


SCANS = ("ta_2012_301-302.pdf", "wbp_2018_871.jpg")
"""A form of print and one of handwriting; of files, the kind that other tests of whole runs do not take in."""
OTHERS = (
    "forms/*",
    "legacy/FIRMAST.DBF",
    "registers/reg_gd_*_0.jpg",
    "registers/reg_vcnb_*",
    "fir_sheets/en_2020_301.tif",
    "case_forms/iif3_en_*",
    "stations.csv",
    "calibration.toml",
)


@pytest.fixture
def project(tmp_path):
    """A folder with the script and what it takes in, of the forms one of each language."""
    book = "sample_data/fir_book_2025"
    others = [f for pattern in OTHERS for f in (ROOT / "sample_data").glob(pattern)]
    for source in (ROOT / "tools" / "demo.sh", *others, *(ROOT / book / name for name in SCANS)):
        place = tmp_path / source.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)
    header, *rows = (ROOT / book / "manifest.csv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if row.startswith(SCANS)]
    (tmp_path / book / "manifest.csv").write_text("\n".join([header, *kept, ""]), encoding="utf-8")
    return tmp_path


def demo(project):
    environment = {**os.environ, "DIGITIZE": f"{sys.executable} -m digitize.cli", "PYTHONPATH": str(ROOT)}
    environment.pop("DEMO_DIR", None)
    command = ["bash", str(project / "tools" / "demo.sh")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def without_figures(text):
    return re.sub(r"\d+", "N", text)


def test_the_demo_says_what_the_tutorial_shows_and_does_no_work_twice(project):
    first = without_figures(demo(project))
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    block = re.search(r"```\n(\$ digitize init.*?)```", page, re.S).group(1).partition("$ digitize status")[0]
    for line in block.splitlines():
        assert without_figures(line) in first, line
    assert (project / "demo" / "loaded" / "cctns.sqlite").is_file()
    assert "Nothing to do: everything is up to date." in demo(project)
