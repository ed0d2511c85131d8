"""Every exit is registered and keeps what the law hides: the 120 planted cases are searched for at each of them."""

import ast
import tomllib
from pathlib import Path

import pytest

from digitize.cli.lazy import first_lines, load_command
from digitize.files.check_reports import formats
from sample_data.makers.planted import plant, read_cases
from tools.exits.masking import EXITS, REPORTS, find_leaks, wrong_at

ROOT = Path(__file__).parents[2]
REGISTER = tomllib.loads((ROOT / "digitize/masking/exits.toml").read_text(encoding="utf-8"))
HOW = {"masked", "private", "none", "given", "full"}
WRITES = {
    "write_text", "write_bytes", "write_csv", "write_parquet", "write_ipc", "writerow", "writerows", "save",
    "copyfile", "copy2", "print", "WholeFile", "save_book",
}  # fmt: skip


def commands():
    """All commands, those of groups as "group command"."""
    for name in first_lines():
        within = getattr(load_command(name), "commands", None)
        yield from (f"{name} {sub}" for sub in within) if within else (name,)


def is_writing(call):
    """Whether a call writes, prints, or opens a file for writing."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    modes = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return name in WRITES or (name == "open" and any(m[:1] in "wax" and len(m) < 4 for m in modes))


def writers():
    """Modules outside the command line that write."""
    for path in sorted((ROOT / "digitize").rglob("*.py")):
        calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        name = path.relative_to(ROOT / "digitize").as_posix()
        if not name.startswith("cli/") and any(map(is_writing, calls)):
            yield name


def test_every_command_is_registered_as_an_exit():
    assert set(commands()) == set(REGISTER["commands"]), "say in digitize/masking/exits.toml how it protects names"


def test_every_module_that_writes_is_registered():
    assert set(writers()) == set(REGISTER["modules"]), "say in digitize/masking/exits.toml for whom it writes"
    assert set(REGISTER["modules"].values()) <= HOW


def test_every_exit_that_masks_is_tested():
    named = {name for entry in REGISTER["commands"].values() for name in entry.get("tested", ())}
    assert named == set(EXITS)
    for command, entry in REGISTER["commands"].items():
        assert entry["how"] in HOW
        assert entry["how"] not in ("masked", "private") or entry.get("tested"), command
    assert set(REPORTS) == {"table", *formats()}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return plant(tmp_path_factory.mktemp("planted"), read_cases())


@pytest.fixture(scope="module")
def asked():
    """The exits that were asked already, so that what they write is there."""
    return set()


@pytest.mark.slow
@pytest.mark.parametrize("exit", EXITS)
def test_exit_hides_whom_the_law_hides_and_nobody_else(planted, asked, exit):
    assert wrong_at(planted, exit) == set()
    asked.add(exit)


@pytest.mark.slow
def test_no_file_log_or_message_holds_a_hidden_name(planted, asked):
    for exit in EXITS.keys() - asked:
        EXITS[exit](planted)
    assert find_leaks(planted) == []
