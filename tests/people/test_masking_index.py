"""The index of cases at its limits: long chains, a full disk, threads that ask at once."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digitize.errors import DiskFull
from digitize.masking import cases
from digitize.masking.case_index import CaseIndex
from digitize.masking.cases import build_batch_masks, build_case_masks, build_workspace_masks
from digitize.masking.few_cases import NAMED, SENSITIVE
from digitize.search.cases import open_cases
from digitize.search.stores import open_store
from digitize.targets import Load
from digitize.targets.sqlite import SqliteTarget
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records, Stored, record_hash
from digitize.workspace.place import create
from sample_data.makers.rule_examples import make_record

LINKS = 4000


@pytest.fixture(scope="module")
def chain():
    """Each record states two keys, the second being the next one's first; the first record is sensitive."""
    rng, index = random.Random(1), CaseIndex(at_once=500)
    keys = [rng.getrandbits(62) for _ in range(LINKS + 1)]
    for n in rng.sample(range(LINKS), LINKS):
        index.add(f"r{n}", keys[n : n + 2], NAMED if n else SENSITIVE)
    index.add("other", [7], NAMED)
    index.merge_cases(lambda main, place: main)
    return index, keys


def test_chain_of_thousands_in_any_order_is_one_case_and_takes_few_rounds(chain):
    index, keys = chain
    assert {index.find_cases([k]) for k in keys} == {frozenset({min(keys)})}
    assert index.find_flags(index.find_cases([keys[-1]])) == NAMED | SENSITIVE
    assert (len(index.list_members(index.find_cases([keys[9]]))), index.find_flags(index.find_cases([7]))) == (
        LINKS,
        NAMED,
    )


def test_threads_ask_one_index_at_once(chain):
    index, keys = chain
    with ThreadPoolExecutor(8) as pool:
        flags = set(pool.map(lambda k: index.find_flags(index.find_cases([k])), keys))
    assert flags == {NAMED | SENSITIVE}


def settled(index, records=4000):
    for n in range(records):
        index.add(f"r{n}", [n], NAMED)
    index.merge_cases(lambda main, place: main)


def test_no_room_for_temporary_files_is_said_with_the_folder():
    index = CaseIndex(at_once=500)
    index._db.execute("PRAGMA max_page_count = 12")
    with pytest.raises(DiskFull, match=r"(?s)temporary files.*SQLITE_TMPDIR"):
        settled(index)


KEYS = st.integers(0, 5)
PLACES = st.tuples(*(st.sampled_from(("", "a", "b")) for _ in range(3)))
STATED = st.tuples(
    st.lists(KEYS, min_size=1, max_size=3), st.integers(0, 3),
    st.lists(st.tuples(st.integers(0, 1), PLACES), max_size=2), st.lists(st.integers(3, 8), max_size=2),
)  # fmt: skip


@given(st.lists(STATED, max_size=9))
@example([([1], NAMED, [(0, ("", "", ""))], [3])])
@settings(max_examples=40, deadline=None)
def test_few_records_are_the_same_cases_in_memory_as_in_the_database(stated):
    few, large = CaseIndex(), CaseIndex(at_once=1)
    for index in (few, large):
        for n, (keys, flags, firs, others) in enumerate(stated):
            nodes = [hash(f) for f in firs] + (keys[1:] if firs else keys)
            index.add(f"r{n}", nodes, flags, firs, others if firs else ())
        index.merge_cases(lambda main, place: hash((main, place)))
    assert (few._made is None) == (not stated or large._made is not None)
    for key in {*range(9), *(hash(f) for _, _, firs, _ in stated for f in firs)}:
        cases = few.find_cases([key])
        assert cases == large.find_cases([key])
        assert few.find_flags(cases) == large.find_flags(cases)
        assert few.list_members(cases) == large.list_members(cases)


def fir(name, section, keys=(), form="iif1", **fields):
    legacy = {"legacy_keys": [{"system": "S", "source_table": "F", "key": f"k{k}"} for k in keys]} if keys else {}
    acts, persons = [{"act": "IPC", "section": section}], [{"role": "victim", "name": "Qarla Vintobhe"}]
    return make_record(name, {**fields, "acts": acts, "persons": persons, **legacy}, form)


# Each with the old system's key of the next: the last one's section protects the first one's victim.
KOTWALI = {"state": "wb", "police_station": "Kotwali", "year": "2016"}
CHAIN = [fir(f"t-r{n:02d}", "376" if n == 9 else "379", (n, n + 1), "iif3", **KOTWALI) for n in range(10)]


def test_long_chain_is_followed_to_its_end_from_one_record_too(tmp_path):
    with Ledger(create("wb", tmp_path / "ws", "x").ledger) as ledger:
        Records(ledger).replace_unit("t", [Stored(r, "t", f"record {r.id}", "", "", record_hash(r)) for r in CHAIN])
        first = CHAIN[0]
        assert (
            build_case_masks(ledger, [first]).list_masked_paths(first)
            == build_workspace_masks(ledger).list_masked_paths(first)
            != frozenset()
        )


def test_a_loaded_record_is_masked_by_its_whole_case_and_by_no_other_station_of_its_name(tmp_path):
    here, there = (fir(i, s, district=d, fir_no="21", **KOTWALI) for i, s, d in (("u", "379", "K"), ("w", "376", "L")))
    row, arrest = fir("v-r1", "379", fir_no="22", **KOTWALI), fir("v-r1+arrest", "376", form="iif3", **KOTWALI)
    target = SqliteTarget(tmp_path / "store.sqlite")
    target.load(Load("1" * 32, "b1", (*CHAIN, here, there, row, arrest), (), 0))
    store = open_store(target)
    hidden = {r.id: bool(open_cases(store, [(r.id, r.form)]).hidden_paths(r.id)) for r in (CHAIN[0], here, there, row)}
    target.close()
    assert hidden == {"t-r00": True, "u": False, "w": True, "v-r1": True}


@pytest.fixture(scope="module")
def theft_and_rape(tmp_path_factory):
    """A ledger with two cases of two records each: what masks a record stands in the other one of its case."""
    theft, rape = {"district": "K", "fir_no": "31", **KOTWALI}, {"district": "K", "fir_no": "32", **KOTWALI}
    told = [fir("a-r1", "379", **theft), fir("a-r2", "376", form="iif3", **theft)]
    told += [fir("b-r1", "379", **rape), fir("b-r2", "376", form="iif3", **rape)]
    loose = fir("c-r1", "379", **KOTWALI, fir_reg_num="3302060007")
    with Ledger(create("wb", tmp_path_factory.mktemp("few") / "ws", "x").ledger) as ledger:
        for r in (*told, loose):
            group = f"wb|kotwali|{r.value('year')}"
            Records(ledger).replace_unit(r.id[0] + r.id[-1], [Stored(r, r.id, group, "", "", record_hash(r))])
        yield ledger, *told, loose


def test_of_a_few_records_the_cases_alone_are_looked_at_and_of_more_the_whole_workspace(theft_and_rape, monkeypatch):
    ledger, theft, _, rape, _, loose = theft_and_rape
    monkeypatch.setattr(cases, "_FEW", 2)

    def masked(*batch):
        masks = build_batch_masks(ledger, lambda: iter(batch))
        return [masks.is_masked(r) for r in (theft, rape)]

    assert masked(theft) == [True, False], "the other case was not asked for"
    assert masked(theft, rape) == [True, True]
    assert masked(theft, theft, theft) == [True, True], "so many that the workspace is gone through"
    assert masked(loose) == [True, True], "what states its number may lie at any station"


def test_what_one_record_hides_is_hidden_in_another_by_the_whole_workspace_too(tmp_path):
    """The words that tell of a victim stand in the record that names her, which is looked up again."""
    key = {"district": "K", "fir_no": "33", **KOTWALI}
    told = fir("a-r1", "376", **key)
    arrest = make_record(
        "b-r1", {**key, "io_name": "Ulupi Vintobhe", "acts": [{"act": "IPC", "section": "323"}]}, "iif3"
    )
    with Ledger(create("wb", tmp_path / "ws", "x").ledger) as ledger:
        for r in (told, arrest):
            Records(ledger).replace_unit(r.id, [Stored(r, r.id, "wb|kotwali|2016", "", "", record_hash(r))])
        assert "io_name" in build_workspace_masks(ledger).list_masked_paths(arrest)
