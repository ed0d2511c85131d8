"""Who may import whom: read from the source, compared with the picture in the house style."""

import re
from pathlib import Path

import pytest

from tools.house.imports import House, circles
from tools.house.measures import undeclared, unused

ROOT = Path(__file__).parents[2]
HOUSE = House(ROOT)
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
OURS = {"digitize", "ocr", "mappers", "validators"}
MAY_IMPORT = {"ocr": set(), "mappers": set(), "validators": {"mappers"}, "digitize": {"ocr", "mappers", "validators"}}
# Third-party walls: package -> folders that may import it.
WALLS = {
    "cv2": ("ocr/",),
    "pytesseract": ("ocr/",),
    "onnxruntime": ("ocr/",),
    "pypdfium2": ("ocr/",),
    "pikepdf": ("ocr/outputs/", "digitize/services/copies/pdf.py"),
    "pdfplumber": ("ocr/",),
    "pdfminer": ("ocr/print/layer_glyphs.py",),
    "typer": ("digitize/cli/",),
    "jinja2": ("digitize/offices/page.py", "digitize/review/station/rendering.py"),
    "starlette": (
        "digitize/login/",
        "digitize/machine/web.py",
        "digitize/offices/web.py",
        "digitize/review/station/",
        "digitize/serving/",
    ),
    "uvicorn": ("digitize/machine/web_server.py", "digitize/machine/web_processes.py"),
    "argon2": ("digitize/login/people.py",),
    "polars": (
        "validators/",
        "digitize/files/",
        "digitize/records/duplicates/",
        "digitize/targets/",
        "digitize/quarantine/",
    ),
    "psycopg": (
        "digitize/targets/",
        "digitize/files/validating/",
        "digitize/offices/store_engine.py",
        "digitize/workspace/ledger_db/",
    ),
    "pandas": ("mappers/legacy/", "digitize/targets/"),
}
ROOM = re.compile(r"^\| `(\w+)/?` \| [^|]+ \| ([^|]+) \|$", re.M)


def names_of(module):
    """Whole names of everything that a module imports."""
    return sorted(HOUSE.names(module))


@pytest.mark.parametrize("module", sorted(HOUSE.files))
def test_packages_import_only_what_they_may(module):
    own, where = module.split(".")[0], HOUSE.files[module].relative_to(ROOT).as_posix()
    for name in names_of(module):
        top = name.split(".")[0]
        if top in OURS and top != own:
            assert top in MAY_IMPORT[own], f"{own} may not import {name}"
        if top in WALLS:
            assert where.startswith(WALLS[top]), f"{name} is imported outside {', '.join(WALLS[top])}"


def test_no_folder_imports_in_a_circle():
    """Each folder, at any depth, is a room of its own; so is each file."""
    assert circles(HOUSE.folders) == []
    assert circles(HOUSE.rooms) == []
    assert circles(HOUSE.modules) == []


def test_rooms_of_digitize_import_as_the_picture_in_the_design_says():
    told = {room: set(re.findall(r"`(\w+)`", imports)) for room, imports in ROOM.findall(DESIGN)}
    rooms = {r.split("/")[1]: o for r, o in HOUSE.rooms.items() if r.startswith("digitize/")}
    assert set(told) == set(rooms)
    for room, others in rooms.items():
        assert {o.split("/")[1] for o in others if o.startswith("digitize/")} == told[room], room


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    assert undeclared(HOUSE) == []
    assert unused(HOUSE) == []


def test_validators_know_only_records_schema_codes_and_names():
    for module in HOUSE.files:
        if module.split(".")[0] == "validators":
            for name in names_of(module):
                if name.startswith("mappers."):
                    assert name.split(".")[1] in {"record", "schema", "codes", "names"}, f"{module} imports {name}"


def test_no_module_is_called_utils_or_common():
    assert not [m for m in HOUSE.files if m.split(".")[-1] in {"utils", "util", "common", "helpers", "misc"}]


HEAVY = {"cv2", "numpy", "pandas", "polars", "pytesseract", "openpyxl", "pdfplumber", "onnxruntime"}

LIGHT = {"ocr.tesseract", "ocr.tesseract.folders", "ocr.tesseract.used"}


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
    assert not loaded & {
        *HEAVY,
        "rich",
        "mappers.mapping",
        "mappers.binding.model",
        "mappers.schema",
        "mappers.codes",
    }
    # Where models lie and which they are is all that it asks of reading.
    assert {m for m in loaded if m.split(".")[0] == "ocr"} <= {"ocr", *LIGHT}
    assert {m for m in loaded if m.startswith("digitize.cli.")} - {"digitize.cli.status"} == {
        f"digitize.cli.{m}" for m in ("app", "console", "lazy")
    }


def test_every_command_file_says_in_its_first_line_what_help_shows():
    from typer.main import get_command

    from digitize.cli.app import build
    from digitize.cli.lazy import command_lines, first_lines, panels

    files = {p.stem for p in (ROOT / "digitize/cli").glob("*.py") if "\ndef register(" in p.read_text(encoding="utf-8")}
    files = {name.replace("_", "-") for name in files}
    assert files == set(first_lines())
    commands = get_command(build()).commands
    assert {name: command.name for name, command in commands.items()} == {name: name for name in files}
    assert all(command.help for command in commands.values())
    # Help groups them by what they are for, as each says in its own file: in one line at 80 columns.
    assert sorted(name for names in panels().values() for name in names) == sorted(files)
    assert [name for name, line in command_lines().items() if not line.place] == []
    assert {name: len(does) for name, does in first_lines().items() if len(does) > 64} == {}
