"""A folder to hand over: a batch is there whole once the manifest names it, with the hash of every file."""

import hashlib
import json

import polars as pl
import pytest
from test_digitize_targets import L1, L2, load, record
from test_loading import SETTINGS, firs

from digitize.errors import DiskFull, OptionsError, TargetRefused
from digitize.files.loading.load import LoadOptions, load_files
from digitize.targets.folder import FolderTarget, TableFiles
from digitize.targets.open import open_target


@pytest.fixture(params=["csv", "parquet"])
def target(request, tmp_path):
    return open_target(f"{request.param}:{tmp_path / 'out'}")


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_every_file_that_the_manifest_names_is_there_with_its_hash(target, tmp_path):
    target.load(load(record(1), record(2), rejects=[(record(9), [])]))
    (entry,) = manifest(tmp_path / "out")["batches"].values()
    assert {f["name"].partition(".")[0] for f in entry["files"]} == {"iif1", "iif1_acts", "hashes", "rejects"}
    for f in entry["files"]:
        assert hashlib.sha256((tmp_path / "out" / L1 / f["name"]).read_bytes()).hexdigest() == f["sha256"]


def test_a_batch_without_a_record_that_an_earlier_version_wrote_is_followed_by_another(tmp_path):
    """Its hashes, of which there are none, had no kind of value in Parquet."""
    target = open_target(f"parquet:{tmp_path / 'out'}")
    target.load(load())
    pl.DataFrame({"record_id": [], "row_hash": []}).write_parquet(tmp_path / "out" / L1 / "hashes.parquet")
    receipt = target.load(load(record(1), id=L2))
    assert (receipt.inserted, receipt.withdrawn) == (1, 0)


def test_a_later_load_takes_the_place_of_the_earlier_one(target, tmp_path):
    first = target.load(load(record(1), record(2), record(3)))
    assert target.load(load(record(1), record(2), record(3))).repeated
    receipt = target.load(load(record(1), record(2, place="X"), record(4), id=L2))
    counts = (receipt.inserted, receipt.updated, receipt.unchanged, receipt.withdrawn)
    assert (first.inserted, counts) == (3, (1, 1, 1, 1))
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [L2, "manifest.json"]


def test_what_a_killed_load_left_is_no_batch_and_is_cleared_away(target, tmp_path, monkeypatch):
    def killed(manifest):
        raise KeyboardInterrupt

    monkeypatch.setattr(target, "_commit", killed)
    with pytest.raises(KeyboardInterrupt):
        target.load(load(record(1)))
    again = open_target(target.name)
    assert again.find_done(L1, "b1") is None
    assert again.load(load(record(1))).inserted == 1


def test_what_does_not_fit_is_a_reject_and_a_trial_writes_nothing(target, tmp_path):
    receipt = target.load(load(record(1), record(2, fir_date="2025-02-31")), dry_run=True)
    assert (receipt.inserted, receipt.rejected) == (1, 1)
    assert list((tmp_path / "out").iterdir()) == []
    target.load(load(record(1), record(2, fir_date="2025-02-31")))
    rejects = (tmp_path / "out" / L1 / "rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(r)["findings"][0]["code"] for r in rejects] == ["D001"]


def test_a_folder_that_was_loaded_can_be_loaded_again_from_its_files(digitize, tmp_path):
    folder = firs(tmp_path / "in", ("a", {}), ("b", {"place": "Market"}))
    target = open_target(f"csv:{tmp_path / 'out'}")
    (receipt,) = load_files([folder], "iif1", target, SETTINGS, LoadOptions()).receipts
    assert load_files([folder], "iif1", target, SETTINGS, LoadOptions()).repeated
    made = tmp_path / "out" / receipt.load
    for name in ("hashes.csv", "rejects.jsonl"):
        (made / name).unlink()
    found = digitize.json("load", made, "--target", f"parquet:{tmp_path / 'next'}")
    assert found["inserted"] == 2
    digitize("unload", "x", "--target", f"csv:{tmp_path / 'out'}", code=4)


def test_a_folder_of_another_kind_is_refused(target, tmp_path):
    target.load(load(record(1)))
    other = "csv" if target.name.startswith("parquet:") else "parquet"
    with pytest.raises(TargetRefused, match="has another format"):
        open_target(f"{other}:{tmp_path / 'out'}")
    with pytest.raises(OptionsError):
        target.run("SELECT 1")


@pytest.mark.parametrize("error", [OSError, pl.exceptions.ComputeError])
def test_a_full_disk_is_told_as_such_whatever_polars_makes_of_it(error, tmp_path):
    def write(rows, path):
        raise error("No space left on device (os error 28)")

    with pytest.raises(DiskFull, match="Nothing was changed"):
        FolderTarget(tmp_path / "out", TableFiles("csv", write, pl.read_csv)).load(load(record(1)))
    assert list((tmp_path / "out").iterdir()) == []
