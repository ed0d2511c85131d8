"""Alterations of every kind planted in a target by hand: does `digitize reconcile` name each record, and no other?"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

# What is done to one record; {id} is its id. Values are such as no row of the files has.
_ALTERATIONS = (
    ("different", "UPDATE iif1 SET narrative = 'altered' WHERE record_id = '{id}'"),
    ("different", "UPDATE iif1 SET place = NULL WHERE record_id = '{id}'"),
    ("different", "UPDATE iif1 SET fir_date = '1901-01-01' WHERE record_id = '{id}'"),
    ("different", "UPDATE iif1 SET fir_time = '23:59' WHERE record_id = '{id}'"),
    ("different", "UPDATE iif1 SET property_value = property_value + 0.01 WHERE record_id = '{id}'"),
    ("different", "UPDATE iif1 SET fir_no = fir_no + 100000 WHERE record_id = '{id}'"),
    ("different", "UPDATE iif1 SET year = 1901 WHERE record_id = '{id}'"),
    ("different", "UPDATE iif1 SET police_station = 'Nowhere' WHERE record_id = '{id}'"),
    ("different", "UPDATE iif1_persons SET name = 'altered' WHERE record_id = '{id}' AND line = 2"),
    ("different", "UPDATE iif1_persons SET age = age + 100 WHERE record_id = '{id}' AND line = 1"),
    ("different", "UPDATE iif1_persons SET line = line + 2 WHERE record_id = '{id}'"),
    ("different", "DELETE FROM iif1_persons WHERE record_id = '{id}'"),
    ("different", "DELETE FROM iif1_persons WHERE record_id = '{id}' AND line = 2"),
    ("different", "INSERT INTO iif1_persons (record_id, line, name) VALUES ('{id}', 3, 'added')"),
    ("different", "INSERT INTO iif1_acts (record_id, line, act) VALUES ('{id}', 1, 'IPC')"),
    ("different", "UPDATE {index} SET row_hash = '00000000000000000000000000000000' WHERE record_id = '{id}'"),
    ("missing", "DELETE FROM iif1_persons WHERE record_id = '{id}'; DELETE FROM iif1 WHERE record_id = '{id}'"),
    ("only_target", "INSERT INTO iif1 (record_id, state, district, police_station, year, fir_no{more}) "
                    "SELECT '{id}-copy', state, district, police_station, year, fir_no + 200000{more} FROM iif1 "
                    "WHERE record_id = '{id}'"),
)  # fmt: skip
_HASHED = {"index": "iif1", "more": ", load_id, row_hash"}
_INDEXED = {"index": "record_index", "more": ""}


def measure_reconcile(server: Any, folder: Path, place: Path, planted: int, seed: int = 1) -> dict[str, float]:
    """Load the files of a folder into both kinds of database, alter so many records in each, and compare.

    Returns `reconcile_found`: the share of alterations whose record is named as what it is; `reconcile_false`: records
    named that nobody altered, right after the load or afterwards.
    """
    from benchmarks.parts.load.kills import new_target
    from digitize.targets.open import open_target

    found = false = total = 0
    url = new_target(server)
    for where, words in ((url, _HASHED), (str(place / "reconcile.sqlite"), _INDEXED)):
        target = open_target(where)
        wrong, right = _of_target(target, folder, planted, seed, words)
        found, false, total = found + right, false + wrong, total + planted
        target.close()
    server.drop_database(url)
    return {"reconcile_found": round(found / total, 4), "reconcile_false": false}


def _of_target(target: Any, folder: Path, planted: int, seed: int, words: dict[str, str]) -> tuple[int, int]:
    from digitize.files.loading.load import LoadOptions, load_files
    from digitize.files.loading.settings import import_settings

    settings = import_settings("iif1", ignore=["L001"])
    load_files([folder], "iif1", target, settings, LoadOptions())
    false = len(_named(folder, target, settings))
    ids = [r for (r,) in target.run("SELECT record_id FROM iif1 ORDER BY 1")]
    wanted = set()
    for number, record in enumerate(random.Random(seed).sample(ids, planted)):
        what, statement = _ALTERATIONS[number % len(_ALTERATIONS)]
        for one in statement.format(id=record, **words).split("; "):
            target.run(one)
        wanted.add((what, f"{record}-copy" if what == "only_target" else record))
    named = _named(folder, target, settings)
    return false + len(named - wanted), len(named & wanted)


def _named(folder: Path, target: Any, settings: Any) -> set[tuple[str, str]]:
    from digitize.files.loading.compared_sources import make_file_source
    from digitize.files.loading.reconcile import compare

    groups = compare(make_file_source([folder], "iif1", settings), target).groups
    return {(what, r) for g in groups for what in ("missing", "different", "only_target") for r in getattr(g, what)}
