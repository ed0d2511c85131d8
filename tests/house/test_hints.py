"""Commands that the program prints can be pasted as they stand: names with blanks are quoted, and are the real ones."""

import ast
import re
import shlex
import shutil
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from digitize.cli.app import build
from digitize.cli.app import run as run_line
from digitize.cli.console import on_terminal, remember_given
from digitize.machine.command_line import fill_commands, format_command

ROOT = Path(__file__).parents[2]
GOOD = {
    **{"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009", "fir_date": "2009-03-12"},
    **{"occurrence_from": "2009-03-11", "narrative": "A cow strayed.", "io_name": "R. Das"},
}
# The text before a value that is put into a command: digitize, its words, options and placeholders.
_BEGUN = re.compile(r"digitize [a-z]+( [a-z]+)?( (--[a-z-]+|[A-Z]+|\.\.\.))* $")
# Names of things, not commands: a suite of tests in a report.
_NO_COMMANDS = {("as_junit.py", "digitize validate ")}


def run(*words, code=0):
    """What a command said, on both streams."""
    done = CliRunner().invoke(build(), [str(w) for w in words])
    assert done.exit_code == code, done.output
    return done.output


def hint(said, *start):
    """The words of the printed command that begins so, as a POSIX shell splits them."""
    begun = re.escape(" ".join(["digitize", *start]))
    (found,) = re.findall(rf"{begun}.*?(?=\. |, or: |; |$)", said, re.MULTILINE)
    return shlex.split(found)[1:]


def fill(words, **values):
    """A command with its placeholders replaced."""
    return [values.get(w.strip("."), w) for w in words]


def import_folder(folder, *fir_dates):
    folder.mkdir(parents=True)
    rows = [{"record_id": f"r{n}", **GOOD, "fir_no": str(n), "fir_date": d} for n, d in enumerate(fir_dates, 1)]
    pl.DataFrame(rows).write_csv(folder / "iif1.csv")
    acts = [{"record_id": row["record_id"], "line": "1", "act": "IPC", "section": "379"} for row in rows]
    pl.DataFrame(acts).write_csv(folder / "iif1_acts.csv")
    return folder


def test_hints_of_a_workspace_run_as_printed_where_its_path_has_a_blank(tmp_path, samples):
    place = tmp_path / "old books of Bally (1998)" / "work place"
    said = run("init", "wb", place, "--site", "test")
    shutil.copy(samples / "legacy" / "stations.csv", place / "lists" / "stations.csv")
    said = run(*fill(hint(said, "intake"), PATH=str(samples / "legacy" / "FIRMAST.DBF")))
    said = run(
        *hint(said, "run"),
    )
    assert hint(said, "review serve")[-1] == str(place)
    said = run(*hint(said, "review export"))
    run(*fill(hint(said, "review import"), NAME="R. Das"))
    run("load", place)
    said = run("load", place)
    assert "0 of 0 groups" not in run(*hint(said, "reconcile"))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_hints_of_a_load_name_the_target_as_it_was_given(tmp_path, request, kind):
    """It named HOST/DATABASE, schema cctns: no command takes that."""
    folder = import_folder(tmp_path / "the import files", "2009-03-12", "2009-02-31")
    where = tmp_path / "my target.sqlite" if kind == "sqlite" else request.getfixturevalue("postgres_target")
    named = ["--target", str(where)]
    first = run("load", folder, *named)
    again = run("load", folder, *named)
    waiting = hint(first, "quarantine list")
    assert waiting == hint(again, "quarantine list") == ["quarantine", "list", *named]
    sheet = tmp_path / "my sheet.xlsx"
    exported = run(*fill(hint(run(*waiting), "quarantine export"), **{"FILE.xlsx": str(sheet)}))
    run(*fill(hint(exported, "quarantine import"), NAME="R. Das"))
    run(*hint(again, "quarantine replay"))
    assert hint(again, "reconcile") == ["reconcile", str(folder), "--form", "iif1", *named]
    assert "1 of 1 groups are equal" in run(*hint(again, "reconcile"))


def test_a_command_with_a_value_in_it_is_made_by_the_one_function_that_quotes():
    found = []
    for path in sorted((ROOT / "digitize").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else []
            for before, value in zip(parts, parts[1:], strict=False):
                begun = isinstance(before, ast.Constant) and _BEGUN.search(str(before.value))
                quoted = isinstance(value, ast.FormattedValue) and "name_of(" in ast.unparse(value)
                if begun and not quoted and (path.name, begun[0]) not in _NO_COMMANDS:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {begun[0]}")
    assert not found, "write format_command(...) instead: " + ", ".join(found)


def test_placeholders_of_a_command_stay_as_they_are():
    assert format_command("run", Path("my books"), "--name", "NAME", "PATH...") == (
        "digitize run 'my books' --name NAME PATH..."
    )


def test_placeholders_in_texts_are_filled_with_what_the_call_was_given():
    words = {
        "DIR": ["my books"],
        "URL": ["postgresql://h/d", "--schema", "x"],
        "--target ...": ["--target", "t.sqlite"],
    }

    def fill(text):
        return fill_commands(text, lambda name: words.get(name, []))

    assert fill("Run: digitize run DIR") == "Run: digitize run 'my books'"
    assert fill("see digitize ledger restore DIR FILE, or DIR") == "see digitize ledger restore 'my books' FILE, or DIR"
    assert (
        fill("digitize target init URL --layout FILE.")
        == "digitize target init postgresql://h/d --schema x --layout FILE."
    )
    assert fill("See: digitize receipts --target ...") == "See: digitize receipts --target t.sqlite"
    assert fill("digitize status DIR --json; DIR") == "digitize status 'my books' --json; DIR"
    assert fill("digitize intake WHAT ELSE") == "digitize intake WHAT ELSE"


def test_hints_of_errors_and_results_name_the_folder_and_the_target(tmp_path, pg_url, capsys):
    def fail(code, *words):
        """What a command said that ended with an error."""
        capsys.readouterr()
        assert run_line([str(w) for w in words]) == code
        return capsys.readouterr().err

    place = tmp_path / "old books"
    run("init", "wb", place, "--site", "test")
    assert hint(run("batch", "account", place), "batch receive")[2] == str(place)
    assert hint(fail(5, "case", place, "X"), "case") == ["case", str(place)]
    named = ["--target", pg_url, "--schema", "other"]
    folder = import_folder(tmp_path / "in", "2009-03-12")
    wanted = hint(fail(8, "load", folder, *named), "target init")
    assert wanted == ["target", "init", pg_url, "--schema", "other"]
    settings = (place / "digitize.toml").read_text(encoding="utf-8")
    (place / "digitize.toml").write_text(settings.replace('# target = "loaded/cctns.sqlite"', f"target = '{pg_url}'"))
    assert hint(fail(8, "quarantine", "list", "--workspace", place), "target init") == [
        "target",
        "init",
        pg_url,
        "--schema",
        "cctns",
    ]
    run(*wanted)
    run("load", folder, *named)
    assert "iif1-" in run(*hint(fail(5, "unload", "nothing", *named), "receipts"))
    # A password is refused, and printed by nobody.
    assert "geheim" not in fail(4, "load", folder, "--target", pg_url.replace("@", ":geheim@"))


@pytest.mark.parametrize("placeholder", ["DIR", "URL", "--target ..."])
def test_what_a_call_was_given_is_printed_without_its_password(placeholder):
    for given in ({"target": "postgresql://a:geheim@h/d"}, {"url": "postgresql://h/d?password=geheim"}):
        remember_given(given)
        assert on_terminal(f"digitize run {placeholder}") == f"digitize run {placeholder}"
    remember_given({})
