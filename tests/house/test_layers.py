"""Who may import whom: read from the source, compared with the picture in the house style."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"digitize", "ocr", "mappers", "validators"}
MAY_IMPORT = {"ocr": set(), "mappers": set(), "validators": {"mappers"}, "digitize": {"ocr", "mappers", "validators"}}
# Third-party walls: package -> folders that may import it.
WALLS = {
    "cv2": ("ocr/",),
    "pytesseract": ("ocr/",),
    "onnxruntime": ("ocr/",),
    "pypdfium2": ("ocr/",),
    "pikepdf": ("ocr/outputs/",),
    "pdfplumber": ("ocr/",),
    "pdfminer": ("ocr/print/layer_glyphs.py",),
    "typer": ("digitize/cli/",),
    "jinja2": ("digitize/offices/page.py",),
    "starlette": ("digitize/offices/web.py",),
    "uvicorn": ("digitize/cli/dashboard.py",),
    "polars": (
        "validators/",
        "digitize/files/",
        "digitize/records/duplicates/",
        "digitize/targets/",
        "digitize/quarantine/",
    ),
    "psycopg": ("digitize/targets/", "digitize/files/validating/"),
    "pandas": ("mappers/legacy/", "digitize/targets/"),
}
FILES = sorted(p for name in OURS for p in (ROOT / name).rglob("*.py"))


def imports(path):
    """(top-level package, whole name, whether it is imported when the file is) of every import of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_once = {id(n) for n in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((a.name.split(".")[0], a.name, id(node) in at_once) for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0], node.module, id(node) in at_once


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_packages_import_only_what_they_may(path):
    own = path.relative_to(ROOT).parts[0]
    for top, name, _ in imports(path):
        if top in OURS and top != own:
            assert top in MAY_IMPORT[own], f"{own} may not import {name}"
        if top in WALLS:
            where = path.relative_to(ROOT).as_posix()
            assert where.startswith(WALLS[top]), f"{name} is imported outside {', '.join(WALLS[top])}"


def test_validators_know_only_records_schema_codes_and_names():
    for path in (ROOT / "validators").rglob("*.py"):
        for top, name, _ in imports(path):
            if top == "mappers":
                assert name.split(".")[1] in {"record", "schema", "codes", "names"}, f"{path.name} imports {name}"


def test_no_module_is_called_utils_or_common():
    assert not [p for p in FILES if p.stem in {"utils", "util", "common", "helpers", "misc"}]


HEAVY = {"cv2", "numpy", "pandas", "polars", "pytesseract", "openpyxl", "pdfplumber", "onnxruntime"}


def loaded_by(code):
    """The modules that are in memory after some code has run in a process of its own."""
    import subprocess
    import sys

    code += "\nimport sys; print('loaded', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_help_loads_no_command():
    loaded = loaded_by("from digitize.cli.app import run; run(['--help'])")
    assert not loaded & {*HEAVY, "pydantic", "rich", "mappers", "ocr", "validators"}
    assert {m for m in loaded if m.startswith("digitize.cli.")} == {
        f"digitize.cli.{m}" for m in ("app", "console", "lazy")
    }


def test_the_start_up_path_is_light(digitize, tmp_path):
    """`digitize status` imports none of the costly libraries, nothing that reads or maps, and no other command."""
    digitize("init", "wb", tmp_path / "wb")
    loaded = loaded_by(f"from digitize.cli.app import run; run(['status', {str(tmp_path / 'wb')!r}])")
    assert not loaded & {*HEAVY, "rich", "mappers.mapping", "mappers.model", "mappers.schema", "mappers.codes", "ocr"}
    assert {m for m in loaded if m.startswith("digitize.cli.")} - {"digitize.cli.status"} == {
        f"digitize.cli.{m}" for m in ("app", "console", "lazy")
    }


def test_every_command_file_says_in_its_first_line_what_help_shows():
    from typer.main import get_command

    from digitize.cli.app import build
    from digitize.cli.lazy import first_lines

    files = {p.stem for p in (ROOT / "digitize/cli").glob("*.py") if "\ndef register(" in p.read_text(encoding="utf-8")}
    assert files == set(first_lines())
    commands = get_command(build()).commands
    assert {name: command.name for name, command in commands.items()} == {name: name for name in files}
    assert all(command.help for command in commands.values())
