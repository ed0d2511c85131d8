"""Our four package names are ours, and the wheel holds them and nothing else."""

import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("digitize", "ocr", "mappers", "validators")


@pytest.mark.parametrize("name", NAMES)
def test_no_other_distribution_claims_a_name(name):
    assert set(packages_distributions().get(name, ["cctns-digitize"])) == {"cctns-digitize"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out], cwd=ROOT, check=True,
                   capture_output=True)  # fmt: skip
    return zipfile.ZipFile(next(out.glob("*.whl")))


def test_the_wheel_holds_the_four_packages_and_nothing_else(wheel):
    tops = {n.split("/")[0] for n in wheel.namelist()}
    assert {t for t in tops if not t.endswith(".dist-info")} == set(NAMES)


def test_the_wheel_holds_its_licence_and_the_notice_of_what_others_made(wheel):
    kept = {n.split(".dist-info/licenses/")[-1] for n in wheel.namelist() if ".dist-info/licenses/" in n}
    assert kept == {"LICENSE", "NOTICE"}


def test_the_wheel_holds_the_data_its_code_reads(wheel):
    inside = set(wheel.namelist())
    for folder, ending in (("ocr/forms", ".toml"), ("ocr/forms", ".npz"), ("ocr/languages", ".toml"),
                           ("mappers/mappings", ".toml"), ("mappers/states", ".toml"), ("mappers/codes", ".csv"),
                           ("validators/policy", ".toml")):  # fmt: skip
        files = [p.relative_to(ROOT).as_posix() for p in (ROOT / folder).glob(f"*{ending}")]
        assert files and set(files) <= inside
