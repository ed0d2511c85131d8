"""docs/extending.md is executed: what it tells to add is laid into a copy of the tree, and nothing else is touched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTENSIONS = Path(__file__).parent / "extensions"
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
TREE = (
    "digitize",
    "ocr",
    "mappers",
    "validators",
    "tests",
    "tools",
    "docs",
    "sample_data",
    "benchmarks",
    "deploy",
    "training",
    ".ci",
)
HEADINGS = {
    "rule": "A rule", "reader": "A reader of old files", "command": "A command", "form": "A printed form",
    "target": "A target", "language": "A language",
}  # fmt: skip
LAWS = (
    "tests/house/test_docs.py", "tests/house/test_layers.py", "tests/house/test_names.py",
    "tests/house/test_languages_one_file.py", "tests/rules/test_validators_messages.py",
    "tests/rules/test_validators_rules.py", "tests/loads/test_digitize_targets.py", "tests/loads/test_targets_open.py",
    "tests/loads/test_targets_folder.py", "tests/measuring/test_benchmarks_hostile.py", "tests/people/test_masking_exits.py",
    "tests/pages_of_paper/test_ocr_languages.py",
)  # fmt: skip


def files_of(name: str) -> dict[str, Path]:
    """Path in the tree -> the file that an extension lays there, or adds to what is there (NAME.more)."""
    folder = EXTENSIONS / name
    return {
        p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != ".pyc"
    }


def touched_files(name: str) -> set[str]:
    """Patterns of the files that the page names for an extension, under "Files touched"."""
    section = PAGE.partition(f"\n## {HEADINGS[name]}\n")[2].partition("\n## ")[0]
    line = re.search(r"^Files touched: (.*?)\n\n", section + "\n\n", re.S | re.M)
    assert line, f"docs/extending.md does not name the files touched by {HEADINGS[name]}"
    return {re.sub(r"\b(?:ID|NAME|XX)\b", "*", p) for p in re.findall(r"`([^`]+)`", line[1])}


def link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def lay(tree: Path, path: str, file: Path) -> str:
    """Lay one file of an extension in. Returns the path that was touched."""
    added = re.fullmatch(r"(.+)\.(?:more|under (.+))", path)
    target = tree / (added[1] if added else path)
    text = file.read_text(encoding="utf-8")
    if added is None:
        assert not target.exists(), f"{path} is there"
        target.write_text(text, encoding="utf-8")
        return path
    before = target.read_text(encoding="utf-8")
    target.unlink()  # the copy shares its bytes with the original
    where = before.index(added[2]) + len(added[2]) + 1 if added[2] else len(before)
    target.write_text(before[:where] + text + before[where:], encoding="utf-8")
    return added[1]


def run(tree: Path, *command: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    environment |= {"PYTHONPATH": str(tree), "DIGITIZE_MODELS": "system"}
    done = subprocess.run(
        [sys.executable, *command], cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree with all extensions laid in, and its generated pages made anew."""
    made = tmp_path_factory.mktemp("extended") / "tree"
    made.mkdir()
    aside = shutil.ignore_patterns("node_modules", "__pycache__", ".*_cache", "extensions", "test_extending.py")
    for folder in TREE:
        shutil.copytree(ROOT / folder, made / folder, copy_function=link, ignore=aside)
    for path in (p for p in ROOT.iterdir() if p.is_file()):
        shutil.copyfile(path, made / path.name)
    for page in (made / "docs").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.unlink()
        page.write_text(text, encoding="utf-8")
    for name in HEADINGS:
        for path, file in files_of(name).items():
            lay(made, path, file)
    drafted = ("sample_data/prints/arrest_memo_en.png", "--id", "arrest_memo_en", "--out", "ocr/forms")
    run(made, "-m", "digitize.cli", "forms", "new", *drafted)
    run(made, "tools/docs.py")
    return made


@pytest.mark.parametrize("name", HEADINGS)
def test_only_files_that_the_page_names_are_touched(name):
    patterns = touched_files(name)
    for path in files_of(name):
        own = re.sub(r"\.(?:more|under .+)$", "", path)
        assert any(fnmatch(own, pattern) for pattern in patterns), f"{own} is not named: {sorted(patterns)}"


def test_the_tests_of_the_house_pass_with_all_of_them(tree):
    there = [path for path in LAWS if (tree / path).is_file()]
    assert len(there) == len(LAWS), sorted(set(LAWS) - set(there))
    # Of the targets the new one alone is tried; the others are as they were.
    chosen = "(json_files or not test_digitize_targets) and not wheel"
    run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "-k", chosen, *there)


def test_each_of_them_works(tree, tmp_path):
    assert "F990" in run(tree, "-m", "digitize.cli", "explain", "F990")
    assert "FIRNO" in run(tree, "-m", "digitize.cli", "inspect", "sample_data/legacy/firs.slk")
    run(tree, "-m", "digitize.cli", "init", "wb", str(tmp_path / "ws"), "--site", "t")
    taken = run(tree, "-m", "digitize.cli", "intake", str(tmp_path / "ws"), "sample_data/legacy/firs.slk")
    assert "1 table" in taken
    assert "  readers " in run(tree, "-m", "digitize.cli", "--help")
    assert "sylk" in run(tree, "-m", "digitize.cli", "readers").split()
    assert "digitize readers" in (tree / "docs/commands.md").read_text(encoding="utf-8")
    assert "arrest_memo_en" in run(tree, "-m", "digitize.cli", "forms", "list")
    assert "F990" in (tree / "docs/rules.md").read_text(encoding="utf-8")
    assert "nep" in run(tree, "-c", "from ocr.tesseract.models import known_languages; print(known_languages()['ne'])")
