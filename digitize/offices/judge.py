"""What is wrong with a snapshot by itself: refusals, each with a name. A refused snapshot changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from digitize.machine.today import INDIA, today_in_india
from digitize.offices.envelope import Sealed
from digitize.offices.keys import Key
from digitize.offices.measures import MEASURES, OF_STATION, Counts, Coverage, coverage_of, sum_counts
from digitize.offices.naming import twin_key
from digitize.offices.refusal import Refused
from digitize.offices.services import limit_all_to_loaded
from digitize.offices.shape import VERSION, District, Snapshot
from digitize.offices.shape_quality import Share
from digitize.offices.stated import FIRST, find_statement_faults
from mappers.codes.places import states

_AHEAD = timedelta(hours=1)
"""Clocks differ."""
_LAST_YEAR = 9000
"""Later days cannot be reckoned with."""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a snapshot is judged by. level: what this office receives; code: the office's state, "" for the nation."""

    level: str
    code: str
    keys: Mapping[str, Key]
    now: datetime

    @classmethod
    def today(cls, level: str, code: str, keys: Mapping[str, Key]) -> CheckContext:
        """With the clock of this machine."""
        return cls(level, code, keys, datetime.now(UTC))


def open_sealed(sealed: Sealed, bench: CheckContext) -> Snapshot:
    """The snapshot in a sealed file, when it may be taken whatever came before it.

    Raises Refused: unknown-key, bad-signature, another-key, key-revoked, what `read_body` raises, wrong-level,
    another-state, from-the-future, does-not-add-up.
    """
    # Key and signature first: what nobody known has signed is not taken apart at all.
    key = _find_key(sealed, bench)
    snapshot = read_body(sealed.body)
    if snapshot.reporter != key.reporter:
        raise Refused("another-key", f"it is from {snapshot.reporter}, but signed by {key.reporter}")
    if snapshot.level != bench.level:
        raise Refused(
            "wrong-level", f"it is a {snapshot.level}'s snapshot; this office accepts those of a {bench.level}"
        )
    if bench.code and snapshot.state != bench.code:
        raise Refused("another-state", f"it is of {snapshot.state}, and this is the office of {bench.code}")
    _check_year(snapshot)
    here = bench.now.astimezone(INDIA)
    # Not even tomorrow's: today's own, which comes after it, would then be refused as older than the newest.
    if snapshot.made_at > bench.now + _AHEAD or snapshot.as_on > here.date():
        made = snapshot.made_at.astimezone(INDIA)
        raise Refused(
            "from-the-future",
            f"it is of {snapshot.as_on}, and made at {made:%Y-%m-%d %H:%M} by the clock of {snapshot.reporter}; "
            f"here it is {here:%Y-%m-%d %H:%M} IST. Correct the wrong clock and make it again, or wait",
        )
    return check_alone(snapshot)


def check_alone(snapshot: Snapshot) -> Snapshot:
    """The snapshot, when it is right by itself.

    Raises Refused: unknown-state, wrong-level, empty, bad-shape, before-the-project, from-the-future,
    stated-impossible, does-not-add-up.
    """
    if snapshot.state not in states():
        raise Refused("unknown-state", f"there is no state {snapshot.state}")
    if (snapshot.level == "state") == bool(snapshot.site):
        raise Refused("wrong-level", "a site must be named in site; for a state it must be empty")
    if snapshot.level == "state" and not snapshot.districts:
        raise Refused("empty", "it has no district; missing is not 0, so it is not a report")
    if snapshot.level == "site" and snapshot.stations is None:
        raise Refused(
            "bad-shape", "stations: a site must include the rows of its stations, because its state adds them up"
        )
    if snapshot.as_on < FIRST:
        raise Refused("before-the-project", f"it is of {snapshot.as_on}; CCTNS began in 2009, so the date is wrong")
    _check_year(snapshot)
    if snapshot.as_on > (made := today_in_india(snapshot.made_at)):
        raise Refused("from-the-future", f"it is of {snapshot.as_on}, and was made on {made}")
    for text in find_statement_faults(snapshot.statement) if snapshot.statement else ():
        raise Refused("stated-impossible", text)
    for text in _check_sums(snapshot):
        raise Refused("does-not-add-up", text)
    return snapshot


def _check_year(snapshot: Snapshot) -> None:
    if not FIRST.year <= snapshot.made_at.year <= _LAST_YEAR:
        raise Refused("from-the-future", f"it is of {snapshot.as_on}, and was made in the year {snapshot.made_at.year}")


def _find_key(sealed: Sealed, bench: CheckContext) -> Key:
    key = bench.keys.get(sealed.key)
    if key is None:
        raise Refused("unknown-key", "its key is not in the list; ask for the key, then: keys add")
    if not sealed.is_signed():
        # Mail makes \n into \r\n, and the \r is left at the end of the signed line.
        again = "mail changed its line ends, so send it as a zip" if sealed.body.endswith(b"\r") else "send it again"
        text = f"it was altered after it was signed, or {key.reporter} did not sign it; {again}"
        raise Refused("bad-signature", text)
    if key.revoked:
        raise Refused("key-revoked", f"the key of {key.reporter} was revoked on {key.revoked[:10]}")
    return key


def read_body(body: bytes) -> Snapshot:
    """The first line as a snapshot.

    Raises Refused: wrong-version, negative-count, too-large-count, unsafe-name, bad-shape.
    """
    try:
        made = Snapshot.model_validate_json(body)
        # A second time over the bytes: of two equal keys the model has taken one in silence.
        json.loads(body, object_pairs_hook=_refuse_twins)
        return made
    except ValidationError as e:
        # Of several faults the one that tells most; include_input=False, for what a stranger wrote is not repeated.
        first = min(
            e.errors(include_input=False, include_url=False), key=lambda x: _ORDER.get(_find_refusal_code(x), 9)
        )
        # Keys of the file itself may be anything; only names of the shape and numbers are repeated.
        where = ".".join(str(x) for x in first["loc"] if isinstance(x, int) or x in _NAMES)
        word = _find_refusal_code(first)
        if word == "wrong-version":
            raise Refused(word, f"its version is not {VERSION}; upgrade the older of the two programs") from None
        raise Refused(
            word, f"{where[:80] or 'the whole'}: {first['msg'].removeprefix('Value error, ')[:120]}"
        ) from None


def _refuse_twins(pairs: list[tuple[str, Any]]) -> None:
    """A key that stands twice is read one way here and another way elsewhere."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twin = next(n for n in names if names.count(n) > 1)
        raise Refused("bad-shape", f"{twin if twin in _NAMES else 'a key'}: it appears twice")


_NAMES = {n for part in (Snapshot, District) for n in part.model_fields} | set(MEASURES)
_ORDER = {"wrong-version": 0, "negative-count": 1, "too-large-count": 1, "unsafe-name": 1}


def _find_refusal_code(error: Any) -> str:
    kind, where = error["type"], error["loc"]
    if where in (("version",), ("definitions",), ("format",)):
        return "wrong-version"
    if kind == "greater_than_equal":
        return "negative-count"
    if kind in ("less_than_equal", "int_parsing_size"):
        return "too-large-count"
    return "unsafe-name" if kind == "value_error" and "name of a place" in error["msg"] else "bad-shape"


def _check_sums(s: Snapshot) -> Iterator[str]:
    if sum_counts(d.counts.plain() for d in s.districts) != s.totals.plain():
        yield "the totals are not the sum of the districts"
    if len({twin_key(d.name) for d in s.districts}) < len(s.districts):
        yield "a district appears twice"
    for d in s.districts:
        yield from _check_district(d)
    for name in ("sample", "double_keyed", "straight_through", "illegible"):
        share = getattr(s.quality, name)
        if isinstance(share, Share) and share.part > share.of:
            yield f"quality.{name}: the part is more than the whole"
    yield from _check_services(s)
    ways = (s.exchanges.forward, s.exchanges.backward) if s.exchanges else ()
    days = [d for way in ways for d in way.values()]
    if any(not FIRST <= d <= s.as_on for d in days):
        yield "exchanges: a day before 2009 or after that of the snapshot"
    t, told = s.totals, [sum(row) for row in zip(*s.by_profile.values(), strict=True)]
    if told and told != [t.records, t.in_review, t.rejected, t.validated, t.loaded]:
        yield "the breakdown by profile is not the sum of the totals"
    if len({x.site for x in s.sources}) < len(s.sources):
        yield "sources: a site appears twice"
    if any(book[0] >= len(s.stations or ()) for book in s.books):
        yield "books: a book belongs to a station that is missing"
    if s.stations is not None:
        yield from _check_stations(s)


def _check_services(s: Snapshot) -> Iterator[str]:
    told = s.services or {}
    # Of services that are not known here nothing can be asked but that.
    if any(f.count > f.of for f in told.values()):
        yield "services: more can be found than there are records"
    held = limit_all_to_loaded(told, (d.by_form for d in s.districts))
    for name, f in held.items():
        if f != told[name]:
            yield f"services.{name}: more records than are loaded"
    for form, q in (s.quality.by_form or {}).items():
        shares = [x for x in (q.audited, q.double_keyed) if isinstance(x, Share)]
        if q.by_people + q.from_tables > q.validated or any(x.part > x.of for x in shares):
            yield f"quality.by_form.{form}: the parts are more than the whole"


def _check_district(d: District) -> Iterator[str]:
    c = d.counts
    if c.in_review + c.rejected + c.validated > c.records or c.pages_read + c.pages_failed > c.pages:
        yield f"district {d.name}: the parts are more than the whole"
    if c.loaded > c.records or c.of_expected > c.loaded or c.pages_of_expected > c.pages:
        yield f"district {d.name}: more is loaded than there are records"
    if d.protected.of is not None and d.protected.count > d.protected.of:
        yield f"district {d.name}: more FIRs are under protected sections than there are FIRs"
    cells = (c.records, c.in_review, c.rejected, c.validated, c.loaded)
    for name, by in (("band", d.by_band), ("form", d.by_form), ("language", d.by_language)):
        if tuple(map(sum, zip(*by.values(), strict=True))) != (cells if by else ()) or (not by and any(cells)):
            yield f"district {d.name}: the breakdown by {name} is not the sum of it"


def _check_stations(s: Snapshot) -> Iterator[str]:
    counts = [Counts() for _ in s.districts]
    coverage = [Coverage() for _ in s.districts]
    seen = set()
    for row in s.stations or ():
        name, _, index, *values, _, certified = row
        # Its counts belong nowhere, so no sum below would mean anything.
        if index >= len(s.districts):
            yield "a station belongs to a district that is missing"
            return
        place = (index, twin_key(name), bool(name))
        if place in seen:
            yield f"district {s.districts[index].name}: a station appears twice"
        seen.add(place)
        plain = Counts.from_station(dict(zip(OF_STATION, values, strict=True)))
        counts[index] += plain
        coverage[index] += coverage_of(plain, is_named=bool(name), is_certified=bool(certified))
    for d, c, v in zip(s.districts, counts, coverage, strict=True):
        if d.counts.plain() != c:
            yield f"district {d.name}: it is not the sum of its stations"
        if d.stations.plain() != v:
            yield f"district {d.name}: the numbers of stations by stage are not those of its stations"
