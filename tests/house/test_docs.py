"""The documentation says what the program does."""

import json
import re
import runpy
import tomllib
from functools import cache
from pathlib import Path

import pytest

from digitize.exits import Exit
from sample_data.fonts import SCOPE, VERSIONS

ROOT = Path(__file__).parents[2]
NPM = (ROOT / "tests" / "browser", ROOT / "sample_data" / ".fonts")
DOCS = sorted((ROOT / "docs").glob("*.md"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
GENERATOR = runpy.run_path(str(ROOT / "tools" / "docs.py"))
MADE = GENERATOR["pages"]()


@cache
def text_of(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def commands():
    """Whole name -> command, of every command that is not hidden."""
    top = GENERATOR["application"]()
    names = top.list_commands(top.make_context("digitize", [], resilient_parsing=True))
    return dict(leaf for name in names for leaf in GENERATOR["leaves_below"](top, name))


COMMANDS = commands()


def anchors(text):
    """What may stand behind # in a link to a page: its headings in small letters, blanks as dashes."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def folders(package):
    return sorted(p.parent.name for p in (ROOT / package).glob("*/__init__.py"))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_and_stands_in_the_page_of_commands(name):
    assert COMMANDS[name].help
    assert f"\n### {name}\n" in text_of("commands.md")


@pytest.mark.parametrize("path", sorted(MADE))
def test_generated_pages_are_up_to_date(path):
    assert (ROOT / path).read_text(encoding="utf-8") == MADE[path](), "run: python tools/docs.py"


def test_the_readme_is_read_in_a_minute_and_a_version_of_the_changelog_in_forty_lines():
    prose = re.sub(r"^[|<!`].*|```.*?```", "", README, flags=re.S | re.M)
    assert len(prose.split()) <= 250
    versions = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)[1:]
    assert {v.partition("\n")[0]: len(v.splitlines()) for v in versions if len(v.strip().splitlines()) > 40} == {}


def test_the_readme_leads_to_every_page():
    links = set(re.findall(r"\]\(docs/([\w-]+\.md)", README))
    below = {link for page in links for link in re.findall(r"\]\(([\w-]+\.md)", text_of(page))}
    assert {p.name for p in DOCS} <= links | below


def test_figures_that_are_asked_for_most_have_a_command_and_a_caveat():
    measured = text_of("measured.md")
    table = measured.partition("| what | reached | command | caveat |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    assert len(rows) == 9
    for _, reached, command, caveat in rows:
        assert reached and caveat
        (script,) = re.findall(r"`(benchmarks/\w+\.py)`", command)
        assert (ROOT / script).is_file(), script
        assert measured.count(script) > 1, script
    assert README.count("\n* ") == 3 and "](docs/measured.md)" in README


def test_commands_of_measured_figures_exist():
    """Each section of figures says its command, or that there is none."""
    sections = re.split(r"^## ", text_of("measured.md"), flags=re.M)[1:]
    for section in sections:
        title = section.partition("\n")[0]
        assert "Command: " in section and "Day: " in section, title
        for script in re.findall(r"`(?:python )?((?:benchmarks|sample_data)/\w+\.py)\b", section):
            assert (ROOT / script).is_file(), f"{title}: {script}"


def test_every_exit_code_is_listed():
    for code in Exit:
        assert re.search(rf"^\| {int(code)} \|", text_of("operations.md"), re.M), code


def test_the_two_commands_stand_in_the_readme():
    assert "make demo" in README and "make test" in README


def test_every_mapping_form_and_register_is_named_in_the_docs():
    docs = README + "".join(text_of(p.name) for p in DOCS)
    for folder in ("mappers/mappings", "ocr/forms", "ocr/forms/registers"):
        for path in (ROOT / folder).glob("*.toml"):
            # Of the pages of one form the first is named.
            name = re.sub(r"_[2-9]$", "_1", path.stem)
            assert name == "labels" or f"`{name}`" in docs, name


@pytest.mark.parametrize("package", ["digitize", "ocr", "mappers", "validators"])
def test_every_room_is_named_in_the_design(package):
    for name in folders(package):
        assert re.search(rf"\b{name}\b", text_of("design.md")), f"{package}/{name}"


def test_every_dependency_has_its_reason_in_the_design():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for group in project["optional-dependencies"].values() for name in group]
    for requirement in [*project["dependencies"], *extras]:
        name = re.split(r"[>=<,;\s]", requirement)[0]
        assert f"`{name}`" in text_of("design.md"), name


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS], ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page):
    for link, place in re.findall(r"\]\(([^)#\s]*)(?:#([^)]+))?\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        there = page.parent / link if link else page
        assert there.exists(), link
        if place and there.suffix == ".md":
            assert place in anchors(there.read_text(encoding="utf-8")), f"{link}#{place}"


def test_the_changelog_names_the_version_that_this_is():
    versions = re.findall(
        r"^## \[(.+?)\](?: - (\d{4}-\d{2}-\d{2}))?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M
    )
    assert versions[0] == ("Unreleased", "")
    assert all(day for _, day in versions[1:])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] in [name for name, _ in versions]


def test_lock_and_set_up_name_no_address():
    """Names, versions and hashes; where packages come from is the machine's own setting."""
    locks = [p for folder in NPM for p in folder.iterdir() if p.is_file()]
    scripts = [ROOT / "Makefile", ROOT / ".ci" / "run", *(ROOT / "tools").glob("*.sh"), *(ROOT / "tools").glob("lock*")]
    for path in (ROOT / "requirements.lock", ROOT / "pyproject.toml", *locks, *scripts):
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
