"""What is counted of the house, what of it is listed, and the most that each figure may be."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from tools.house.blocks import duplicate_blocks
from tools.house.dead import dead_definitions
from tools.house.imports import PACKAGES, House, circles
from tools.house.languages import files_of_a_language
from tools.house.names import bare_names, bare_phrases, bare_properties, functions

_WITH_SAMPLES = (*PACKAGES, "benchmarks", "sample_data")
_USERS = (*PACKAGES, "tools", "training")
"""Whose use keeps a definition of the product alive: tests and benchmarks do not."""
_RUNS = 5
_SMALL = 60
"""Lines of code below which a file of one importer could stand in it."""
_PLUG_INS = 3
_NOT_IMPORTED = {
    "s3fs": "fsspec takes it for s3:// by that name",
    "rapidocr": "its weights are found in its installed files; its code is never run",
}
"""Declared and not imported by name, with the reason."""


@dataclass(frozen=True)
class Measure:
    """One figure. most: what it may be, None where it is only told; is_slow: it runs commands; listed: its items."""

    name: str
    count: Callable[[House], float]
    most: float | None = None
    is_slow: bool = False
    listed: Callable[[House], Sequence[object]] | None = None


def _of_list(name: str, listed: Callable[[House], Sequence[object]], most: float | None = None) -> Measure:
    return Measure(name, lambda house: len(listed(house)), most, listed=listed)


def list_circles(house: House) -> list[str]:
    """Folders, at any depth, and modules that import each other in a loop: of the product, benchmarks and samples."""
    whole = House(house.root, _WITH_SAMPLES)
    return [" <-> ".join(group) for group in (*circles(whole.folders), *circles(whole.modules))]


def list_loose_modules(house: House) -> list[str]:
    """Modules of digitize/ that lie in no room."""
    return [m for m in house.files if house.folder(m) == "digitize" and m != "digitize"]


def share_of_bare_names(house: House) -> float:
    """The share of functions that are named by a bare participle or particle, properties left out."""
    count = sum(not f.is_attribute for f in functions(house))
    return round(len(bare_names(house)) / max(1, count), 4)


@cache
def list_dead(house: House) -> list[object]:
    """Definitions of the product that neither it nor its tools use."""
    return [*dead_definitions(House(house.root, _USERS))]


def list_small_with_one_importer(house: House) -> list[str]:
    """Small files that one module alone imports, from the same folder: they could stand in it.

    Folders of plug-ins are left out: at least three of their files are found by name, and imported by nobody.
    """
    importers: dict[str, list[str]] = {}
    for module, others in house.modules.items():
        for other in others:
            importers.setdefault(other, []).append(module)
    alone = Counter(house.folder(m) for m in house.files if m not in importers)
    found = []
    for module, path in sorted(house.files.items()):
        by, folder = importers.get(module, []), house.folder(module)
        is_plug_in = path.name == "__init__.py" or alone[folder] >= _PLUG_INS
        if not is_plug_in and len(by) == 1 and house.folder(by[0]) == folder:
            lines = count_code(path.read_text(encoding="utf-8"), house.trees[module])
            if lines < _SMALL:
                found.append(f"{path.relative_to(house.root).as_posix()} ({lines} lines) <- {by[0]}")
    return found


def count_code(text: str, tree: ast.Module) -> int:
    """Lines of code: no blank ones, no comments, no docstrings."""
    docs: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            docs.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(text.splitlines(), 1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") and n not in docs for n, line in lines)


def count_lines(house: House) -> int:
    """All lines of the product's Python."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in house.files.values())


def list_commands(house: House) -> list[str]:
    """Whole names of the commands."""
    return [name for name, _ in _leaves(house)]


def list_options(house: House) -> list[str]:
    """Options of the commands, each with its command."""
    return [f"{n} {p.opts[0]}" for n, c in _leaves(house) for p in c.params if p.param_type_name == "option"]


def _leaves(house: House) -> Iterator[tuple[str, Any]]:
    from typer.main import get_command

    from digitize.cli.app import build

    todo = [("digitize", get_command(build()))]
    while todo:
        path, command = todo.pop()
        if hasattr(command, "list_commands"):
            context = command.make_context(path, [], resilient_parsing=True)
            inner = ((n, command.get_command(context, n)) for n in command.list_commands(context))
            todo += [(f"{path} {n}", c) for n, c in inner if c is not None and not c.hidden]
        else:
            yield path, command


def undeclared(house: House) -> list[str]:
    """Top-level names that are imported, and of no declared distribution."""
    declared, known = _declared(house), packages_distributions()
    return sorted(n for n in house.third_party() if not declared & {_plain(d) for d in known.get(n, [n])})


def unused(house: House) -> list[str]:
    """Declared distributions, extras but "dev" too, of which no module is imported."""
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


def list_duplicate_types(house: House) -> list[str]:
    """Names that two public classes bear in two modules of the packages."""
    return [f"{name}: {', '.join(modules)}" for name, modules in duplicate_types(house).items()]


def _declared(house: House) -> set[str]:
    project = tomllib.loads((house.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = (names for extra, names in project["optional-dependencies"].items() if extra != "dev")
    wanted = [*project["dependencies"], *(n for names in extras for n in names)]
    return {_plain(text) for text in wanted}


def _plain(requirement: str) -> str:
    """A distribution's name in one spelling, without its version and extras."""
    end = next((i for i, c in enumerate(requirement) if not (c.isalnum() or c in "-_.")), len(requirement))
    return requirement[:end].lower().replace("_", "-").replace(".", "-")


def time_help(house: House) -> float:
    """Seconds until `digitize --help` has answered."""
    return _median_s(house, ["--help"])


def time_status(house: House) -> float:
    """Seconds until `digitize status` has answered, of a workspace with one mapped table."""
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "w")
        table = str(house.root / "sample_data" / "legacy" / "FIRMAST.DBF")
        for arguments in (["init", "wb", place], ["intake", place, table], ["run", place]):
            _run_digitize(house, arguments)
        return _median_s(house, ["status", place])


def _median_s(house: House, arguments: list[str]) -> float:
    return round(statistics.median(_run_digitize(house, arguments) for _ in range(_RUNS)), 3)


def _run_digitize(house: House, arguments: list[str]) -> float:
    """Seconds that one command took."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "digitize.cli", *arguments]
    done = subprocess.run(command, cwd=house.root, capture_output=True, check=False)
    if done.returncode not in (0, 3):  # 3: finished, with more refused than agreed
        raise SystemExit(f"digitize {arguments[0]} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return time.perf_counter() - begun


def count_extract_differences(house: House) -> int:
    """Fields of the sample pages and registers of which extract and run say different things."""
    from tools.house.extract import extract_differs_from_run

    return extract_differs_from_run()


MEASURES: tuple[Measure, ...] = (
    _of_list("loose_modules", list_loose_modules, 3),
    _of_list("folder_circles", list_circles, 0),
    Measure("particle_names", share_of_bare_names, 0.005, listed=bare_names),
    _of_list("particle_phrases", bare_phrases),
    _of_list("particle_properties", bare_properties),
    _of_list("dead_definitions", list_dead, 0),
    _of_list("one_importer_small", list_small_with_one_importer, 40),
    _of_list("duplicate_blocks", duplicate_blocks),
    _of_list("duplicate_type_names", list_duplicate_types, 0),
    _of_list("commands", list_commands),
    _of_list("options", list_options),
    _of_list("undeclared_imports", undeclared, 0),
    _of_list("unused_dependencies", unused, 0),
    _of_list("language_files_touched", lambda house: files_of_a_language(house.root), 2),
    Measure("lines_product", count_lines),
    Measure("extract_differs_from_run", count_extract_differences, 0, is_slow=True),
    Measure("help_s", time_help, 0.2, is_slow=True),
    Measure("status_s", time_status, 0.35, is_slow=True),
)
