"""Several persons in one cell, with columns beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from mappers.record import Row
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


ADDRESS = """
[[map]]
from = "HOME"
into = "accused"
to = "address"
clean = "block"
"""
# As clerks write that nobody knew who it was.
UNKNOWN = ["Unknown", "unidentified person", "N.K.", "अज्ञात", "अनोळखी इसम", "অজ্ঞাত", "அடையாளம் தெரியாத நபர்",
           "గుర్తు తెలియని వ్యక్తి", "ಅಪರಿಚಿತ", "അജ്ഞാത", "અજાણ્યો", "ਨਾਮਾਲੂਮ", "ଅଜ୍ଞାତ", "نامعلوم"]  # fmt: skip
# How the items of a cell are told apart.
LISTED: dict[str, Callable[[int, str], str]] = {
    "lines": lambda _, text: f"{text}\n",
    "windows lines": lambda _, text: f"{text}\r\n",
    "1)": lambda at, text: f"{at}) {text} ",
    "1.": lambda at, text: f"{at}. {text}\n",
    "(i)": lambda at, text: f"({'i' * at}) {text} ",
}


def rows_of(tmp_path: Path, who: str, age: str = "", home: str = "") -> Sequence[Row]:
    path = tmp_path / "small.toml"
    path.write_text(MAPPING + ADDRESS, encoding="utf-8")
    row = RowValues("f", "t", 1, {"NO": "1", "WHO": who, "AGE": age, "HOME": home})
    (record,) = map_rows(bind_file(path), [row], MapContext("r"))
    assert not record.left_over
    return record.children.get("persons", ())


def homes(rows: Sequence[Row]) -> list[tuple[str | None, str | None]]:
    """Of each person the name, or the status, and the address."""
    told = [p.get("name") or p.get("status") for p in rows]
    return [
        (t.value if t else None, p["address"].value if "address" in p else None)
        for t, p in zip(told, rows, strict=True)
    ]  # fmt: skip


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


@pytest.mark.parametrize("listed", LISTED)
@pytest.mark.parametrize("unknown", UNKNOWN)
def test_a_person_whom_nobody_knew_keeps_the_place(tmp_path: Path, unknown: str, listed: str) -> None:
    who, home = ("".join(LISTED[listed](n, t) for n, t in enumerate(texts, 1))
                 for texts in ([unknown, "Ram Singh"], ["Rampur", "Sitapur"]))  # fmt: skip
    assert homes(rows_of(tmp_path, who, home=home)) == [("unknown", "Rampur"), ("Ram Singh", "Sitapur")]


def test_an_unknown_person_with_an_address_is_one_person(tmp_path: Path) -> None:
    assert homes(rows_of(tmp_path, "Unknown", home="Rampur")) == [("unknown", "Rampur")]


def test_an_address_that_says_nothing_keeps_its_place(tmp_path: Path) -> None:
    assert homes(rows_of(tmp_path, "Ram\nSita\nMohan", home="Rampur\n-\nSitapur")) == [
        ("Ram", "Rampur"), ("Sita", None), ("Mohan", "Sitapur"),
    ]  # fmt: skip


def test_an_address_beside_nobody_is_asked(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "Ram\n-\nMohan", "30\n31\n32", "Rampur\nSitapur\nMohanpur")
    assert homes(rows) == [("Ram", "Rampur"), (None, None), ("Mohan", "Mohanpur")]
    assert (rows[1]["address"].raw, rows[1]["address"].candidates) == ("Sitapur", ("Sitapur",))
    assert not rows[1]["address"].is_sure() and not rows[1]["age"].is_sure()


def test_one_person_beside_two_lines_is_no_second_person(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "Ram", home="Rampur\nSitapur")
    home = row["address"]
    assert (home.raw, home.value, home.candidates) == ("Rampur\nSitapur", None, ("Rampur", "Sitapur"))


def test_counted_persons_between_others_leave_the_places_open(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "Ram and 2 others\nMohan", home="Rampur\nSitapur")
    assert all(not row["address"].is_sure() and row["address"].value is None for row in rows)


def test_lines_without_any_person_that_disagree_are_asked(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "", "30", "Rampur\nSitapur")
    assert [row["age"].is_sure() for row in rows] == [False, False]


SPARE = """
[[map]]
from = "WHO"
into = "accused"
to = { name = "name", status = "status", address = "address" }
clean = "persons"
"""


def test_a_spare_line_that_nobody_needs_leaves_its_cell_over(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    old = MAPPING[MAPPING.index('[[map]]\nfrom = "WHO"') : MAPPING.index('[[map]]\nfrom = "AGE"')]
    path.write_text(MAPPING.replace(old, SPARE + "\n") + ADDRESS + "spare = true\n", encoding="utf-8")
    cells = {"NO": "1", "WHO": "Ram r/o Rampur\nMohan", "AGE": "", "HOME": "Sitapur\nMohanpur"}
    (record,) = map_rows(bind_file(path), [RowValues("f", "t", 1, cells)], MapContext("r"))
    assert homes(record.children["persons"]) == [("Ram", "Rampur"), ("Mohan", "Mohanpur")]
    assert record.left_over == {"HOME": "Sitapur\nMohanpur"}


_NAMES = st.sampled_from(["Ram", "Sita", "Mohan", "Radha", "Unknown", "अज्ञात", "-"])
_HOMES = st.sampled_from(["Rampur", "Sitapur", "Mohanpur", "-"])


@given(st.lists(_NAMES, max_size=4), st.lists(_HOMES, max_size=4), st.sampled_from(sorted(LISTED)))
def test_an_address_is_never_another_persons_and_none_is_lost(names: list[str], at: list[str], listed: str) -> None:
    # A cell of one line is taken as it is, with what stands before it.
    who, home = (
        "".join(LISTED[listed if len(texts) > 1 else "lines"](n, t) for n, t in enumerate(texts, 1))
        for texts in (names, at)
    )
    with TemporaryDirectory() as folder:
        rows = rows_of(Path(folder), who, home=home)
    made = [(t, a) for t, a in homes(rows) if a]
    is_anybody_written = any(n != "-" for n in names)
    if len(names) == len(at) and is_anybody_written:
        meant = [("unknown" if n in ("Unknown", "अज्ञात") else n, a) for n, a in zip(names, at, strict=True)]
        assert made == [(n, a) for n, a in meant if n != "-" and a != "-"]
    elif is_anybody_written:
        assert not made
    kept = " ".join(p["address"].raw for p in rows if "address" in p)
    assert all(a in kept for a in at if a != "-")


def test_a_relative_without_a_name_beside_several_persons_is_asked_of_each(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    parts = 'to = { relation = "relation", relative_name = "relative_name" }\nclean = "relative"'
    path.write_text(MAPPING + ADDRESS.replace('to = "address"\nclean = "block"', parts), encoding="utf-8")
    cells = {"NO": "1", "WHO": "Ram\nMohan", "AGE": "", "HOME": "S/o"}
    (record,) = map_rows(bind_file(path), [RowValues("f", "t", 1, cells)], MapContext("r"))
    assert [(p["relative_name"].raw, p["relative_name"].is_sure()) for p in record.children["persons"]] == [
        ("S/o", False), ("S/o", False),
    ]  # fmt: skip


def test_a_conflict_names_both_rules_and_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(MAPPING.replace('from = "AGE"\ninto = "accused"\nto = "age"\nclean = "age"',
                                    'from = "AGE"\nto = "fir_no"\nclean = "int"'), encoding="utf-8")  # fmt: skip
    with pytest.raises(MappingError, match=r"fir_no is filled twice: by the rule from NO and by that from AGE.*spare"):
        bind_file(path)


@pytest.mark.parametrize(
    "cell",
    [
        "Ram Singh and 2 unknown persons", "Ram Singh & N.K.", "Ram Singh and unknown", "Ram Singh व अज्ञात 2 व्यक्ति",
        "Ram Singh एवं 3 अज्ञात चोर", "Ram Singh ও অজ্ঞাত ২ জন", "Ram Singh ਤੇ 2 ਅਣਪਛਾਤੇ ਵਿਅਕਤੀ",
        "Ram Singh மற்றும் அடையாளம் தெரியாத 2 நபர்கள்",
    ],
)  # fmt: skip
def test_a_name_before_unknown_persons_is_kept(tmp_path: Path, cell: str) -> None:
    assert people(tmp_path, cell, "35") == [("Ram Singh", "35", 1.0), (None, None, 0.0)]
