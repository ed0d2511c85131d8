"""The rules that import files must keep to be loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from digitize.files.dataset import Dataset
from digitize.files.validating.choice import rules_left_out
from digitize.files.validating.settings import Lists, file_settings
from digitize.machine.today import today_in_india
from validators.rulebook.given import CheckSettings


def import_settings(
    form: str,
    *,
    state: str = "",
    stations: Path | None = None,
    profile: str = "",
    ignore: Sequence[str] = (),
    dataset: Dataset | None = None,
) -> CheckSettings:
    """Settings with the policy for import files, as of today.

    state, stations: known stations. ignore: disabled rules. dataset: metadata next to the files; the other arguments
    override it. Raises OptionsError for invalid values.
    """
    left_out = rules_left_out(form, [], ignore)
    return file_settings(Lists(state, stations, dataset=dataset), profile=profile, left_out=left_out)


def plain_settings(settings: CheckSettings) -> dict[str, Any]:
    """Settings as JSON types, the same on every day; acts and code lists are the program's own and not in them."""
    return {
        "policy": dict(sorted(settings.policy.items())),
        "districts": sorted(map(list, settings.districts)),
        "stations": sorted(map(list, settings.stations)),
        "profile": settings.profile,
        "left_out": sorted(settings.left_out),
        "years": list(settings.years) if settings.years else None,
        "beats": sorted(map(list, settings.beats)),
    }


def restore_settings(form: str, plain: Mapping[str, Any] | None) -> CheckSettings:
    """Settings written by `plain_settings`, as of today; import defaults if None.

    The rule against future dates uses the day of the check, as when a file is loaded again.
    """
    usual = import_settings(form)
    if plain is None:
        return usual
    return replace(
        usual,
        today=today_in_india(),
        # Rules that are newer than what was written down have the word that they come with.
        policy={**usual.policy, **{c: w for c, w in plain["policy"].items() if c in usual.policy}},
        districts=tuple((d[0], d[1]) for d in plain["districts"]),
        stations=tuple((s[0], s[1], s[2]) for s in plain["stations"]),
        profile=plain["profile"],
        left_out=frozenset(plain["left_out"]),
        years=(plain["years"][0], plain["years"][1]) if plain["years"] else None,
        beats=tuple((b[0], b[1], b[2], b[3]) for b in plain["beats"]),
    )
