"""What many tests share: the samples, and a workspace run through the command line in this process."""

import json
import os
import shutil
import sys
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pg import _filled, pg_copy, pg_server, pg_url, postgres_target  # noqa: F401  # fixtures
from typer.testing import CliRunner

from digitize.cli.app import build
from digitize.exits import exit_code
from digitize.machine.forkserver import page_context

# A busy machine is slow, not wrong: no test fails for how long it took.
settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")

# As the program sets it for itself, and before NumPy is loaded: tests run beside each other, one on a core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Programs that tests start, and workers, would translate the whole package anew each time: a third of what they take.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Readings kept with the tests were made with the models that the system's packages bring, which every machine has.
os.environ["DIGITIZE_MODELS"] = "system"

SAMPLES = Path(__file__).parent.parent / "sample_data"


class Digitize:
    """The command line in this process: give arguments and the exit code they must end with, or those it may be."""

    def __call__(self, *arguments, code=0, stdin=None):
        done = CliRunner().invoke(build(), [str(a) for a in arguments], input=stdin)
        found = done.exit_code
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            found = exit_code(done.exception)
            if found is None:
                raise done.exception
        assert found in (code if isinstance(code, tuple) else (code,)), (
            f"{arguments}: {found}\n{done.output}\n{done.exception}"
        )
        return done.stdout

    def json(self, *arguments, code=0):
        return json.loads(self(*arguments, "--json", code=code))


def pytest_collection_modifyitems(items):
    """Files with slow tests begin, so that no processor waits for another at the end; xdist keeps this order as long as
    it is told --no-loadscope-reorder.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_terminal_summary(terminalreporter):
    """Say at the end what was not tested and why, so that a skipped test is not taken for one that passed."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", [])
    )
    terminalreporter.write_sep("-", f"skipped: {reasons.total() or 'nothing'}")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count:5d}  {reason}")


@pytest.fixture(scope="session")
def digitize():
    # One process is copied for all workers that tests begin: here the first command may be one that reads no page.
    page_context()
    return Digitize()


@pytest.fixture(scope="session")
def samples():
    return SAMPLES


@pytest.fixture(scope="session")
def table_done(digitize, samples, tmp_path_factory):
    """A workspace of site "test" in which the sample table was taken in and run; no test changes it."""
    place = tmp_path_factory.mktemp("table") / "ws"
    digitize("init", "wb", place, "--site", "test")
    shutil.copy(samples / "legacy" / "stations.csv", place / "lists" / "stations.csv")
    digitize("intake", place, samples / "legacy" / "FIRMAST.DBF")
    digitize("run", place)
    return place


@pytest.fixture
def place_of_0_2_0(tmp_path):
    """A workspace that version 0.2.0 made of the sample table: taken in, run and loaded."""
    with tarfile.open(Path(__file__).parent / "state_work" / "workspace_of_0_2_0.tar.xz") as tar:
        tar.extractall(tmp_path / "of_0_2_0", filter="data")
    return tmp_path / "of_0_2_0" / "workspace"


@pytest.fixture(scope="session")
def browser_modules():
    """The folder under which axe-core and playwright-core lie; nothing is fetched while tests run."""
    folder = Path(__file__).parent / "browser"
    if not (folder / "node_modules" / "axe-core").is_dir():
        pytest.skip("axe-core and playwright-core are not here; make setup-tests brings them")
    return folder
