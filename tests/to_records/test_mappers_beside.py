"""Several persons in one cell, with columns beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.binding.bind import bind_file
from mappers.errors import MappingError
from mappers.mapping.beside import OF_SEVERAL
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
    return [
        (p["name"].value if "name" in p else None, p["age"].value if "age" in p else None,
         p["age"].confidence if "age" in p else 0.0) for p in persons(tmp_path, who, age)
    ]  # fmt: skip


def persons(tmp_path: Path, who: str, age: str) -> Sequence[Mapping[str, Any]]:
    path = tmp_path / "small.toml"
    path.write_text(MAPPING, encoding="utf-8")
    row = RowValues("f", "t", 1, {"NO": "1", "WHO": who, "AGE": age})
    (record,) = map_rows(bind_file(path), [row], MapContext("r"))
    return record.children["persons"]


@pytest.mark.parametrize("ages", ["35\n40", "35, 40", "35/40"])
def test_each_person_has_the_line_of_its_place(tmp_path: Path, ages: str) -> None:
    assert people(tmp_path, "1) Ram Lal 2) Sita Devi", ages) == [("Ram Lal", "35", 1.0), ("Sita Devi", "40", 1.0)]


def test_one_person_has_the_cell_beside_it(tmp_path: Path) -> None:
    assert people(tmp_path, "Ram Lal", "35") == [("Ram Lal", "35", 1.0)]


def test_one_age_beside_two_persons_is_nobodys_and_each_is_asked(tmp_path: Path) -> None:
    assert people(tmp_path, "Ram Lal\nSita Devi", "35") == [("Ram Lal", None, 0.0), ("Sita Devi", None, 0.0)]
    for person in persons(tmp_path, "Ram Lal\nSita Devi", "35"):
        assert (person["age"].raw, person["age"].candidates, person["age"].notes[-1]) == ("35", ("35",), OF_SEVERAL)
        assert not person["age"].blank


@pytest.mark.parametrize("unknown", ["Unknown", "अज्ञात", "অজ্ঞাত", "not known", "N.K."])
@pytest.mark.parametrize("form", ["{}\n{}\n{}", "1) {} 2) {} 3) {}"])
def test_a_person_whom_nobody_could_name_keeps_the_place_of_its_line(tmp_path: Path, unknown: str, form: str) -> None:
    for at in range(3):
        names = ["Ram Lal", "Sita Devi", "Mohan"]
        names[at] = unknown
        wanted = [None if name == unknown else name for name in names]
        found = people(tmp_path, form.format(*names), "35\n40\n45")
        assert found == [(name, age, 1.0) for name, age in zip(wanted, ("35", "40", "45"), strict=True)]


@pytest.mark.parametrize("ages", ["35\n-\n45", "35\nNIL\n45"])
def test_a_line_that_says_nothing_keeps_its_place(tmp_path: Path, ages: str) -> None:
    found = people(tmp_path, "Ram Lal\nSita Devi\nMohan", ages)
    assert [(name, age) for name, age, _ in found] == [("Ram Lal", "35"), ("Sita Devi", None), ("Mohan", "45")]


PIECES = st.lists(
    st.tuples(st.sampled_from(["Ram Lal", "Sita Devi", "Unknown"]), st.integers(18, 70)), min_size=1, max_size=5
)


@given(PIECES, st.lists(st.integers(18, 70), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_no_age_goes_to_another_person_and_none_is_lost(pieces: list[tuple[str, int]], other: list[int]) -> None:
    with TemporaryDirectory() as folder:
        names = "\n".join(f"{at}) {name}" for at, (name, _) in enumerate(pieces, 1))
        told = people(Path(folder), names, "\n".join(str(age) for _, age in pieces))
        assert told == [(None if name == "Unknown" else name, str(age), 1.0) for name, age in pieces]
        if len(other) != len(pieces):
            found = persons(Path(folder), names, "\n".join(map(str, other)))
            assert len(found) == len(pieces)
            assert all(p["age"].value is None and set(p["age"].candidates) == set(map(str, other)) for p in found)


def test_others_who_are_only_counted_have_no_age(tmp_path: Path) -> None:
    assert people(tmp_path, "Ram Lal and 2 others", "35") == [("Ram Lal", "35", 1.0), (None, None, 0.0)]


def test_a_conflict_names_both_rules_and_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(MAPPING.replace('from = "AGE"\ninto = "accused"\nto = "age"\nclean = "age"',
                                    'from = "AGE"\nto = "fir_no"\nclean = "int"'), encoding="utf-8")  # fmt: skip
    with pytest.raises(MappingError, match=r"fir_no is filled twice: by the rule from NO and by that from AGE.*spare"):
        bind_file(path)
