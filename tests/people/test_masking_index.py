"""The index of cases at its limits: long chains, a full disk, threads that ask at once."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from digitize.errors import DiskFull
from digitize.masking.case_index import NAMED, SENSITIVE, CaseIndex
from digitize.masking.cases import masks_around, whole_masks
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records, Stored, record_hash
from digitize.workspace.place import create
from validators.checking.examples import make_record

LINKS = 4000


@pytest.fixture(scope="module")
def chain():
    """Each record states two keys, the second being the next one's first; the first record is sensitive."""
    rng, index = random.Random(1), CaseIndex()
    keys = [rng.getrandbits(62) for _ in range(LINKS + 1)]
    for n in rng.sample(range(LINKS), LINKS):
        index.add(f"r{n}", keys[n : n + 2], NAMED if n else SENSITIVE)
    index.add("other", [7], NAMED)
    index.settle(lambda main, place: main)
    return index, keys


def test_chain_of_thousands_in_any_order_is_one_case_and_takes_few_rounds(chain):
    index, keys = chain
    assert {index.nodes_of([k]) for k in keys} == {frozenset({min(keys)})}
    assert index.flags_of(index.nodes_of([keys[-1]])) == NAMED | SENSITIVE
    assert (len(index.members_of(index.nodes_of([keys[9]]))), index.flags_of(index.nodes_of([7]))) == (LINKS, NAMED)


def test_threads_ask_one_index_at_once(chain):
    index, keys = chain
    with ThreadPoolExecutor(8) as pool:
        flags = set(pool.map(lambda k: index.flags_of(index.nodes_of([k])), keys))
    assert flags == {NAMED | SENSITIVE}


def test_no_room_for_temporary_files_is_said_with_the_folder():
    index = CaseIndex()
    index._db.execute("PRAGMA max_page_count = 12")
    for n in range(4000):
        index.add(f"r{n}", [n], NAMED)
    with pytest.raises(DiskFull, match=r"(?s)temporary files.*SQLITE_TMPDIR"):
        index.settle(lambda main, place: main)


def test_long_chain_is_followed_to_its_end_from_one_record_too(tmp_path):
    """Ten records, each with the old system's key of the next: the last one's section protects the first's victim."""
    records = [
        make_record(
            f"t-r{n:02d}",
            {
                "acts": [{"act": "IPC", "section": "376" if n == 9 else "379"}],
                "persons": [{"role": "victim", "name": "Qarla Vintobhe"}],
                "legacy_keys": [{"system": "S", "source_table": "F", "key": f"k{k}"} for k in (n, n + 1)],
            },
            "iif1",
        )
        for n in range(10)
    ]
    with Ledger(create("wb", tmp_path / "ws", "x").ledger) as ledger:
        Records(ledger).replace_unit("t", [Stored(r, "t", f"record {r.id}", "", "", record_hash(r)) for r in records])
        first = records[0]
        assert masks_around(ledger, [first]).paths(first) == whole_masks(ledger).paths(first) != frozenset()
