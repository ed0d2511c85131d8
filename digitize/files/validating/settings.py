"""Rule settings from the options of commands that read import files."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from digitize.errors import OptionsError
from digitize.files.dataset import Dataset
from digitize.machine.today import today_in_india
from mappers.codes import load_stations
from mappers.codes.beats import read_beats
from validators.checking.settings import first_and_last, make_settings
from validators.rulebook.given import CheckSettings


@dataclass(frozen=True, slots=True)
class Lists:
    """A state and its lists. stations, beats: the user's own files.

    dataset: metadata next to the files; the others override it.
    """

    state: str = ""
    stations: Path | None = None
    beats: Path | None = None
    dataset: Dataset | None = None

    @property
    def known_dataset(self) -> Dataset:
        """Metadata next to the files, unless another state was given."""
        told = self.dataset or Dataset()
        return Dataset() if self.state and self.state.lower() != told.state else told

    @property
    def code(self) -> str:
        """State code, "" if unknown."""
        return self.state or self.known_dataset.state

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(district, station) of all known stations."""
        if self.stations or not self.known_dataset.stations:
            return tuple((s.district, s.name) for s in load_stations(self.code, self.stations)) if self.code else ()
        return self.known_dataset.stations


def file_settings(
    lists: Lists,
    *,
    today: str = "",
    profile: str = "",
    policy: str = "import",
    years: str = "",
    left_out: Set[str] = frozenset(),
) -> CheckSettings:
    """Settings for import files. today: date used as today, the current one if empty.

    Without a state districts are not looked up: the package's lists are never complete, and would refuse whole files.
    Raises OptionsError for invalid values.
    """
    if (lists.stations or lists.beats) and not lists.code:
        raise OptionsError("--stations and --beats need --state: station names are unique only within a state.")
    try:
        day = date.fromisoformat(today) if today else today_in_india()
    except ValueError as e:
        raise OptionsError("--today must be a date such as 2026-03-31.") from e
    made = make_settings(
        day,
        stations=[(lists.code, district, name) for district, name in lists.pairs()],
        policy=policy,
        profile=profile or lists.known_dataset.profile,
        state=lists.code.lower(),
        left_out=frozenset(left_out),
        years=first_and_last(years or lists.known_dataset.years),
        beats=read_beats(lists.code, lists.beats) if lists.beats else (),
    )
    return made if lists.code else replace(made, districts=tuple(sorted({(s, "") for s, _ in made.districts})))


@dataclass(frozen=True, slots=True)
class MissingSetting:
    """A setting missing in a check. option: that sets it. rules: codes not or only partly run without it; what: the
    same in words.
    """

    option: str
    rules: tuple[str, ...]
    what: str


def list_missing_settings(settings: CheckSettings) -> tuple[MissingSetting, ...]:
    """Missing settings of a check, and the rules skipped because of them."""
    has_districts = any(name for _, name in settings.districts)
    found = {
        MissingSetting("--state", ("F001", "F002"), "names of districts and stations are not looked up"): has_districts,
        MissingSetting("--stations", ("F002",), "names of stations are not looked up"): bool(settings.stations),
        MissingSetting("--beats", ("F039",), "beats are not looked up"): bool(settings.beats),
        MissingSetting("--years", ("T024",), "years are not compared with the agreed ones"): bool(settings.years),
        MissingSetting("--profile", ("F047",), "completeness is not checked"): bool(settings.profile),
    }
    missing = [one for one, is_known in found.items() if not is_known]
    # Stations are known within their state only: told of the state, nobody need be told of them, too.
    return tuple(m for m in missing if has_districts or m.option != "--stations")


def split_words(text: str) -> list[str]:
    """Values of a comma-separated option."""
    return [word for part in text.split(",") if (word := part.strip())]
