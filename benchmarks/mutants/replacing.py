"""Puts a fault into modules that are loaded already, by giving functions other code."""

from __future__ import annotations

import ast
import gc
import importlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, FunctionType

from benchmarks.mutants.plant import Mutant, plant, top_name
from benchmarks.mutants.targets import ROOT


class NotPlantedError(Exception):
    """The fault cannot be put into a loaded module."""


_FUNCTIONS: dict[str, list[FunctionType]] = {}


def gather_functions(paths: Iterable[str]) -> None:
    """Find all functions of some modules, once: looking at all objects in a copy would copy all its memory."""
    files = {str(ROOT / path) for path in paths}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename in files:
            _FUNCTIONS.setdefault(one.__code__.co_filename, []).append(one)


def module_name(path: str) -> str:
    """How the module of a path is imported."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def put_in(mutant: Mutant) -> None:
    """Put a fault into this process. Raises NotPlantedError when no function took it."""
    path = ROOT / mutant.path
    source = path.read_text(encoding="utf-8")
    tree = plant(source, mutant.number)
    importlib.import_module(module_name(mutant.path))
    if not mutant.block:
        _set_again(mutant, tree)
        return
    before = compile(ast.parse(source), str(path), "exec", dont_inherit=True)
    after = compile(tree, str(path), "exec", dont_inherit=True)
    others = {old: new for old, new in _pairs(before, after) if old != new}
    given = 0
    for one in _FUNCTIONS.get(str(path), ()):
        if one.__code__ in others:
            try:
                one.__code__ = others[one.__code__]
            except ValueError as e:
                raise NotPlantedError(str(e)) from e
            given += 1
    if not given:
        raise NotPlantedError("no function has this code")


def _pairs(before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    olds = [c for c in before.co_consts if isinstance(c, CodeType)]
    news = [c for c in after.co_consts if isinstance(c, CodeType)]
    if len(olds) != len(news):
        return
    for old, new in zip(olds, news, strict=True):
        yield old, new
        yield from _pairs(old, new)


def _set_again(mutant: Mutant, tree: ast.Module) -> None:
    """Run the changed line at a module's top again, and the lines below that read what it gives."""
    module = sys.modules[module_name(mutant.path)]
    changed: set[str] = set()
    for statement in tree.body:
        name = top_name(statement)
        if not name:
            continue
        value = statement.value  # type: ignore[attr-defined]
        reads = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        # A fault inside a value of many lines has a later line than the name.
        is_changed = statement.lineno <= mutant.line <= (statement.end_lineno or statement.lineno)
        if not is_changed and not reads & changed:
            continue
        old = module.__dict__.get(name)
        one = ast.Module([statement], [])
        exec(compile(one, str(ROOT / mutant.path), "exec", dont_inherit=True), module.__dict__)
        changed.add(name)
        new = module.__dict__[name]
        for other in list(sys.modules.values()):
            if isinstance(getattr(other, "__dict__", None), dict) and other.__dict__.get(name) is old:
                other.__dict__[name] = new
    if not changed:
        raise NotPlantedError("no name was given")


def find_readers(source: str, name: str) -> set[str]:
    """The functions of a module that read a name of its top, as blocks name them."""
    found = set()
    for node in ast.parse(source).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for one in inner:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                isinstance(n, ast.Name) and n.id == name for n in ast.walk(one)
            ):
                found.add(f"{node.name}.{one.name}" if isinstance(node, ast.ClassDef) else one.name)
    return found


def read_source(path: str) -> str:
    """A module's text."""
    return Path(ROOT / path).read_text(encoding="utf-8")
