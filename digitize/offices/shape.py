"""The shape of a snapshot: one pydantic model, from which docs/snapshot.schema.json is made.

Whoever has other software may write it too. It holds counts and names of places, and no free text but these.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from digitize.offices.measures import BANDS, Counts, Coverage
from digitize.offices.naming import clean_name, is_safe
from digitize.offices.shape_quality import Count, Effort, Findable, Pace, Part, Quality, Slug

FORMAT: Literal["digitize-snapshot"] = "digitize-snapshot"
VERSION: Literal[1] = 1
DEFINITIONS: Literal[1] = 1
PILLARS = ("e-prison", "e-prosecution", "e-forensics", "e-courts")
HIDDEN_BELOW = 5
"""Counts of protected cases from 1 to one less than this are not told."""

MOST_TOLD = 40
"""So many heads that earlier snapshots told of are in one."""

Day = Annotated[date, Field(strict=True)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Cells = Annotated[list[Count], Field(min_length=5, max_length=5)]
Stages = Annotated[list[Count], Field(min_length=5, max_length=5)]


def _check_name(name: str) -> str:
    if not is_safe(name):
        raise ValueError(
            "the name of a place must not contain <, >, invisible characters or a script not used in India"
        )
    return clean_name(name)


Name = Annotated[str, Field(max_length=80), AfterValidator(_check_name)]


class PlaceCounts(Part):
    """See `Counts`; null: nobody took an inventory."""

    expected: Count | None
    pages_expected: Count | None
    pages: Count
    pages_read: Count
    pages_failed: Count
    records: Count
    in_review: Count
    rejected: Count
    validated: Count
    loaded: Count
    of_expected: Count
    pages_of_expected: Count

    def plain(self) -> Counts:
        """As the value that can be added."""
        return Counts.from_values(self.__dict__)


class StationCounts(Part):
    """See `Coverage`: how many stations are how far; begun and complete: scanned, read, keyed, validated, loaded."""

    in_scope: Count
    inventoried: Count
    certified: Count
    begun: Stages
    complete: Stages

    def plain(self) -> Coverage:
        """As the value that can be added."""
        return Coverage(self.in_scope, self.inventoried, self.certified, tuple(self.begun), tuple(self.complete))


class Protected(Part):
    """FIRs that are surely under a section on sexual offences or on children. They are told in groups of 50 and more.

    count, of: so many of so many whose sections are surely known; hidden: groups of which fewer than 5 are, or fewer
    than 5 are not, and which are told in neither; not_known: FIRs with an act or section that is not surely known. of,
    not_known: null from versions that counted what was masked for safety; hidden is there of districts with 1 to 4.
    """

    count: Count
    hidden: Count
    of: Count | None = None
    not_known: Count | None = None


class District(Part):
    """One district. name "": what belongs to no district of the list. Breakdowns: records, in review, rejected,
    validated, loaded.
    """

    name: Name
    lgd: Annotated[str, Field(pattern=r"^[0-9]{0,6}$")] = ""
    counts: PlaceCounts
    stations: StationCounts
    by_band: dict[Literal[BANDS], Cells]  # type: ignore[valid-type]
    # Many more than there are: a file cannot swell with kinds that somebody made up.
    by_form: Annotated[dict[Slug, Cells], Field(max_length=60)]
    by_language: Annotated[dict[Annotated[str, Field(pattern=r"^[a-z]{0,3}$")], Cells], Field(max_length=60)]
    protected: Protected


StationRow = tuple[
    Name, Annotated[str, Field(pattern=r"^[A-Za-z0-9/-]{0,20}$")], Count,
    Count | None, Count | None, Count, Count, Count, Count, Count, Count, Count, Count,
    Count | None, Annotated[int, Field(ge=0, le=1, strict=True)],
]  # fmt: skip
"""Name ("" for what belongs to no station of the list), code, index of the district; expected, pages_expected, pages,
pages_read, pages_failed, records, in_review, rejected, validated, loaded; days without work up to the day of the
snapshot (null: never any), 1 where an officer certified it.
"""


class Volume(Part):
    """One book of FIRs as far as a site digitized it: numbers from first to last of one station and year."""

    district: Name
    station: Name
    form: Slug
    year: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    first: Count
    last: Count
    records: Count


BookRow = tuple[Count, Annotated[str, Field(pattern=r"^[0-9]{4}$")], Count, Count, Count]
"""A year of FIRs of one station: index of its row, year, first and last number, records."""


class Link(Part):
    """One direction of the exchange with one pillar of the ICJS."""

    done: bool = Field(strict=True)
    since: Day | None = None
    last_exchange: Day | None = None


_Links = Annotated[dict[Literal[PILLARS], Link], Field(max_length=4)]  # type: ignore[valid-type]


class Exchanges(Part):
    """The last day of each exchange with a pillar of the ICJS, by packages written (forward) and taken in."""

    forward: Annotated[dict[Literal[PILLARS], Day], Field(max_length=4)] = {}  # type: ignore[valid-type]
    backward: Annotated[dict[Literal[PILLARS], Day], Field(max_length=4)] = {}  # type: ignore[valid-type]

    def select_days(self, way: str) -> dict[str, date]:
        """The days of one way."""
        return self.forward if way == "forward" else self.backward


class Statement(Part):
    """What no ledger knows, and an officer states. stations: all police stations of the state, new ones included;
    target: those that were to be covered; covered: those that work with CCTNS, new ones included.
    """

    as_on: Day
    stations: Count | None = None
    target: Count | None = None
    covered: Count | None = None
    legacy_complete: bool | None = Field(default=None, strict=True)
    forward: _Links = {}
    backward: _Links = {}


class Source(Part):
    """The ledger that was folded; of a state, one of its sites. sha256: of the site's snapshot.

    told: number of events and hash of the heads that earlier snapshots told of, as the ledger has them now, the newest
    last; null from a state, and from versions that did not say.
    """

    site: Slug
    as_on: Day
    events: Count
    root_hash: Hash
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    told: Annotated[list[tuple[Count, Hash]], Field(max_length=MOST_TOLD)] | None = None


class Twice(Part):
    """Books that two sites digitized: how many, and how many records may be counted twice. Of states only."""

    books: Count
    records: Count


class OfficeHead(Part):
    """Where the history of a state's own office stood: number and hash of its newest head. told: those that earlier
    snapshots told of, as the history has them now, the newest last.
    """

    seq: Count
    hash: Hash
    told: Annotated[list[tuple[Count, Hash]], Field(max_length=MOST_TOLD)] = []


class Snapshot(Part):
    """Everything one site or state reports. volumes: of a site; books: of a state, all FIRs of a station and year.

    services: what can be found of the loaded records; exchanges: when there were any with other pillars; both null from
    versions that did not count them.
    """

    format: Literal["digitize-snapshot"]
    version: Literal[1]
    definitions: Literal[1]
    software: Annotated[str, Field(pattern=r"^[A-Za-z0-9 ._+-]{1,60}$")]
    level: Literal["site", "state"]
    state: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    site: Annotated[str, Field(pattern=r"^([a-z]{2}(-[a-z0-9-]{1,30})?)?$")] = ""
    as_on: Day
    made_at: AwareDatetime
    sources: Annotated[list[Source], Field(min_length=1, max_length=5000)]
    totals: PlaceCounts
    districts: Annotated[list[District], Field(max_length=300)]
    by_profile: Annotated[dict[Slug, Cells], Field(max_length=10)] = {}
    stations: Annotated[list[StationRow], Field(max_length=20000)] | None = None
    volumes: Annotated[list[Volume], Field(max_length=100000)] = []
    books: Annotated[list[BookRow], Field(max_length=300000)] = []
    quality: Quality
    effort: Effort
    pace: Pace
    services: Annotated[dict[Slug, Findable], Field(max_length=40)] | None = None
    statement: Statement | None = None
    exchanges: Exchanges | None = None
    twice: Twice | None = None
    office: OfficeHead | None = None

    @property
    def reporter(self) -> str:
        """Who reports: the site's id or the state's code."""
        return self.site or self.state


def schema() -> dict[str, Any]:
    """The JSON Schema of a snapshot's first line."""
    made = Snapshot.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
