"""Loads some modules of the product changed, in every program that a test starts: with marks, or with one fault.

MUTANTS_ROOT: the folder of the product. MUTANTS_MARK: a file to which blocks that run are written, and
MUTANTS_PATHS: the modules to mark. MUTANTS_PLANT: a module's path and the number of its fault, with a colon between.
"""

import builtins
import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

_ROOT = os.environ.get("MUTANTS_ROOT", "")
_MARK = os.environ.get("MUTANTS_MARK", "")
_PLANT = os.environ.get("MUTANTS_PLANT", "")


def _load_plant():
    path = Path(__file__).parent.parent / "plant.py"
    spec = importlib.util.spec_from_file_location("_mutants_plant", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname):
        path = self.get_filename(fullname)
        plant = _load_plant()
        source = Path(path).read_text(encoding="utf-8")
        short = str(Path(path).relative_to(_ROOT))
        tree = plant.mark(source, short) if _MARK else plant.plant(source, int(_PLANT.rpartition(":")[2]))
        return compile(tree, path, "exec", dont_inherit=True)


class _Finder:
    """Stands before the usual finders and changes what they find."""

    def __init__(self, paths):
        self.paths = paths

    def find_spec(self, fullname, path=None, target=None):
        if not fullname.startswith(("digitize.", "benchmarks.")):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin not in self.paths:
            return None
        spec.loader = _Loader(fullname, spec.origin)
        return spec


def _record():
    seen = set()
    out = os.open(_MARK, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)

    def hit(name):
        if name not in seen:
            seen.add(name)
            os.write(out, f"{name}\n".encode())

    def begin_copy():
        seen.clear()
        builtins.__mutants_hit__ = hit

    builtins.__mutants_hit__ = hit
    builtins.__mutants_seen__ = seen
    os.register_at_fork(after_in_child=begin_copy)


if _ROOT and _MARK:
    _record()
    _paths = Path(os.environ["MUTANTS_PATHS"]).read_text(encoding="utf-8").split("\n")
    sys.meta_path.insert(0, _Finder({str(Path(_ROOT) / p) for p in _paths if p}))
elif _ROOT and _PLANT:
    sys.meta_path.insert(0, _Finder({str(Path(_ROOT) / _PLANT.rpartition(":")[0])}))
