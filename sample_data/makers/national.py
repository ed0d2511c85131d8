"""Invented states that report: districts, stations and monthly snapshots, signed with keys of their own.

Nothing of it is true of any state: names are numbered, counts are drawn with a seed. What is taken from the world are
the sums of an answer in Parliament: 17,712 stations covered, the target 14,306, how many states have which links done.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from digitize.machine.signing import create_key, sign
from digitize.offices.measures import BANDS, MEASURES, OF_STATION
from digitize.offices.services import load_services
from mappers.codes.places import states

STATIONS, TARGET, RECORDS = 17_712, 14_306, 60_000_000
FORWARD = {"e-prison": 32, "e-prosecution": 28, "e-forensics": 32, "e-courts": 35}
BACKWARD = {"e-prison": 30, "e-prosecution": 26, "e-forensics": 30, "e-courts": 31}
_FORMS = {"iif1": 0.62, "iif3": 0.2, "gd": 0.1, "missing": 0.05, "vehicle": 0.03}
_PER_DISTRICT = 22
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Invented:
    """One state. expected: records by station; middle: the month in which it is half done; district: its number."""

    code: str
    key: Path
    expected: np.ndarray
    middle: np.ndarray
    district: np.ndarray
    covered: int
    target: int
    links: dict[str, dict[str, Any]]
    is_complete: bool
    language: str

    @property
    def public(self) -> str:
        """Its public key."""
        return self.key.with_suffix(".pub").read_text(encoding="ascii").strip()


def invent(folder: Path, *, stations: int = STATIONS, records: int = RECORDS, seed: int = 10) -> list[Invented]:
    """The 36 states, with a key each in folder."""
    rng = np.random.default_rng(seed)
    codes = sorted(states())
    counts = _deal(rng.lognormal(0, 1.1, len(codes)), stations)
    targets = _deal(counts.astype(float), round(stations * TARGET / STATIONS))
    folder.mkdir(parents=True, exist_ok=True)
    links = {way: _links(rng, codes, counts_) for way, counts_ in (("forward", FORWARD), ("backward", BACKWARD))}
    weights = rng.gamma(2.0, 1.0, stations)
    expected = _deal(weights, records)
    made, begin = [], 0
    for i, code in enumerate(codes):
        n = int(counts[i])
        key = folder / f"{code}.pem"
        if not key.exists():
            create_key(key)
        late = rng.uniform(35, 130)
        middle = late + rng.normal(0, 9, n)
        district = np.sort(np.arange(n) // _PER_DISTRICT)
        own = {way: links[way][code] for way in links}
        made.append(Invented(code, key, expected[begin : begin + n], middle, district, n, int(targets[i]), own,
                             code != "mn", "hi" if i % 3 else "en"))  # fmt: skip
        begin += n
    return made


def _deal(weights: np.ndarray, whole: int) -> np.ndarray:
    """Whole numbers in the proportion of the weights, at least 1 each, that add up exactly."""
    free = whole - len(weights)
    edges = np.floor(np.cumsum(weights) / weights.sum() * free + 0.5).astype(np.int64)
    return np.diff(edges, prepend=0) + 1


def _links(rng: np.random.Generator, codes: list[str], wanted: dict[str, int]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {code: {} for code in codes}
    for pillar, n in wanted.items():
        for place, code in enumerate(rng.permutation(codes)):
            is_done = place < n
            since = str(date(2018, 1, 15) + timedelta(days=int(rng.integers(0, 2200))))
            found[code][pillar] = {"done": is_done, "since": since if is_done else None, "last_exchange": None}
    return found


def month_ends(months: int, last: date) -> list[date]:
    """The last days of so many months, the newest the one on or before a day."""
    first = np.datetime64(last.isoformat(), "M") - months + 1
    return [((first + i + 1).astype("datetime64[D]") - _DAY).astype(object) for i in range(months)]


def snapshot(state: Invented, month: int, months: int, day: date, *, with_stations: bool) -> dict[str, Any]:
    """The state's snapshot at a month. month: 0 for the first of so many."""
    counts = _counts(state, month + 120 - months)
    districts = [_district(state, d, counts) for d in range(int(state.district[-1]) + 1)]
    totals = {m: _sum(districts, m) for m in MEASURES}
    checked = totals["validated"]
    return {
        "format": "digitize-snapshot", "version": 1, "definitions": 1, "software": "invented 1", "level": "state",
        "state": state.code, "site": "", "as_on": day.isoformat(), "made_at": f"{day}T12:00:00Z",
        "sources": [{"site": f"{state.code}-all", "as_on": day.isoformat(), "events": 1000 + 50 * month,
                     "root_hash": "0" * 64, "sha256": ""}],
        "totals": totals, "districts": districts,
        "stations": _station_rows(state, counts, day) if with_stations else None, "volumes": [],
        "quality": {
            **_audits(state, checked),
            "straight_through": {"part": checked // 3, "of": checked} if checked else {"why": "nothing-yet"},
            "illegible": {"part": 300 + month, "of": 40_000 + 100 * month},
            "rejects": {"X003": totals["rejected"] // 2, "F008": totals["rejected"] // 3},
            "by_form": {f: _form_quality(state, int(checked * share)) for f, share in _FORMS.items()},
        },
        "effort": {"operators": 40, "fields": 400_000, "minutes": 90_000},
        "pace": {"pages_read": 30_000, "fields_settled": 400_000},
        "services": _services(districts),
        "by_profile": _parts(
            [totals[n] for n in ("records", "in_review", "rejected", "validated", "loaded")],
            {"core": 0.6, "full": 0.1, "register-only": 0.3},
        ),
        "statement": {"as_on": day.isoformat(), "stations": state.covered, "target": state.target,
                      "covered": state.covered, "legacy_complete": state.is_complete, **_stated(state, day)},
        "twice": {"books": 0, "records": 0},
    }  # fmt: skip


def _services(districts: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Of nine in ten loaded records it is told, and nine in ten of these can be found."""
    told = {}
    for name, s in load_services().items():
        of = sum(d["by_form"].get(s.form, [0] * 5)[4] for d in districts) * 9 // 10
        told[name] = {"count": of * 9 // 10, "of": of}
    return told


def _audits(state: Invented, checked: int) -> dict[str, Any]:
    """The sums over the forms; where nobody audits, nothing."""
    forms = [_form_quality(state, int(checked * share)) for share in _FORMS.values()]
    found: dict[str, Any] = {}
    for whole, own, why in (
        ("sample", "audited", "no-sample-drawn"),
        ("double_keyed", "double_keyed", "not-keyed-twice"),
    ):
        told = [f[own] for f in forms if "of" in f[own]]
        sums = {"part": sum(t["part"] for t in told), "of": sum(t["of"] for t in told)}
        found[whole] = sums if told else {"why": why}
    return found


def _form_quality(state: Invented, validated: int) -> dict[str, Any]:
    audits = min(validated, 2000)
    return {
        "audited": {"part": audits // 90, "of": audits} if state.code < "m" and audits else {"why": "no-sample-drawn"},
        "double_keyed": {"part": audits // 40, "of": audits} if state.code < "h" and audits
        else {"why": "not-keyed-twice"},
        "validated": validated, "by_people": validated // 2, "from_tables": validated // 5,
    }  # fmt: skip


def _stated(state: Invented, day: date) -> dict[str, dict[str, Any]]:
    """The links, without days that had not come by then."""
    return {
        way: {p: {**x, "since": x["since"] if (x["since"] or "") <= str(day) else None} for p, x in links.items()}
        for way, links in state.links.items()
    }


def _counts(state: Invented, month: int) -> dict[str, np.ndarray]:
    """Counts by station that only grow from month to month."""
    done = 1 / (1 + np.exp(-(month - state.middle) / 6))
    done = np.where(done > 0.97, 1.0, np.where(done < 0.01, 0.0, done))
    records = np.floor(state.expected * done)
    pages = np.floor(state.expected / 3 * np.minimum(1, 1.15 * done))
    made = {
        "expected": state.expected.astype(float), "pages_expected": np.floor(state.expected / 3), "pages": pages,
        "pages_read": np.floor(pages * 0.985), "pages_failed": np.floor(pages * 0.01), "records": records,
        "in_review": np.floor(records * 0.003), "rejected": np.floor(records * 0.002),
        "validated": np.floor(records * 0.994), "loaded": np.floor(records * 0.994),
    }  # fmt: skip
    made["loaded"] = np.where(done == 1.0, records - made["in_review"] - made["rejected"], made["loaded"])
    made["validated"] = made["loaded"]
    plain = {k: v.astype(np.int64) for k, v in made.items()}
    return {**plain, "of_expected": plain["loaded"], "pages_of_expected": plain["pages"]}


def _sum(districts: list[dict[str, Any]], measure: str) -> int:
    return sum(d["counts"][measure] for d in districts)


def _district(state: Invented, d: int, counts: dict[str, np.ndarray]) -> dict[str, Any]:
    here = slice(*np.searchsorted(state.district, [d, d + 1]))
    c = {m: int(counts[m][here].sum()) for m in MEASURES}
    cells = [c[n] for n in ("records", "in_review", "rejected", "validated", "loaded")]
    done = [counts[n][here] for n in ("pages", "pages_read", "records", "validated", "loaded")]
    wanted = [counts["pages_expected"][here]] * 2 + [counts["expected"][here]] * 3
    n = len(done[0])
    bands = dict(zip(BANDS[2:], (0.18, 0.3, 0.34, 0.16, 0.02), strict=True))
    return {
        "name": f"{state.code.upper()} District {d + 1:02}", "lgd": "", "counts": c,
        "stations": {"in_scope": n, "inventoried": n, "certified": int((done[4] >= wanted[4] * 0.99).sum()),
                     "begun": [int((x > 0).sum()) for x in done],
                     "complete": [int((x >= w).sum()) for x, w in zip(done, wanted, strict=True)]},
        "by_band": _parts(cells, bands), "by_form": _parts(cells, _FORMS),
        "by_language": _parts(cells, {state.language: 0.85, "en": 0.15} if state.language != "en" else {"en": 1.0}),
        "protected": {"count": cells[0] // 40 if cells[0] > 200 else 0, "hidden": 0},
    }  # fmt: skip


def _parts(cells: list[int], shares: dict[str, float]) -> dict[str, list[int]]:
    """Cells dealt by shares; the last takes what rounding leaves."""
    found = {k: [int(n * share) for n in cells] for k, share in list(shares.items())[:-1]}
    rest = [n - sum(v[i] for v in found.values()) for i, n in enumerate(cells)]
    return {**found, list(shares)[-1]: rest}


def _station_rows(state: Invented, counts: dict[str, np.ndarray], day: date) -> list[list[Any]]:
    rows = []
    for i, d in enumerate(state.district):
        values = [int(counts[m][i]) for m in OF_STATION]
        is_done = counts["loaded"][i] >= counts["expected"][i] * 0.99
        idle = int(i * 7 % 23) if values[5] else None
        number = i - int(np.searchsorted(state.district, d)) + 1
        name = f"Station {int(d) + 1:02}-{number:02}"
        rows.append([name, f"{state.code.upper()}{i + 1:05}", int(d), *values, idle, int(is_done)])
    return rows


def seal_plain(body: dict[str, Any], key: Path, public: str = "") -> bytes:
    """A file of any JSON, signed; public: another key than the one that signs, where somebody cheats."""
    line = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return seal_line(line, key, public)


def seal_line(line: bytes, key: Path, public: str = "") -> bytes:
    """The same of a first line as it stands."""
    own = public or key.with_suffix(".pub").read_text(encoding="ascii").strip()
    mark = {"algorithm": "ed25519", "key": own, "signature": sign(key, line)}
    return line + b"\n" + json.dumps(mark).encode("ascii") + b"\n"
