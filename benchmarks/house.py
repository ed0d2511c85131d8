"""How the house stands: rooms, circles, sizes, dependencies, names, and how fast the command line answers.

python benchmarks/house.py [--json FILE] [--only NAME,NAME] [--quick]

Everything is counted from the source by the standard library; help_s and status_s are medians of five runs of the
command, whatever else the machine is doing. extract_differs_from_run reads the samples with the real engine and takes
minutes; --quick leaves it and the times out.
"""

from __future__ import annotations

import argparse
import ast
import json
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts.house.imports import PACKAGES, House, circles  # noqa: E402  # the checkout first, wherever it is run from
from benchmarks.parts.house.languages import files_of_a_language  # noqa: E402

_LONG_FUNCTION, _LONG_FILE = 40, 300
_PROGRAMS = (*PACKAGES, "benchmarks", "training", "tools", "sample_data")
"""Where functions and files are measured: everything but tests, which are tables of cases."""
_RUNS = 5
_NOT_IMPORTED = {
    "s3fs": "fsspec takes it for s3:// by that name",
    "rapidocr": "its weights are found in its installed files; its code is never run",
}
"""Declared and not imported by name, with the reason."""
_SLOW = ("extract_differs_from_run", "help_s", "status_s")


def loose_modules(house: House) -> int:
    """Modules of digitize/ that lie in no room."""
    return sum(house.folder(m) == "digitize" and m != "digitize" for m in house.files)


def folder_circles(house: House) -> int:
    """Groups of folders, at any depth, that import each other in a loop."""
    return len(circles(house.folders))


def functions_over_40(house: House) -> int:
    """Functions of more than 40 lines, of packages and programs."""
    return sum(_length(node) > _LONG_FUNCTION for path in _programs(house) for node in _functions(path))


def files_over_300(house: House) -> int:
    """Files of more than 300 lines, of packages and programs."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) > _LONG_FILE for path in _programs(house))


def readme_kb(house: House) -> float:
    """Size of the README in thousands of bytes."""
    return (house.root / "README.md").stat().st_size / 1000


def design_kb(house: House) -> float:
    """Size of docs/design.md in thousands of bytes."""
    return (house.root / "docs" / "design.md").stat().st_size / 1000


def undeclared_imports(house: House) -> int:
    """Packages that are imported and not declared in pyproject.toml."""
    return len(undeclared(house))


def unused_dependencies(house: House) -> int:
    """Declared packages, extras but "dev" too, that no module imports."""
    return len(unused(house))


def language_files_touched(house: House) -> int:
    """Files that a new language touches."""
    return len(files_of_a_language(house.root))


def duplicate_type_names(house: House) -> int:
    """Names that two public classes bear in two modules of the packages."""
    return len(duplicate_types(house))


def undeclared(house: House) -> list[str]:
    """Top-level names that are imported, and of no declared distribution."""
    declared, known = _declared(house), packages_distributions()
    return sorted(n for n in house.third_party() if not declared & {_plain(d) for d in known.get(n, [n])})


def unused(house: House) -> list[str]:
    """Declared distributions of which no module is imported."""
    known = packages_distributions()
    used = {_plain(d) for n in house.third_party() for d in known.get(n, [n])}
    return sorted(_declared(house) - used - set(_NOT_IMPORTED))


def duplicate_types(house: House) -> dict[str, list[str]]:
    """Name of a public class -> the modules that define one of that name, where these are two or more."""
    found: dict[str, list[str]] = {}
    for module, tree in house.trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(module)
    return {name: modules for name, modules in sorted(found.items()) if len(modules) > 1}


def _declared(house: House) -> set[str]:
    project = tomllib.loads((house.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = (names for extra, names in project["optional-dependencies"].items() if extra != "dev")
    wanted = [*project["dependencies"], *(n for names in extras for n in names)]
    return {_plain(text) for text in wanted}


def _plain(requirement: str) -> str:
    """A distribution's name in one spelling, without its version and extras."""
    end = next((i for i, c in enumerate(requirement) if not (c.isalnum() or c in "-_.")), len(requirement))
    return requirement[:end].lower().replace("_", "-").replace(".", "-")


def _programs(house: House) -> Iterator[Path]:
    for name in _PROGRAMS:
        yield from sorted((house.root / name).rglob("*.py"))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def help_s(house: House) -> float:
    """Seconds until `digitize --help` has answered."""
    return _median_s(house, ["--help"])


def status_s(house: House) -> float:
    """Seconds until `digitize status` has answered, of a workspace with one mapped table."""
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "w")
        table = str(house.root / "sample_data" / "legacy" / "FIRMAST.DBF")
        for arguments in (["init", "wb", place], ["intake", place, table], ["run", place]):
            _digitize(house, arguments)
        return _median_s(house, ["status", place])


def _median_s(house: House, arguments: list[str]) -> float:
    return round(statistics.median(_digitize(house, arguments) for _ in range(_RUNS)), 3)


def _digitize(house: House, arguments: list[str]) -> float:
    """Seconds that one command took."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "digitize.cli", *arguments]
    done = subprocess.run(command, cwd=house.root, capture_output=True, check=False)
    if done.returncode not in (0, 3):  # 3: finished, with more refused than agreed
        raise SystemExit(f"digitize {arguments[0]} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return time.perf_counter() - begun


def extract_differs_from_run(house: House) -> int:
    """Fields of the sample pages and registers of which extract and run say different things."""
    from benchmarks.parts.house import extract as house_extract

    return house_extract.extract_differs_from_run()


MEASURES: tuple[Callable[[House], float], ...] = (
    loose_modules, folder_circles, functions_over_40, files_over_300, readme_kb, design_kb, undeclared_imports,
    unused_dependencies, language_files_touched, duplicate_type_names, extract_differs_from_run, help_s, status_s,
)  # fmt: skip
AGREED = {
    "loose_modules": 3, "folder_circles": 0, "functions_over_40": 20, "files_over_300": 5, "readme_kb": 8,
    "design_kb": 25, "undeclared_imports": 0, "unused_dependencies": 0, "language_files_touched": 2,
    "extract_differs_from_run": 0, "duplicate_type_names": 0, "help_s": 0.2, "status_s": 0.35,
}  # fmt: skip
"""The most that each may be."""


def main() -> int:
    """Measure, print beside what is agreed, and write the figures. Returns 0 whatever they are: tests hold them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="", help="measures, with commas between")
    parser.add_argument("--quick", action="store_true", help="what is counted from the source alone")
    a = parser.parse_args()
    asked = {n.strip() for n in a.only.split(",") if n.strip()}
    house, found = House(ROOT), {}
    for measure in MEASURES:
        name = measure.__name__
        if (asked and name not in asked) or (a.quick and name in _SLOW):
            continue
        found[name] = measure(house)
        print(f"{name:26} {found[name]:>8}   at most {AGREED[name]}", flush=True)
    if a.json:
        a.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
