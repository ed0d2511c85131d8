"""Random states whose sites overlap, stall, are renamed and counted by hand: what every place says of them is worked out
here from what the sites sent, without the product's own sums.
"""

import csv
import io
import random
import re
import shutil
import subprocess
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from lxml import html as lxml_html

from digitize.machine.signing import create_key
from digitize.offices.books import subtract_withdrawn, withdraw_book
from digitize.offices.envelope import seal
from digitize.offices.exporting import as_plain, format_csv, make_tables
from digitize.offices.figures import list_figures
from digitize.offices.history import Point, project_end, project_reporters
from digitize.offices.judge import check_alone, read_body
from digitize.offices.keys import add_key
from digitize.offices.lag import find_first_and_last
from digitize.offices.measures import Counts
from digitize.offices.numbers import format_hundredths
from digitize.offices.office import create_office, load_newest_sites, make_state_snapshot
from digitize.offices.outline import load_outline
from digitize.offices.page import _accuracy_text, _count_withdrawn, _format_interval, render_page
from digitize.offices.pdf import find_browser
from digitize.offices.picture import Limits, make_national_picture, make_state_picture, restrict_to_state
from digitize.offices.quality_sheet import QualityLine
from digitize.offices.receive import add_files
from digitize.offices.refusal import Flag
from digitize.offices.rollup import ReportedPlace
from digitize.offices.shape import Protected
from digitize.offices.shape_quality import NotMeasured, Share
from digitize.offices.store_rows import TWICE, Received
from digitize.offices.web import Dashboard
from digitize.offices.words import load_words
from sample_data.makers.national import month_ends, seal_plain

WORDS = {language: load_words(language) for language in ("en", "hi")}
COUNTED = ("expected", "pages_expected", "pages", "pages_read", "pages_failed", "records", "in_review", "rejected",
           "validated", "loaded")  # fmt: skip
CELLS = ("records", "in_review", "rejected", "validated", "loaded")
DAYS = [date(2026, m, 28) for m in (3, 4, 5, 6)]
PLACES = [(f"District {d}", f"Thana {d}{s}") for d in "ab" for s in "xy"]


class Site:
    """One site: what is counted of each of its stations, and the year of the one book that it has of each."""

    def __init__(self, rng, name, folder):
        self.rng, self.name, self.key, self.events = rng, name, folder / f"{name}.pem", 0
        self.rows = {p: dict.fromkeys(COUNTED, 0) for p in rng.sample(PLACES, rng.randint(1, 4))}
        self.years = {p: rng.choice(["1998", "2004"]) for p in self.rows}
        for row in self.rows.values():
            row["expected"] = rng.choice([None, 0, rng.randint(1, 300)])
            row["pages_expected"] = rng.choice([None, rng.randint(0, 90)])
        create_key(self.key)

    def work(self):
        for row in self.rows.values():
            n = self.rng.choice([0, 0, 1, self.rng.randint(0, 120)])
            row["pages"], row["pages_read"] = row["pages"] + n, row["pages_read"] + n
            kinds = self.rng.choices(["in_review", "rejected", "validated", ""], k=n)
            row["records"] += n
            for kind in filter(None, kinds):
                row[kind] += 1
            # Loads may be taken back as well.
            row["loaded"] = self.rng.randint(0, row["validated"])
        if self.rng.random() < 0.2:
            (district, station), row = self.rows.popitem()
            self.rows[district, station + " New"] = row
            self.years[district, station + " New"] = self.years[district, station]
        self.events += 1

    def body(self, day):
        names = sorted({d for d, _ in self.rows})
        whole = added(self.rows.values())
        by_people = self.rng.randint(0, whole["validated"])
        quality = {"audited": {"part": 1, "of": 7}, "double_keyed": {"why": "not-keyed-twice"},
                   "validated": whole["validated"], "by_people": by_people, "from_tables": 0}  # fmt: skip
        return {
            "format": "digitize-snapshot", "version": 1, "definitions": 1, "software": "x", "level": "site",
            "state": "wb", "site": self.name, "as_on": f"{day}", "made_at": f"{day}T09:00:00Z", "totals": whole,
            "sources": [{"site": self.name, "as_on": f"{day}", "events": self.events, "root_hash": "0" * 64}],
            "districts": [self.district(d) for d in names],
            "stations": [[p[1], "", names.index(p[0]), *r.values(), None, 0] for p, r in self.rows.items()],
            "volumes": [{"district": p[0], "station": p[1], "form": "iif1", "year": self.years[p], "first": 1,
                         "last": r["records"], "records": r["records"]} for p, r in self.rows.items() if r["records"]],
            "quality": {"sample": quality["audited"], "double_keyed": quality["double_keyed"], "rejects": {},
                        "straight_through": {"part": whole["validated"] - by_people, "of": whole["validated"]},
                        "illegible": {"why": "nothing-yet"}, "by_form": {"iif1": quality}},
            "effort": {"operators": 1, "fields": 1, "minutes": None}, "pace": {"pages_read": 0, "fields_settled": 0},
        }  # fmt: skip

    def district(self, name):
        rows = [r for p, r in self.rows.items() if p[0] == name]
        whole = added(rows)
        done = ("pages", "pages_read", "records", "validated", "loaded")
        wanted = ("pages_expected", "pages_expected", "expected", "expected", "expected")
        stations = {
            "in_scope": len(rows), "certified": 0, "begun": [sum(r[n] > 0 for r in rows) for n in done],
            "inventoried": sum(r["expected"] is not None or r["pages_expected"] is not None for r in rows),
            "complete": [sum(r[w] is not None and r[n] >= r[w] for r in rows)
                         for n, w in zip(done, wanted, strict=True)],
        }  # fmt: skip
        cells = [whole[n] for n in CELLS]
        return {"name": name, "counts": whole, "stations": stations, "by_band": {"2000-2009": cells},
                "by_form": {"iif1": cells}, "by_language": {"bn": cells},
                "protected": {"count": 0, "hidden": 0}}  # fmt: skip


def added(rows):
    """Rows of stations as one: what nobody expects stays None."""
    rows = list(rows)
    whole = {}
    for name in COUNTED:
        known = [r[name] for r in rows if r[name] is not None]
        whole[name] = sum(known) if known else None if "expected" in name else 0
    whole["of_expected"] = sum(r["loaded"] for r in rows if r["expected"] is not None)
    whole["pages_of_expected"] = sum(r["pages"] for r in rows if r["pages_expected"] is not None)
    return whole


def merged(bodies, inventory):
    """Station -> its counts in all sites: done is added, expected is the most that a site or what the state says."""
    found = {}
    for body in bodies:
        for name, _, index, *values, _, _ in body["stations"]:
            row = found.setdefault((body["districts"][index]["name"], name), dict.fromkeys(COUNTED))
            for measure, n in zip(COUNTED, values, strict=True):
                known = [x for x in (row[measure], n) if x is not None]
                row[measure] = (max if "expected" in measure else sum)(known) if known else None
    for place, expected in inventory.items():
        row = found.setdefault(place, dict.fromkeys(COUNTED, 0))
        row["expected"], row["pages_expected"] = expected, None
    return found


def doubled(bodies):
    """At most so many records are counted twice: all books here begin with 1, so the longer holds the shorter."""
    held = defaultdict(list)
    for v in (v for b in bodies for v in b["volumes"]):
        held[v["district"], v["station"], v["year"]].append(v["records"])
    return sum(min(a, b) for books in held.values() for i, a in enumerate(books) for b in books[:i])


@pytest.fixture(scope="module", params=range(2))
def world(request, tmp_path_factory):
    """A state's office after four months, the nation's that heard of the last, and what it should say."""
    rng, tmp_path = random.Random(request.param), tmp_path_factory.mktemp("world")
    office, nation = create_office(tmp_path / "wb", "state", "wb"), create_office(tmp_path / "in", "nation", "in")
    inventory = {p: rng.randint(0, 400) for p in PLACES if request.param % 2 and rng.random() < 0.6}
    lists = office.folder / "lists"
    (lists / "stations.csv").write_text("station,district,aliases\n" + "".join(f"{s},{d},\n" for d, s in PLACES))
    if inventory:
        rows = "".join(f"{s},{d},{n}\n" for (d, s), n in inventory.items())
        (lists / "inventory.csv").write_text(f"station,district,records\n{rows}")
    sites, newest = [Site(rng, f"wb-{n}", tmp_path) for n in range(3)], {}
    sent = []
    for site in (site for _ in DAYS for site in sites):
        site.work()
        if rng.random() < 0.8:
            day = DAYS[site.events - 1] - timedelta(days=rng.randint(0, 9))
            newest[site.name] = site.body(day)
            sent.append(tmp_path / f"{site.name}-{day}.snapshot")
            sent[-1].write_bytes(seal_plain(newest[site.name], site.key))
    with office.store() as store:
        for site in sites:
            add_key(store, site.name, site.key.with_suffix(".pub").read_text().strip())
        assert {a.word for a in add_files(store, "site", "wb", sent)} <= {"taken", "flagged"}
        made = make_state_snapshot(office, load_newest_sites(store), DAYS[-1])
    path = tmp_path / "wb.snapshot"
    path.write_bytes(seal(made, office.key))
    with nation.store() as store:
        add_key(store, "wb", office.key.with_suffix(".pub").read_text().strip())
        assert add_files(store, "state", "", [path])[0].word in ("taken", "flagged")
    return office, nation, list(newest.values()), merged(newest.values(), inventory)


def test_every_place_says_the_same_of_a_state_and_it_is_what_its_sites_sent(world):
    office, nation, bodies, stations = world
    state = make_state_picture(office, DAYS[-1], Limits())
    whole = make_national_picture(nation, DAYS[-1], Limits())
    twice = doubled(bodies)
    check(restrict_to_state(whole, "wb"), stations, twice)
    for picture in (state, whole):
        check_pages(picture, *check(picture, stations, twice))
    last = state.points[-1].counts.as_plain()
    whole = added(stations.values())
    assert last == {**whole, "of_expected": max(0, whole["of_expected"] - twice)}
    for (_, name), loaded in state.series.loaded.items():
        assert loaded[-1] == added(r for p, r in stations.items() if p[0] == name)["loaded"]
    days = sorted(date.fromisoformat(b["as_on"]) for b in bodies)
    assert find_first_and_last(state.root) == (days[0], days[-1])


def check(picture, stations, twice):
    files = {name: (header, list(rows)) for name, (header, rows) in make_tables(picture, WORDS["en"]).items()}
    read = {n: list(csv.DictReader(io.StringIO(format_csv(*f)))) for n, f in files.items()}
    plain = as_plain(picture, WORDS["en"])
    for name, rows in read.items():
        own = [{k: "" if v is None else str(v) for k, v in row.items()} for row in plain[name]]
        assert own == [{k: v for k, v in row.items() if k != "definition"} for row in rows]
    whole = added(stations.values())
    # Once among those of the inventory, in every file alike; how many were checked or loaded twice nobody reports.
    whole["of_expected"] = max(0, whole["of_expected"] - twice)
    wanted = {("", ""): whole, **{p: added([r]) for p, r in stations.items()}}
    for district in {d for d, _ in stations}:
        wanted[district, ""] = added(r for p, r in stations.items() if p[0] == district)
    for row in (r for r in read["counts"] if r["records"] != ""):
        own = wanted[row["district"], row["station"]]
        assert {n: row[n] for n in own} == {n: "" if v is None else str(v) for n, v in own.items()}
        assert row["counted_twice"] == str(0 if row["district"] else twice)
    done, expected = wanted["", ""]["of_expected"], wanted["", ""]["expected"]
    if picture.points:
        assert read["history"][-1]["of_expected"] == str(done)
    top = next(f for f in read["figures"] if f["figure"] == "loaded_of_expected" and f["level"] == picture.root.level)
    assert (top["numerator"], top["denominator"]) == (str(done), str(expected))
    assert not expected or float(top["value"]) <= done / expected
    return done, expected


def check_pages(picture, done, expected):
    outline = load_outline() if picture.root.level == "nation" else None
    pages = [lxml_html.fromstring(render_page(picture, w, outline)) for w in WORDS.values()]
    if expected:
        tenths = 1000 * done // expected
        assert all(
            f"{tenths // 10}.{tenths % 10}" in p.xpath("//*[contains(@class, 'cards')]//dd")[0].text for p in pages
        )
    # Names put tables in another order in another language.
    said = [sorted(sorted(re.findall(r"[\d,.]+", c.text_content())) for c in p.xpath("//table//td[@class='n']"))
            for p in pages]  # fmt: skip
    assert said[0] == said[1]


@pytest.mark.slow
@pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine; make setup-tests brings it")
def test_the_list_that_the_page_itself_makes_of_places_has_the_shares_of_its_table(world, tmp_path):
    picture = make_national_picture(world[1], DAYS[-1], Limits())
    page = tmp_path / "page.html"
    page.write_text(render_page(picture, WORDS["en"], load_outline()), encoding="utf-8")
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
    command = [find_browser(), *flags, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    shown = lxml_html.fromstring(done.stdout.decode("utf-8"))
    [own] = [r for r in shown.xpath("//*[@id='places']//tbody/tr") if r.xpath("th")[0].text_content() == "West Bengal"]
    [table] = shown.xpath("//tr[@id='state-wb']/td[3]/text()[1]")
    assert own.xpath("td")[0].text_content() == table.strip()
    assert "NaN" not in shown.get_element_by_id("places").text_content()


def test_a_copy_that_is_withdrawn_leaves_as_many_records_less_as_is_said(world, tmp_path):
    office = replace(world[0], folder=shutil.copytree(world[0].folder, tmp_path / "wb"))
    with office.store() as store:
        sites = load_newest_sites(store)
        before = make_state_snapshot(office, sites, DAYS[-1])
        gone = 0
        for _ in range(2):
            if books := subtract_withdrawn(sites, store.list_acts("withdraw"))[1]:
                gone += withdraw_book(
                    store, sites, books[0].sites[0], books[0].volume, ("An officer", "copied by mistake")
                )
        now = check_alone(
            read_body(
                make_state_snapshot(office, sites, DAYS[-1], store.list_acts("withdraw")).model_dump_json().encode()
            )
        )
    assert before.totals.records - now.totals.records == gone
    assert now.quality.by_form["iif1"].validated == now.totals.validated
    assert all(n <= now.stations[index][3 + COUNTED.index("records")] for index, _, _, _, n in now.books)
    # What was reported on an earlier day stays as it was reported.
    assert make_state_picture(office, DAYS[-1], Limits()).root.counts == before.totals.plain()
    picture = make_state_picture(office, date.today(), Limits())
    assert picture.points[-1].counts == picture.root.counts == now.totals.plain()


def test_more_than_an_inventory_of_none_is_not_called_nothing():
    figures = {f.name: f for f in list_figures(ReportedPlace("station", "", "", Counts(expected=0, of_expected=71)))}
    assert figures["loaded_of_expected"].why == "none-expected"
    assert figures["loaded_of_records"].why == "nothing-yet"


def test_a_dashboard_shows_the_inventory_that_its_office_has_now(world, tmp_path):
    office = replace(world[0], folder=shutil.copytree(world[0].folder, tmp_path / "wb"))
    board = Dashboard(office, Limits(), is_secure=False)
    before = board.load_picture()
    assert board.load_picture() is before
    district, station = PLACES[0]
    (office.folder / "lists" / "inventory.csv").write_text(f"station,district,records\n{station},{district},5000\n")
    assert board.load_picture().root.counts.expected >= 5000 > (before.root.counts.expected or 0)


def test_who_counts_records_twice_is_not_done():
    days = [date(2026, m, 28) for m in range(1, 8)]
    counts = [Counts(expected=100, of_expected=n) for n in range(40, 101, 10)]
    points = [Point(d, c, 1) for d, c in zip(days, counts, strict=True)]
    once = [Point(d, c.without_doubles(10), 1) for d, c in zip(days, counts, strict=True)]
    assert (project_end(points).why, project_end(once).why) == ("done", "")


def test_a_book_that_two_sites_digitize_makes_no_pace():
    """Both sites do the same 20 records a month: what is done grows by 20, as if one site did it."""
    days = month_ends(14, date(2026, 12, 31))
    flag = Flag(TWICE, "", TWICE, {"books": 1, "records": 0})
    rows = []
    for n, day in enumerate(days):
        totals = Counts(expected=1000, records=40 * n, loaded=40 * n, of_expected=40 * n).as_plain()
        twice = replace(flag, values={"books": 1, "records": 20 * n})
        rows.append(Received(n, "", "", "", "up", f"{day}", "accepted", (twice,), {"totals": totals}))
    both = project_reporters(rows, days[-1])["up"]
    alone = [Point(day, Counts(expected=1000, of_expected=20 * n), 1) for n, day in enumerate(days)]
    assert both == project_end(alone)
    assert {pace for _, pace in both.paces} <= {19, 20, 21}


def test_shares_that_were_audited_are_rounded_down_in_whole_numbers():
    none = NotMeasured(why="x")
    for right in range(101):
        line = QualityLine(None, "", Share(part=100 - right, of=100), none, 0, 0, 0, 0)
        assert _accuracy_text(line, WORDS["en"]).startswith(f"{right}.00\u00a0%")


def test_a_measured_share_lies_in_the_interval_that_stands_beside_it():
    rng = random.Random(1)
    for of in (1, 3, 7, 40, 122_209):
        part = rng.randint(0, of)
        low, high = map(float, _format_interval(Share(part=part, of=of)).removesuffix(" %").split(" – "))
        assert low <= float(format_hundredths(part, of).removesuffix("\u00a0%")) <= high


def test_firs_that_are_told_of_and_recorded_no_more_are_counted_on_the_page():
    protected = Protected(count=66, hidden=0, of=144, not_known=22)
    district = ReportedPlace("district", "", "North", Counts(), by={"form": {"iif1": (150,)}}, protected=protected)
    assert _count_withdrawn(ReportedPlace("state", "dl", "Delhi", parts=[district])) == 16
    district.by["form"]["iif1"] = (166,)
    assert _count_withdrawn(district) == 0
