"""Several persons in one cell, with columns beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappers.binding.bind import bind_file
from mappers.errors import MappingError
from mappers.mapping.load import map_rows
from mappers.sources.values import MapContext, RowValues

MAPPING = """
format = 1
id = "small"
version = "1"
title = "Small"
form = "iif1"

[match]
columns = ["NO", "WHO", "AGE"]

[rows.accused]
table = "persons"
set = { role = "accused" }

[[map]]
from = "NO"
to = "fir_no"
clean = "int"

[[map]]
from = "WHO"
into = "accused"
to = { name = "name", status = "status" }
clean = "persons"

[[map]]
from = "AGE"
into = "accused"
to = "age"
clean = "age"
"""


def people(tmp_path: Path, who: str, age: str) -> list[tuple[str | None, str | None, float]]:
    path = tmp_path / "small.toml"
    path.write_text(MAPPING, encoding="utf-8")
    row = RowValues("f", "t", 1, {"NO": "1", "WHO": who, "AGE": age})
    (record,) = map_rows(bind_file(path), [row], MapContext("r"))
    said = record.children["persons"]
    return [
        (p["name"].value if "name" in p else None, p["age"].value if "age" in p else None,
         p["age"].confidence if "age" in p else 0.0) for p in said
    ]  # fmt: skip


@pytest.mark.parametrize("ages", ["35\n40", "35, 40", "35/40"])
def test_each_person_has_the_line_of_its_place(tmp_path: Path, ages: str) -> None:
    assert people(tmp_path, "1) Ram Lal 2) Sita Devi", ages) == [("Ram Lal", "35", 1.0), ("Sita Devi", "40", 1.0)]


def test_one_person_has_the_cell_beside_it(tmp_path: Path) -> None:
    assert people(tmp_path, "Ram Lal", "35") == [("Ram Lal", "35", 1.0)]


def test_one_age_beside_two_persons_is_doubted(tmp_path: Path) -> None:
    assert people(tmp_path, "Ram Lal\nSita Devi", "35") == [("Ram Lal", "35", 0.5), ("Sita Devi", None, 0.0)]


def test_others_who_are_only_counted_have_no_age(tmp_path: Path) -> None:
    assert people(tmp_path, "Ram Lal and 2 others", "35") == [("Ram Lal", "35", 1.0), (None, None, 0.0)]


def test_a_conflict_names_both_rules_and_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(MAPPING.replace('from = "AGE"\ninto = "accused"\nto = "age"\nclean = "age"',
                                    'from = "AGE"\nto = "fir_no"\nclean = "int"'), encoding="utf-8")  # fmt: skip
    with pytest.raises(MappingError, match=r"fir_no is filled twice: by the rule from NO and by that from AGE.*spare"):
        bind_file(path)
