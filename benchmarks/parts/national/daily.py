"""Ten years of daily snapshots of 36 states, 17,712 stations, in one store: how long a day more, report and page take.

The store is filled straight (`SnapshotStore.insert`, signed and chained as `national add` does it; each month's counts
stand for its days; rows of stations in the last three months, districts alone before), because only what comes on top
of it is measured: the 36 snapshots of the newest day with rows of all stations, added by `digitize national add` in a
process of its own; the report; one state's own page; readers of the dashboard. Figures: daily_files, store_gb,
add_daily_s, report_s, page_mb, state_page_s (from the store to the text), state_page_mb, daily_rss_mb (the larger of
add and report), readers_p95_ms and others.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.parts.national.readers import readers
from digitize.offices.access import make_token
from digitize.offices.compare import summarize_snapshot
from digitize.offices.keys import add_key
from digitize.offices.office import create_office, is_office, open_office
from digitize.offices.outline import load_outline
from digitize.offices.page import render_page
from digitize.offices.picture import Limits, make_national_picture, restrict_to_state
from digitize.offices.shape import Snapshot
from digitize.offices.store import SnapshotStore
from digitize.offices.words import load_words
from sample_data.makers.national import Invented, invent, seal_line, seal_plain, snapshot

Run = Callable[..., tuple[float, float]]


@dataclass(frozen=True)
class Extent:
    """How much of it: days up to the last, stations, records, readers. url: of a PostgreSQL database, "" for a file."""

    days: int
    stations: int
    records: int
    last: date
    many: int
    url: str = ""


def daily(folder: Path, run: Run, of: Extent) -> dict[str, Any]:
    """Fill a store, unless it is there, and measure. run: runs `digitize national ...`: wall seconds and MB."""
    states = invent(folder / "keys", stations=of.stations, records=of.records)
    office = folder / ("daily-postgres" if of.url else "daily")
    figures: dict[str, Any] = {}
    if not is_office(office):
        began = time.perf_counter()
        fill(office, states, of.days, of.last, of.url)
        figures["daily_fill_s"] = round(time.perf_counter() - began, 1)
    sent = folder / "newest-day"
    if not sent.is_dir():
        sent.mkdir()
        for s in states:
            body = snapshot(s, 119, 120, of.last, with_stations=True)
            (sent / f"{s.code}-{of.last}.snapshot").write_bytes(seal_plain(body, s.key))
    figures["add_daily_s"], add_mb = run("add", str(sent), "--dir", str(office))
    page = folder / "daily.html"
    figures["report_s"], report_mb = run("report", "--dir", str(office), "--html", str(page))
    figures["page_mb"] = round(page.stat().st_size / 1e6, 2)
    figures["daily_rss_mb"] = max(add_mb, report_mb)
    figures["daily_files"] = of.days * len(states)
    if not of.url:
        figures["store_gb"] = round((office / "received.sqlite").stat().st_size / 1e9, 2)
    figures |= _state_page(office, of.last)
    return {**figures, **readers(office, of.many)}


def _state_page(folder: Path, last: date) -> dict[str, float]:
    began = time.perf_counter()
    picture = make_national_picture(open_office(folder), last, Limits())
    text = render_page(restrict_to_state(picture, "up"), load_words("en"), load_outline())
    return {
        "state_page_s": round(time.perf_counter() - began, 2), "state_page_mb": round(len(text.encode()) / 1e6, 2)
    }  # fmt: skip


def fill(folder: Path, states: list[Invented], days: int, last: date, url: str) -> None:
    """All days but the last."""
    if folder.exists():
        shutil.rmtree(folder)
    office = create_office(folder, "nation", "in", url)
    with office.store() as store:
        for s in states:
            add_key(store, s.code, s.public)
        for day in (last - timedelta(days=n) for n in range(days - 1, 0, -1)):
            with store.writing():
                for s, body, made, summary in _of_day(states, day, last):
                    _insert(store, s, body, made.model_copy(update={"as_on": day}), summary)
    make_token(folder, "filled")


_month: tuple[str, list[tuple[Invented, str, Snapshot, dict[str, Any]]]] = ("", [])


def _of_day(
    states: list[Invented], day: date, last: date
) -> Iterator[tuple[Invented, bytes, Snapshot, dict[str, Any]]]:
    """Each state's first line on a day: that of its month, with the day in it."""
    global _month
    name = day.strftime("%Y-%m")
    if _month[0] != name:
        month = 119 - ((last.year - day.year) * 12 + last.month - day.month)
        bodies = [snapshot(s, month, 120, date(1999, 9, 9), with_stations=month > 116) for s in states]
        lines = [json.dumps(b, ensure_ascii=False, separators=(",", ":")) for b in bodies]
        made = [Snapshot.model_validate_json(x.replace("1999-09-09", day.isoformat())) for x in lines]
        _month = (name, [(s, x, m, summarize_snapshot(m)) for s, x, m in zip(states, lines, made, strict=True)])
    for s, line, snap, summary in _month[1]:
        yield s, line.replace("1999-09-09", day.isoformat()).encode(), snap, summary


def _insert(store: SnapshotStore, s: Invented, body: bytes, made: Snapshot, summary: dict[str, Any]) -> None:
    whole = seal_line(body, s.key)
    mark = whole[len(body) + 1 :]
    store.insert(
        f"{s.code}-{made.as_on}.snapshot", hashlib.sha256(whole).hexdigest(), made, (), summary, body,
        is_taken=True, reporter=s.code, mark=mark,
    )  # fmt: skip
