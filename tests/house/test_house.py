"""The house keeps to what was agreed: rooms, sizes, names, as benchmarks/house.py counts them from the source."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.house import AGREED, MEASURES, House, duplicate_types
from benchmarks.parts.house.imports import circles

ROOT = Path(__file__).parents[2]


def test_every_figure_of_the_source_is_within_what_was_agreed(tmp_path):
    out = tmp_path / "house.json"
    command = [sys.executable, ROOT / "benchmarks" / "house.py", "--quick", "--json", out]
    subprocess.run(command, check=True, capture_output=True)
    found = json.loads(out.read_text(encoding="utf-8"))
    assert {n: v for n, v in found.items() if v > AGREED[n]} == {}
    assert {m.__name__ for m in MEASURES} == set(AGREED)


@pytest.fixture
def small(tmp_path):
    """A house of two rooms that import each other, a type of one name in both, and a loose module."""
    for name in ("digitize", "digitize/one", "digitize/two", "ocr", "mappers", "validators"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text('"""A room."""\n', encoding="utf-8")
    (tmp_path / "digitize" / "one" / "a.py").write_text(
        "from digitize.two import b\nclass Thing: ...\n", encoding="utf-8"
    )
    later = "def f():\n    from digitize.one.a import Thing\nclass Thing: ...\n"
    (tmp_path / "digitize" / "two" / "b.py").write_text(later, encoding="utf-8")
    (tmp_path / "digitize" / "loose.py").write_text("import digitize.one.a\n", encoding="utf-8")
    return House(tmp_path)


def test_a_circle_is_seen_also_where_an_import_stands_in_a_function(small):
    assert circles(small.modules) == [["digitize.one.a", "digitize.two.b"]]
    assert circles(small.folders) == circles(small.rooms) == [["digitize/one", "digitize/two"]]


def test_two_types_of_one_name_and_a_loose_module_are_counted(small):
    assert duplicate_types(small) == {"Thing": ["digitize.one.a", "digitize.two.b"]}
    loose = next(m for m in MEASURES if m.__name__ == "loose_modules")
    assert loose(small) == 1


def test_what_a_function_imports_of_a_package_is_the_module_it_names(small):
    assert small.modules["digitize.one.a"] == {"digitize.two.b"}
    assert isinstance(small.trees["digitize.one.a"], ast.Module)
