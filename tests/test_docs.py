"""The documentation says what the program does."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from digitize.cli.app import build
from digitize.exits import Exit
from sample_data.fonts import SCOPE, VERSIONS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
NPM = (ROOT / "tests" / "browser", ROOT / "sample_data" / ".fonts")
COMMANDS = get_command(build()).commands


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_and_stands_in_the_readme(name):
    assert COMMANDS[name].help
    assert f"digitize {name}" in README


def test_every_exit_code_is_listed():
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for code in Exit:
        assert re.search(rf"^\| {int(code)} \|", text, re.M), code


def test_the_two_commands_stand_in_the_readme():
    assert "make demo" in README and "make test" in README


def test_every_mapping_and_form_is_named_in_the_docs():
    docs = README + "".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").glob("*.md"))
    for folder in ("mappers/mappings", "ocr/forms"):
        for path in (ROOT / folder).glob("*.toml"):
            assert path.stem in docs, path.stem


def test_links_between_pages_lead_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_lock_and_set_up_name_no_address():
    """Names, versions and hashes; where packages come from is the machine's own setting."""
    locks = [p for folder in NPM for p in folder.iterdir() if p.is_file()]
    scripts = [ROOT / "Makefile", ROOT / ".ci" / "run", *(ROOT / "tools").iterdir()]
    for path in (ROOT / "requirements.lock", ROOT / "pyproject.toml", *locks, *scripts):
        if path.suffix not in (".mjs", ".py"):
            assert "://" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("folder", NPM, ids=lambda folder: folder.name)
def test_packages_of_npm_are_locked_by_version_and_hash(folder):
    """What tests and samples need from npm is brought by these files alone."""
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    locked = {path.removeprefix("node_modules/"): p for path, p in packages.items() if path}
    assert {name: p["version"] for name, p in locked.items()} == wanted
    assert all(p["integrity"].startswith("sha512-") and "resolved" not in p for p in locked.values())


def test_the_locked_fonts_are_those_the_samples_were_drawn_with():
    wanted = json.loads((ROOT / "sample_data" / ".fonts" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert wanted == {f"{SCOPE}/{name}": version for name, version in VERSIONS.items()}


def test_every_locked_package_has_a_hash():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        assert "--hash=sha256:" in entry, entry.split("==")[0]
