"""`make demo`'s script on the samples: it ends well, says what the README says, and does no work twice."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = [pytest.mark.engine, pytest.mark.slow]
if shutil.which("tesseract") is None or shutil.which("bash") is None:
    pytestmark.append(pytest.mark.skip(reason="tesseract or bash is not installed; make setup installs tesseract"))


def demo(folder):
    environment = {**os.environ, "DEMO_DIR": str(folder), "DIGITIZE": f"{sys.executable} -m digitize.cli"}
    done = subprocess.run(
        ["bash", "tools/demo.sh"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def without_figures(text):
    return re.sub(r"\d+", "N", text)


def test_the_demo_says_what_the_readme_shows_and_does_no_work_twice(tmp_path):
    folder = tmp_path / "demo"
    first = without_figures(demo(folder).replace(str(folder), "demo"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```\n(\$ digitize init.*?)```", readme, re.S).group(1).partition("$ digitize status")[0]
    for line in block.splitlines():
        assert without_figures(line) in first, line
    assert (folder / "loaded" / "cctns.sqlite").is_file()
    assert "Nothing to do: everything is up to date." in demo(folder)
