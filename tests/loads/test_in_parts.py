"""A batch that goes in part by part comes to the same as one that goes in whole, in every target."""

import json
import random
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pg import make_target
from test_digitize_targets import record
from test_own_tables import LAYOUT, tables_and_book
from test_own_tables import record as laid_record

from digitize.errors import DiskFull
from digitize.machine.spill_file import SpillFile
from digitize.targets.base import Load
from digitize.targets.batch_parts import join_parts
from digitize.targets.from_records import as_batch
from digitize.targets.open import open_target
from digitize.targets.own_tables.target import OwnTablesTarget
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.target import PostgresTarget
from digitize.targets.sqlite import SqliteTarget
from validators.finding import Finding

BOOKS = (
    "SELECT * FROM iif1 ORDER BY record_id", "SELECT * FROM iif1_acts ORDER BY record_id, line",
    "SELECT * FROM iif1_persons ORDER BY record_id, line", "SELECT * FROM field_origin ORDER BY record_id, field",
    "SELECT record_id, form, child, line, field, code, word, load_id FROM flags ORDER BY 1, 3, 4, 5, 6",
    "SELECT record_id, form, load_id, row_hash, record, replaced_by, why FROM record_history ORDER BY 1, 3, 6",
    "SELECT source_row, load_id, batch, form, record_id, word, record, findings, delivery, settings, state, settled_by "
    "FROM rejects ORDER BY 1",
)  # fmt: skip
# Record -> (number of the FIR, place, what the rules say, whether they note something).
RECORDS = st.dictionaries(
    st.integers(1, 7),
    st.tuples(
        st.integers(1, 6), st.sampled_from(["X", "Y", "B" * 500, "\ud800"]), st.sampled_from("ccccrv"), st.booleans()
    ),
    max_size=7,
)
LOADS = st.lists(st.tuples(st.sampled_from(["b1", "b2"]), RECORDS), min_size=1, max_size=4)


def load(number, batch, made, source):
    """made: (record, what the rules say, whether they note something)."""
    clean = [r for r, word, _ in made if word == "c"]
    rejects = [(r, [Finding(r.id, "place", "F001", "reject", "no")]) for r, word, _ in made if word == "r"]
    noted = [Finding(r.id, "acts[0].section", "F020", "note", "odd") for r, word, is_noted in made if is_noted]
    held = sum(word == "v" for _, word, _ in made)
    return Load(f"{number:032x}", batch, clean, rejects, held, [f for f in noted if f.record in {r.id for r in clean}],
                source)  # fmt: skip


def take_both(whole, parted, drawn, make, size, folder):
    """The same loads into two targets; the receipts of both."""
    for number, (batch, records) in enumerate(drawn):
        made = [(replace(make(how[0], place=how[1]), id=f"r{n}"), *how[2:]) for n, how in sorted(records.items())]
        source = {"delivery": number + 1, "settings": "s"}
        some = [made[start : start + size] for start in range(0, max(len(made), 1), size)]
        with join_parts((as_batch(load(number, batch, part, source)) for part in some), folder) as batch_in_parts:
            yield asdict(whole.load(load(number, batch, made, source))), asdict(parted.take(batch_in_parts))


def books(target, queries=BOOKS):
    return [target.run(query) for query in queries]


@given(LOADS, st.integers(1, 3))
@settings(max_examples=12, deadline=None)
def test_parts_come_to_the_same_as_the_whole(drawn, size):
    with TemporaryDirectory() as folder, ExitStack() as stack:
        whole, parted = (SqliteTarget(Path(folder) / f"{name}.sqlite") for name in ("whole", "parted"))
        for target in (whole, parted):
            stack.callback(target.close)
        for one, other in take_both(whole, parted, drawn, record, size, Path(folder)):
            assert one == other
            assert books(whole) == books(parted)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_parts_come_to_the_same_in_a_folder(kind, tmp_path):
    one, other = (open_target(f"{kind}:{tmp_path / name}") for name in ("whole", "parted"))
    rng = random.Random(5)
    drawn = [("b1", drawn_records(rng)) for _ in range(3)]
    assert all(a == b for a, b in take_both(one, other, drawn, record, 2, tmp_path))
    left, right = (json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("whole", "parted"))
    names = [[f["name"] for f in m["batches"]["b1"]["files"]] for m in (left, right)]
    assert names[0] == names[1] and not any("piece" in name for name in names[1])
    read = (read_tables(tmp_path / name, kind) for name in ("whole", "parted"))
    assert next(read) == next(read)


def read_tables(folder, kind):
    read = {"csv": lambda p: pl.read_csv(p, infer_schema=False), "parquet": pl.read_parquet}[kind]
    found = {p.name: sorted(map(str, read(p).iter_rows())) for p in folder.glob(f"*/*.{kind}")}
    return found, sorted(line for p in folder.glob("*/rejects.jsonl") for line in p.read_text().splitlines())


def drawn_records(rng):
    words, places = "ccccrv", ["X", "Y", "B" * 500, "\ud800"]
    ids = rng.sample(range(1, 8), rng.randint(3, 7))
    return {n: (rng.randint(1, 6), rng.choice(places), rng.choice(words), rng.random() < 0.5) for n in ids}


@pytest.mark.parametrize("seed", [1])
def test_parts_come_to_the_same_in_postgresql(seed, pg_copy, tmp_path):
    rng = random.Random(seed)
    whole, parted = (PostgresTarget(parse_address(pg_copy(make_target))) for _ in range(2))
    drawn = [(rng.choice(["b1", "b2"]), drawn_records(rng)) for _ in range(3)]
    for one, other in take_both(whole, parted, drawn, record, 2, tmp_path):
        assert one == other
    assert books(whole) == books(parted)
    whole.close(), parted.close()


@pytest.mark.parametrize("seed", [1])
def test_parts_come_to_the_same_in_a_states_own_tables(seed, pg_copy, tmp_path):
    rng = random.Random(seed)
    whole, parted = (OwnTablesTarget(parse_address(pg_copy(tables_and_book)), layout=LAYOUT) for _ in range(2))
    drawn = [(rng.choice(["b1", "b2"]), drawn_records(rng)) for _ in range(3)]
    for one, other in take_both(whole, parted, drawn, laid_record, 2, tmp_path):
        assert one == other
    # Their own numbers of rows differ, as they were drawn.
    own = [query.replace("row_hash, record,", "row_hash, record - 'their_rows',") for query in BOOKS[3:]]
    own += ["SELECT record_id, form, load_id, row_hash, record_key FROM record_index ORDER BY 1"]
    assert books(whole, own) == books(parted, own)
    assert [dict(p) for p in whole.read_back("iif1")] == [dict(p) for p in parted.read_back("iif1")]
    whole.close(), parted.close()


def test_two_records_swap_their_keys_though_they_come_in_two_parts(pg_copy, tmp_path):
    target = OwnTablesTarget(parse_address(pg_copy(tables_and_book)), layout=LAYOUT)
    target.load(Load("1" * 32, "b1", [laid_record(1), laid_record(2)], (), 0))
    swapped = [replace(laid_record(2), id="wb-1"), replace(laid_record(1), id="wb-2")]
    with join_parts((as_batch(Load("2" * 32, "b1", [r], (), 0)) for r in swapped), tmp_path) as batch:
        receipt = target.take(batch)
    assert (receipt.updated, receipt.rejected) == (2, 0)
    target.close()


def test_what_waits_is_given_as_often_as_one_likes_and_leaves_no_file(tmp_path):
    with SpillFile[int](tmp_path) as away:
        for n in range(3):
            away.append(n)
        both = zip(away, away, strict=True)
        assert list(both) == [(0, 0), (1, 1), (2, 2)]
        assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_with_the_folder_whose_it_is(tmp_path, monkeypatch):
    away = SpillFile[int](tmp_path)
    away.close()
    away._file = Path("/dev/full").open("r+b")  # noqa: SIM115  # closed with `away`
    with away, pytest.raises(DiskFull, match=str(tmp_path)):
        away.append(1)
