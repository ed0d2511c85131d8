"""Functions whose answers are kept: what tests run of them is seen in the first test alone that asks.

A fault in one is asked of every test that runs a function which reads it, for each copy begins with nothing kept.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class CacheReaders:
    """Who reads the kept answers of which functions, over some modules."""

    def __init__(self, sources: Iterable[tuple[str, str]]) -> None:
        """sources: path and text of each module."""
        self._inside: dict[str, dict[str, set[str]]] = {}
        self._cached: dict[str, set[str]] = {}
        self._readers: dict[str, set[tuple[str, str]]] = {}
        for path, source in sources:
            stem = Path(path).stem
            for where, node in _list_functions(ast.parse(source)):
                names = {n.id if isinstance(n, ast.Name) else n.attr for n in ast.walk(node) if _is_name(n)}
                self._inside.setdefault(stem, {})[where] = names
                if any("cache" in ast.unparse(d) for d in node.decorator_list):
                    self._cached.setdefault(stem, set()).add(where)
                for name in names:
                    self._readers.setdefault(name, set()).add((stem, where))

    def find(self, stem: str, where: str) -> set[tuple[str, str]]:
        """(module, function) of those that read what is kept of a function, or of cached ones that run it.

        Empty where nothing of it is kept.
        """
        found: set[tuple[str, str]] = set()
        waiting = self._above(stem, where)
        done: set[tuple[str, str]] = set()
        while waiting:
            one = waiting.pop()
            if one in done:
                continue
            done.add(one)
            readers = self._readers.get(one[1].rpartition(".")[2], set()) - {one}
            found |= readers
            # A reader whose own answers are kept, too, is as silent.
            waiting |= {above for reader in readers for above in self._above(*reader)}
        return found

    def _above(self, stem: str, where: str) -> set[tuple[str, str]]:
        """The cached functions of a module that run a function, itself among them."""
        inside, above, waiting = self._inside.get(stem, {}), set[str](), {where}
        while waiting:
            one = waiting.pop()
            above.add(one)
            name = one.rpartition(".")[2]
            waiting |= {caller for caller, names in inside.items() if name in names} - above
        return {(stem, one) for one in above & self._cached.get(stem, set())}


def _list_functions(tree: ast.Module) -> Iterator[tuple[str, _Function]]:
    for node in tree.body:
        if isinstance(node, _Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{one.name}", one) for one in node.body if isinstance(one, _Function))


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)
