"""Detect an identical earlier load command, without reading a row or importing a rule.

This is only a shortcut to the answer of `load_files`, at a tenth of its cost. In any unclear case (another name, an
extra file in the folder, a target that does not answer) the normal way is taken.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize import __version__
from digitize.errors import InputError
from digitize.files.loading.unchanged import SeenFile, see_file
from digitize.machine.work_keys import work_key
from validators.checking.version import CHECK_VERSION

# The name in `digitize.files.dataset`, which brings what reads it.
DATASET = "dataset.toml"


@dataclass(frozen=True, slots=True)
class LoadCall:
    """A call identified by all its inputs: file content and names, options, program and rules.

    key: its hash, "" if the files cannot be read as plain files. seen: the files at that time.
    """

    key: str
    seen: tuple[SeenFile, ...] = ()

    def stands(self) -> bool:
        """Whether the files are still those that it is named by."""
        return bool(self.key) and not any(file.has_changed() for file in self.seen)


def name_call(paths: Sequence[Path], form: str, options: Mapping[str, object]) -> LoadCall:
    """The call for these paths. options: by name; a path stands for its file's content."""
    try:
        given = {name: see_file(v) if isinstance(v, Path) else v for name, v in sorted(options.items())}
        beside = list(_list_side_files(paths))
        files = [file for path in paths for file in _files(path, form)]
    # ValueError: a file beside them that is no TOML; who reads it in earnest says what is wrong with it.
    except (InputError, OSError, ValueError):
        return LoadCall("")
    said = [f"{name}={v.sha256 if isinstance(v, SeenFile) else v}" for name, v in given.items()]
    said += [f"beside={seen.path.name}:{seen.sha256}" for seen in beside]
    named = [f"{path.name}:{seen.sha256 if seen else ''}" for path, seen in files]
    key = work_key("call", __version__, CHECK_VERSION, form, *said, *named)
    lists = [v for v in given.values() if isinstance(v, SeenFile)]
    return LoadCall(key, (*lists, *beside, *(seen for _, seen in files if seen)))


def _list_side_files(paths: Sequence[Path]) -> Iterator[SeenFile]:
    """Files next to the input that define stations and profile, and the list they name."""
    for folder in dict.fromkeys(p if p.is_dir() else p.parent for p in paths):
        file = folder / DATASET
        if not file.is_file():
            continue
        yield see_file(file)
        if name := tomllib.loads(file.read_text(encoding="utf-8-sig")).get("stations_file"):
            yield see_file(folder / str(name))


def _files(path: Path, form: str) -> Iterator[tuple[Path, SeenFile | None]]:
    """Files that may be tables of the form, with content; other files of a folder without."""
    if not path.is_dir():
        yield path, see_file(path)
        return
    for file in sorted(path.iterdir()):
        is_own = file.is_file() and (file.stem == form or file.stem.startswith(f"{form}_"))
        yield file, see_file(file) if is_own else None
