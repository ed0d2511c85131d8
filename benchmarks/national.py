"""How fast the national picture is made of ten years of 36 states, how large it is, which bad snapshots are found.

python benchmarks/national.py [--json FILE] [--quick] [--only PART,PART] [--folder DIR] [--last YYYY-MM-DD]

36 invented states (`sample_data/makers/national.py`) send a signed snapshot each month for ten years: 17,712 stations,
60 million records; the newest of each with rows of its stations, the earlier ones with districts. All are added by
`digitize national add` and the page is written by `digitize national report`, each in a process whose largest memory
counts. The page is opened in headless Chromium until its own script is done: tables can be sorted, the first places
stand. Then twelve kinds of bad snapshots are sent.

Ten years of daily snapshots are another part, see `parts/national/daily.py`: add_daily_s, report_s, page_mb,
readers_p95_ms.

Figures: monthly_readers_p95_ms, see `parts/national/readers.py`; add_s, monthly_report_s (wall seconds), html_mb,
interactive_s (from the start of navigation to the load event, median of 5; null without a browser), rss_mb (the larger
of both commands), bad_snapshots_caught (of 12). --quick: 6 months, 720 stations. A folder that is given is kept, and
what is in it is not made again.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts.national.daily import Extent, daily  # noqa: E402
from benchmarks.parts.national.readers import readers  # noqa: E402
from benchmarks.parts.national.tamper import tamper  # noqa: E402
from benchmarks.parts.national.trust import disclose, find_contradictions, launder  # noqa: E402
from digitize.machine.today import today_in_india  # noqa: E402
from digitize.offices.disclosure_groups import close_lower_bound  # noqa: E402
from digitize.offices.keys import add_key  # noqa: E402
from digitize.offices.office import create_office, is_office  # noqa: E402
from digitize.offices.pdf import find_browser  # noqa: E402
from sample_data.makers.bad_snapshots import KINDS, RIGHT, write_bad  # noqa: E402
from sample_data.makers.national import RECORDS, STATIONS, Invented, invent, month_ends, seal_plain, snapshot  # noqa: E402
from sample_data.makers.national_worlds import judge  # noqa: E402

PARTS = ("add", "report", "page", "bad", "readers", "daily", "trust", "worlds")
_READY = "document.documentElement.dataset.ready = performance.now();"
_PROBE = f"<script>addEventListener('load', () => {{ {_READY} }});</script>"


def main() -> int:
    """Measure and print. Returns 0 when all twelve kinds were found and the limits of the small version hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="6 months and 720 stations")
    parser.add_argument("--only", default=",".join(PARTS), help="parts; add makes the folder")
    parser.add_argument("--folder", type=Path, help="where to keep keys, snapshots and the office")
    parser.add_argument("--postgres", default="", help="address of an empty database for the daily store")
    parser.add_argument("--last", type=date.fromisoformat, default=today_in_india() - timedelta(days=31))
    a = parser.parse_args()
    months, stations, records = (6, 720, 2_400_000) if a.quick else (120, STATIONS, RECORDS)
    with tempfile.TemporaryDirectory() as made:
        folder = a.folder or Path(made)
        parts = set(a.only.split(","))
        figures = measure(folder, months, stations, records, a.last, parts, a.postgres)
        figures |= trust(quick=a.quick) if "trust" in parts else {}
        figures |= judge(8 if a.quick else 400, seed=102) if "worlds" in parts else {}
    print(json.dumps(figures, indent=1))
    if a.json:
        a.json.write_text(json.dumps(figures) + "\n", encoding="utf-8")
    is_right = figures.get("bad_snapshots_caught", len(KINDS)) == len(KINDS)
    return 0 if is_right and not any(figures.get(name) for name in _NONE) and _is_equal(figures) else 1


_NONE = (
    "services_disclosed_by_difference",
    "contradictions_false",
    "laundered",
    "tampering_missed",
    "disclosed_by_difference",
)
"""Figures that must be 0 or empty."""


def _is_equal(figures: dict[str, Any]) -> bool:
    return figures.get("contradictions_planted") == figures.get("contradictions_named")


def trust(*, quick: bool) -> dict[str, Any]:
    """Whether the picture can be fooled."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        # 54 touches: each of 18 kinds by each of three hands.
        return {
            **find_contradictions(folder, 1 if quick else 20), **launder(folder, 4 if quick else 100),
            **tamper(folder, 54 if quick else 216), **disclose(50 if quick else 2000),
            "services_disclosed_by_difference": disclose(50 if quick else 2000, close_lower_bound)[
                "disclosed_by_difference"
            ],
        }  # fmt: skip


def measure(
    folder: Path, months: int, stations: int, records: int, last: date, parts: set[str], postgres: str = ""
) -> dict[str, Any]:
    """All figures of the wanted parts."""
    ends = month_ends(months, last)
    office = folder / "national"
    states = invent(folder / "keys", stations=stations, records=records)
    figures: dict[str, Any] = {}
    if "add" in parts:
        if not (folder / "sent").is_dir():
            write_all(folder / "sent", states, ends)
        if is_office(office):
            shutil.rmtree(office)
        with create_office(office, "nation", "in").store() as store:
            for s in states:
                add_key(store, s.code, s.public)
        figures["add_s"], add_mb = run("add", str(folder / "sent"), "--dir", str(office))
        figures["rss_mb"] = add_mb
    page = folder / "national.html"
    if "report" in parts:
        figures["monthly_report_s"], report_mb = run("report", "--dir", str(office), "--html", str(page))
        figures["rss_mb"] = max(figures.get("rss_mb", 0.0), report_mb)
        figures["html_mb"] = round(page.stat().st_size / 1e6, 2)
    if "page" in parts:
        figures["interactive_s"] = interactive_s(page, folder)
    if "bad" in parts:
        figures["bad_snapshots_caught"] = bad_caught(folder, office, states, ends)
    many = 20 if months < 12 else 200
    if "readers" in parts:
        figures |= {f"monthly_{name}": n for name, n in readers(office, many).items()}
    if "daily" in parts:
        days = 60 if months < 12 else 3653
        figures |= daily(folder, run, Extent(days, stations, records, last, many, postgres))
    return figures


def write_all(folder: Path, states: list[Invented], ends: list[date]) -> None:
    """Every state's snapshot of every month."""
    folder.mkdir(parents=True)
    for month, day in enumerate(ends):
        for s in states:
            body = snapshot(s, month, len(ends), day, with_stations=month == len(ends) - 1)
            (folder / f"{s.code}-{day}.snapshot").write_bytes(seal_plain(body, s.key))


def run(*arguments: str) -> tuple[float, float]:
    """One command in a process of its own: wall seconds and largest memory in MB."""
    before = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "digitize.cli", "national", *arguments], cwd=ROOT,
                             stdout=subprocess.DEVNULL)  # fmt: skip
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"digitize national {arguments[0]} failed with {child.returncode}")
    return round(time.perf_counter() - before, 2), round(_mb(used), 1)


def _mb(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def interactive_s(page: Path, folder: Path) -> float | None:
    """Seconds until the page's own script is done, median of 5; None without a browser."""
    browser = find_browser()
    if browser is None:
        return None
    probe = folder / "probe.html"
    text = page.read_text(encoding="utf-8")
    # Before the page's policy, which lets no script run but its own.
    probe.write_text(text.replace("<head>", f"<head>{_PROBE}", 1), encoding="utf-8")
    times = [opened for _ in range(5) if (opened := _open_once(browser, probe)) is not None]
    return round(statistics.median(times), 3) if times else None


def _open_once(browser: str, probe: Path) -> float | None:
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
        command = [browser, *flags, f"--user-data-dir={profile}", "--dump-dom", probe.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    found = re.search(rb'data-ready="([0-9.]+)"', done.stdout[:5000])
    rows = done.stdout.count(b"<button")
    return float(found[1]) / 1000 if found and rows > 10 else None


def bad_caught(folder: Path, office: Path, states: list[Invented], ends: list[date]) -> int:
    """How many of the twelve kinds are refused by their right names, while the good states stand."""
    one, other = states[0], states[1]
    good = snapshot(one, len(ends) - 1, len(ends), ends[-1], with_stations=True)
    old = folder / "sent" / f"{one.code}-{ends[0]}.snapshot"
    bad = write_bad(folder / "bad", good, old.read_bytes(), one, other, today_in_india())
    command = [
        sys.executable,
        "-m",
        "digitize.cli",
        "national",
        "add",
        str(folder / "bad"),
        "--dir",
        str(office),
        "--json",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    answers = {a["file"]: a for a in json.loads(done.stdout)["files"]}
    caught = 0
    for kind in KINDS:
        answer = answers[bad[kind].name]
        is_right = answer["word"] == "refused" and answer["flags"][0]["code"] in RIGHT[kind]
        caught += is_right
        print(
            f"{kind}: {answer['flags'][0]['code'] if answer['flags'] else answer['word']}{'' if is_right else ' WRONG'}"
        )
    return caught


if __name__ == "__main__":
    sys.exit(main())
