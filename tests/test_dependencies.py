"""What is declared in pyproject.toml and what is imported are the same."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("digitize", "ocr", "mappers", "validators")
# Declared although no line imports it, with the reason.
WITHOUT_IMPORT = {
    "rapidocr": "its weights are found in its installed files; its code is never run",
}


def plain(requirement):
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")


def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [r for extra, rs in project["optional-dependencies"].items() if extra != "dev" for r in rs]
    return {plain(r) for r in (*project["dependencies"], *extras)}


def imported():
    """Top-level name -> a file that imports it, of what comes neither from Python nor from us."""
    found = {}
    for path in (p for name in PACKAGES for p in (ROOT / name).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for name in (n.split(".")[0] for n in names):
                if name not in PACKAGES and name not in sys.stdlib_module_names:
                    found.setdefault(name, path.relative_to(ROOT).as_posix())
    return found


def distributions(name):
    """The distributions that bring a module; by its own name where none is installed."""
    return {plain(d) for d in packages_distributions().get(name, [name])}


def test_every_imported_package_is_declared():
    undeclared = {n: where for n, where in imported().items() if not distributions(n) & declared()}
    assert undeclared == {}


def test_every_declared_package_is_imported():
    used = {d for name in imported() for d in distributions(name)}
    assert declared() - used - WITHOUT_IMPORT.keys() == set()
    assert WITHOUT_IMPORT.keys() <= declared(), "an exception for what is not declared any more"


def test_the_lock_holds_what_is_declared():
    locked = {
        plain(line) for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines() if "==" in line
    }
    assert declared() <= locked
