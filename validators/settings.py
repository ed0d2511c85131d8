"""What a check is given: the day, the masters and the severity policy, as plain values."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from mappers.schema.profiles import PROFILES, asked
from validators.errors import RuleError
from validators.finding import Severity
from validators.masters import Law, load_districts, load_law
from validators.policies import Asker, load_policy


@dataclass(frozen=True)
class CheckSettings:
    """Everything outside the records that a finding depends on.

    today: the day that counts as today; never the clock's. districts: (state code, district), stations: (state code,
    district, station); a state or district that is not among them is not judged. policy: rule code -> note, review or
    reject for every rule. law: acts, sections and code lists. profile: of completeness (mappers/schema/profiles.toml),
    "" when nobody chose one: then only rules of their own ask for fields. left_out: codes of rules that are not asked.
    years: first and last year of an import, as agreed. beats: (state code, district, station, beat); a station that is
    not among them is not judged.
    """

    today: date
    policy: Mapping[str, Severity]
    districts: tuple[tuple[str, str], ...] = ()
    stations: tuple[tuple[str, str, str], ...] = ()
    law: Law = field(default_factory=load_law)
    profile: str = ""
    left_out: frozenset[str] = frozenset()
    years: tuple[int, int] | None = None
    beats: tuple[tuple[str, str, str, str], ...] = ()

    @cached_property
    def _key(self) -> str:
        parts = [
            self.today.isoformat(),
            sorted(self.policy.items()),
            sorted(self.districts),
            sorted(self.stations),
            self.law.plain(),
            self.profile,
            *(sorted(self.left_out),) * bool(self.left_out),
            *(("years", self.years),) * bool(self.years),
            *(("beats", sorted(self.beats)),) * bool(self.beats),
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8")).hexdigest()[:32]

    def key(self) -> str:
        """A stable name of these settings, for the key of the work."""
        return self._key

    def asks(self, form: str, name: str) -> bool:
        """Whether a field or child table is asked for: by the profile, or by the rules where there is none."""
        return not self.profile or any(name in (a.child, *a.fields) for a in asked(form, self.profile))

    def __hash__(self) -> int:
        return hash(self._key)


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
) -> CheckSettings:
    """Settings with the package's own districts, acts and sections.

    stations: (state code, district, station). policy: name of one of the package, or a file of its own. overrides: rule
    code -> severity, over that. profile: of completeness. state: whose word in the policy counts. left_out: codes of
    rules that are not asked. years, beats: see `CheckSettings`. Raises RuleError for an unknown policy, rule, severity
    or profile.
    """
    if profile and profile not in PROFILES:
        raise RuleError(f"there is no profile {profile}; known: {', '.join(PROFILES)}")
    known = tuple(stations)
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
    )


def first_and_last(text: str) -> tuple[int, int] | None:
    """The years of "2001-2010"; None of "". Raises RuleError for anything else."""
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{4})-([0-9]{4})", text)
    if not found or found[1] > found[2]:
        raise RuleError(f"{text!r} are no years such as 2001-2010")
    return int(found[1]), int(found[2])
