"""Every caller of a run leaves a workspace in the same state: what is loaded, what is asked, and what is noted of it."""

import pytest
from callers import CALLERS, HISTORIES, compare_callers, outcome, planted
from typer.testing import CliRunner

from digitize.cli.app import build
from digitize.machine.progress import Silent
from digitize.steps.load_workspace import load_workspace
from digitize.steps.run import RunOptions, run_workspace
from digitize.workspace.place import open_place

FEW = ("run", "run --only, in turn", "worker, run --only load")


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    return compare_callers(HISTORIES["forms"](), tmp_path_factory.mktemp("forms"))


@pytest.mark.parametrize("caller", list(CALLERS)[1:])
def test_forms_with_answers_other_weights_and_scans_are_the_same_by_every_caller(forms, caller):
    assert forms.differing[caller] == {}


def test_what_passes_by_a_threshold_is_held_once_other_weights_read_it(forms):
    assert forms.loaded() == {
        "taken in": (0, 40),
        "answers": (12, 3),
        "all answers": (12, 0),
        "a volume more": (16, 16),
        # Taught on these pages, the new weights show nothing on them: six records had passed by thresholds alone.
        "weights taught on these pages": (10, 21),
        "weights that never saw them": (16, 16),
        # What was answered on the earlier scan holds for the newer.
        "scanned again": (16, 16),
        "another list": (16, 16),
    }
    assert all(state["notes"]["models"] == 1 for state in forms.states.values())
    assert '"zone": "year"' in str(forms.states["taken in"]["books"])


@pytest.mark.parametrize(
    ("name", "callers", "loaded"),
    [
        ("registers", (*FEW, "two workers, run --only load"), [(0, 38), (1, 5), (0, 11), (1, 3)]),
        ("table", FEW, [(55, 1), (55, 1), (54, 1), (30, 27)]),
        ("system", FEW, [(0, 17), (10, 7), (11, 3)]),
    ],
)
def test_registers_tables_and_systems_are_the_same_by_every_caller(name, callers, loaded, tmp_path):
    made = compare_callers(HISTORIES[name](), tmp_path, callers)
    assert made.differing == {caller: {} for caller in callers}
    assert list(made.loaded().values()) == loaded


@pytest.fixture
def other_weights(tmp_path):
    """A workspace of which six records passed by thresholds of weights that it reads with no more; nothing was run."""
    history = HISTORIES["forms"]()
    with planted(history.pages):
        place = history.make(tmp_path / "ws")
        for name, change in {"taken in": lambda _: None, **history.changes}.items():
            change(place)
            place = open_place(place.folder)
            steps = ("read", "map", "check") if name == "a volume more" else ()
            if name.startswith("weights"):
                yield place
                return
            run_workspace(place, RunOptions(*([steps] if steps else [])), Silent())


def test_loading_alone_never_loads_by_thresholds_that_were_proved_for_other_weights(other_weights):
    place = other_weights
    before = outcome(place)
    assert sum(word == "clean" and not loaded for word, _, loaded in before["verdicts"].values()) == 4
    for load in (
        lambda: run_workspace(place, RunOptions(("load",)), Silent()),
        lambda: load_workspace(place, Silent(), None),
    ):
        report = load()
        assert not report.receipts and report.waiting == ["wb-test-b0003"]
        assert any("must be mapped or checked again" in line for line in report.lines())
    assert outcome(place)["target"] == before["target"]
    # Checked alone, nothing is mapped by other thresholds yet, and it waits still.
    assert run_workspace(place, RunOptions(("check", "load")), Silent()).waiting
    report = run_workspace(place, RunOptions(), Silent())
    assert (report.totals.loaded, report.totals.in_review, report.waiting) == (10, 6, [])


def test_a_dry_load_names_what_waits(other_weights):
    shown = CliRunner().invoke(build(), ["load", str(other_weights.folder), "--dry-run"])
    assert "wb-test-b0003" in shown.stdout
