"""A state's pages on so many workers, simulated event by event from measured costs: where does it stop scaling?

Two events a batch of pages: it was read (then it waits for the ledger's one writer), it was recorded (then the next
batch's scans wait for the store). Whoever comes first is served first. A worker fails now and then; what it had not
recorded is read again after its lease is over.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

PAGES = 50_000_000
WORKERS = (1, 2, 5, 10, 20, 50, 100, 150, 200, 250, 300, 350, 400)
LINEAR = 0.95
"""Scaling counts as linear while each worker does at least so much of what one alone does."""
_DAY = 86_400.0


@dataclass(frozen=True)
class Costs:
    """What things take. page_s: of a worker's processor, spread: of its logarithm. write_ms, commit_ms: of the ledger's
    writer, a page and a transaction. claim_ms: of it, a lot. scan_mb: a scan; store_mb_s: what the store gives, all
    workers together; request_ms: until it begins. lease_s: until the work of a lost worker is taken up; days_up:
    between two failures of a worker.
    """

    page_s: float = 3.0
    spread: float = 0.6
    write_ms: float = 1.0
    commit_ms: float = 10.0
    claim_ms: float = 20.0
    scan_mb: float = 1.0
    store_mb_s: float = 1000.0
    request_ms: float = 20.0
    lease_s: float = 600.0
    days_up: float = 30.0
    batch: int = 20
    lot: int = 60


def seconds(workers: int, pages: int, costs: Costs, seed: int = 1) -> float:
    """How long so many workers need for so many pages, on one ledger with one store."""
    dice = random.Random(seed)
    # The sum of a batch's pages is near to normal whatever one page is like.
    mean = costs.page_s * costs.batch
    deviation = costs.page_s * math.sqrt(costs.batch * (math.exp(costs.spread**2) - 1))
    write_s = (costs.write_ms * costs.batch + costs.commit_ms) / 1000
    claim_s = costs.claim_ms * costs.batch / costs.lot / 1000
    fetch_s = costs.scan_mb * costs.batch / costs.store_mb_s
    fails = mean / (costs.days_up * _DAY)
    left, writer, store, end = math.ceil(pages / costs.batch), 0.0, 0.0, 0.0
    # Time, what happened: 0 a batch was read, 1 it was recorded.
    events = [(0.0, 1)] * min(workers, left)
    while events:
        now, what = heapq.heappop(events)
        if what == 0:
            writer = max(now, writer) + write_s + claim_s
            heapq.heappush(events, (writer, 1))
            continue
        end = max(end, now)
        if not left:
            continue
        left -= 1
        store = max(now, store) + fetch_s
        ready = store + costs.batch * costs.request_ms / 1000
        took = max(mean / 5, dice.gauss(mean, deviation))
        if dice.random() < fails:
            # It is lost half done, and read by whoever comes when the lease is over.
            ready += took / 2 + costs.lease_s
        heapq.heappush(events, (ready + took, 0))
    return end


def scaling(costs: Costs, pages: int = PAGES, workers: Sequence[int] = WORKERS) -> dict[int, float]:
    """Workers -> days."""
    return {n: seconds(n, _enough(n, pages, costs), costs) * pages / _enough(n, pages, costs) / _DAY for n in workers}


def _enough(workers: int, pages: int, costs: Costs) -> int:
    """Few workers need no fifty million pages to show their pace: two thousand batches each tell it."""
    return min(pages, 2_000 * costs.batch * workers)


def linear_to(days: Mapping[int, float]) -> int:
    """The most workers of which each still does nearly what one alone does; all below do, too."""
    first = min(days)
    alone, found = days[first] * first, first
    for n in sorted(days):
        if alone / (n * days[n]) < LINEAR:
            break
        found = n
    return found


def variants(costs: Costs, in_file: Costs) -> dict[str, Costs]:
    """What the docs show beside each other. costs: of a ledger in a database; in_file: of one in a file."""
    return {
        "workers record, store of 10 Gbit/s": costs,
        "workers record, store of 1 Gbit/s": replace(costs, store_mb_s=110.0),
        "ledger in a file, one process records": replace(in_file, batch=1, lot=1, claim_ms=0.0),
    }


def plot(curves: Mapping[str, Mapping[int, float]], title: str) -> str:
    """Pages a day over workers, as SVG that prints."""
    width, height, left, below = 720, 400, 80, 60
    most_x = max(n for days in curves.values() for n in days)
    paces = {name: {n: PAGES / d / 1e6 for n, d in days.items()} for name, days in curves.items()}
    most_y = max(v for pace in paces.values() for v in pace.values()) * 1.05

    def at(n: float, pace: float) -> str:
        x = left + (width - left - 20) * n / most_x
        return f"{x:.1f},{height - below - (height - below - 40) * pace / most_y:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="13"><rect width="100%" height="100%" fill="white"/><text x="{left}" y="22">{title}</text>'
    ]
    for n in range(0, most_x + 1, 100):
        x, y = at(n, 0).split(",")
        parts.append(f'<text x="{x}" y="{float(y) + 20}" text-anchor="middle">{n}</text>')
    step = max(1, round(most_y / 5))
    for pace in range(0, int(most_y) + 1, step):
        x, y = at(0, pace).split(",")
        parts.append(f'<text x="{float(x) - 8}" y="{float(y) + 4}" text-anchor="end">{pace}</text>')
        parts.append(f'<path d="M{x},{y}H{width - 20}" stroke="#ddd"/>')
    parts.append(f'<text x="{width / 2}" y="{height - 8}" text-anchor="middle">workers (one core each)</text>')
    for number, (name, pace) in enumerate(paces.items()):
        dash, beside = ("", "8 4", "2 3")[number % 3], 52 + 20 * number
        points = " ".join(at(n, v) for n, v in pace.items())
        parts.append(f'<polyline points="{points}" fill="none" stroke="black" stroke-dasharray="{dash}"/>')
        parts.append(f'<path d="M{left + 12},{beside}h40" stroke="black" stroke-dasharray="{dash}"/>')
        parts.append(f'<text x="{left + 60}" y="{beside + 4}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
