"""Definitions of the product that no code of the product uses: functions, classes, constants and methods.

A name counts as used where the product loads it, names it in a string (as getattr and plug-ins do), or writes it in a
template, a style sheet or a table of its own. A definition that only a dead one uses is dead, too. Left out is what
somebody calls by a convention: dunders, what a decorator registers, what overrides a base class, what a plug-in folder
asks of each of its modules, and protocols.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tools.house.imports import PACKAGES, House

_PLAIN_DECORATORS = {
    *("cache", "lru_cache", "cached_property", "property", "setter", "dataclass", "contextmanager"),
    *("asynccontextmanager", "staticmethod", "classmethod", "overload", "wraps", "total_ordering", "final", "override"),
    *("abstractmethod", "runtime_checkable"),
}
"""What only changes a definition; any other decorator may register it somewhere."""
_SHAPES = {
    *("object", "ABC", "Protocol", "Generic", "NamedTuple", "TypedDict"),
    *("Exception", "ValueError", "RuntimeError", "BaseModel"),
}
"""Bases from outside that call no method by its name."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_ONLY_NAMES = re.compile(r"[\w\[\], .|]+")
_LONGEST_NAME = 80
_DEEPEST = 5
"""Levels of classes below each other."""
_CALLED_FROM_OUTSIDE = {
    "digitize.machine.cluster.at_start.dask_setup": "dask calls it in each module that a worker preloads",
    "digitize.exchange.answer.apply_package": "partners who answer with Python (docs/exchange.md)",
    "digitize.exchange.answer.write_reply": "the same",
    "digitize.exchange.answer.Held": "its type",
    "digitize.files.validating.validate.validate_file": "programs that check one file",
    "digitize.review.station.ledger_thread.Room.run_and_wait": "whoever gives the station's thread work and waits",
    "digitize.services.copies.values.WESTERN": "one of the two values of digits",
    "mappers.legacy.frame.as_frame": "an old table in a notebook (docs/design.md)",
    "mappers.names.keys.romanise_words": "many names at once, for exports of a whole store",
    "ocr.calibration.lines.fit": "fits the calibration that the package ships (benchmarks/read.py --fit)",
    "ocr.calibration.lines.fit_pages": "the same",
    "ocr.calibration.lines.expected_calibration_error": "judges it",
    "ocr.calibration.logistic.fit": "the same, for fields",
    "ocr.engines.replay.RecordingEngine": "records the answers that ReplayEngine gives (pytest --record)",
    "ocr.geometry.mapping.PageMap.from_source": "the way back: measures how well a page was laid level",
    "ocr.pages.prepared.Prepared.from_source": "the same",
    "ocr.pages.prepare.STEPS": "the words of the option skip",
    "ocr.quality.defect.KINDS": "the words of the column defect",
}
"""What no product code calls, with whoever does."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Definition:
    """A definition. path: of its file; owner: the class of a method, "" for what stands in a module."""

    module: str
    path: str
    line: int
    last_line: int
    name: str
    owner: str = ""

    def __str__(self) -> str:
        """One line for whoever removes it."""
        return f"{self.path}:{self.line} {self.owner + '.' if self.owner else ''}{self.name}"


def dead_definitions(house: House) -> list[Definition]:
    """All that is not used, and what only these use, in order of the files.

    house: with all whose use counts: the product, and the tools and training that make parts of it.
    """
    return _Search(house).dead()


@dataclass
class _Facts:
    """What one walk through a module finds.

    uses: name -> lines at which it is loaded, also as an attribute or a word of a string; attributes: these alone.
    imported: (module, name, alias) of from-imports; modules: what is imported whole. composed: names that it composes
    for getattr, as patterns.
    """

    uses: dict[str, list[int]] = field(default_factory=dict)
    attributes: dict[str, list[int]] = field(default_factory=dict)
    imported: list[tuple[str, str, str]] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    classes: list[ast.ClassDef] = field(default_factory=list)
    composed: list[re.Pattern[str]] = field(default_factory=list)

    def look(self, tree: ast.Module) -> _Facts:
        """Walk through a module; __all__ is passed over: it offers names and uses none."""
        todo: list[ast.AST] = [tree]
        while todo:
            node = todo.pop()
            if not (isinstance(node, ast.Assign) and "__all__" in [getattr(t, "id", "") for t in node.targets]):
                self._note(node)
                todo.extend(ast.iter_child_nodes(node))
        return self

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                self.uses.setdefault(node.id, []).append(node.lineno)
        elif isinstance(node, ast.Attribute):
            self.uses.setdefault(node.attr, []).append(node.lineno)
            self.attributes.setdefault(node.attr, []).append(node.lineno)
        elif isinstance(node, ast.Constant):
            for word in _words_of(node.value):
                self.uses.setdefault(word, []).append(node.lineno)
                self.attributes.setdefault(word, []).append(node.lineno)
        elif isinstance(node, ast.ImportFrom):
            self.imported += [(node.module or "", a.name, a.asname or a.name) for a in node.names]
        elif isinstance(node, ast.Import):
            self.modules += [a.name for a in node.names]
        elif isinstance(node, ast.ClassDef):
            self.classes.append(node)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr":
            for text in (a for a in node.args[1:2] if isinstance(a, ast.JoinedStr)):
                parts = (re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"\w+" for v in text.values)
                self.composed.append(re.compile("".join(parts)))


class _Search:
    def __init__(self, house: House) -> None:
        self._house = house
        self._facts = {module: _Facts().look(tree) for module, tree in house.trees.items()}
        self._dead: set[Definition] = set()
        self._dead_lines: dict[str, list[range]] = {}

    def dead(self) -> list[Definition]:
        while more := [d for d in self._definitions if d not in self._dead and not self._is_used(d)]:
            self._dead.update(more)
            for d in more:
                self._dead_lines.setdefault(d.module, []).append(range(d.line, d.last_line + 1))
        return sorted(self._dead, key=lambda d: (d.path, d.line))

    def _is_used(self, d: Definition) -> bool:
        whole = ".".join(filter(None, (d.module, d.owner, d.name)))
        if d.name in self._in_templates or whole in _CALLED_FROM_OUTSIDE:
            return True
        if d.owner:
            return any(self._is_alive(m, f.uses.get(d.name, ()), d) for m, f in self._facts.items())
        here = self._facts[d.module].uses.get(d.name, ())
        return self._is_alive(d.module, here, d) or self._is_used_elsewhere(d.module, d.name, {d.module})

    def _is_used_elsewhere(self, module: str, name: str, seen: set[str]) -> bool:
        if name in self._conventions:
            return True
        for importer, alias in self._importers.get((module, name), ()):
            if self._is_alive(importer, self._facts[importer].uses.get(alias, ())):
                return True
            # A folder, or another module, offers it again under its own name.
            if importer not in seen and self._is_used_elsewhere(importer, alias, seen | {importer}):
                return True
        users = self._users_of_module.get(module, ())
        return any(self._is_alive(user, self._facts[user].attributes.get(name, ())) for user in users)

    def _is_alive(self, module: str, lines: Sequence[int], own: Definition | None = None) -> bool:
        """Whether a use stands outside of what is dead, and outside of the definition itself."""
        left_out = self._dead_lines.get(module, [])
        if own is not None and own.module == module:
            left_out = [*left_out, range(own.line, own.last_line + 1)]
        return any(not any(line in some for some in left_out) for line in lines)

    @cached_property
    def _definitions(self) -> list[Definition]:
        own = [module for module in self._house.files if module.split(".")[0] in PACKAGES]
        return [d for module in own for d in self._in_module(module)]

    def _in_module(self, module: str) -> Iterator[Definition]:
        path = self._house.files[module].relative_to(self._house.root).as_posix()
        for node in self._house.trees[module].body:
            last = node.end_lineno or node.lineno
            if isinstance(node, _Function | ast.ClassDef):
                if not _is_called_by_convention(node):
                    yield Definition(module, path, node.lineno, last, node.name)
                if isinstance(node, ast.ClassDef):
                    yield from self._methods(module, path, node)
            else:
                names = [name for name in _assigned(node) if not name.startswith("__")]
                yield from (Definition(module, path, node.lineno, last, name) for name in names)

    def _methods(self, module: str, path: str, owner: ast.ClassDef) -> Iterator[Definition]:
        bases = [_last_name(b) for b in owner.bases]
        # What a protocol names, and what a class from outside calls by its name, is called elsewhere.
        if "Protocol" in bases or any(b not in self._methods_of and b not in _SHAPES for b in bases):
            return
        inherited = {name for base in bases for name in self._methods_of.get(base, ())}
        composed = self._facts[module].composed
        own = [node for node in owner.body if isinstance(node, _Function) and node.name not in inherited]
        for node in own:
            if not _is_called_by_convention(node) and not any(p.fullmatch(node.name) for p in composed):
                yield Definition(module, path, node.lineno, node.end_lineno or node.lineno, node.name, owner.name)

    @cached_property
    def _methods_of(self) -> Mapping[str, set[str]]:
        """Name of a class -> names of its methods, with those of its bases in the house."""
        classes = [node for facts in self._facts.values() for node in facts.classes]
        own: dict[str, set[str]] = {}
        for node in classes:
            own.setdefault(node.name, set()).update(n.name for n in node.body if isinstance(n, _Function))
        for _ in range(_DEEPEST):
            for node in classes:
                own[node.name].update(*(own.get(_last_name(b), set()) for b in node.bases))
        return own

    @cached_property
    def _importers(self) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
        """(module, name) -> (importer, its own name for it)."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for importer, facts in self._facts.items():
            for module, name, alias in facts.imported:
                found.setdefault((module, name), []).append((importer, alias))
        return found

    @cached_property
    def _users_of_module(self) -> Mapping[str, set[str]]:
        """Module -> modules that hold it as an object."""
        found: dict[str, set[str]] = {}
        for importer, facts in self._facts.items():
            for name in (*facts.modules, *(f"{module}.{name}" for module, name, _ in facts.imported)):
                if name in self._facts:
                    found.setdefault(name, set()).add(importer)
        return found

    @cached_property
    def _conventions(self) -> set[str]:
        """Names that a loader of plug-ins takes of each module that it finds by name."""
        own = {m: f for m, f in self._facts.items() if m.split(".")[0] in PACKAGES and "import_module" in f.uses}
        texts = (self._house.files[module].read_text(encoding="utf-8") for module in own)  # also in its patterns
        return {word for text in texts for word in _WORD.findall(text)}

    @cached_property
    def _in_templates(self) -> set[str]:
        """Words of the product's templates, and of the project's own file."""
        paths = [p for top in PACKAGES for p in (self._house.root / top).rglob("*") if p.suffix in (".html", ".j2")]
        project = self._house.root / "pyproject.toml"
        texts = (p.read_text(encoding="utf-8") for p in [*paths, project] if p.is_file())
        return {word for text in texts for word in _WORD.findall(text)}


def _words_of(value: object) -> list[str]:
    """A string that is one name, as getattr takes, or a type in quotes."""
    is_name = isinstance(value, str) and len(value) < _LONGEST_NAME and _ONLY_NAMES.fullmatch(value)
    return _WORD.findall(str(value)) if is_name else []


def _assigned(node: ast.stmt) -> Iterator[str]:
    """Names that a statement of a module gives a value."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


def _is_called_by_convention(node: _Function | ast.ClassDef) -> bool:
    by = {_last_name(d) for d in node.decorator_list}
    return node.name.startswith("__") or bool(by - _PLAIN_DECORATORS)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
