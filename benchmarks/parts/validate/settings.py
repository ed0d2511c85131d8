"""The rules and settings that all runs of benchmarks/validate.py share, its peers too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validators.rulebook.given import CheckSettings

TWENTY = (
    *("F001", "F002", "F004", "F005", "F008", "F011", "F018", "F019", "F035", "F038"),
    *("X001", "X002", "X003", "X005", "X014", "L001", "L002", "L003", "R001", "T019"),
)
DAY = date(2026, 1, 31)


def settings_of(codes: Iterable[str] = (), *, with_stations: bool = True) -> CheckSettings:
    """The settings of all runs. codes: of the rules that are asked, none for all of them."""
    from digitize.files.validating.choice import rules_left_out
    from sample_data.makers.checked_files import STATIONS
    from validators.checking.settings import make_settings

    left_out = rules_left_out("iif1", list(codes), [])
    return make_settings(DAY, policy="import", stations=STATIONS if with_stations else (), left_out=left_out)
