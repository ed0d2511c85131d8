"""What a command that takes import files says about the rules, as settings of these."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from digitize.errors import OptionsError
from mappers.codes import load_stations
from mappers.codes.beats import read_beats
from validators.checking.settings import first_and_last, make_settings
from validators.rulebook.given import CheckSettings


@dataclass(frozen=True, slots=True)
class Lists:
    """A state and the lists that are kept of it. stations, beats: files of one's own."""

    state: str = ""
    stations: Path | None = None
    beats: Path | None = None


def file_settings(
    lists: Lists,
    *,
    today: str = "",
    profile: str = "",
    policy: str = "import",
    years: str = "",
    left_out: Set[str] = frozenset(),
) -> CheckSettings:
    """Settings for import files. today: the day that counts as today, the real one where it is empty.

    Raises OptionsError for what cannot be meant.
    """
    if (lists.stations or lists.beats) and not lists.state:
        raise OptionsError("--stations and --beats need --state: a station's name is known within its state only.")
    try:
        day = date.fromisoformat(today) if today else date.today()
    except ValueError as e:
        raise OptionsError("--today must be a date such as 2026-03-31.") from e
    known = load_stations(lists.state, lists.stations) if lists.state else ()
    return make_settings(
        day,
        stations=[(lists.state, s.district, s.name) for s in known],
        policy=policy,
        profile=profile,
        state=lists.state.lower(),
        left_out=frozenset(left_out),
        years=first_and_last(years),
        beats=read_beats(lists.state, lists.beats) if lists.beats else (),
    )


def words(text: str) -> list[str]:
    """What stands between the commas of an option."""
    return [word for part in text.split(",") if (word := part.strip())]
