"""Figures that were published: entered from a TOML file, and always shown with day and source, apart from snapshots."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from digitize.errors import OptionsError
from digitize.offices.shape import PILLARS
from digitize.offices.shape_quality import Count


class Published(BaseModel):
    """The national figures of one answer; forward, backward: pillar -> in how many states and union territories.

    stations_left: police stations in which CCTNS is not implemented; help: the sentence on what the Government does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: int
    as_on: date
    source: str
    states: Count
    covered: Count | None = None
    target: Count | None = None
    stations_left: Count | None = None
    legacy_incomplete: Count | None = None
    help: str = ""
    forward: dict[str, Count] = {}
    backward: dict[str, Count] = {}


def read_published(text: str, where: str) -> Published:
    """Read one file. Raises OptionsError naming file and key."""
    try:
        made = Published.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as e:
        raise OptionsError(f"{where}: not valid TOML: {e}") from e
    except ValidationError as e:
        first = e.errors(include_input=False)[0]
        raise OptionsError(f"{where}: {'.'.join(str(x) for x in first['loc'])}: {first['msg']}") from e
    # The model takes any key: a misspelt pillar would be a number that no page ever shows.
    unknown = (set(made.forward) | set(made.backward)) - set(PILLARS)
    if unknown:
        raise OptionsError(f"{where}: no such pillar: {', '.join(sorted(unknown))}; known: {', '.join(PILLARS)}")
    return made


def find_newest_published(folder: Path, day: date) -> Published | None:
    """The newest figures up to a day, the office's own or shipped; its own win where days are equal."""
    found = [p for p in [*_read_shipped(), *_read_own(folder)] if p.as_on <= day]
    # max takes the first of equals; turned round, the office's own stand first.
    return max(reversed(found), key=lambda p: p.as_on) if found else None


def _read_shipped() -> Iterator[Published]:
    for file in (resources.files("digitize.offices") / "published").iterdir():
        if file.name.endswith(".toml"):
            yield read_published(file.read_text(encoding="utf-8"), file.name)


def _read_own(folder: Path) -> Iterator[Published]:
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as e:
            raise OptionsError(f"{path}: not valid TOML: {e}") from e
        yield read_published(text, str(path))
