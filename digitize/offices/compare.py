"""What is odd about a snapshot by itself and beside the one before it: flags; and what would rewrite history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache, partial
from typing import Any

from digitize.machine.today import today_in_india
from digitize.offices.measures import Coverage
from digitize.offices.naming import twin_key
from digitize.offices.refusal import Flag, Refused, make_flag
from digitize.offices.shape import Snapshot, Statement
from digitize.offices.stated import OLD, is_beyond
from digitize.offices.store_rows import TWICE, Received

# Flagged and taken, not refused: a total may fall for a good reason, which people can tell.
_FALLING = ("pages", "pages_read", "records", "validated", "loaded")
_WANTED = ("expected", "pages_expected")
_MOST_SOURCES = 200
"""The events of more sites than these are not kept in a summary; the snapshot before is opened for them."""
_DAYS_AHEAD = timedelta(days=2)


def compare_snapshots(snapshot: Snapshot, before: Received | None, open_row: Callable[[int], Snapshot]) -> list[Flag]:
    """What is odd about a snapshot by itself and beside the newest taken so far. open_row: the snapshot of a row.

    Raises Refused: older-than-newest, second-of-a-day.
    """
    flags = [*_find_more_than_all(snapshot), *_find_same_codes(snapshot), *_find_stated_ahead(snapshot)]
    if before is None:
        return flags
    # Opened only where a check needs it: of most the summary is enough, and a snapshot may be large.
    earlier = cache(partial(open_row, before.seq))
    day = snapshot.as_on.isoformat()
    if day < before.as_on:
        raise Refused(
            "older-than-newest",
            f"it is of {day}, but one of {before.as_on} was already received; history is not rewritten",
        )
    if day == before.as_on:
        # A correction is made later than what it corrects; anything else is an old file that comes in late.
        if snapshot.made_at <= earlier().made_at:
            raise Refused(
                "second-of-a-day",
                f"another one of {day}, not older, was already received; correct it and make it again",
            )
        flags.append(make_flag("corrected-same-day", "corrected-same-day", day=day, number=before.seq))
    return [
        *flags,
        *_find_fallen_counts(snapshot, before.summary),
        *_find_taken_back(snapshot, before.summary),
        *_find_shortened_ledgers(snapshot, before.summary, earlier),
        *_find_rewritten_ledgers(snapshot, earlier),
        *_find_rewritten_office(snapshot, earlier),
        *_find_lost_stations(snapshot, earlier),
    ]


def _find_more_than_all(s: Snapshot) -> Iterator[Flag]:
    for d in s.districts:
        c = d.counts
        for done, all_, measure in (
            (c.of_expected, c.expected, "records"),
            (c.pages_of_expected, c.pages_expected, "pages"),
        ):
            if all_ is not None and done > all_:
                share = f"{100 * done / all_:.1f} %" if all_ else "–"
                yield make_flag(
                    "more-than-expected", "more-than-expected", place=d.name or "–", measure=measure, done=done,
                    all=all_, share=share,
                )  # fmt: skip
    if s.twice and s.twice.books:
        yield make_flag(TWICE, TWICE, books=s.twice.books, records=s.twice.records)


def _find_same_codes(s: Snapshot) -> Iterator[Flag]:
    """One code at two names: a station that is counted twice, or one that was renamed and kept."""
    codes = [row[1] for row in s.stations or () if row[1]]
    doubles = len(codes) - len(set(codes))
    if doubles:
        yield make_flag("same-code", "same-code", n=doubles)


def _find_stated_ahead(s: Snapshot) -> Iterator[Flag]:
    """Days of a statement that had not come, or are long gone, when the snapshot was made; more covered than is."""
    stated = s.statement
    if stated is None:
        return
    links = [x for links in (stated.forward, stated.backward) for x in links.values() if x.done]
    days = [stated.as_on, *(d for x in links for d in (x.since, x.last_exchange) if d)]
    if max(days) > today_in_india(s.made_at + _DAYS_AHEAD):
        yield make_flag("stated-ahead", "stated-ahead", day=max(days).isoformat())
    if is_beyond(stated):
        yield make_flag("stated-beyond", "stated-beyond", covered=stated.covered or 0, stations=stated.stations or 0)
    if s.as_on - stated.as_on > OLD:
        yield make_flag(
            "stated-long-ago", "stated-long-ago", day=stated.as_on.isoformat(), days=(s.as_on - stated.as_on).days
        )


def _find_fallen_counts(s: Snapshot, before: Mapping[str, Any]) -> Iterator[Flag]:
    now, old = s.totals.plain().as_plain(), before["totals"]
    for name in _FALLING:
        if now[name] < old[name]:
            yield make_flag("total-fell", "total-fell", measure=name, before=old[name], now=now[name])
    for name in _WANTED:
        # None where there was a number is a fall, too: less to do makes the same work look like more.
        if old[name] is not None and (now[name] is None or now[name] < old[name]):
            left = now[name] if now[name] is not None else "–"
            yield make_flag("expected-fell", "expected-fell", measure=name, before=old[name], now=left)


def _find_taken_back(s: Snapshot, before: Mapping[str, Any]) -> Iterator[Flag]:
    """What cannot be undone, or was stated otherwise before."""
    now = summarize_snapshot(s)
    for name in ("in_scope", "certified", "sources"):
        if now[name] < before[name]:
            yield make_flag("contradicts-earlier", f"fewer-{name}", before=before[name], now=now[name])
    old, new = before["stated"], now["stated"]
    if new.get("covered") is not None and (old.get("covered") or 0) > new["covered"]:
        yield make_flag("contradicts-earlier", "fewer-covered", before=old["covered"], now=new["covered"])
    if old.get("legacy_complete") and new.get("legacy_complete") is False:
        yield make_flag("contradicts-earlier", "incomplete-again")
    # Without a statement nothing is taken back; it is only not said.
    lost = sorted(set(old.get("links", ())) - set(new.get("links", ()))) if new else []
    if lost:
        yield make_flag("contradicts-earlier", "links-lost", links=", ".join(lost))


def _find_shortened_ledgers(s: Snapshot, before: Mapping[str, Any], earlier: Callable[[], Snapshot]) -> Iterator[Flag]:
    """Sites whose ledger has fewer events than it had: a ledger only grows."""
    old = before["events"]
    if not old and before["sources"] > _MOST_SOURCES:
        old = {x.site: x.events for x in earlier().sources}
    now = {x.site: x.events for x in s.sources}
    for site, events in old.items():
        if now.get(site, events) < events:
            yield make_flag("contradicts-earlier", "shorter", site=site, events=events)


def _find_rewritten_ledgers(s: Snapshot, earlier: Callable[[], Snapshot]) -> Iterator[Flag]:
    """Sites whose history does not hold the head that their newest snapshot told of, or that do not say any more."""
    was = {x.site: x for x in earlier().sources}
    for site in s.sources:
        before = was.get(site.site)
        # Nothing can be asked of a state's sources, nor of what versions wrote that did not say.
        if before is None or not before.events or (before.told is None and site.told is None):
            continue
        if (before.events, before.root_hash) not in (site.told or ()):
            yield make_flag("history-rewritten", "rewritten", site=site.site, events=before.events)


def _find_rewritten_office(s: Snapshot, earlier: Callable[[], Snapshot]) -> Iterator[Flag]:
    """A state's office whose own history does not hold the head that its newest snapshot told of."""
    before = earlier().office
    if before is None or not before.seq:
        return
    told = [(s.office.seq, s.office.hash), *s.office.told] if s.office else []
    if (before.seq, before.hash) not in told:
        yield make_flag("history-rewritten", "office-rewritten", site=s.reporter, number=before.seq)


def _find_lost_stations(s: Snapshot, earlier: Callable[[], Snapshot]) -> Iterator[Flag]:
    """Stations that had counts before and are there no more, by name or by code."""
    if s.stations is None:
        return
    before = earlier()
    if before.stations is None:
        return
    names, codes = {_place_key(s, row) for row in s.stations}, {row[1] for row in s.stations if row[1]}
    # Neither name nor code is there: one that was only renamed keeps its code.
    gone = [row for row in before.stations if row[0] and row[1] not in codes and _place_key(before, row) not in names]
    if gone:
        yield make_flag("contradicts-earlier", "stations-gone", n=len(gone))


def _place_key(s: Snapshot, row: Any) -> tuple[str, str]:
    return twin_key(s.districts[row[2]].name), twin_key(row[0])


def summarize_snapshot(s: Snapshot) -> dict[str, Any]:
    """What is kept beside a snapshot to compare the next one with, and to draw its history, without opening it."""
    coverage = sum((d.stations.plain() for d in s.districts), Coverage())
    stated = s.statement
    links = _links_done(stated) if stated else []
    return {
        "totals": s.totals.plain().as_plain(),
        "districts": {d.name: d.counts.loaded for d in s.districts},
        "in_scope": coverage.in_scope,
        "certified": coverage.certified,
        "loaded_stations": coverage.begun[-1],
        "sources": len(s.sources),
        "events": {x.site: x.events for x in s.sources} if len(s.sources) <= _MOST_SOURCES else {},
        "stated": {"covered": stated.covered, "legacy_complete": stated.legacy_complete, "links": links}
        if stated
        else {},
    }


def _links_done(stated: Statement) -> list[str]:
    ways = {"forward": stated.forward, "backward": stated.backward}
    return [f"{way} {pillar}" for way, links in ways.items() for pillar, link in links.items() if link.done]
