"""Every exit takes every text: nothing in a name or value steers a terminal, runs in a spreadsheet or breaks a file."""

import ast
import contextlib
import csv
import io
import json
import unicodedata
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import Workbook, load_workbook

from digitize.cli.console import print_json, print_plain, results, say, table
from digitize.files.workbook import write_cells
from digitize.machine.csv_cells import safe
from digitize.machine.exit_texts import block_on_terminal, in_json, in_page, in_sheet, on_terminal

ALL = [chr(n) for n in range(0x110000)]
KEPT_UNSEEN = {"\u200c", "\u200d"}
# Letters and marks of any script, half characters, noncharacters, what turns and what ends a line: all of Unicode.
TEXTS = st.text(st.characters(codec=None), max_size=30) | st.text(
    st.sampled_from("=+-@＝﹢\t\r\n \u00a0\ufeff\x1b[]/'\"<>&\u202e\u2066\ufffe\uffff\ud800\x00\x07\x9b\u2028redlink"),
    max_size=12,
)
STEERS = ("Cc", "Cs", "Zl", "Zp")
TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_quiet(text):
    return not any(unicodedata.category(c) in STEERS or c in TURNS or c in "\u200e\u200f\u061c\ufeff" for c in text)


def test_a_terminal_gets_no_character_of_unicode_that_steers_it():
    shown = on_terminal("".join(ALL))
    assert is_quiet(shown)
    assert all(c in shown for c in "अ\u200c\u200dক்ا漢🙂é")
    assert on_terminal("a\x1b[31m\nb\u202e") == r"a\x1b[31m\nb\u202e"
    assert is_quiet(block_on_terminal("".join(ALL)).replace("\n", "").replace("\t", "").replace("\f", ""))


@given(TEXTS)
def test_what_is_printed_is_one_line_of_quiet_text(text):
    out = printed(lambda: say(text))
    assert out.endswith("\n") and out.count("\n") == 1 and is_quiet(out[:-1])
    out = printed(lambda: print_plain("title", ["name"], [[text]]))
    assert out.count("\n") == 3 and is_quiet(out.replace("\n", ""))


@given(TEXTS)
def test_a_table_and_a_message_of_rich_show_brackets_and_steer_nothing(text):
    out = printed(lambda: results().print(table(text, ["name", text], [[text, 1]])))
    assert is_quiet(out.replace("\n", ""))
    assert is_quiet(printed(lambda: results().print(text)).replace("\n", ""))


def test_brackets_are_shown_and_are_no_markup():
    for text in ("[/]", "[red]x", "[link=http://example.org]x", "[bold]Thana[/bold]", ":smile:"):
        assert text in printed(lambda text=text: results().print(table(text, [text], [[text]])))
        assert text in printed(lambda text=text: results().print(text))


@given(TEXTS)
def test_json_says_the_same_and_steers_nothing(text):
    out = printed(lambda: print_json({"value": text}))
    assert json.loads(out)["value"] == text
    assert is_quiet(out.replace("\n", ""))


def test_json_of_all_characters_comes_back():
    text = "".join(ALL)
    assert json.loads(in_json(json.dumps(text, ensure_ascii=False))) == json.loads(json.dumps(text))


def printed(work):
    """What is written to stdout, which refuses what is no UTF-8 as a pipe does."""
    data = io.BytesIO()
    out = io.TextIOWrapper(data, "utf-8", write_through=True, newline="")
    with contextlib.redirect_stdout(out):
        work()
    return data.getvalue().decode("utf-8")


def formula(text):
    """Whether a spreadsheet may run a cell: its first visible character is a form of one of the signs."""
    first = next((c for c in text if unicodedata.category(c)[0] not in "CZ"), "")
    return unicodedata.normalize("NFKC", first)[:1] in set("=+-@\u2212")


def test_every_sign_of_unicode_that_may_begin_a_formula_is_quoted():
    kinds = {"Cc", "Cf", "Zs", "Zl", "Zp"}
    likely = [c for c in ALL if unicodedata.category(c) in kinds or unicodedata.category(c)[0] in "PS"]
    # Of letters, signs of no use yet and the like, some hundred thousand alike, every 97th.
    for c in [*likely, *ALL[::97], *(c for c in ALL if unicodedata.normalize("NFKC", c)[:1] in set("=+-@"))]:
        for text in (f"{c}1+1", f" \ufeff{c}1", f"{c}=1"):
            assert not (formula(text) and text == safe(text)), hex(ord(c))
            assert not formula(safe(text))


@given(TEXTS)
def test_csv_holds_every_text_and_runs_none(text):
    out = io.StringIO(newline="")
    csv.writer(out).writerow([safe(text), "x"])
    cell, end = next(csv.reader(io.StringIO(out.getvalue().encode("utf-8").decode("utf-8"), newline="")))
    assert end == "x" and not formula(cell) and not cell.startswith(("\t", "\r", "\n"))
    assert cell.removeprefix("'") == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).removeprefix(
        "'"
    )


def test_a_sheet_holds_all_of_unicode():
    """In one cell each thousand: U+FFFE ended the whole review."""
    book = Workbook()
    parts = ["".join(ALL[n : n + 1000]) for n in range(0, 0x110000, 1000)]
    for line, part in enumerate(parts, 1):
        write_cells(book.active, line, {"value": part}, ())
    made = io.BytesIO()
    book.save(made)
    for part, (cell,) in zip(parts, load_workbook(made).active.iter_rows(), strict=True):
        assert len(cell.value) == len(in_sheet(part)) and cell.data_type == "s"


@given(TEXTS)
def test_a_sheet_keeps_what_it_can_hold_and_shows_where_it_cannot(text):
    kept = in_sheet(text)
    etree.fromstring(f"<a>{escape(kept)}</a>".encode())
    assert in_sheet(kept) == kept
    assert [c for c in kept if c != "\ufffd"] == [c for c in text.replace("\r\n", "\n") if c in kept and c != "\ufffd"]


def test_a_long_text_is_cut_as_a_spreadsheet_counts():
    cut = in_sheet("🙂" * 40_000)
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767 and set(cut) == {"🙂"}
    assert in_sheet("अ" * 20_000) == "अ" * 20_000


def test_a_page_holds_all_of_unicode_and_turns_nothing():
    from lxml import html

    text = in_page("".join(ALL))
    assert not TURNS & set(text)
    text.encode("utf-8")
    assert html.fromstring(f"<p>{escape(text.replace(chr(13), ''))}</p>").text_content() == text.replace("\r", "")


def test_the_pages_of_offices_and_checks_go_through_it():
    from digitize.files.check_reports import as_html
    from digitize.offices.page import template_environment
    from digitize.offices.page_data import as_script

    bad = "<b>\u202e\x1b\ufffe\ud800"
    assert template_environment().from_string("{{ x }}").render(x=bad) == "&lt;b&gt;\ufffd\ufffd\ufffd\ufffd"
    assert as_html.escape(bad) == "&lt;b&gt;\ufffd\ufffd\ufffd\ufffd"
    assert json.loads(as_script({"x": bad})) == {"x": bad}
    as_script({"x": bad}).encode("utf-8")


# Whoever writes past the one function of an exit, and why it is right there.
_PAST = {
    (
        "csv.writer",
        "digitize/volumes/archive_package.py",
    ): "a bag's manifest: intake reads it back, names of files as they are",
    ("csv.writer", "digitize/files/convert.py"): "what convert and map read on: the same text that the source holds",
    ("csv.writer", "digitize/files/schema_files.py"): "names of our own columns",
    ("write_csv", "digitize/files/validating/fixing.py"): "an import file again, loaded as it is",
    ("sink_csv", "digitize/targets/kinds/csv_files.py"): "a target: it is read back and compared value by value",
    ("write_csv", "digitize/targets/postgres/copying.py"): "COPY into PostgreSQL",
}
_BEFORE_ANYTHING_IS_INSTALLED = "digitize/machine/installing.py"  # run by a bare Python, without rich; names no person
_ROOT = Path(__file__).parents[2]
_MODULES = sorted((_ROOT / "digitize").rglob("*.py"))


_POLARS = {"write_csv", "sink_csv"}


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
        # Not called alone: partial(pl.LazyFrame.sink_csv, ...)
        if isinstance(node, ast.Attribute) and node.attr in _POLARS:
            yield f"polars {node.attr}"


@pytest.mark.parametrize("module", _MODULES, ids=lambda p: str(p.relative_to(_ROOT)))
def test_nobody_writes_past_the_exits(module):
    name = str(module.relative_to(_ROOT))
    text = module.read_text(encoding="utf-8")
    tree = ast.parse(text)
    found = set(calls(tree))
    if name not in ("digitize/cli/console.py", _BEFORE_ANYTHING_IS_INSTALLED):
        past = {"print", "Console", "typer.echo", "sys.stdout.write", "sys.stderr.write"} & found
        assert not past, f"{name}: {past} reaches the terminal past digitize/cli/console.py"
    if "csv.writer" in found and ("csv.writer", name) not in _PAST:
        assert "csv_cells import safe" in text and "safe(" in text
    for way in _POLARS:
        assert f"polars {way}" not in found or (way, name) in _PAST
    # Cells are made at two places: in sheets that people fill in, and in a report whose rows are streamed.
    if "openpyxl" in text and any(
        c.endswith((".cell", "WriteOnlyCell")) and c not in ("styles.cell", "self.cell") for c in found
    ):
        assert name in ("digitize/files/workbook.py", "digitize/files/check_reports/sheets.py")
        assert "in_sheet(" in text
    if "Environment" in found:
        assert "finalize=escape_shown" in text and "autoescape=True" in text
    assert "from html import" not in text, f"{name}: pages are escaped by exit_texts.escape"


def test_nothing_is_excused_that_is_not_there():
    for (what, name), why in _PAST.items():
        assert what in (_ROOT / name).read_text(encoding="utf-8") and why
