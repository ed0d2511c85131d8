"""What is wrong with a snapshot: refusals (`Refused`) and flags, each with a name.

A refused snapshot changes nothing. A flagged one is taken, counts as it is, and stands among the exceptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from digitize.national.envelope import Sealed
from digitize.national.keys import Key
from digitize.national.measures import MEASURES, OF_STATION, Counts, Coverage, coverage_of, total
from digitize.national.refusal import Flag, Refused
from digitize.national.shape import VERSION, District, Snapshot, Statement
from digitize.national.store import Received
from mappers.codes.places import states

_AHEAD = timedelta(hours=26)
"""Clocks differ, and a day begins in India before it does in UTC."""
_FALLING = ("pages", "pages_read", "records", "validated", "loaded")


@dataclass(frozen=True, slots=True)
class Bench:
    """What a snapshot is judged by. level: what this office receives; code: the office's state, "" for the nation."""

    level: str
    code: str
    keys: Mapping[str, Key]
    now: datetime

    @classmethod
    def today(cls, level: str, code: str, keys: Mapping[str, Key]) -> Bench:
        """With the clock of this machine."""
        return cls(level, code, keys, datetime.now(UTC))


def open_sealed(sealed: Sealed, bench: Bench) -> Snapshot:
    """The snapshot in a sealed file, when it may be taken whatever came before it.

    Raises Refused: unknown-key, bad-signature, another-key, key-revoked, what `read_body` raises, wrong-level,
    another-state, from-the-future, does-not-add-up.
    """
    key = _key_of(sealed, bench)
    snapshot = read_body(sealed.body)
    if snapshot.reporter != key.reporter:
        raise Refused("another-key", f"it speaks for {snapshot.reporter} and is signed by {key.reporter}")
    if snapshot.level != bench.level:
        raise Refused("wrong-level", f"it is a {snapshot.level}'s snapshot; here those of a {bench.level} are taken")
    if bench.code and snapshot.state != bench.code:
        raise Refused("another-state", f"it is of {snapshot.state}, and this is the office of {bench.code}")
    if snapshot.made_at > bench.now + _AHEAD or snapshot.as_on > (bench.now + _AHEAD).date():
        raise Refused(
            "from-the-future", f"it is dated {snapshot.as_on}; the clock of whoever sent it is wrong, or ours"
        )
    return check_alone(snapshot)


def check_alone(snapshot: Snapshot) -> Snapshot:
    """The snapshot, when it is right by itself.

    Raises Refused: unknown-state, wrong-level, empty, bad-shape, from-the-future, does-not-add-up.
    """
    if snapshot.state not in states():
        raise Refused("unknown-state", f"there is no state {snapshot.state}")
    if (snapshot.level == "state") == bool(snapshot.site):
        raise Refused("wrong-level", "a site names itself in site, a state leaves it empty")
    if snapshot.level == "state" and not snapshot.districts:
        raise Refused("empty", "it holds no district; nothing is not 0, so it is no report")
    if snapshot.level == "site" and snapshot.stations is None:
        raise Refused("bad-shape", "stations: a site tells the rows of its stations, since its state adds them up")
    if snapshot.as_on > (snapshot.made_at + _AHEAD).date():
        raise Refused("from-the-future", f"it is of {snapshot.as_on}, and was made on {snapshot.made_at.date()}")
    for text in _wrong_sums(snapshot):
        raise Refused("does-not-add-up", text)
    return snapshot


def _key_of(sealed: Sealed, bench: Bench) -> Key:
    key = bench.keys.get(sealed.key)
    if key is None:
        raise Refused("unknown-key", "its key is nobody's in the list; ask for the key, then: keys add")
    if not sealed.is_signed():
        raise Refused("bad-signature", f"it was changed after it was signed, or {key.reporter} did not sign it")
    if key.revoked:
        raise Refused("key-revoked", f"the key of {key.reporter} was revoked on {key.revoked[:10]}")
    return key


def read_body(body: bytes) -> Snapshot:
    """The first line as a snapshot.

    Raises Refused: wrong-version, negative-count, too-large-count, unsafe-name, bad-shape.
    """
    try:
        return Snapshot.model_validate_json(body)
    except ValidationError as e:
        first = min(e.errors(include_input=False, include_url=False), key=lambda x: _ORDER.get(_word(x), 9))
        # Keys of the file itself may be anything; only names of the shape and numbers are repeated.
        where = ".".join(str(x) for x in first["loc"] if isinstance(x, int) or x in _NAMES)
        word = _word(first)
        if word == "wrong-version":
            raise Refused(word, f"its version is not {VERSION}; upgrade the older of the two programs") from None
        raise Refused(
            word, f"{where[:80] or 'the whole'}: {first['msg'].removeprefix('Value error, ')[:120]}"
        ) from None


_NAMES = {n for part in (Snapshot, District) for n in part.model_fields} | set(MEASURES)
_ORDER = {"wrong-version": 0, "negative-count": 1, "too-large-count": 1, "unsafe-name": 1}


def _word(error: Any) -> str:
    kind, where = error["type"], error["loc"]
    if where in (("version",), ("definitions",), ("format",)):
        return "wrong-version"
    if kind == "greater_than_equal":
        return "negative-count"
    if kind in ("less_than_equal", "int_parsing_size"):
        return "too-large-count"
    return "unsafe-name" if kind == "value_error" and "name of a place" in error["msg"] else "bad-shape"


def _wrong_sums(s: Snapshot) -> Iterator[str]:
    if total(d.counts.plain() for d in s.districts) != s.totals.plain():
        yield "the totals are not the sum of the districts"
    if len({d.name for d in s.districts}) < len(s.districts):
        yield "a district stands there twice"
    for d in s.districts:
        yield from _wrong_in_district(d)
    if s.stations is not None:
        yield from _wrong_stations(s)


def _wrong_in_district(d: District) -> Iterator[str]:
    c = d.counts
    if c.in_review + c.rejected + c.validated > c.records or c.pages_read + c.pages_failed > c.pages:
        yield f"district {d.name}: the parts are more than the whole"
    if c.loaded > c.records or c.of_expected > c.loaded or c.pages_of_expected > c.pages:
        yield f"district {d.name}: more is loaded than there are records"
    cells = (c.records, c.in_review, c.rejected, c.validated, c.loaded)
    for name, by in (("band", d.by_band), ("form", d.by_form), ("language", d.by_language)):
        if tuple(map(sum, zip(*by.values(), strict=True))) != (cells if by else ()) or (not by and any(cells)):
            yield f"district {d.name}: the breakdown by {name} is not the sum of it"


def _wrong_stations(s: Snapshot) -> Iterator[str]:
    counts = [Counts() for _ in s.districts]
    coverage = [Coverage() for _ in s.districts]
    seen = set()
    for row in s.stations or ():
        name, _, index, *values, _, certified = row
        if index >= len(s.districts):
            yield "a station belongs to a district that is not there"
            return
        if (index, name) in seen:
            yield f"district {s.districts[index].name}: a station stands there twice"
        seen.add((index, name))
        plain = Counts.of_station(dict(zip(OF_STATION, values, strict=True)))
        counts[index] += plain
        coverage[index] += coverage_of(plain, is_named=bool(name), is_certified=bool(certified))
    for d, c, v in zip(s.districts, counts, coverage, strict=True):
        if d.counts.plain() != c:
            yield f"district {d.name}: it is not the sum of its stations"
        if d.stations.plain() != v:
            yield f"district {d.name}: the numbers of stations by stage are not those of its stations"


def compare(snapshot: Snapshot, before: Received | None) -> list[Flag]:
    """What is odd beside the newest snapshot taken so far.

    Raises Refused: older-than-newest, second-of-a-day.
    """
    flags = list(_more_than_all(snapshot))
    if before is None:
        return flags
    day = snapshot.as_on.isoformat()
    if day < before.as_on:
        raise Refused(
            "older-than-newest", f"it is of {day}, and one of {before.as_on} was taken; history is not rewritten"
        )
    if day == before.as_on:
        raise Refused("second-of-a-day", f"another of {day} was taken; send the next one tomorrow")
    return [*flags, *_fallen(snapshot, before.summary), *_taken_back(snapshot, before.summary)]


def _more_than_all(s: Snapshot) -> Iterator[Flag]:
    for d in s.districts:
        c = d.counts
        for done, all_, what in (
            (c.of_expected, c.expected, "records"),
            (c.pages_of_expected, c.pages_expected, "pages"),
        ):
            if all_ is not None and done > all_:
                share = f"{100 * done / all_:.1f} %" if all_ else "none expected"
                yield Flag(
                    "more-than-expected", f"{d.name or 'no district'}: {done:,} {what} of {all_:,} expected ({share})"
                )
    if s.twice and s.twice.books:
        yield Flag(
            "digitized-twice", f"{s.twice.books:,} books at two sites, up to {s.twice.records:,} records counted twice"
        )


def _fallen(s: Snapshot, before: Mapping[str, Any]) -> Iterator[Flag]:
    now = s.totals.plain().as_plain()
    for name in _FALLING:
        if now[name] < before["totals"][name]:
            yield Flag("total-fell", f"{name} fell from {before['totals'][name]:,} to {now[name]:,}")


def _taken_back(s: Snapshot, before: Mapping[str, Any]) -> Iterator[Flag]:
    """What cannot be undone, or was stated otherwise before."""
    now = summary_of(s)
    for name, what in (("in_scope", "stations in scope"), ("certified", "stations certified"), ("sources", "sites")):
        if now[name] < before[name]:
            yield Flag("contradicts-earlier", f"{what}: {before[name]:,} before, now {now[name]:,}")
    for site, events in before["events"].items():
        if now["events"].get(site, events) < events:
            yield Flag("contradicts-earlier", f"the history of {site} has become shorter: {events:,} events before")
    for name in ("covered", "legacy_complete"):
        old, new = before["stated"].get(name), now["stated"].get(name)
        if old and new is not None and new < old:
            yield Flag("contradicts-earlier", f"stated {name}: {old} before, now {new}")
    lost = sorted(set(before["stated"].get("links", ())) - set(now["stated"].get("links", ()))) if now["stated"] else []
    if lost:
        yield Flag("contradicts-earlier", f"links with the ICJS stated as done before and no more: {', '.join(lost)}")


def summary_of(s: Snapshot) -> dict[str, Any]:
    """What is kept beside a snapshot to compare the next one with, and to draw its history, without opening it."""
    coverage = sum((d.stations.plain() for d in s.districts), Coverage())
    stated = s.statement
    links = _links_done(stated) if stated else []
    return {
        "totals": s.totals.plain().as_plain(),
        "in_scope": coverage.in_scope,
        "certified": coverage.certified,
        "loaded_stations": coverage.begun[-1],
        "sources": len(s.sources),
        "events": {x.site: x.events for x in s.sources} if len(s.sources) <= 200 else {},
        "stated": {"covered": stated.covered, "legacy_complete": stated.legacy_complete, "links": links}
        if stated
        else {},
    }


def _links_done(stated: Statement) -> list[str]:
    ways = {"forward": stated.forward, "backward": stated.backward}
    return [f"{way} {pillar}" for way, links in ways.items() for pillar, link in links.items() if link.done]
