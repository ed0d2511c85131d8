"""Who imports whom, read from the source: modules, folders, circles. Standard library alone; nothing of it is run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

PACKAGES = ("digitize", "ocr", "mappers", "validators")
Graph = Mapping[str, frozenset[str]]


class House:
    """The source of some packages below a folder, the four of the product if nothing is said."""

    def __init__(self, root: Path, packages: Sequence[str] = PACKAGES) -> None:
        """root: where the packages lie."""
        self.root = root
        found = (p for name in packages for p in sorted((root / name).rglob("*.py")))
        self.files = {self._name(p): p for p in found}

    def _name(self, path: Path) -> str:
        return ".".join(path.relative_to(self.root).with_suffix("").parts).removesuffix(".__init__")

    @cached_property
    def trees(self) -> Mapping[str, ast.Module]:
        """Module -> its syntax tree."""
        return {name: _parse(path, path.stat().st_mtime_ns) for name, path in self.files.items()}

    @cached_property
    def _statements(self) -> Mapping[str, list[ast.Import | ast.ImportFrom]]:
        """Module -> where it imports something."""
        return {
            name: [node for node in _all_statements(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
            for name, tree in self.trees.items()
        }

    @cached_property
    def modules(self) -> Graph:
        """Module -> modules of the house that it imports, also inside functions and for types alone."""
        return {name: frozenset(self._imported(nodes)) for name, nodes in self._statements.items()}

    def _imported(self, nodes: list[ast.Import | ast.ImportFrom]) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, ast.Import):
                yield from (a.name for a in node.names if a.name in self.files)
            elif node.module and node.level == 0:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    name = inner if inner in self.files else node.module
                    if name in self.files:
                        yield name

    def folder(self, module: str) -> str:
        """The folder that a module lies in, as a path."""
        return self.files[module].parent.relative_to(self.root).as_posix()

    @cached_property
    def folders(self) -> Graph:
        """Folder -> other folders that its own files import from. Every folder is a room of its own, at any depth."""
        return self._between(self.folder)

    @cached_property
    def rooms(self) -> Graph:
        """Room -> other rooms. A room is a package's folder with all below it; a file beside them is of the package."""
        return self._between(lambda module: "/".join(self.folder(module).split("/")[:2]))

    def _between(self, place: Callable[[str], str]) -> Graph:
        found: dict[str, set[str]] = {place(m): set() for m in self.files}
        for module, imported in self.modules.items():
            found[place(module)] |= {place(m) for m in imported} - {place(module)}
        return {name: frozenset(others) for name, others in found.items()}

    def names(self, module: str) -> set[str]:
        """Whole names of all that a module imports, from the house and from outside."""
        return set(_names(self._statements[module]))

    def third_party(self) -> Mapping[str, list[str]]:
        """Top-level name of every package from outside -> modules that import it."""
        found: dict[str, list[str]] = {}
        for module in self.trees:
            for top in sorted({n.split(".")[0] for n in self.names(module)}):
                if top not in PACKAGES and top not in sys.stdlib_module_names:
                    found.setdefault(top, []).append(module)
        return found


@cache
def _parse(path: Path, _: int) -> ast.Module:
    """The syntax tree of a file as it was changed last."""
    return ast.parse(path.read_text(encoding="utf-8"))


def _all_statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Every statement, however deep; expressions, which are most of a tree, hold none."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, part, ())
            todo += inner if isinstance(inner, list) else ()


def _names(nodes: list[ast.Import | ast.ImportFrom]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif node.module and node.level == 0:
            yield node.module


def circles(graph: Graph) -> list[list[str]]:
    """Groups that import each other in a loop, each sorted: Tarjan's strongly connected components of more than one."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in sorted(graph.get(name, ())):
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1:
                found.append(sorted(group))

    for name in sorted(graph):
        if name not in order:
            visit(name)
    return sorted(found)
