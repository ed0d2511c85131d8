"""The house keeps to what was agreed: circles, names, dead code, dependencies, as benchmarks/house.py counts them."""

import ast
import re
from pathlib import Path

import pytest

from tools.house.blocks import duplicate_blocks
from tools.house.dead import dead_definitions
from tools.house.imports import House, circles
from tools.house.measures import MEASURES, duplicate_types, list_small_with_one_importer
from tools.house.names import bare_names, bare_phrases, bare_properties, is_bare, is_bare_phrase

ROOT = Path(__file__).parents[2]
HOUSE = House(ROOT)


@pytest.mark.parametrize("measure", [m for m in MEASURES if m.most is not None and not m.is_slow], ids=lambda m: m.name)
def test_every_figure_of_the_source_is_within_what_was_agreed(measure):
    found = measure.count(HOUSE)
    items = "\n".join(map(str, measure.listed(HOUSE))) if found > measure.most and measure.listed else ""
    assert found <= measure.most, items


def test_only_the_tests_of_the_benchmarks_know_them():
    """Whoever deletes benchmarks/ breaks tests/measuring and nothing else."""
    tests = [p for p in (ROOT / "tests").rglob("*.py") if "measuring" not in p.relative_to(ROOT).parts]
    says = [p for p in tests if re.search(r"^\s*(from|import) benchmarks\b", p.read_text("utf-8"), re.M)]
    assert [p.relative_to(ROOT).as_posix() for p in says] == []


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
    loose = next(m for m in MEASURES if m.name == "loose_modules")
    assert loose.count(small) == 1


def test_what_a_function_imports_of_a_package_is_the_module_it_names(small):
    assert small.modules["digitize.one.a"] == {"digitize.two.b"}
    assert isinstance(small.trees["digitize.one.a"], ast.Module)


@pytest.mark.parametrize("name", ["_told", "asked", "of", "_beside", "whole", "_kept", "measured", "_anew"])
def test_a_bare_participle_or_particle_is_no_name_of_a_function(name):
    assert is_bare(name)


@pytest.mark.parametrize(
    "name", ["feed", "embed", "need", "read", "set", "told_by", "page", "is_told", "exceed", "red"]
)
def test_a_verb_a_noun_and_a_phrase_are_no_bare_particle(name):
    assert not is_bare(name)


def test_a_phrase_without_a_verb_is_told_from_one_with_a_verb():
    assert is_bare_phrase("_with_new_prints") and is_bare_phrase("_in_lots") and is_bare_phrase("_measured_anew")
    assert not is_bare_phrase("from_plain") and not is_bare_phrase("read_in_lots") and not is_bare_phrase("on_close")


def write(folder, **files):
    for name, text in files.items():
        (folder / "mappers" / f"{name}.py").write_text(text, encoding="utf-8")
    return House(folder)


@pytest.fixture
def empty(tmp_path):
    for name in ("digitize", "ocr", "mappers", "validators"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_properties_and_dunders_are_no_functions_that_need_a_verb(empty):
    text = "class A:\n    @property\n    def told(self): ...\n    def kept(self): ...\n    def __of__(self): ...\n"
    house = write(empty, a=text)
    assert [f.name for f in bare_names(house)] == ["kept"]
    assert [f.name for f in bare_properties(house)] == ["told"]
    assert bare_phrases(house) == []


def test_what_nobody_uses_is_dead_and_so_is_what_only_that_uses(empty):
    house = write(
        empty,
        a="LIMIT = 3\ndef used(): ...\ndef unused():\n    return helper() + LIMIT\ndef helper():\n    return helper()\n",
        b="from mappers.a import used\nused()\n",
    )
    assert [d.name for d in dead_definitions(house)] == ["LIMIT", "unused", "helper"]


def test_what_is_called_by_a_convention_is_not_dead(empty):
    house = write(
        empty,
        loader="import importlib\nprint(importlib.import_module('x').KIND)\n",
        plug="KIND = 1\n@register\ndef rule(): ...\nclass P(Protocol):\n    def asked(self): ...\nprint(P)\n",
        again="from mappers.base import f\n__all__ = ['f', 'g']\ndef g(): ...\n",
        base="def f(): ...\n",
        user="from mappers.again import f\nf()\nclass A(Outside):\n    def handle(self): ...\nA()\n",
        made="class B:\n    def get(self, n): return getattr(self, f'_{n}')\n    def _a(self): ...\nB().get('a')\n",
    )
    assert [d.name for d in dead_definitions(house)] == ["g"]


def test_a_small_file_that_one_neighbour_imports_is_counted(empty):
    house = write(empty, a="from mappers import b\nfrom mappers.c import f\n", b="def g(): ...\n", c="def f(): ...\n",
                  d="from mappers.c import f\n")  # fmt: skip
    assert list_small_with_one_importer(house) == ["mappers/b.py (1 lines) <- mappers.a"]


def test_the_same_lines_in_two_places_are_one_pair(empty):
    block = "".join(f"value_{n} = compute_something({n})\n" for n in range(9))
    (found,) = duplicate_blocks(write(empty, a=block, b="import os\n" + block, c="x = 1\n"))
    assert (found.first, found.second, found.lines) == ("mappers/a.py:1", "mappers/b.py:2", 9)
