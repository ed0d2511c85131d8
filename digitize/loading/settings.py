"""The rules that import files must keep to be loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from digitize.errors import OptionsError
from digitize.validating.choice import rules_left_out
from mappers.codes import load_stations
from validators.settings import CheckSettings, make_settings


def import_settings(
    form: str, *, state: str = "", stations: Path | None = None, profile: str = "", ignore: Sequence[str] = ()
) -> CheckSettings:
    """Settings with the policy for import files, as of today.

    state, stations: whose stations are known. ignore: rules that are not asked. Raises OptionsError for what cannot be
    meant.
    """
    if stations is not None and not state:
        raise OptionsError("--stations needs --state: a station's name is known within its state only.")
    known = [(state, s.district, s.name) for s in (load_stations(state, stations) if state else ())]
    left_out = rules_left_out(form, [], ignore)
    return make_settings(date.today(), stations=known, policy="import", profile=profile, left_out=left_out)
