"""Settings of a check, made of this package's own lists and of what the caller knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from mappers.schema.profiles import PROFILES, Moved
from validators.errors import RuleError
from validators.policy.policies import Asker, load_policy
from validators.rulebook.given import CheckSettings
from validators.rulebook.masters import load_districts


def make_settings(
    today: date,
    *,
    stations: Iterable[tuple[str, str, str]] = (),
    policy: str = "default",
    overrides: Mapping[str, str] | None = None,
    profile: str = "",
    state: str = "",
    left_out: Iterable[str] = (),
    years: tuple[int, int] | None = None,
    beats: Iterable[tuple[str, str, str, str]] = (),
    moved: Moved = (),
) -> CheckSettings:
    """Settings with the package's own districts, acts and sections.

    stations: (state code, district, station). policy: name of one of the package, or a file of its own. overrides: rule
    code -> severity, over that. profile, moved: what is captured. state: whose word in the policy counts. left_out:
    codes of rules that are not asked. years, beats: see `CheckSettings`. Raises RuleError for an unknown policy, rule,
    severity or profile.
    """
    if profile and profile not in PROFILES:
        raise RuleError(f"there is no profile {profile}; known: {', '.join(PROFILES)}")
    known = tuple(stations)
    # The office's stations may lie in districts that the package does not know.
    districts = {*load_districts(), *((state, district) for state, district, _ in known if district)}
    given = load_policy(policy, overrides, Asker(profile, state))
    return CheckSettings(
        today,
        given,
        tuple(sorted(districts)),
        known,
        profile=profile,
        left_out=frozenset(left_out),
        years=years,
        beats=tuple(beats),
        moved=moved,
    )


def first_and_last(text: str) -> tuple[int, int] | None:
    """The years of "2001-2010"; None of "". Raises RuleError for anything else."""
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{4})-([0-9]{4})", text)
    # Four digits each, so that texts compare like numbers.
    if not found or found[1] > found[2]:
        raise RuleError(f"{text!r} are no years such as 2001-2010")
    return int(found[1]), int(found[2])
