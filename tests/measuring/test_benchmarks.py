"""The quick version of each benchmark runs on the samples and writes the figures it promises."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pg import binaries

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed; make setup installs it"
)


def run(name, tmp_path, *more):
    out = tmp_path / "figures.json"
    command = [sys.executable, ROOT / "benchmarks" / name, "--quick", "--json", out, *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(out.read_text(encoding="utf-8"))


@pytest.mark.engine
@needs_tesseract
def test_a_run_killed_three_times_ends_as_one_that_was_not(tmp_path):
    figures = run("kill.py", tmp_path)
    assert figures["kills"] == 3
    assert figures["kills_identical"] is True
    assert figures["pages_counted_once"] is True


def test_callers_of_a_run_leave_the_same_state(tmp_path):
    figures = run("callers.py", tmp_path, "--only", "registers")
    assert figures["callers_differ"] == 0
    assert list(figures["histories"]["registers"]["differing"]) == ["run", "worker, run --only load"]


def test_bare_paper_passes_for_blank_and_nothing_that_bears_a_mark(tmp_path):
    figures = run("bare.py", tmp_path)
    assert figures["marked_blank"] == figures["samples_blank"] == 0
    assert figures["blank_told"] == 1.0 and figures["samples"] > 5


def test_legacy_samples_are_decoded_detected_read_and_found(tmp_path):
    figures = run("legacy.py", tmp_path)
    assert figures["vectors_all"] == figures["vectors_unconfirmed"] == 1.0
    assert figures["files_failed"] == 0
    assert figures["files_ok"] + figures["files_refused_with_reason"] == figures["files"]
    assert figures["family_30"] >= 0.99
    assert figures["english_taken_columns"] == 0
    assert figures["names_r1"] == 1.0
    assert set(figures["chars_per_s"]) == set(figures["vectors"])
    assert figures["dbf_rows"] > 10_000


def test_planted_defects_of_import_files_are_found_and_nothing_else_is_rejected(tmp_path):
    figures = run("validate.py", tmp_path)
    assert figures["planted"] > 300
    assert (figures["recall"], figures["false_rejects"]) == (1, 0)
    assert (figures["rejects_left_out"], figures["formats_that_left_something_out"]) == (0, 4)
    assert figures["rejects_reported"] > 300
    assert figures["rows_per_cpu_s_all"] > 0 and figures["ms_one_record"] > 0


def test_doubles_are_found_better_than_by_names_alone(tmp_path):
    figures = run("duplicates.py", tmp_path)
    ours = figures["persons"]["ours"]
    assert ours["recall"] > 0.7 and ours["precision"] > 0.85
    assert ours["f1"] > figures["persons"]["rapidfuzz"]["f1"] + 0.1
    assert ours["f1"] > figures["persons"]["exact"]["f1"]
    assert figures["cases"]["ours"]["f1"] > 0.8
    assert figures["large"]["rss_mb"] < 1024


@pytest.mark.engine
@needs_tesseract
def test_faulty_text_layers_are_refused_and_good_ones_believed(tmp_path):
    figures = run("text_layer.py", tmp_path)
    assert figures["good_trusted"] == figures["good_trusted_read"] == 1.0
    assert figures["cer"] == 0.0
    assert figures["faulty_refused_read"] == 1.0


@pytest.mark.engine
@needs_tesseract
def test_drawn_lines_are_read_better_than_by_plain_tesseract(tmp_path):
    figures = run("read.py", tmp_path)
    assert figures["cer_light"] <= 0.03 and figures["cer_worn"] <= 0.09
    assert figures["cer_worn"] < 0.5 * figures["peer_cer_worn"]
    assert figures["empty_worn"] == 0.0
    assert figures["dates_light"]["counted"] == 12
    assert 0.0 <= figures["ece"] <= 1.0 and figures["rss_mb"] < 500
    assert figures["zones_per_s_ratio_pytesseract"] > 0


@pytest.mark.skipif(binaries() is None, reason="no PostgreSQL server is installed; tools/setup.sh --tests brings one")
def test_loads_are_measured_beside_psql_and_end_alike_when_killed(tmp_path):
    figures = run("load.py", tmp_path)
    assert (figures["kills"], figures["kills_identical"]) == (1, 1)
    for name in ("ratio_raw", "ratio_handwritten", "ratio_first", "ratio_noop_50k", "ratio_raw_bad3"):
        assert figures[name] > 0
    for name in ("references_kept", "reconcile_found", "replay_stale_blocked", "flags_kept", "restore_accepted"):
        assert figures[name] == 1
    assert figures["reconcile_false"] == figures["quarantine_twice"] == 0 and figures["layout_pg_ok"] == 1
    assert figures["sqlite_rows_per_cpu_s"] > 0 and 0 < figures["rss_mb"] < 500
    assert figures["ratio_dlt"] is None


def test_what_passes_is_as_right_as_promised_in_drawn_offices(tmp_path):
    figures = run("calibrate.py", tmp_path)
    assert figures["guarantee_kept"] >= 0.75 and figures["false_alarms"] <= 0.1
    assert figures["questions_to_open"] and figures["audits_to_close"] <= 320
    assert 0 <= figures["passing_at_99"] <= 1


@pytest.mark.engine
@needs_tesseract
def test_what_the_review_asks_and_what_it_costs_is_measured_on_an_invented_page(tmp_path):
    figures = run("review.py", tmp_path, "--jobs", "1", "--without-browser")
    assert figures["pages"] == 1 and figures["pages_without_record"] == 0
    assert 0 < figures["questions_core"] < figures["questions_full"] <= figures["questions_everything"]
    assert figures["by_field"]["year"]["told"] == 1 and figures["residual_errors"] <= figures["residual_errors_single"]
    assert 0 < figures["keystrokes_ratio"] < 1 and figures["blank_right"] > 0.9
    assert "invented" in figures["weights"]


def test_every_tampering_is_named(tmp_path):
    """What else trust.py measures has tests of its own: kills, masking at every exit, hostile files, full disks."""
    figures = run("trust.py", tmp_path, "--only", "tampering")
    assert figures["tampering_tried"] == figures["tampering_found"] == 20


def test_teaching_the_last_layers_runs_on_invented_pages(tmp_path):
    figures = run("learn.py", tmp_path)
    assert figures["crops"] >= 4 and figures["bytes_as_before"] is True
    assert figures["learn_minutes_s"] > 0
