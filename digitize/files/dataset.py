"""`dataset.toml`: metadata of the import files next to it; written by an export and read automatically."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digitize import __version__
from digitize.errors import OptionsError
from digitize.machine.whole_file import WholeFile
from mappers.codes import read_stations, states
from mappers.errors import MappingError
from mappers.schema import flat_header, load_schemas
from mappers.schema.profiles import PROFILES

NAME = "dataset.toml"
_YEARS = r"^([0-9]{4}-[0-9]{4})?$"
_HEAD = """\
# What the tables in this folder are. `digitize validate` and `digitize load` read it; options go before it.
"""


class MadeBy(BaseModel):
    """`[made]`: origin of the tables. program: version; schema: short hash of all headers; mappings: their ids."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    program: str = ""
    headers: str = Field(default="", alias="schema")
    mappings: tuple[str, ...] = ()


class DatasetFile(BaseModel):
    """The file as written. stations: district -> its stations; stations_file: a station list next to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Literal[1]
    state: str = ""
    profile: str = ""
    years: str = Field(default="", pattern=_YEARS)
    stations_file: str = ""
    stations: Mapping[str, tuple[str, ...]] = {}
    made: MadeBy = MadeBy()


@dataclass(frozen=True, slots=True)
class Dataset:
    """Metadata of import files. stations: (district, station); mappings: those that made the records."""

    state: str = ""
    stations: tuple[tuple[str, str], ...] = ()
    profile: str = ""
    years: str = ""
    mappings: tuple[str, ...] = field(default=(), compare=False)


def find_dataset(paths: Iterable[Path]) -> Dataset | None:
    """Metadata next to the files or in the folders; None if there is none.

    Raises OptionsError if a file is invalid (naming file and key), or if two of them disagree.
    """
    folders = dict.fromkeys(p if p.is_dir() else p.parent for p in paths)
    files = [f / NAME for f in folders if (f / NAME).is_file()]
    found = [read_dataset(f) for f in files]
    if any(one != found[0] for one in found):
        raise OptionsError(f"{files[0]} and another {NAME} differ; check these folders one by one.")
    return found[0] if found else None


def read_dataset(path: Path) -> Dataset:
    """One file. Raises OptionsError, naming file and key."""
    try:
        made = DatasetFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise OptionsError(f"{path}: this file cannot be read as TOML: {e}. Correct it or remove it.") from e
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise OptionsError(f"{path}: {where}: {first['msg']}. Correct it or remove the file.") from e
    if made.state and made.state not in states():
        raise OptionsError(f"{path}: state: there is no state {made.state}; digitize codes list state names them.")
    if made.profile and made.profile not in PROFILES:
        raise OptionsError(f"{path}: profile: there is no profile {made.profile}; known: {', '.join(PROFILES)}.")
    stations = tuple((district, name) for district, names in made.stations.items() for name in names)
    stations += _of_file(path, made.stations_file)
    if stations and not made.state:
        raise OptionsError(f"{path}: state: is needed, because station names are unique only within a state.")
    return Dataset(made.state, tuple(sorted(set(stations))), made.profile, made.years, made.made.mappings)


def _of_file(path: Path, name: str) -> tuple[tuple[str, str], ...]:
    if not name:
        return ()
    try:
        return tuple((s.district, s.name) for s in read_stations(path.parent / name))
    except (OSError, UnicodeDecodeError, MappingError) as e:
        raise OptionsError(f"{path}: stations_file: {name} cannot be read: {e}") from e


def write_dataset(folder: Path, dataset: Dataset) -> None:
    """Write the file to a folder, atomically."""
    file = WholeFile(folder / NAME)
    try:
        file.write("\n".join([_HEAD, *_lines(dataset), ""]).encode("utf-8"))
        file.close()
    except BaseException:
        file.close(keep=False)
        raise


def schema_hash() -> str:
    """A short name of all tables and columns of this version."""
    heads = {t.name: flat_header(t) for of_form in load_schemas().values() for t in of_form.values()}
    return sha256(json.dumps(heads, sort_keys=True).encode("utf-8")).hexdigest()[:12]


def _lines(dataset: Dataset) -> Iterator[str]:
    yield "format = 1"
    for name in ("state", "profile", "years"):
        if value := getattr(dataset, name):
            yield f"{name} = {_quote(value)}"
    yield f'\n[made]\nprogram = "{__version__}"\nschema = "{schema_hash()}"'
    yield f"mappings = {_quoted_all(dataset.mappings)}"
    if dataset.stations:
        yield "\n[stations]"
        by_district: dict[str, list[str]] = {}
        for district, name in dataset.stations:
            by_district.setdefault(district, []).append(name)
        yield from (f"{_quote(d)} = {_quoted_all(sorted(names))}" for d, names in sorted(by_district.items()))


def _quote(text: str) -> str:
    # A string of JSON is one of TOML, but for the one control character that JSON lets pass.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _quoted_all(texts: Sequence[str]) -> str:
    return "[" + ", ".join(map(_quote, texts)) + "]"
