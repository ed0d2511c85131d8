"""What a check is given: the day, the masters and the severity policy, as plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from mappers.schema.profiles import Moved, required_fields
from validators.finding import Severity
from validators.rulebook.masters import Law, load_law


@dataclass(frozen=True)
class CheckSettings:
    """Everything outside the records that a finding depends on.

    today: the day that counts as today; never the clock's. districts: (state code, district), stations: (state code,
    district, station); a state or district that is not among them is not judged, nor are the districts of a state that
    stands there with "" alone. policy: rule code -> note, review or
    reject for every rule. law: acts, sections and code lists. profile: what is captured (mappers/schema/profiles.toml),
    "" when nobody chose one: then only rules of their own ask for fields; moved: single fields at another level than
    the profile has them. left_out: codes of rules that are not asked. years: first and last year of an import, as
    agreed. beats: (state code, district, station, beat); a station that is not among them is not judged.
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
    moved: Moved = ()

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
            *(("moved", self.moved),) * bool(self.moved),
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8")).hexdigest()[:32]

    def key(self) -> str:
        """A stable name of these settings, for the key of the work."""
        return self._key

    def asks(self, form: str, name: str) -> bool:
        """Whether a field or child table is asked for: by the profile, or by the rules where there is none."""
        return not self.profile or any(
            name in (a.child, *a.fields) for a in required_fields(form, self.profile, self.moved)
        )

    # Plans are remembered by settings, and the policy, a dict, has no hash.
    def __hash__(self) -> int:
        return hash(self._key)
